import { expect, onTestFinished, test, vi } from 'vitest'
import { makeProject, MARA, startCloudDouble } from '#testing/cloud-double.ts'
import { CONTEXT, openTestCloud } from '#testing/host-cloud.ts'
import { chosenServiceUrl } from './index.ts'

async function setUp() {
  const service = await startCloudDouble()
  onTestFinished(() => service.close().catch(() => undefined))
  return { service, ...openTestCloud(service.url) }
}

test('signing up and logging in give the account, never a token', async () => {
  const { service, account } = await setUp()
  const heard: string[] = []
  account.changed((state) => heard.push(state.mode), CONTEXT)
  const signedUp = await account.signUp({ ...MARA, name: 'Mara' }, CONTEXT)
  expect(signedUp).toMatchObject({
    mode: 'signed-in',
    account: { email: MARA.email },
    serviceUrl: service.url,
  })
  expect(JSON.stringify(signedUp)).not.toMatch(/access-|refresh-/)
  await account.logIn(MARA, CONTEXT)
  expect(heard).toEqual(['signed-in', 'signed-in'])
})

test('a wrong password is refused and changes nothing', async () => {
  const { account } = await setUp()
  await expect(account.logIn({ ...MARA, password: 'wrong password' }, CONTEXT)).rejects.toMatchObject({
    code: 'CREDENTIALS_REJECTED',
  })
  expect(await account.current({}, CONTEXT)).toMatchObject({ mode: 'undecided', account: null })
})

test('logging in without the service says what is needed', async () => {
  const { service, account } = await setUp()
  await service.crash()
  await expect(account.logIn(MARA, CONTEXT)).rejects.toMatchObject({
    code: 'SERVICE_UNREACHABLE',
    message: 'Logging in needs the NebulaDB service, which cannot be reached now.',
  })
})

test('a restart without the service is still signed in', async () => {
  const first = await setUp()
  await first.logIn()
  await first.service.crash()
  first.cloud.close()
  const second = openTestCloud(first.service.url, first.directory)
  expect(await second.account.current({}, CONTEXT)).toMatchObject({ mode: 'signed-in' })
})

test('a token that the service no longer takes is renewed once, and the call made again', async () => {
  const { service, cloud, logIn } = await setUp()
  await logIn()
  service.accessTokens.clear()
  const lists = await Promise.all([1, 2, 3].map(() => cloud.call((api) => api.organisations.list({}))))
  expect(lists.map((list) => list.length)).toEqual([1, 1, 1])
  expect(service.calls.filter((name) => name === 'auth.refresh')).toHaveLength(1)
})

test('a session that the service ended is expired: the account stays, calls say to log in', async () => {
  const { service, account, cloud, logIn } = await setUp()
  await logIn()
  service.accessTokens.clear()
  service.refreshTokens.clear()
  await expect(cloud.call((api) => api.organisations.list({}))).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
    message: 'Your session has ended.',
  })
  expect(await account.current({}, CONTEXT)).toMatchObject({
    mode: 'expired',
    account: { email: MARA.email },
  })
  await logIn()
  expect(await cloud.call((api) => api.organisations.list({}))).toHaveLength(1)
})

test('logging out tells the service and forgets what came from it; own connections and history stay', async () => {
  const { service, account, cache, cloudStore, logIn } = await setUp()
  await logIn()
  const project = makeProject('Shop')
  cloudStore.saveProject(project)
  cloudStore.saveSealedCredentials(project.id, Uint8Array.of(1), project.createdAt)
  cache.sqlite.exec(`
    insert into connection (id, record) values ('own', '{}');
    insert into history_entry (connection_id, connection_name, sql, started_at, elapsed_ms, outcome)
      values ('${project.id}', 'Shop', 'select 1', '', 1, 'done');
    insert into catalog_snapshot values ('${project.id}', '', x''), ('own', '', x'')`)
  expect(await account.logOut({}, CONTEXT)).toMatchObject({ mode: 'undecided', account: null })
  expect(service.refreshTokens.size).toBe(0)
  const count = (table: string): unknown =>
    cache.sqlite.prepare(`select count(*) from ${table}`).pluck().get()
  expect({
    projects: count('project'),
    credentials: count('project_credentials'),
    connections: count('connection'),
    history: count('history_entry'),
    catalogs: count('catalog_snapshot'),
  }).toEqual({ projects: 0, credentials: 0, connections: 1, history: 1, catalogs: 1 })
})

test('logging out works without the service', async () => {
  const { service, account, cloud, logIn } = await setUp()
  await logIn()
  await service.crash()
  await vi.waitFor(() => expect(cloud.isOnline()).toBe(false))
  expect(await account.logOut({}, CONTEXT)).toMatchObject({ mode: 'undecided' })
  expect(cloud.link.state().status).toBe('idle')
})

test('deleting the account asks for its password and then forgets it', async () => {
  const { account, logIn } = await setUp()
  await logIn()
  await expect(account.deleteAccount({ password: 'wrong' }, CONTEXT)).rejects.toMatchObject({
    code: 'CREDENTIALS_REJECTED',
  })
  expect(await account.current({}, CONTEXT)).toMatchObject({ mode: 'signed-in' })
  expect(await account.deleteAccount({ password: MARA.password }, CONTEXT)).toMatchObject({
    mode: 'undecided',
  })
})

test('changing the password takes the new tokens', async () => {
  const { service, account, cloud, logIn } = await setUp()
  await logIn()
  service.accessTokens.clear()
  service.refreshTokens.clear()
  await logIn()
  await account.changePassword(
    { currentPassword: MARA.password, newPassword: 'another long password' },
    CONTEXT,
  )
  const before = service.calls.length
  await cloud.call((api) => api.organisations.list({}))
  expect(service.calls.slice(before)).toEqual(['organisations.list'])
})

test('another service can be chosen while nobody is signed in, and stays chosen', async () => {
  const { service, account, settings, directory, cloud } = await setUp()
  const other = await startCloudDouble()
  onTestFinished(() => other.close())
  await account.stayLocal({}, CONTEXT)
  expect(await account.setServiceUrl({ serviceUrl: other.url }, CONTEXT)).toMatchObject({
    mode: 'local',
    serviceUrl: other.url,
  })
  expect(chosenServiceUrl(settings)).toBe(other.url)
  await account.logIn(MARA, CONTEXT)
  expect(other.calls).toContain('auth.logIn')
  await expect(account.setServiceUrl({ serviceUrl: service.url }, CONTEXT)).rejects.toMatchObject({
    code: 'CONFLICT',
    hint: 'Log out first, then choose another service.',
  })
  cloud.close()
  expect(chosenServiceUrl(openTestCloud(service.url, directory).settings)).toBe(other.url)
})
