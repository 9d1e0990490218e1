import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startApiClientHost } from '#testing/api-client-host.ts'
import { startEchoServer } from '#testing/echo-server.ts'
import { tempDirectory } from '#testing/temp-directory.ts'

const document = (paths: Record<string, unknown>) =>
  JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'Shop', version: '1' },
    servers: [{ url: 'https://shop.example.com' }],
    paths,
  })
const operation = { get: { responses: { 200: { description: 'OK' } } } }

test('a collection imported from OpenAPI is held against the document as it is now', async () => {
  const { client } = await startApiClientHost()
  const { collections, explorer } = client
  const location = join(tempDirectory(), 'openapi.json')
  writeFileSync(location, document({ '/orders': operation, '/films': operation }))
  const target = { type: 'new' as const, name: 'Shop', parent: null }
  const events = []
  for await (const event of collections.import({ source: { path: location }, target })) events.push(event)
  const done = events.at(-1)
  if (done?.type !== 'done') throw new Error('The import did not end.')
  const id = done.collectionId
  const { item } = await collections.read({ id, path: '' })
  expect(item).toMatchObject({ source: { type: 'openapi', location } })
  expect(await explorer.drift({ collectionId: id })).toEqual([])
  writeFileSync(location, document({ '/orders': operation, '/actors': operation }))
  const drift = await explorer.drift({ collectionId: id })
  expect(drift.map(({ kind }) => kind).sort()).toEqual(['missing-endpoint', 'new-endpoint'])
})

test('the alarm counts the requests that do not fit, again after the collection changed', async () => {
  const { client } = await startApiClientHost()
  const { collections, explorer } = client
  const location = join(tempDirectory(), 'openapi.json')
  writeFileSync(location, document({ '/orders': operation, '/films': operation, '/actors': operation }))
  const target = { type: 'new' as const, name: 'Shop', parent: null }
  const events = []
  for await (const event of collections.import({ source: { path: location }, target })) events.push(event)
  const done = events.at(-1)
  if (done?.type !== 'done') throw new Error('The import did not end.')
  const collectionId = done.collectionId
  writeFileSync(location, document({ '/orders': operation, '/staff': operation }))
  expect(await explorer.alarm({ collectionId })).toEqual({ requests: 2, newEndpoints: 1 })
  const items = await collections.items({ id: collectionId })
  const films = items.find(({ path }) => /films/i.test(path))
  if (films === undefined) throw new Error('There is no request of films.')
  await collections.remove({ id: collectionId, path: films.path })
  await expect.poll(() => explorer.alarm({ collectionId })).toEqual({ requests: 1, newEndpoints: 1 })
})

test('a source that only stands in the file is not asked by itself, and never with the token', async () => {
  const [{ client }, server] = await Promise.all([startApiClientHost(), startEchoServer()])
  const { collections, explorer } = client
  const variable = (name: string, isSecret = false) => ({
    ...{ name, value: '', type: 'string' as const },
    ...{ isSecret, isEnabled: true, description: '' },
  })
  const { id, folder } = await collections.create({ name: 'Theirs', parent: tempDirectory() })
  const { item, revision } = await collections.read({ id, path: '' })
  if (item.kind !== 'collection' || folder === null) throw new Error('There is no collection in a folder.')
  const variables = [variable('baseUrl'), variable('callWritingFunctions'), variable('token', true)]
  const mine = { ...item, source: { type: 'openapi' as const, location: `${server.url}/mine` } }
  await collections.write({
    ...{ id, path: '', revision },
    item: { ...mine, defaults: { ...mine.defaults, variables } },
  })
  const scope = { type: 'item' as const, path: '' }
  await collections.setSecret({ id, scope, name: 'token', value: 'opensesame' })
  await explorer.alarm({ collectionId: id })
  expect(server.received.map(({ url, headers }) => [url, headers['apikey']])).toEqual([
    ['/mine', 'opensesame'],
  ])

  // Somebody else writes another address into the file: a teammate, or a commit that was pulled.
  const file = join(folder, 'opencollection.yml')
  writeFileSync(file, readFileSync(file, 'utf8').replace('/mine', '/theirs'))
  const location = async () => {
    const read = await collections.read({ id, path: '' })
    return read.item.kind === 'collection' && read.item.source?.type === 'openapi'
      ? read.item.source.location
      : ''
  }
  await expect.poll(location).toContain('/theirs')
  expect(await explorer.alarm({ collectionId: id })).toBeNull()
  expect(server.received).toHaveLength(1)
  await explorer.drift({ collectionId: id }).catch(() => undefined)
  await explorer.alarm({ collectionId: id })
  expect(server.received.slice(1).map(({ url, headers }) => [url, headers['apikey']])).toEqual([
    ['/theirs', undefined],
    ['/theirs', undefined],
  ])
})

test('a collection without a source, and one whose source is out of reach, has no alarm', async () => {
  const { client } = await startApiClientHost()
  const { collections, explorer } = client
  const { id } = await collections.create({ name: 'Mine', parent: null })
  expect(await explorer.alarm({ collectionId: id })).toBeNull()
  const { item, revision } = await collections.read({ id, path: '' })
  if (item.kind !== 'collection') throw new Error('The root is no collection.')
  const source = { type: 'openapi' as const, location: join(tempDirectory(), 'gone.json') }
  await collections.write({ id, path: '', item: { ...item, source }, revision })
  expect(await explorer.alarm({ collectionId: id })).toBeNull()
  await expect(explorer.drift({ collectionId: id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
