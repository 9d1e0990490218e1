import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newFolder, newHttpRequest } from '#api-client/common/new-request.ts'
import { type TemporaryCollection, temporaryCollection } from '#testing/collection-folder.ts'
import { revisionOf } from './disk.ts'
import type { CollectionFolder } from './types.ts'

let temporary: TemporaryCollection
let folder: CollectionFolder

beforeEach(async () => {
  temporary = await temporaryCollection({
    items: [
      {
        type: 'folder',
        folder: newFolder('Rentals'),
        items: ['One', 'Two', 'Three'].map((name) => ({
          type: 'request' as const,
          request: newHttpRequest(name, { url: `https://x.test/${name}` }),
        })),
      },
      { type: 'request', request: newHttpRequest('Health', { docs: 'Says whether the Server lives.' }) },
    ],
  })
  folder = await temporary.open({ isWatched: false })
})

afterEach(() => temporary.remove())

const paths = (): string[] => folder.items().map((one) => one.path)
const file = (path: string): string => join(temporary.directory, path)

test('a tree comes back in its order', async () => {
  expect(paths()).toEqual([
    'Rentals',
    'Rentals/One.yml',
    'Rentals/Two.yml',
    'Rentals/Three.yml',
    'Health.yml',
  ])
  const tree = await folder.readTree()
  expect(tree.collection.name).toBe('Shop')
  expect(tree.items.map((one) => one.type)).toEqual(['folder', 'request'])
})

test('a request is read with what it inherits', async () => {
  const { item, inherited } = await folder.read('Rentals/One.yml')
  expect(item).toMatchObject({ kind: 'http', url: 'https://x.test/One' })
  expect(inherited.map((one) => one.path)).toEqual(['', 'Rentals'])
})

test('a changed request is written with its rights kept; a second writer is told what is there', async () => {
  await chmod(file('Health.yml'), 0o640)
  const { item, revision } = await folder.read('Health.yml')
  const written = await folder.write('Health.yml', { ...item, name: 'Alive' }, revision)
  expect((await stat(file('Health.yml'))).mode & 0o777).toBe(0o640)
  expect(folder.items().at(-1)?.name).toBe('Alive')
  const text = await readFile(file('Health.yml'), 'utf8')
  expect(revisionOf(text)).toBe(written.revision)
  await expect(folder.write('Health.yml', item, revision)).rejects.toMatchObject({
    code: 'CONFLICT',
    details: { revision: written.revision, text },
  })
  expect(await readFile(file('Health.yml'), 'utf8')).toBe(text)
  expect((await readdir(temporary.directory)).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

test('a broken file is listed with its line, and never written over', async () => {
  const broken = 'info:\n  name: X\n  name: Y\n'
  await writeFile(file('Broken.yml'), broken)
  await folder.refresh()
  expect(folder.items().find((one) => one.path === 'Broken.yml')?.problem).toMatch(/^Line 3: /)
  await expect(folder.read('Broken.yml')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  const request = newHttpRequest('X')
  await expect(folder.write('Broken.yml', request, revisionOf(broken))).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
  expect(await readFile(file('Broken.yml'), 'utf8')).toBe(broken)
})

test('names that file systems refuse become others, and equal ones get a number', async () => {
  const create = async (name: string): Promise<string> =>
    (await folder.createRequest('', newHttpRequest(name))).path
  expect(await create('a/b:c')).toBe('a-b-c.yml')
  expect(await create('CON')).toBe('CON_.yml')
  expect(await create('health')).toBe('health 2.yml')
  expect(await create('../up')).toBe('-up.yml')
  expect(Buffer.byteLength(await create('ü'.repeat(300)))).toBeLessThan(255)
  expect(await create('folder')).toBe('folder_.yml')
})

test.each(['../x.yml', '/etc/passwd', 'a//b', 'a/../../b', '.git/config', 'a\0b', 'Rentals\\x.yml'])(
  'no path leaves the folder: %j',
  async (path) => {
    await expect(folder.read(path)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(folder.createRequest(path, newHttpRequest('X'))).rejects.toMatchObject({
      code: expect.stringMatching(/INVALID_INPUT|NOT_FOUND/),
    })
  },
)

test('symbolic links are neither listed nor followed', async () => {
  await mkdir(join(temporary.trash, 'outside'), { recursive: true })
  await writeFile(join(temporary.trash, 'outside', 'Secret.yml'), 'info:\n  name: Secret\n')
  await symlink(join(temporary.trash, 'outside'), file('Link'))
  await symlink(join(temporary.trash, 'outside', 'Secret.yml'), file('Secret.yml'))
  await folder.refresh()
  expect(paths().filter((path) => /Link|Secret/.test(path))).toEqual([])
  await expect(folder.read('Secret.yml')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(folder.createRequest('Link', newHttpRequest('X'))).rejects.toThrow()
  expect(await readdir(join(temporary.trash, 'outside'))).toEqual(['Secret.yml'])
})

test('moving between two rewrites the moved one only', async () => {
  const before = await readFile(file('Rentals/One.yml'), 'utf8')
  await folder.move('Rentals/Three.yml', { folder: 'Rentals', before: 'Rentals/Two.yml' })
  expect(paths().slice(1, 4)).toEqual(['Rentals/One.yml', 'Rentals/Three.yml', 'Rentals/Two.yml'])
  expect(await readFile(file('Rentals/One.yml'), 'utf8')).toBe(before)
  const moved = await folder.read('Rentals/Three.yml')
  expect(moved.item).toMatchObject({ sequence: 1.5 })
})

test('another name alone keeps the place, of a request and of a folder', async () => {
  const order = (): string[] => folder.items().map((one) => one.name)
  const before = order()
  await folder.move('Rentals/Two.yml', { folder: 'Rentals', name: 'A second' })
  expect(order()).toEqual(before.map((name) => (name === 'Two' ? 'A second' : name)))
  await folder.move('Rentals', { folder: '', name: 'Loans' })
  expect(order()).toEqual(
    before.map((name) => (name === 'Two' ? 'A second' : name === 'Rentals' ? 'Loans' : name)),
  )
})

test('an item moves to another folder and gets another name', async () => {
  const { path } = await folder.move('Health.yml', { folder: 'Rentals', name: 'Alive?', before: null })
  expect(path).toBe('Rentals/Alive-.yml')
  expect((await folder.read(path)).item.name).toBe('Alive?')
  expect(paths().at(-1)).toBe(path)
  const renamed = await folder.move('Rentals', { folder: '', name: 'rentals', before: null })
  expect(renamed.path).toBe('rentals')
  expect(paths()).toContain('rentals/One.yml')
  await folder.createFolder('rentals', 'Old')
  await expect(folder.move('rentals', { folder: 'rentals/Old', before: null })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
})

test('a move never writes over what stands there under the same name', async () => {
  await writeFile(file('Rentals/Health.yml'), 'info:\n  name: Mine\n')
  const { path } = await folder.move('Health.yml', { folder: 'Rentals', before: null })
  expect(path).toBe('Rentals/Health 2.yml')
  expect(await readFile(file('Rentals/Health.yml'), 'utf8')).toBe('info:\n  name: Mine\n')
})

test('a copy stands behind its original, folders with all in them', async () => {
  expect((await folder.duplicate('Rentals/One.yml')).path).toBe('Rentals/One copy.yml')
  expect(paths().slice(1, 3)).toEqual(['Rentals/One.yml', 'Rentals/One copy.yml'])
  const { path } = await folder.duplicate('Rentals')
  expect(path).toBe('Rentals copy')
  expect(paths()).toContain('Rentals copy/One.yml')
})

test('what was removed comes back, also beside a new one of its name', async () => {
  const text = await readFile(file('Health.yml'), 'utf8')
  const { undo } = await folder.remove('Health.yml')
  expect(paths()).not.toContain('Health.yml')
  await folder.createRequest('', newHttpRequest('Health'))
  expect(await folder.restore(undo)).toEqual({ path: 'Health 2.yml' })
  expect(await readFile(file('Health 2.yml'), 'utf8')).toBe(text)
  await expect(folder.restore(undo)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  const whole = await folder.remove('Rentals')
  expect(paths()).toEqual(['Health 2.yml', 'Health.yml'])
  await folder.restore(whole.undo)
  expect(paths()).toContain('Rentals/Two.yml')
})

test('environments are written, renamed and removed; a changed one is a conflict', async () => {
  const environment = { name: 'Local', color: '', description: '', extends: null, variables: [] }
  const { revision } = await folder.saveEnvironment(environment, { oldName: null, revision: null })
  await expect(folder.saveEnvironment(environment, { oldName: null, revision: null })).rejects.toMatchObject({
    code: 'CONFLICT',
  })
  await folder.saveEnvironment({ ...environment, name: 'local' }, { oldName: 'Local', revision })
  expect((await folder.environments()).map((one) => one.name)).toEqual(['local'])
  const second = await folder.environments()
  await folder.saveEnvironment(
    { ...environment, name: 'Staging' },
    { oldName: 'local', revision: second[0]?.revision ?? null },
  )
  expect(await readdir(file('environments'))).toEqual(['Staging.yml'])
  await folder.removeEnvironment('Staging')
  expect(await folder.environments()).toEqual([])
})

test('a search finds names first, then addresses, then texts, with their place', () => {
  expect(folder.search('two', 10)[0]).toMatchObject({ path: 'Rentals/Two.yml', place: 'name' })
  expect(folder.search('x.test/o', 10)).toEqual([
    expect.objectContaining({ path: 'Rentals/One.yml', place: 'url' }),
  ])
  expect(folder.search('server LIVES', 10)).toEqual([
    expect.objectContaining({ place: 'docs', excerpt: 'docs: Says whether the Server lives.' }),
  ])
  expect(folder.search('nothing of it', 10)).toEqual([])
})

test('a second opening takes summaries from the index, and searches all the same', async () => {
  const kept = new Map<string, string>()
  const key = (path: string, mtimeMs: number, size: number): string =>
    `${path}:${String(mtimeMs)}:${String(size)}`
  const index = {
    get: (path: string, mtimeMs: number, size: number) => kept.get(key(path, mtimeMs, size)),
    put: (path: string, version: { mtimeMs: number; size: number }, summary: string) =>
      kept.set(key(path, version.mtimeMs, version.size), summary),
  }
  const first = await temporary.open({ isWatched: false, index })
  expect(kept.size).toBe(5)
  const second = await temporary.open({ isWatched: false, index })
  expect(second.items()).toEqual(first.items())
  await second.searchable()
  expect(second.search('server lives', 10)).toHaveLength(1)
})
