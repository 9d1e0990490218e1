// Collections through a real host, on real folders.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { newHttpRequest } from '#api-client/common/new-request.ts'
import { Environment } from '#contract/requests/collection.ts'
import { postmanEnvironment } from '#testing/postman-shop.ts'
import { startApiClientHost } from '#testing/api-client-host.ts'
import { tempDirectory } from '#testing/temp-directory.ts'

const WAIT = { timeout: 10_000, interval: 20 }
const variable = (name: string, value: string, isSecret = false) => ({
  name,
  value,
  type: 'string' as const,
  isSecret,
  isEnabled: true,
  description: '',
})

/** A host with a collection in a folder of its own. */
async function openShop() {
  const host = await startApiClientHost()
  const parent = tempDirectory()
  const { collections } = host.client
  const shop = await collections.create({ name: 'Shop', parent })
  const list = await collections.createRequest({
    id: shop.id,
    folder: '',
    request: newHttpRequest('List', { url: '{{host}}/orders' }),
  })
  return { host, collections, parent, shop, list, directory: join(parent, 'Shop') }
}

describe('the list', () => {
  test('a new collection is a folder of text files, found again after it was closed', async () => {
    const { collections, shop, directory, list } = await openShop()
    expect(readFileSync(join(directory, list.path), 'utf8')).toContain('{{host}}/orders')
    expect(await collections.list({})).toMatchObject([{ id: shop.id, name: 'Shop', unavailable: null }])
    await collections.close({ id: shop.id })
    expect(await collections.list({})).toEqual([])
    expect((await collections.open({ folder: directory })).id).toBe(shop.id)
    expect(await collections.list({})).toMatchObject([{ requests: 1, problems: 0 }])
  })

  test('one of this machine alone is deleted when it is closed', async () => {
    const host = await startApiClientHost()
    const { client, dataDirectory } = host
    const made = await client.collections.create({ name: 'Scratch', parent: null })
    expect(made.folder).toBeNull()
    const directory = join(dataDirectory, 'desktop', 'collections', made.id)
    expect(existsSync(directory)).toBe(true)
    await client.collections.close({ id: made.id })
    expect(existsSync(directory)).toBe(false)
  })

  test('a folder without a collection is refused and does not come into the list', async () => {
    const { client } = await startApiClientHost()
    const empty = tempDirectory()
    await expect(client.collections.open({ folder: empty })).rejects.toMatchObject({
      code: expect.any(String),
    })
    await expect(client.collections.open({ folder: join(empty, 'nowhere') })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await expect(client.collections.open({ folder: 'relative' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
    expect(await client.collections.list({})).toEqual([])
  })

  test('a second collection of a name gets a folder of its own', async () => {
    const { collections, parent } = await openShop()
    await collections.create({ name: 'Shop', parent })
    expect(readdirSync(parent).sort()).toEqual(['Shop', 'Shop 2'])
  })

  test('is the same after a restart', async () => {
    const dataDirectory = tempDirectory()
    const first = await startApiClientHost({ dataDirectory })
    const { id } = await first.client.collections.create({ name: 'Scratch', parent: null })
    await first.close()
    const second = await startApiClientHost({ dataDirectory })
    expect(await second.client.collections.list({})).toMatchObject([{ id, name: 'Scratch' }])
    expect(await second.client.collections.items({ id })).toEqual([])
  })
})

describe('items', () => {
  test('what changed since it was read is not overwritten', async () => {
    const { collections, shop, directory, list } = await openShop()
    const { item, revision } = await collections.read({ id: shop.id, path: list.path })
    const file = join(directory, list.path)
    const theirs = readFileSync(file, 'utf8').replace('orders', 'theirs')
    writeFileSync(file, theirs)
    await expect(
      collections.write({ id: shop.id, path: list.path, item: { ...item, docs: 'mine' }, revision }),
    ).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(readFileSync(file, 'utf8')).toBe(theirs)
  })

  test('the page hears of what others write', async () => {
    const { collections, shop, directory, list } = await openShop()
    const heard: boolean[] = []
    collections.changed(({ id, isOutside }) => {
      if (id === shop.id) heard.push(isOutside)
    })
    await collections.items({ id: shop.id })
    writeFileSync(join(directory, 'Other.yml'), readFileSync(join(directory, list.path), 'utf8'))
    await vi.waitFor(() => expect(heard).toContain(true), WAIT)
    expect((await collections.items({ id: shop.id })).map(({ path }) => path)).toContain('Other.yml')
  })

  test('what moves takes its secrets and drafts along', async () => {
    const { collections, shop, list } = await openShop()
    const folder = await collections.createFolder({ id: shop.id, folder: '', name: 'Orders' })
    const request = newHttpRequest('List', { variables: [variable('key', '', true)] })
    await collections.write({ id: shop.id, path: list.path, item: request, revision: list.revision })
    await collections.setSecret({
      id: shop.id,
      scope: { type: 'item', path: list.path },
      name: 'key',
      value: 'x',
    })
    await collections.saveDraft({
      id: '30000000-0000-4000-8000-000000000001',
      collectionId: shop.id,
      path: list.path,
      baseRevision: list.revision,
      request,
    })
    const moved = await collections.move({
      id: shop.id,
      path: list.path,
      toFolder: folder.path,
      before: null,
    })
    const seen = await collections.variables({ id: shop.id, path: moved.path, environment: null })
    expect(seen).toMatchObject([{ name: 'key', scope: 'request', hasValue: true, value: '' }])
    expect((await collections.drafts({}))[0]?.path).toBe(moved.path)
  })

  test('what is removed can be put back', async () => {
    const { collections, shop, list } = await openShop()
    const { undo } = await collections.remove({ id: shop.id, path: list.path })
    expect(await collections.items({ id: shop.id })).toEqual([])
    expect(await collections.restore({ id: shop.id, undo })).toEqual({ path: list.path })
    expect(await collections.items({ id: shop.id })).toHaveLength(1)
  })

  test('search finds in all collections that are there', async () => {
    const { collections, shop, list } = await openShop()
    expect(await collections.search({ id: null, text: 'orders' })).toMatchObject([
      { collectionId: shop.id, path: list.path },
    ])
  })
})

describe('environments', () => {
  const dev = Environment.parse({
    name: 'dev',
    variables: [variable('host', 'http://localhost'), variable('key', 'never in a file', true)],
  })

  test('secrets are in no file and in no answer, whatever the page sends', async () => {
    const { host, collections, shop, directory } = await openShop()
    await collections.saveEnvironment({ id: shop.id, oldName: null, environment: dev, revision: null })
    await collections.setSecret({
      id: shop.id,
      scope: { type: 'environment', name: 'dev' },
      name: 'key',
      value: 'opensesame',
    })
    const seen = await collections.variables({ id: shop.id, path: '', environment: 'dev' })
    expect(seen.map(({ name, value, scope, hasValue }) => [name, value, scope, hasValue])).toEqual([
      ['host', 'http://localhost', 'environment', true],
      ['key', '', 'environment', true],
    ])
    expect(allTexts(directory)).not.toMatch(/never in a file|opensesame/)
    expect(allTexts(join(host.dataDirectory, 'desktop'))).not.toMatch(/never in a file|opensesame/)
    await collections.setSecret({
      id: shop.id,
      scope: { type: 'environment', name: 'dev' },
      name: 'key',
      value: null,
    })
    const after = await collections.variables({ id: shop.id, path: '', environment: 'dev' })
    expect(after.find(({ name }) => name === 'key')?.hasValue).toBe(false)
  })

  test('the active one is remembered, renamed with its file, and forgotten with it', async () => {
    const { collections, shop } = await openShop()
    const { revision } = await collections.saveEnvironment({
      id: shop.id,
      oldName: null,
      environment: dev,
      revision: null,
    })
    await collections.activateEnvironment({ id: shop.id, name: 'dev' })
    const active = async () => (await collections.list({}))[0]?.activeEnvironment
    expect(await active()).toBe('dev')
    await collections.saveEnvironment({
      id: shop.id,
      oldName: 'dev',
      environment: { ...dev, name: 'local' },
      revision,
    })
    expect(await active()).toBe('local')
    await collections.removeEnvironment({ id: shop.id, name: 'local' })
    expect(await active()).toBeNull()
    expect(await collections.environments({ id: shop.id })).toEqual([])
  })

  test('a secret that gets another name keeps its value, and two may change names with each other', async () => {
    const { collections, shop } = await openShop()
    const scope = { type: 'environment' as const, name: 'dev' }
    const two = { ...dev, variables: [variable('a', '', true), variable('b', '', true)] }
    const save = { id: shop.id, environment: two }
    const first = await collections.saveEnvironment({ ...save, oldName: null, revision: null })
    await collections.setSecret({ id: shop.id, scope, name: 'a', value: 'of a' })
    const renamedSecrets = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
    ]
    await collections.saveEnvironment({ ...save, oldName: 'dev', ...first, renamedSecrets })
    const [saved] = await collections.environments({ id: shop.id })
    expect(saved?.secretsWithValue).toEqual(['b'])
  })

  test('one that is extended takes those along that extend it when it is renamed', async () => {
    const { collections, shop } = await openShop()
    const add = (environment: Environment) =>
      collections.saveEnvironment({ id: shop.id, oldName: null, environment, revision: null })
    const { revision } = await add(dev)
    await add(Environment.parse({ name: 'local', extends: 'dev', variables: [variable('host', 'nearer')] }))
    const environment = { ...dev, name: 'base' }
    await collections.saveEnvironment({ id: shop.id, oldName: 'dev', environment, revision })
    const where = { id: shop.id, path: '', environment: 'local' }
    const seen = await collections.variables({ ...where, withOverridden: true })
    expect(seen.map(({ name, from, isOverridden }) => [name, from, isOverridden])).toEqual([
      ['host', 'local', false],
      ['host', 'base', true],
      ['key', 'base', false],
    ])
    expect((await collections.variables(where)).map(({ from }) => from)).toEqual(['local', 'base'])
  })

  test('globals count where nothing nearer does, and are not overwritten unseen', async () => {
    const { collections, shop } = await openShop()
    const [globals] = await collections.environments({ id: null })
    const environment = Environment.parse({ name: 'Globals', variables: [variable('host', 'global')] })
    await collections.saveEnvironment({ id: null, oldName: null, environment, revision: globals!.revision })
    expect(await collections.variables({ id: shop.id, path: '', environment: null })).toMatchObject([
      { name: 'host', value: 'global', scope: 'global' },
    ])
    await expect(
      collections.saveEnvironment({ id: null, oldName: null, environment, revision: globals!.revision }),
    ).rejects.toMatchObject({ code: 'CONFLICT' })
  })
})

describe('imports and exports', () => {
  test('a file of an environment is previewed by the environment’s name, not by the file’s', async () => {
    const { collections } = await openShop()
    const source = { text: postmanEnvironment(), name: 'staging.postman_environment.json' }
    expect(await collections.previewImport({ source })).toMatchObject({ name: 'Staging', environments: 1 })
  })

  test('a command of curl is previewed, then becomes a request', async () => {
    const { collections, shop } = await openShop()
    const source = { text: "curl -X POST https://api.example.com/orders -H 'X-A: 1' -d '{}'", name: '' }
    expect(await collections.previewImport({ source })).toMatchObject({ format: 'curl', requests: 1 })
    const events = []
    for await (const event of collections.import({
      source,
      target: { type: 'into', id: shop.id, folder: '' },
    }))
      events.push(event)
    expect(events.at(-1)).toMatchObject({ type: 'done', collectionId: shop.id })
    expect((await collections.items({ id: shop.id })).map(({ method }) => method)).toContain('POST')
  })

  test('a file becomes a collection, and an export is read again', async () => {
    const { collections, shop, parent } = await openShop()
    const file = join(parent, 'shop.postman_collection.json')
    await collections.export({ id: shop.id, path: '', format: 'postman-2.1', file })
    await expect(
      collections.export({ id: shop.id, path: '', format: 'postman-2.1', file }),
    ).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    const target = { type: 'new' as const, name: 'Again', parent }
    const events = []
    for await (const event of collections.import({ source: { path: file }, target })) events.push(event)
    const done = events.at(-1)
    if (done?.type !== 'done') throw new Error('The import did not end.')
    expect(await collections.items({ id: done.collectionId })).toMatchObject([
      { name: 'List', url: '{{host}}/orders' },
    ])
  })

  test('a folder of Bruno is read, without what packages put there', async () => {
    const { client } = await startApiClientHost()
    const folder = join(tempDirectory(), 'bruno')
    mkdirSync(join(folder, 'node_modules'), { recursive: true })
    writeFileSync(join(folder, 'bruno.json'), '{"version":"1","name":"Bruno shop","type":"collection"}')
    writeFileSync(
      join(folder, 'List.bru'),
      'meta {\n  name: List\n  type: http\n}\n\nget {\n  url: http://x/y\n}\n',
    )
    writeFileSync(join(folder, 'node_modules', 'Evil.bru'), 'meta {\n  name: Evil\n  type: http\n}\n')
    expect(await client.collections.previewImport({ source: { path: folder } })).toMatchObject({
      format: 'bruno',
      requests: 1,
    })
  })

  test('what cannot be read is refused with words', async () => {
    const { client } = await startApiClientHost()
    const preview = (source: { path: string } | { text: string; name: string }) =>
      client.collections.previewImport({ source })
    await expect(preview({ path: join(tempDirectory(), 'none.json') })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await expect(preview({ text: 'hello', name: '' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    // Long enough for the thread of imports.
    await expect(preview({ text: `${'hello '.repeat(50_000)}`, name: '' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  })
})

/** Everything that lies in a folder. */
function allTexts(directory: string): string {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')
}
