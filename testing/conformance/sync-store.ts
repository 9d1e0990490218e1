// What every SyncStore must do, as tests. Called by each implementation's own test file.
import { expect, test } from 'vitest'
import { ConnectionId, SavedQueryId } from '../../contract/capabilities/ids.ts'
import type { SyncMutation } from '../../contract/capabilities/sync.ts'
import type { SyncStore, WritableRecord } from '../../main/sync/index.ts'

const uuid = (n: number): string => `20000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const AT = '2026-11-22T10:00:00.000Z'

/** A saved query for tests. */
export function savedQuery(n: number, sql: string): WritableRecord {
  const record = {
    id: SavedQueryId.parse(uuid(n)),
    name: `query ${n}`,
    sql,
    connectionId: null,
    updatedAt: AT,
  }
  return { kind: 'savedQuery', record }
}

/** A connection for tests. */
export function connection(n: number, host: string): WritableRecord {
  const record = {
    id: ConnectionId.parse(uuid(n)),
    name: `connection ${n}`,
    host,
    port: 5432,
    database: 'main',
    user: 'owner',
    sslMode: 'prefer' as const,
    environment: 'development' as const,
    isReadOnly: false,
    updatedAt: AT,
  }
  return { kind: 'connection', record }
}

const keyOf = ({ kind, record }: WritableRecord) => ({ kind, id: record.id })
const upsert = (n: number, record: WritableRecord): SyncMutation => ({
  type: 'upsert',
  mutationId: uuid(1000 + n),
  baseVersion: null,
  record,
})

/** Runs the suite; `create` makes an empty store. */
export function describeSyncStore(create: () => SyncStore): void {
  test('starts as nobody’s, from the beginning', () => {
    expect(create().transaction((tx) => tx.readState())).toEqual({
      accountId: null,
      cursor: null,
      isResetting: false,
    })
  })

  test('keeps what a transaction wrote', () => {
    const store = create()
    const state = { accountId: uuid(1), cursor: 'c', isResetting: true }
    const record = savedQuery(1, 'select 1')
    store.transaction((tx) => {
      tx.writeState(state)
      tx.writeRecord({ record, version: 7, isStale: false })
      tx.writeRecord({ record: connection(2, 'a'), version: null, isStale: false })
      expect(tx.readState()).toEqual(state)
    })
    store.transaction((tx) => {
      expect(tx.readState()).toEqual(state)
      expect(tx.readRecord(keyOf(record))).toEqual({ record, version: 7, isStale: false })
      expect(tx.readVersion(keyOf(record))).toBe(7)
      expect(tx.readRecord(keyOf(connection(2, 'a')))).toMatchObject({ version: null, isStale: false })
      expect(tx.readVersion(keyOf(connection(2, 'a')))).toBeNull()
      expect(tx.readRecord({ kind: 'connection', id: record.record.id })).toBeUndefined()
    })
  })

  // SYNC-22
  test('keeps nothing of a transaction that throws', () => {
    const store = create()
    const record = savedQuery(1, 'select 1')
    store.transaction((tx) => tx.appendEntry(upsert(1, record)))
    expect(() =>
      store.transaction((tx) => {
        tx.writeRecord({ record, version: 1, isStale: false })
        tx.writeState({ accountId: uuid(1), cursor: 'c', isResetting: false })
        for (const entry of tx.readOutbox(10)) tx.removeEntry(entry.sequence)
        tx.appendEntry(upsert(2, record))
        throw new Error('crash')
      }),
    ).toThrow('crash')
    store.transaction((tx) => {
      expect(tx.readState().cursor).toBeNull()
      expect(tx.readRecord(keyOf(record))).toBeUndefined()
      expect(tx.readOutbox(10).map(({ mutation }) => mutation.mutationId)).toEqual([uuid(1001)])
    })
  })

  test('a record is replaced whole, and removed with its version', () => {
    const store = create()
    const key = keyOf(savedQuery(1, ''))
    store.transaction((tx) => {
      tx.writeRecord({ record: savedQuery(1, 'a'), version: 1, isStale: false })
      tx.writeRecord({ record: savedQuery(1, 'b'), version: 2, isStale: false })
      expect(tx.readRecord(key)).toEqual({ record: savedQuery(1, 'b'), version: 2, isStale: false })
      tx.removeRecord(key)
      tx.removeRecord(key)
      expect(tx.readRecord(key)).toBeUndefined()
      expect(tx.readVersion(key)).toBeNull()
    })
  })

  // SYNC-10
  test('marks what has a version, until it is written again', () => {
    const store = create()
    store.transaction((tx) => {
      tx.writeRecord({ record: savedQuery(1, 'a'), version: 1, isStale: false })
      tx.writeRecord({ record: connection(2, 'a'), version: 2, isStale: false })
      tx.writeRecord({ record: savedQuery(3, 'a'), version: null, isStale: false })
      tx.markAllStale()
      tx.writeRecord({ record: connection(2, 'b'), version: 2, isStale: false })
    })
    store.transaction((tx) => {
      expect(tx.staleKeys()).toEqual([keyOf(savedQuery(1, ''))])
      expect(tx.readRecord(keyOf(savedQuery(1, '')))?.isStale).toBe(true)
      expect(tx.readRecord(keyOf(savedQuery(3, '')))?.isStale).toBe(false)
    })
  })

  // SYNC-11, SYNC-21
  test('the outbox keeps its order, finds the entries of a record and leaves rejected ones out', () => {
    const store = create()
    store.transaction((tx) => {
      tx.appendEntry(upsert(1, savedQuery(1, 'a')))
      tx.appendEntry(upsert(2, connection(1, 'a')))
      tx.appendEntry({
        type: 'delete',
        mutationId: uuid(1003),
        baseVersion: 4,
        kind: 'savedQuery',
        id: uuid(1),
      })
      tx.appendEntry(upsert(4, savedQuery(4, 'a')))
    })
    const ids = (entries: readonly { mutation: SyncMutation }[]) =>
      entries.map(({ mutation }) => Number(mutation.mutationId.slice(-4)))
    store.transaction((tx) => {
      const all = tx.readOutbox(10)
      expect(ids(all)).toEqual([1001, 1002, 1003, 1004])
      expect(all.every(({ state, reason }) => state === 'waiting' && reason === null)).toBe(true)
      expect(ids(tx.readOutbox(2))).toEqual([1001, 1002])
      expect(ids(tx.entriesOf({ kind: 'savedQuery', id: uuid(1) }))).toEqual([1001, 1003])
      const [first, second] = all
      if (first === undefined || second === undefined) throw new Error('unreachable')
      tx.replaceEntry({ ...first, state: 'rejected', reason: 'too long' })
      tx.replaceEntry({ ...second, mutation: upsert(5, connection(1, 'b')), state: 'attempted' })
    })
    store.transaction((tx) => {
      expect(ids(tx.readOutbox(10))).toEqual([1005, 1003, 1004])
      expect(tx.readOutbox(1)[0]).toMatchObject({
        state: 'attempted',
        mutation: upsert(5, connection(1, 'b')),
      })
      const [rejected] = tx.entriesOf({ kind: 'savedQuery', id: uuid(1) })
      expect(rejected).toMatchObject({ state: 'rejected', reason: 'too long' })
      tx.removeEntry(rejected?.sequence ?? -1)
      tx.appendEntry(upsert(6, savedQuery(6, 'a')))
    })
    expect(store.transaction((tx) => ids(tx.readOutbox(10)))).toEqual([1005, 1003, 1004, 1006])
  })
}
