import { randomUUID } from 'node:crypto'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ConnectivityState } from '#contract/capabilities/connectivity.ts'
import { SavedQueryId } from '#contract/capabilities/ids.ts'
import type { SavedQueryRecord } from '#contract/capabilities/sync.ts'
import { AppError } from '#contract/errors.ts'
import { makeProject, MARA, startCloudDouble } from '#testing/cloud-double.ts'
import { CONTEXT, openTestCloud } from '#testing/host-cloud.ts'
import { createSavedQueryStore } from '../cache/index.ts'
import { noteLocalChange } from '../sync/index.ts'
import { createConnectivityCapability, createReplication, type ReplicationTiming } from './index.ts'

const AT = '2026-11-22T10:00:00.000Z'

async function setUp(timing: Partial<ReplicationTiming> = { afterChangeMs: 5 }) {
  const service = await startCloudDouble()
  onTestFinished(() => service.close().catch(() => undefined))
  const parts = openTestCloud(service.url)
  const { cache, cloud, cloudStore, syncStore } = parts
  const changedKinds: string[] = []
  const replication = createReplication({
    cloud,
    store: syncStore,
    cloudStore,
    now: () => new Date(),
    newId: randomUUID,
    onRecords: (kinds) => changedKinds.push(...kinds),
    onSynced: () => undefined,
    onProblem: ({ during, error }) => parts.problems.push(`${during}: ${String(error)}`),
    timing,
  })
  onTestFinished(() => replication.close())
  const queries = createSavedQueryStore(cache, {
    append(change) {
      noteLocalChange(syncStore.operations, change, randomUUID)
      setImmediate(replication.noteLocalChange)
    },
    pendingIds: syncStore.pendingIds,
  })
  const connectivity = createConnectivityCapability({ cloud, replication })
  const states: ConnectivityState[] = []
  connectivity.changed((state) => states.push(ConnectivityState.parse(state)), CONTEXT)
  const current = () => connectivity.current({}, CONTEXT)
  const settled = (wanted: Partial<ConnectivityState>) =>
    vi.waitFor(async () => expect(await current()).toMatchObject(wanted), { timeout: 5000, interval: 5 })
  return { ...parts, service, replication, queries, connectivity, states, current, settled, changedKinds }
}

function savedQuery(sql: string, fields: Partial<SavedQueryRecord> = {}): SavedQueryRecord {
  return {
    id: SavedQueryId.parse(randomUUID()),
    name: 'Query',
    sql,
    connectionId: null,
    updatedAt: AT,
    ...fields,
  }
}

test('without an account there is nothing to reach', async () => {
  const { service, current, connectivity } = await setUp()
  const local = { state: 'local', isSyncing: false, lastSyncedAt: null, pendingChanges: 0, problem: null }
  expect(await current()).toMatchObject(local)
  expect(await connectivity.syncNow({}, CONTEXT)).toMatchObject(local)
  expect(service.calls).toEqual([])
})

test('logging in syncs: what waited here goes up, what is there comes down', async () => {
  const { service, queries, logIn, settled, cloudStore, changedKinds } = await setUp()
  const mine = savedQuery('select 1')
  queries.save(mine)
  const project = makeProject('Shop')
  service.sync.put({ kind: 'project', id: project.id }, { kind: 'project', record: project })
  await logIn()
  await settled({ state: 'online', isSyncing: false, pendingChanges: 0, lastSyncedAt: expect.any(String) })
  expect(service.sync.records()).toContainEqual({ kind: 'savedQuery', record: mine })
  expect(cloudStore.project(project.id)).toEqual(project)
  expect(changedKinds).toEqual(expect.arrayContaining(['savedQuery', 'project']))
})

test('a change is pushed soon after it was made', async () => {
  const { service, queries, logIn, settled } = await setUp()
  await logIn()
  await settled({ state: 'online', isSyncing: false, lastSyncedAt: expect.any(String) })
  queries.save(savedQuery('select 2'))
  await vi.waitFor(() => expect(service.sync.records()).toHaveLength(1))
  await settled({ pendingChanges: 0 })
})

test('others’ changes are looked for now and then', async () => {
  const { service, queries, logIn } = await setUp({ everyMs: 10 })
  await logIn()
  const theirs = savedQuery('select 3')
  service.sync.put({ kind: 'savedQuery', id: theirs.id }, { kind: 'savedQuery', record: theirs })
  await vi.waitFor(() => expect(queries.get(theirs.id)).toEqual(theirs))
})

test('offline says since when and why; what is changed meanwhile is pushed when the service is back', async () => {
  const { service, queries, logIn, settled, states } = await setUp()
  await logIn()
  await settled({ state: 'online', isSyncing: false })
  await service.crash()
  await settled({ state: 'offline', offlineSince: expect.any(String), problem: expect.any(String) })
  queries.save(savedQuery('select 4'))
  await settled({ state: 'offline', pendingChanges: 1 })
  await service.comeBack()
  await settled({ state: 'online', pendingChanges: 0, offlineSince: null, problem: null })
  expect(service.sync.records()).toHaveLength(1)
  expect(states.map(({ state }) => state)).toEqual(expect.arrayContaining(['online', 'offline']))
  expect(states.some(({ isSyncing }) => isSyncing)).toBe(true)
})

test('syncing by hand tries a lost service at once, and tells the state when it is still away', async () => {
  const { service, connectivity, logIn, settled } = await setUp()
  await logIn()
  await settled({ state: 'online', isSyncing: false })
  await service.crash()
  expect(await connectivity.syncNow({}, CONTEXT)).toMatchObject({ state: 'offline' })
  const theirs = savedQuery('select 5')
  service.sync.put({ kind: 'savedQuery', id: theirs.id }, { kind: 'savedQuery', record: theirs })
  await service.comeBack()
  expect(await connectivity.syncNow({}, CONTEXT)).toMatchObject({ state: 'online', isSyncing: false })
})

test('a conflict is told in words; both texts are kept', async () => {
  const { service, queries, connectivity, logIn, settled } = await setUp()
  await logIn()
  const mine = savedQuery('mine', { name: 'Sales' })
  queries.save(mine)
  await settled({ state: 'online', pendingChanges: 0, isSyncing: false })
  await service.crash()
  await settled({ state: 'offline' })
  const key = { kind: 'savedQuery', id: mine.id } as const
  service.sync.put(key, { kind: 'savedQuery', record: { ...mine, sql: 'theirs' } })
  queries.save({ ...mine, sql: 'mine, changed' })
  await service.comeBack()
  await settled({ state: 'online', pendingChanges: 0 })
  await vi.waitFor(async () => expect(await connectivity.conflicts({}, CONTEXT)).toHaveLength(1))
  expect(
    queries
      .list()
      .map(({ sql }) => sql)
      .sort(),
  ).toEqual(['mine, changed', 'theirs'])
  expect(await connectivity.conflicts({}, CONTEXT)).toMatchObject([
    {
      kind: 'savedQuery',
      name: 'Sales',
      resolution: expect.stringMatching(/Both are kept; yours is “Sales \(conflict, \d{4}-\d{2}-\d{2}\)”/),
    },
  ])
})

test('what the service will never take stays here, and the person is told', async () => {
  const { queries, connectivity, logIn, settled } = await setUp()
  await logIn()
  const bad = savedQuery('select \u0000')
  queries.save(bad)
  await vi.waitFor(async () => expect(await connectivity.conflicts({}, CONTEXT)).toHaveLength(1))
  await settled({ pendingChanges: 0, problem: null })
  expect(queries.get(bad.id)).toEqual(bad)
  expect((await connectivity.conflicts({}, CONTEXT))[0]?.resolution).toContain('NUL character')
})

test('an ended session says to log in again, and logging in goes on', async () => {
  const { service, queries, connectivity, account, logIn, settled } = await setUp()
  await logIn()
  await settled({ state: 'online', isSyncing: false })
  service.accessTokens.clear()
  service.refreshTokens.clear()
  queries.save(savedQuery('select 6'))
  await settled({ problem: 'Your session has ended. Log in again to sync.', pendingChanges: 1 })
  expect(await connectivity.syncNow({}, CONTEXT)).toMatchObject({ pendingChanges: 1 })
  await account.logIn(MARA, CONTEXT)
  await settled({ problem: null, pendingChanges: 0 })
})

test('logging out stops syncing; the queries stay and belong to nobody', async () => {
  const { service, queries, account, logIn, settled, syncStore } = await setUp()
  await logIn()
  const mine = savedQuery('select 7')
  queries.save(mine)
  await settled({ state: 'online', pendingChanges: 0, isSyncing: false })
  await account.logOut({}, CONTEXT)
  await settled({ state: 'local', lastSyncedAt: null })
  const before = service.calls.length
  queries.save({ ...mine, sql: 'select 8' })
  await settled({ pendingChanges: 1 })
  expect(service.calls.length).toBe(before)
  expect(syncStore.transaction((tx) => tx.readState().accountId)).toBeNull()
  await logIn()
  await settled({ state: 'online', pendingChanges: 0, isSyncing: false })
  expect(
    queries
      .list()
      .map(({ sql }) => sql)
      .sort(),
  ).toEqual(['select 7', 'select 8'])
})

test('a failure of the service is a problem that is told and logged', async () => {
  const { service, connectivity, logIn, settled, problems } = await setUp()
  service.failSync(new AppError('INTERNAL', 'Something went wrong inside NebulaDB (abc).'))
  await logIn()
  await settled({ problem: expect.stringContaining('Something went wrong'), isSyncing: false })
  expect(problems[0]).toContain('syncing: ')
  expect(await connectivity.syncNow({}, CONTEXT)).toMatchObject({ state: 'online' })
})
