// The stores of the workbench over a real SQLite file: connections, saved queries, history, workspace, snapshots.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ConnectionId, SavedQueryId } from '#contract/capabilities/ids.ts'
import type { HistoryEntry } from '#contract/capabilities/history.ts'
import type { ConnectionRecord, SavedQueryRecord } from '#contract/capabilities/sync.ts'
import type { WorkspaceTab } from '#contract/capabilities/workspace.ts'
import { tempDirectory } from '#testing/temp-directory.ts'
import {
  createCatalogStore,
  createConnectionStore,
  createHistoryStore,
  createResultSnapshotStore,
  createSavedQueryStore,
  createWorkspaceStore,
  openCache,
  type Cache,
  type ChangeLog,
  type LocalChange,
} from './index.ts'
import { CLOSED_TABS_KEPT } from './workspace-store.ts'

const AT = '2026-11-22T10:00:00.000Z'

function openTempCache(): Cache {
  const cache = openCache(join(tempDirectory(), 'cache.sqlite'))
  onTestFinished(() => cache.close())
  return cache
}

/** A change log that keeps what it is told, in the cache's transaction or not at all. */
function recordChanges(refuse = false): ChangeLog & { changes: LocalChange[] } {
  const changes: LocalChange[] = []
  return {
    changes,
    append(change) {
      if (refuse) throw new Error('the outbox refuses')
      changes.push(change)
    },
    pendingIds: (kind) =>
      new Set(
        changes.flatMap((change) =>
          change.type === 'upsert' && change.record.kind === kind ? [change.record.record.id] : [],
        ),
      ),
  }
}

function connection(name: string, id = crypto.randomUUID()): ConnectionRecord {
  return {
    id: ConnectionId.parse(id),
    name,
    host: 'db.example.com',
    port: 5432,
    database: 'shop',
    user: 'ada',
    sslMode: 'prefer',
    environment: 'development',
    isReadOnly: false,
    updatedAt: AT,
  }
}

describe('connection store', () => {
  test('keeps a connection with its sealed password and appends the change', () => {
    const changes = recordChanges()
    const store = createConnectionStore(openTempCache(), changes)
    const record = connection('Shop')
    store.save(record, Uint8Array.of(1, 2, 3))
    expect(store.list().map((stored) => stored.record)).toEqual([record])
    expect([...(store.get(record.id)?.sealedPassword ?? [])]).toEqual([1, 2, 3])
    expect(changes.changes).toEqual([{ type: 'upsert', record: { kind: 'connection', record } }])
  })

  test('keeps the password when none is given and removes it when told', () => {
    const store = createConnectionStore(openTempCache(), recordChanges())
    const record = connection('Shop')
    store.save(record, Uint8Array.of(1))
    store.save({ ...record, name: 'Shop 2' }, undefined)
    expect(store.get(record.id)?.sealedPassword).not.toBeNull()
    store.save(record, null)
    expect(store.get(record.id)?.sealedPassword).toBeNull()
  })

  test('does not keep a change whose outbox row cannot be written', () => {
    const store = createConnectionStore(openTempCache(), recordChanges(true))
    expect(() => store.save(connection('Shop'), null)).toThrow('the outbox refuses')
    expect(store.list()).toEqual([])
  })

  test('removes a connection with its use and its snapshots', async () => {
    const cache = openTempCache()
    const changes = recordChanges()
    const store = createConnectionStore(cache, changes)
    const catalogs = createCatalogStore(cache)
    const record = connection('Shop')
    store.save(record, null)
    store.recordUse(record.id, 'reachable', AT)
    await catalogs.put(record.id, {
      asOf: AT,
      catalog: { serverVersion: '18', database: 'shop', schemas: [], tables: [], routines: [], types: [] },
    })
    store.remove(record.id)
    expect(store.list()).toEqual([])
    expect(store.uses().size).toBe(0)
    expect(await catalogs.get(record.id)).toBeUndefined()
    expect(changes.changes.at(-1)).toEqual({ type: 'delete', kind: 'connection', id: record.id })
    store.remove(record.id)
    expect(changes.changes).toHaveLength(2)
  })

  test('remembers the last good use through a failed attempt', () => {
    const store = createConnectionStore(openTempCache(), recordChanges())
    store.recordUse('a', 'reachable', AT)
    store.recordUse('a', 'unreachable', '2026-11-23T10:00:00.000Z')
    expect(store.uses().get('a')).toEqual({ reachability: 'unreachable', lastUsedAt: AT })
  })
})

describe('saved query store', () => {
  const query = (name: string): SavedQueryRecord => ({
    id: SavedQueryId.parse(crypto.randomUUID()),
    name,
    sql: 'select 1',
    connectionId: null,
    updatedAt: AT,
  })

  test('keeps queries by name, each change with its outbox row', () => {
    const changes = recordChanges()
    const store = createSavedQueryStore(openTempCache(), changes)
    const [b, a] = [query('b'), query('a')]
    store.save(b)
    store.save(a)
    expect(store.list()).toEqual([a, b])
    expect(store.pendingIds()).toEqual(new Set([a.id, b.id]))
    store.remove(b.id)
    store.remove(b.id)
    expect(store.get(b.id)).toBeUndefined()
    expect(changes.changes.map((change) => change.type)).toEqual(['upsert', 'upsert', 'delete'])
  })

  test('does not remove what the outbox refuses to record', () => {
    const cache = openTempCache()
    const record = query('a')
    createSavedQueryStore(cache, recordChanges()).save(record)
    const store = createSavedQueryStore(cache, recordChanges(true))
    expect(() => store.remove(record.id)).toThrow('the outbox refuses')
    expect(store.get(record.id)).toEqual(record)
  })
})

describe('history store', () => {
  const connectionId = ConnectionId.parse(crypto.randomUUID())
  const entry = (sql: string, id = connectionId): Omit<HistoryEntry, 'id'> => ({
    connectionId: id,
    connectionName: 'Shop',
    sql,
    startedAt: AT,
    elapsedMs: 1.5,
    rowCount: 3,
    outcome: 'done',
    error: null,
  })

  test('lists newest first, in pages', () => {
    const store = createHistoryStore(openTempCache())
    for (let index = 0; index < 5; index += 1) store.append(entry(`select ${index}`))
    const first = store.list({ search: '', limit: 2 })
    expect(first.entries.map((found) => found.sql)).toEqual(['select 4', 'select 3'])
    expect(first.hasMore).toBe(true)
    const rest = store.list({ search: '', limit: 10, before: first.entries[1]?.id })
    expect(rest.entries.map((found) => found.sql)).toEqual(['select 2', 'select 1', 'select 0'])
    expect(rest.hasMore).toBe(false)
  })

  test('searches text as it stands: % and _ are not wild', () => {
    const store = createHistoryStore(openTempCache())
    store.append(entry("select * from a where b like '100%'"))
    store.append(entry('SELECT user_id FROM a'))
    store.append(entry('select userxid from a'))
    const found = (search: string): number => store.list({ search, limit: 10 }).entries.length
    expect(found('100%')).toBe(1)
    expect(found('user_id')).toBe(1)
    expect(found('USER')).toBe(2)
    expect(found(String.raw`\ `)).toBe(0)
  })

  test('keeps no more than its bound, the newest', () => {
    const store = createHistoryStore(openTempCache(), 3)
    for (let index = 0; index < 8; index += 1) store.append(entry(`select ${index}`))
    const { entries } = store.list({ search: '', limit: 10 })
    expect(entries.map((found) => found.sql)).toEqual(['select 7', 'select 6', 'select 5'])
  })

  test('hides passwords', () => {
    const store = createHistoryStore(openTempCache())
    store.append(entry(`alter role mara password 'opensesame'`))
    expect(store.list({ search: '', limit: 1 }).entries[0]?.sql).toBe('alter role mara password [hidden]')
    expect(store.list({ search: 'opensesame', limit: 1 }).entries).toEqual([])
  })

  test('cuts a statement that is a data load', () => {
    const store = createHistoryStore(openTempCache())
    store.append(entry('x'.repeat(1_000_000)))
    expect(store.list({ search: '', limit: 1 }).entries[0]?.sql.length).toBe(100_001)
  })

  test('filters and clears by connection', () => {
    const store = createHistoryStore(openTempCache())
    const other = ConnectionId.parse(crypto.randomUUID())
    store.append(entry('select 1'))
    store.append(entry('select 2', other))
    expect(store.list({ connectionId: other, search: '', limit: 9 }).entries).toHaveLength(1)
    store.clear(other)
    expect(store.list({ search: '', limit: 9 }).entries.map((found) => found.sql)).toEqual(['select 1'])
    store.clear()
    expect(store.list({ search: '', limit: 9 }).entries).toEqual([])
  })
})

describe('workspace store', () => {
  const tab = (title: string): WorkspaceTab => ({
    id: crypto.randomUUID(),
    title,
    connectionId: null,
    savedQueryId: null,
    sql: `select '${title}'`,
    cursorOffset: 3,
  })

  test('keeps tabs in their order with the active one and the layout', () => {
    const store = createWorkspaceStore(openTempCache())
    const [a, b, c] = [tab('a'), tab('b'), tab('c')]
    for (const each of [a, b, c]) store.saveTab(each)
    expect(store.load().tabs).toEqual([a, b, c])
    store.arrange([c.id, a.id, b.id], a.id)
    store.saveLayout({ sidebar: 240, isFolded: true })
    expect(store.load()).toEqual({
      tabs: [c, a, b],
      activeTabId: a.id,
      layout: { sidebar: 240, isFolded: true },
    })
  })

  test('reopens closed tabs, the last first, with the text saved after closing', () => {
    const store = createWorkspaceStore(openTempCache())
    const [a, b] = [tab('a'), tab('b')]
    for (const each of [a, b]) store.saveTab(each)
    store.arrange([b.id], b.id)
    store.arrange([], null)
    expect(store.load()).toMatchObject({ tabs: [], activeTabId: null })
    const late = { ...b, sql: 'select 2 -- typed just before closing' }
    store.saveTab(late)
    expect(store.load().tabs).toEqual([])
    expect(store.reopen()).toEqual(late)
    expect(store.reopen()).toEqual(a)
    expect(store.reopen()).toBeNull()
    expect(store.load()).toMatchObject({ tabs: [late, a], activeTabId: a.id })
  })

  test('keeps only the last closed tabs', () => {
    const store = createWorkspaceStore(openTempCache())
    for (let index = 0; index < CLOSED_TABS_KEPT + 5; index += 1) {
      store.saveTab(tab(`t${index}`))
      store.arrange([], null)
    }
    let reopened = 0
    while (store.reopen() !== null) reopened += 1
    expect(reopened).toBe(CLOSED_TABS_KEPT)
  })

  test('loses nothing that was answered when the process is killed', async () => {
    const path = join(tempDirectory(), 'cache.sqlite')
    const id = crypto.randomUUID()
    for (let round = 0; round < 3; round += 1) {
      const child = fork(join(import.meta.dirname, '../../testing/workspace-writer.ts'), [
        path,
        id,
        String(round),
      ])
      let saved = ''
      const enough = new Promise<void>((resolve) => {
        child.on('message', (sql) => {
          saved = String(sql)
          if (Number(saved.split(' ').at(-1)) >= 20 + round * 7) resolve()
        })
      })
      await enough
      child.kill('SIGKILL')
      await once(child, 'exit')
      const cache = openCache(path)
      const found = createWorkspaceStore(cache).load().tabs[0]?.sql ?? ''
      cache.close()
      const count = (sql: string): number => Number(sql.split(' ').at(-1))
      expect(found.startsWith(`select ${round} as round -- `)).toBe(true)
      expect(count(found)).toBeGreaterThanOrEqual(count(saved))
    }
  })
})

describe('result snapshot store', () => {
  const snapshot = (takenAt: string, bytes = 10) => ({
    takenAt,
    command: 'SELECT',
    rowCount: 2,
    isComplete: true,
    columns: [{ name: 'a', typeOid: 23, type: 'integer', tableOid: 0, attributeNumber: 0 }],
    batches: [{ rowCount: 2, bodies: [new Uint8Array(bytes).fill(7), Uint8Array.of(1, 2, 3)] }],
  })

  test('gives back what it was given', () => {
    const store = createResultSnapshotStore(openTempCache())
    store.put('c', 'h', snapshot(AT))
    const found = store.get('c', 'h')
    expect(found).toMatchObject({ takenAt: AT, command: 'SELECT', rowCount: 2, isComplete: true })
    expect(found?.batches.map((batch) => batch.bodies.map((body) => [...body]))).toEqual([
      [new Array(10).fill(7), [1, 2, 3]],
    ])
    expect(store.get('c', 'other')).toBeUndefined()
  })

  test('keeps the newest of each connection, and no more bytes in all than its bound', () => {
    const store = createResultSnapshotStore(openTempCache(), { perConnection: 2, maxBytes: 100_000 })
    for (let day = 1; day <= 4; day += 1) store.put('c', `h${day}`, snapshot(`2026-11-0${day}T00:00:00.000Z`))
    expect(store.get('c', 'h1')).toBeUndefined()
    expect(store.get('c', 'h2')).toBeUndefined()
    expect(store.get('c', 'h4')).toBeDefined()
    for (let day = 1; day <= 4; day += 1)
      store.put(`d${day}`, 'h', snapshot(`2026-12-0${day}T00:00:00.000Z`, 60_000))
    expect(store.get('d1', 'h')).toBeUndefined()
  })
})

describe('catalog store', () => {
  test('gives back the catalog, and nothing for a row that no longer fits', async () => {
    const cache = openTempCache()
    const store = createCatalogStore(cache)
    const catalog = {
      serverVersion: '18',
      database: 'shop',
      schemas: [],
      tables: [],
      routines: [],
      types: [],
    }
    await store.put('c', { asOf: AT, catalog })
    expect(await store.get('c')).toEqual({ asOf: AT, catalog })
    expect(await store.get('d')).toBeUndefined()
  })
})
