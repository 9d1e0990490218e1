import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ConnectionId, SavedQueryId } from '#contract/capabilities/ids.ts'
import type { ConnectionRecord, SavedQueryRecord } from '#contract/capabilities/sync.ts'
import { describeSyncStore } from '#testing/conformance/sync-store.ts'
import { tempDirectory } from '#testing/temp-directory.ts'
import { noteLocalChange } from '../sync/index.ts'
import {
  createConnectionStore,
  createSavedQueryStore,
  createSyncStore,
  openCache,
  type ChangeLog,
} from './index.ts'

function setUp() {
  const cache = openCache(join(tempDirectory(), 'cache.db'))
  onTestFinished(() => cache.close())
  const sync = createSyncStore(cache)
  const changes: ChangeLog = {
    append: (change) => noteLocalChange(sync.operations, change, randomUUID),
    pendingIds: sync.pendingIds,
  }
  return {
    cache,
    sync,
    queries: createSavedQueryStore(cache, changes),
    connections: createConnectionStore(cache, changes),
  }
}

const AT = '2026-11-22T10:00:00.000Z'

function savedQuery(sql: string, id: string = randomUUID()): SavedQueryRecord {
  return { id: SavedQueryId.parse(id), name: 'Query', sql, connectionId: null, updatedAt: AT }
}

function connection(id: string = randomUUID()): ConnectionRecord {
  return {
    id: ConnectionId.parse(id),
    name: 'Mine',
    host: 'localhost',
    port: 5432,
    database: 'main',
    user: 'me',
    sslMode: 'prefer',
    environment: 'development',
    isReadOnly: false,
    updatedAt: AT,
  }
}

describe('the store of sync in SQLite', () => describeSyncStore(() => setUp().sync))

describe('the store of sync beside the other stores', () => {
  test('SYNC-11: a change of the person and its entry are one transaction', () => {
    const { sync, queries, cache } = setUp()
    const record = savedQuery('select 1')
    queries.save(record)
    expect(sync.pendingIds('savedQuery')).toEqual(new Set([record.id]))
    expect(sync.pendingCount()).toBe(1)
    expect(() =>
      cache.sqlite.transaction(() => {
        queries.save(savedQuery('select 2'))
        throw new Error('the disk is full')
      })(),
    ).toThrow('the disk is full')
    expect(queries.list()).toEqual([record])
    expect(sync.pendingCount()).toBe(1)
  })

  test('a record that the person removed is deleted on the base that it had', () => {
    const { sync, queries } = setUp()
    const record = savedQuery('select 1')
    sync.transaction((tx) => {
      tx.writeRecord({ record: { kind: 'savedQuery', record }, version: 7, isStale: false })
    })
    expect(queries.get(record.id)).toEqual(record)
    queries.remove(record.id)
    const entries = sync.transaction((tx) => tx.entriesOf({ kind: 'savedQuery', id: record.id }))
    expect(entries).toMatchObject([{ mutation: { type: 'delete', baseVersion: 7 } }])
  })

  test('SYNC-18: the copy of a connection keeps its password, a pulled one does not touch it', () => {
    const { sync, connections } = setUp()
    const mine = connection()
    connections.save(mine, Uint8Array.of(1, 2, 3))
    const copy = connection()
    sync.transaction((tx) => {
      tx.writeRecord(
        { record: { kind: 'connection', record: copy }, version: null, isStale: false },
        { copyOf: mine.id },
      )
      tx.writeRecord({
        record: { kind: 'connection', record: { ...mine, host: 'elsewhere' } },
        version: 3,
        isStale: false,
      })
    })
    expect(connections.get(copy.id)?.sealedPassword).toEqual(Buffer.from([1, 2, 3]))
    expect(connections.get(mine.id)).toMatchObject({
      record: { host: 'elsewhere' },
      sealedPassword: Buffer.from([1, 2, 3]),
    })
  })

  test('conflicts are kept newest first, the last two hundred', () => {
    const { sync } = setUp()
    for (let n = 1; n <= 205; n++)
      sync.addConflict({ kind: 'savedQuery', name: `Query ${n}`, resolution: 'Both are kept.', at: AT })
    const kept = sync.conflicts()
    expect(kept).toHaveLength(200)
    expect(kept[0]?.name).toBe('Query 205')
  })

  test('detaching leaves every record here; what was not pushed waits as new', () => {
    const { sync, queries } = setUp()
    const [pushed, edited, removed] = [savedQuery('a'), savedQuery('b'), savedQuery('c')]
    sync.transaction((tx) => {
      tx.writeState({ accountId: randomUUID(), cursor: 'x', isResetting: false })
      for (const record of [pushed, edited, removed])
        tx.writeRecord({ record: { kind: 'savedQuery', record }, version: 1, isStale: false })
    })
    queries.save({ ...edited, sql: 'b2' })
    queries.remove(removed.id)
    sync.detach()
    expect(
      queries
        .list()
        .map(({ sql }) => sql)
        .sort(),
    ).toEqual(['a', 'b2'])
    const outbox = sync.transaction((tx) => tx.readOutbox(10))
    expect(outbox).toMatchObject([
      {
        state: 'waiting',
        mutation: { type: 'upsert', baseVersion: null, record: { record: { sql: 'b2' } } },
      },
    ])
    expect(sync.transaction((tx) => tx.readState())).toEqual({
      accountId: null,
      cursor: null,
      isResetting: false,
    })
    expect(sync.transaction((tx) => tx.readVersion({ kind: 'savedQuery', id: pushed.id }))).toBeNull()
  })
})
