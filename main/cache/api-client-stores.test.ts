import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { newHttpRequest } from '#api-client/common/new-request.ts'
import { RequestDraft } from '#contract/capabilities/collections.ts'
import { CollectionId, Environment } from '#contract/requests/collection.ts'
import { Exchange } from '#contract/requests/exchange.ts'
import { tempDirectory } from '#testing/temp-directory.ts'
import { createApiDescriptionStore } from './api-description-store.ts'
import { createCollectionStore, type KnownCollection } from './collection-store.ts'
import { openCache, type Cache } from './database.ts'
import { createDraftStore } from './draft-store.ts'
import { createExchangeStore } from './exchange-store.ts'
import { createVariableStore } from './variable-store.ts'

const ID = CollectionId.parse('10000000-0000-4000-8000-000000000001')
const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 23) + seconds * 1_000).toISOString()
const uuid = (number: number): string => `20000000-0000-4000-8000-${String(number).padStart(12, '0')}`

function open(): Cache {
  const cache = openCache(join(tempDirectory(), 'cache.db'))
  onTestFinished(() => cache.close())
  return cache
}

const shop: KnownCollection = {
  id: ID,
  folder: '/home/mara/shop',
  name: 'Shop',
  organisationId: null,
  activeEnvironment: null,
  requests: 3,
  problems: 0,
  isOpen: true,
  openedAt: at(0),
}

function exchange(number: number, fields: Partial<Exchange> = {}): Exchange {
  return Exchange.parse({
    id: uuid(number),
    collectionId: ID,
    path: 'Orders/List.yml',
    name: 'List',
    startedAt: at(number),
    environment: null,
    request: {
      method: 'GET',
      url: `https://api.example.com/orders?page=${number}`,
      headers: [],
      bodyPreview: null,
      bodyBytes: 0,
      unresolved: [],
    },
    response: null,
    failure: null,
    timings: {
      blocked: null,
      dns: null,
      connect: null,
      tls: null,
      send: null,
      firstByte: null,
      download: null,
      total: 5,
    },
    hops: [],
    cookies: [],
    tests: [],
    console: [],
    changedVariables: [],
    insight: null,
    ...fields,
  })
}

describe('the list of collections', () => {
  test('a closed one keeps its id for when its folder is opened again', () => {
    const store = createCollectionStore(open())
    store.save(shop)
    store.save({ ...shop, isOpen: false })
    expect(store.list()).toEqual([])
    expect(store.byFolder('/home/mara/shop')?.id).toBe(ID)
  })

  test('what is removed leaves nothing behind', () => {
    const cache = open()
    const store = createCollectionStore(cache)
    const variables = createVariableStore(cache)
    store.save(shop)
    store.writeIndex(ID, [{ path: 'a.yml', mtimeMs: 1, size: 2, summary: '{}' }])
    variables.setSecret({ collectionId: ID, kind: 'item', owner: '' }, 'key', Uint8Array.of(1))
    createExchangeStore(cache).add(exchange(1))
    store.remove(ID)
    for (const table of ['collection', 'collection_index', 'api_secret', 'exchange'])
      expect(cache.sqlite.prepare(`select count(*) as count from ${table}`).get()).toEqual({ count: 0 })
  })

  test('what still came for a removed one is gone at the next start, and nothing else', () => {
    const cache = open()
    const [store, variables, exchanges] = [
      createCollectionStore(cache),
      createVariableStore(cache),
      createExchangeStore(cache),
    ]
    store.save(shop)
    store.remove(ID)
    exchanges.add(exchange(1))
    exchanges.add(exchange(2, { collectionId: null }))
    const own = { collectionId: null, kind: 'token' as const, owner: '' }
    variables.setSecret(own, 'key', Uint8Array.of(1))
    variables.setSecret({ ...own, collectionId: ID }, 'key', Uint8Array.of(1))
    createCollectionStore(cache)
    expect([exchanges.has(exchange(1).id), exchanges.has(exchange(2).id)]).toEqual([false, true])
    expect(cache.sqlite.prepare('select collection_id from api_secret').all()).toEqual([
      { collection_id: '' },
    ])
  })

  test('a summary is given for the very file that it was made of', () => {
    const store = createCollectionStore(open())
    store.save(shop)
    store.writeIndex(ID, [{ path: 'a.yml', mtimeMs: 1.5, size: 2, summary: '{"a":1}' }])
    expect(store.readIndex(ID, 'a.yml', { mtimeMs: 1.5, size: 2 })).toBe('{"a":1}')
    expect(store.readIndex(ID, 'a.yml', { mtimeMs: 1.6, size: 2 })).toBeUndefined()
    expect(store.readIndex(ID, 'a.yml', { mtimeMs: 1.5, size: 3 })).toBeUndefined()
    store.writeIndex(ID, [], ['a.yml'])
    expect(store.wholeIndex(ID)).toEqual([])
  })

  test('globals are empty until they are saved', () => {
    const store = createCollectionStore(open())
    expect(store.globals().variables).toEqual([])
    const globals = Environment.parse({ name: 'Globals', variables: [{ name: 'host', value: 'x' }] })
    store.saveGlobals(globals)
    expect(store.globals()).toEqual(globals)
  })
})

describe('values of this machine', () => {
  test('follow what is moved, and nothing that only begins alike', () => {
    const store = createVariableStore(open())
    const owner = (path: string) => ({ collectionId: ID, kind: 'item' as const, owner: path })
    for (const path of ['Orders', 'Orders/List.yml', 'Orders 2'])
      store.setSecret(owner(path), 'key', Uint8Array.of(1))
    store.moveItem(ID, 'Orders', 'Sales/Orders')
    expect([...store.secretNames(ID, 'item').keys()].sort()).toEqual([
      'Orders 2',
      'Sales/Orders',
      'Sales/Orders/List.yml',
    ])
  })

  test('an environment that is renamed keeps them, one that is removed does not', () => {
    const cache = open()
    createCollectionStore(cache).save({ ...shop, activeEnvironment: 'dev' })
    const store = createVariableStore(cache)
    const scope = (scopeName: string) => ({
      collectionId: ID,
      scope: 'environment' as const,
      scopeName,
    })
    store.setValue(scope('dev'), 'token', { value: '7', type: 'number' })
    store.setSecret({ collectionId: ID, kind: 'environment', owner: 'dev' }, 'key', Uint8Array.of(1))
    store.renameEnvironment(ID, 'dev', 'local')
    expect(store.values(scope('local')).get('token')).toEqual({ value: '7', type: 'number' })
    expect(createCollectionStore(cache).get(ID)?.activeEnvironment).toBe('local')
    store.forgetEnvironment(ID, 'local')
    expect(store.values(scope('local')).size).toBe(0)
    expect(store.secretNames(ID, 'environment').size).toBe(0)
    expect(createCollectionStore(cache).get(ID)?.activeEnvironment).toBeNull()
  })

  test('globals and collections are apart', () => {
    const store = createVariableStore(open())
    store.setSecret({ collectionId: null, kind: 'cookies', owner: '' }, '', Uint8Array.of(1))
    expect(store.secrets({ collectionId: ID, kind: 'cookies', owner: '' }).size).toBe(0)
    store.forget(null, 'cookies', null)
    expect(store.secrets({ collectionId: null, kind: 'cookies', owner: '' }).size).toBe(0)
  })
})

describe('drafts', () => {
  test('the latest text is there after a restart, and follows its file', () => {
    const directory = tempDirectory()
    const draft = (name: string) =>
      RequestDraft.parse({
        id: uuid(1),
        collectionId: ID,
        path: 'Orders/List.yml',
        baseRevision: 'r1',
        request: newHttpRequest(name),
        updatedAt: at(1),
      })
    const before = openCache(join(directory, 'cache.db'))
    createDraftStore(before).save(draft('first'))
    createDraftStore(before).save(draft('second'))
    // Not closed: as after a crash.
    const after = openCache(join(directory, 'cache.db'))
    onTestFinished(() => (before.close(), after.close()))
    const store = createDraftStore(after)
    expect(store.list()).toEqual([draft('second')])
    store.move(ID, 'Orders', 'Sales')
    expect(store.list()[0]?.path).toBe('Sales/List.yml')
    store.remove(uuid(1))
    expect(store.list()).toEqual([])
  })
})

describe('the history of exchanges', () => {
  test('is searched, paged, and newest first', () => {
    const store = createExchangeStore(open())
    for (const number of [1, 2, 3]) store.add(exchange(number))
    const page = { collectionId: null, path: null, text: '', before: null, limit: 2 }
    expect(store.list(page).map((entry) => entry.id)).toEqual([uuid(3), uuid(2)])
    expect(store.list({ ...page, before: at(2) }).map((entry) => entry.id)).toEqual([uuid(1)])
    expect(store.list({ ...page, text: 'PAGE=2' }).map((entry) => entry.id)).toEqual([uuid(2)])
    expect(store.list({ ...page, text: '%' })).toEqual([])
    expect(store.list({ ...page, path: 'Other.yml' })).toEqual([])
    expect(store.get(uuid(2))).toEqual(exchange(2))
  })

  test('what is too old or too many is pruned, and named', () => {
    const store = createExchangeStore(open(), { most: 2, mostDays: 1 })
    expect(store.add(exchange(1))).toEqual([])
    expect(store.add(exchange(2))).toEqual([])
    expect(store.add(exchange(3))).toEqual([uuid(1)])
    expect(store.add(exchange(4, { startedAt: at(2 * 86_400) })).sort()).toEqual([uuid(2), uuid(3)])
    expect(store.remove(null)).toEqual([uuid(4)])
  })
})

test('the last description of an API is kept, one of another version is not read', () => {
  const cache = open()
  const store = createApiDescriptionStore(cache)
  const description = {
    title: 'Shop',
    docs: '',
    version: '1',
    baseUrl: 'http://localhost',
    schemas: ['public'],
    tables: [],
    functions: [],
  }
  store.save('url x', { description, readAt: at(1) })
  expect(store.get('url x')).toEqual({ description, readAt: at(1) })
  cache.sqlite.prepare(`update api_description set description = '{"title":1}'`).run()
  expect(store.get('url x')).toBeUndefined()
})
