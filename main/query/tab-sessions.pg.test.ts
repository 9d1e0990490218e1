// Sessions of tabs over time: what is kept, what is closed when nobody uses it, what an edited connection means.
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import { createTestConnections, saveConnection, type TestConnections } from '#testing/host-fixtures.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import {
  createTabSessions,
  IDLE_READING_MS,
  IDLE_SESSION_MS,
  type LeasedSession,
  type TabSessions,
} from './tab-sessions.ts'

let database: TempDatabase
beforeAll(async () => {
  database = await createTempDatabase()
})
afterAll(() => database.drop())

interface Fixture {
  readonly connections: TestConnections
  readonly connectionId: ConnectionId
  readonly tabs: TabSessions
  pass(ms: number): void
  /** Runs SQL in the tab and gives its first cell and the warning. */
  use(sql: string): Promise<{ cell: string | null | undefined; warning: string | null }>
  lease(): Promise<LeasedSession>
}

async function setUp(): Promise<Fixture> {
  const connections = createTestConnections()
  const connectionId = await saveConnection(connections, database.target)
  let nowMs = 0
  const tabs = createTabSessions(connections.service, () => nowMs)
  onTestFinished(() => tabs.closeAll())
  const lease = (): Promise<LeasedSession> =>
    tabs.lease('tab', connectionId, { signal: new AbortController().signal, connectTimeoutMs: 5_000 })
  return {
    connections,
    connectionId,
    tabs,
    pass: (ms) => void (nowMs += ms),
    lease,
    async use(sql) {
      const leased = await lease()
      const { warning } = leased
      try {
        return { cell: (await leased.session.query(sql)).rows[0]?.[0], warning }
      } finally {
        leased.release()
      }
    },
  }
}

test('a session without a transaction is closed when it was not used for a while, and the next use says so', async () => {
  const { use, tabs, pass } = await setUp()
  const first = await use('select pg_backend_pid()')
  pass(IDLE_SESSION_MS)
  tabs.closeIdle()
  expect(await use('select pg_backend_pid()')).toEqual({ cell: first.cell, warning: null })
  pass(IDLE_SESSION_MS + 1)
  tabs.closeIdle()
  const second = await use('select pg_backend_pid()')
  expect(second.cell).not.toBe(first.cell)
  expect(second.warning).toContain('not used for a while')
})

test('a session with an open transaction is kept', async () => {
  const { use, tabs, pass } = await setUp()
  const first = await use('begin; select pg_backend_pid()')
  pass(IDLE_SESSION_MS * 10)
  tabs.closeIdle()
  expect((await use('select pg_backend_pid()')).cell).toBe(first.cell)
})

test('a result that waits at the server is given up after a while, the session stays', async () => {
  const { lease, use, tabs, pass } = await setUp()
  const leased = await lease()
  const pid = (await leased.session.query('select pg_backend_pid()')).rows[0]?.[0]
  let endings = 0
  leased.reading = {
    state: () => 'suspended',
    start: () => Promise.resolve(),
    extend: () => Promise.resolve(),
    end: () => Promise.resolve(void endings++),
  }
  leased.release()
  pass(IDLE_READING_MS + 1)
  tabs.closeIdle()
  expect(endings).toBe(1)
  expect((await use('select pg_backend_pid()')).cell).toBe(pid)
})

test('a session in use is never closed as idle', async () => {
  const { lease, tabs, pass } = await setUp()
  const leased = await lease()
  pass(IDLE_SESSION_MS * 2)
  tabs.closeIdle()
  expect((await leased.session.query('select 1')).rows).toEqual([['1']])
  leased.release()
})

test('an edited connection gets a new session', async () => {
  const { connections, connectionId, use } = await setUp()
  const first = await use('select pg_backend_pid()')
  const stored = connections.store.get(connectionId)
  if (stored === undefined) throw new Error('The connection is gone.')
  connections.store.save({ ...stored.record, name: 'Only its name' }, undefined)
  expect((await use('select pg_backend_pid()')).cell).toBe(first.cell)
  connections.store.save({ ...stored.record, isReadOnly: true }, undefined)
  expect((await use('show default_transaction_read_only')).cell).toBe('on')
})

test('an edited connection with an open transaction says that the transaction is gone before anything runs', async () => {
  const { connections, connectionId, use } = await setUp()
  await use('begin')
  const stored = connections.store.get(connectionId)
  if (stored === undefined) throw new Error('The connection is gone.')
  connections.store.save({ ...stored.record, database: 'postgres' }, undefined)
  await expect(use('commit')).rejects.toMatchObject({
    code: 'CONNECTION_FAILED',
    details: { lostTransaction: true },
  })
  expect((await use('select current_database()')).cell).toBe('postgres')
})
