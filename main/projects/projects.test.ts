import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Credentials } from '#contract/capabilities/credentials.ts'
import { OrganisationId } from '#contract/capabilities/ids.ts'
import type { ProjectProgress } from '#contract/capabilities/projects.ts'
import { makeProject, ORGANISATION_ID, startCloudDouble, type CloudDouble } from '#testing/cloud-double.ts'
import { CONTEXT, openTestCloud, type TestCloud } from '#testing/host-cloud.ts'
import { createOrganisationsCapability } from '../organisations/index.ts'
import { createProjectCredentials, createProjectsCapability } from './index.ts'

const now = (): Date => new Date()

function capabilities(parts: TestCloud) {
  const { cloud, cloudStore: store, secretStore } = parts
  const credentials = createProjectCredentials({ cloud, store, secretStore, now })
  return {
    ...parts,
    credentials,
    projects: createProjectsCapability({ cloud, store, credentials, now }),
    organisations: createOrganisationsCapability({ cloud, store, now }),
  }
}

async function setUp() {
  const service = await startCloudDouble()
  onTestFinished(() => service.close().catch(() => undefined))
  const parts = capabilities(openTestCloud(service.url))
  await parts.logIn()
  return { service, ...parts }
}

async function goOffline({
  service,
  cloud,
}: { service: CloudDouble } & Pick<TestCloud, 'cloud'>): Promise<void> {
  await service.crash()
  await vi.waitFor(() => expect(cloud.isOnline()).toBe(false))
}

const ALL = { includeDeleted: false }

function makeCredentials(projectId: Credentials['projectId'], socketDirectory: string): Credentials {
  return {
    projectId,
    endpoints: [
      { kind: 'tcp', host: '127.0.0.1', port: 7432, user: 'owner.ref' },
      { kind: 'socket', directory: socketDirectory, port: 5432, user: 'owner' },
      { kind: 'socket', directory: '/not/on/this/machine', port: 5432, user: 'owner' },
    ],
    database: 'main',
    password: 'the password of the project',
    passwordChangedAt: '2026-11-22T10:00:00.000Z',
  }
}

test('the list is the service’s while it is there, and the cache’s with its age when it is not', async () => {
  const parts = await setUp()
  const { service, projects } = parts
  const [shop, blog] = [makeProject('Shop'), makeProject('Blog')]
  for (const project of [shop, blog]) service.projects.set(project.id, project)
  const online = await projects.list(ALL, CONTEXT)
  expect(online).toMatchObject({ isStale: false, items: [{ name: 'Blog' }, { name: 'Shop' }] })
  await goOffline(parts)
  const offline = await projects.list(ALL, CONTEXT)
  expect(offline).toEqual({ ...online, isStale: true })
  await service.comeBack()
  service.projects.delete(shop.id)
  await vi.waitFor(async () =>
    expect(await projects.list(ALL, CONTEXT)).toMatchObject({ isStale: false, items: [{ name: 'Blog' }] }),
  )
})

test('after a restart without the service the projects are there at once', async () => {
  const first = await setUp()
  first.service.projects.set('x', makeProject('Shop'))
  const read = await first.projects.list(ALL, CONTEXT)
  await first.service.crash()
  first.cloud.close()
  const second = capabilities(openTestCloud(first.service.url, first.directory))
  expect(await second.projects.list(ALL, CONTEXT)).toEqual({ ...read, isStale: true })
  expect(await second.organisations.list({}, CONTEXT)).toEqual([])
})

test('the list can be of one organisation, and leaves deleted projects out unless asked', async () => {
  const { service, projects } = await setUp()
  const other = makeProject('Other', { organisationId: OrganisationId.parse(makeProject('x').id) })
  for (const project of [makeProject('Shop'), makeProject('Gone', { status: 'deleted' }), other])
    service.projects.set(project.id, project)
  const names = async (input: Parameters<typeof projects.list>[0]): Promise<string[]> =>
    (await projects.list(input, CONTEXT)).items.map(({ name }) => name)
  expect(await names(ALL)).toEqual(['Other', 'Shop'])
  expect(await names({ includeDeleted: true })).toEqual(['Gone', 'Other', 'Shop'])
  expect(await names({ includeDeleted: false, organisationId: ORGANISATION_ID })).toEqual(['Shop'])
})

test('without an account there are no projects and nobody is asked', async () => {
  const service = await startCloudDouble()
  onTestFinished(() => service.close())
  const { projects, organisations } = capabilities(openTestCloud(service.url))
  expect(await projects.list(ALL, CONTEXT)).toMatchObject({ items: [], isStale: false })
  expect(await organisations.list({}, CONTEXT)).toEqual([])
  expect(service.calls).toEqual([])
})

test('creating gives an id of our own, so that a repeat makes no second project', async () => {
  const { service, projects } = await setUp()
  const made = await projects.create(
    { organisationId: ORGANISATION_ID, name: 'Shop', environment: 'development' },
    CONTEXT,
  )
  expect(made.status).toBe('creating')
  expect([...service.projects.keys()]).toEqual([made.id])
})

test('changes need the service and say so; nothing changes here', async () => {
  const parts = await setUp()
  const { service, projects } = parts
  const shop = makeProject('Shop')
  service.projects.set(shop.id, shop)
  await projects.list(ALL, CONTEXT)
  await goOffline(parts)
  await expect(projects.rename({ projectId: shop.id, name: 'Store' }, CONTEXT)).rejects.toMatchObject({
    code: 'SERVICE_UNREACHABLE',
    message: 'Renaming a project needs the NebulaDB service, which cannot be reached now.',
    hint: 'Nothing was changed. Try again when the service is back.',
  })
  expect(await projects.get({ projectId: shop.id }, CONTEXT)).toEqual(shop)
  await service.comeBack()
  expect(await projects.rename({ projectId: shop.id, name: 'Store' }, CONTEXT)).toMatchObject({
    name: 'Store',
  })
})

test('a project that is gone is forgotten', async () => {
  const { service, projects, cloudStore } = await setUp()
  const shop = makeProject('Shop')
  service.projects.set(shop.id, shop)
  await projects.get({ projectId: shop.id }, CONTEXT)
  expect(cloudStore.project(shop.id)).toEqual(shop)
  service.projects.delete(shop.id)
  await expect(projects.get({ projectId: shop.id }, CONTEXT)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(cloudStore.project(shop.id)).toBeUndefined()
})

test('watching passes each step on, keeps the project, and ends when the service goes away', async () => {
  const { service, projects, cloudStore } = await setUp()
  const shop = makeProject('Shop', { status: 'starting' })
  const progress: ProjectProgress = {
    project: shop,
    steps: [{ name: 'start', state: 'running', durationMs: null, reason: null }],
  }
  service.progress(progress)
  const items = projects.watch({ projectId: shop.id }, CONTEXT)[Symbol.asyncIterator]()
  expect(await items.next()).toEqual({ done: false, value: progress })
  expect(cloudStore.project(shop.id)).toEqual(shop)
  const next = items.next()
  await vi.waitFor(() => expect(service.calls).toContain('projects.watch'))
  await service.crash()
  expect(await next).toMatchObject({ done: true })
})

test('watching without the service gives what is known, once', async () => {
  const parts = await setUp()
  const shop = makeProject('Shop')
  parts.service.projects.set(shop.id, shop)
  await parts.projects.list(ALL, CONTEXT)
  await goOffline(parts)
  const seen = await Array.fromAsync(parts.projects.watch({ projectId: shop.id }, CONTEXT))
  expect(seen).toEqual([{ project: shop, steps: [] }])
})

test('watching stops at the service when the page stops', async () => {
  const { service, projects } = await setUp()
  const controller = new AbortController()
  const shop = makeProject('Shop')
  service.progress({ project: shop, steps: [] })
  const items = projects.watch({ projectId: shop.id }, { ...CONTEXT, signal: controller.signal })
  const iterator = items[Symbol.asyncIterator]()
  await iterator.next()
  const next = iterator.next()
  controller.abort()
  await expect(next).rejects.toMatchObject({ code: 'CANCELLED' })
})

test('credentials come from the service, and sealed from the cache when it is away', async () => {
  const parts = await setUp()
  const { service, projects, credentials, cache, directory } = parts
  const shop = makeProject('Shop')
  service.projects.set(shop.id, shop)
  const socketDirectory = join(directory, 'socket')
  mkdirSync(socketDirectory)
  service.credentials.set(shop.id, makeCredentials(shop.id, socketDirectory))
  await projects.list(ALL, CONTEXT)
  const online = await credentials.credentials(shop.id)
  expect(
    online.endpoints.map((endpoint) => (endpoint.kind === 'socket' ? endpoint.directory : endpoint.host)),
  ).toEqual([socketDirectory, '127.0.0.1'])
  cache.sqlite.pragma('wal_checkpoint(truncate)')
  expect(readFileSync(cache.path, 'latin1')).not.toContain('the password of the project')
  await goOffline(parts)
  expect(await credentials.credentials(shop.id)).toEqual(online)
})

test('a changed password is used at once', async () => {
  const { service, projects, credentials, directory } = await setUp()
  const shop = makeProject('Shop')
  service.projects.set(shop.id, shop)
  service.credentials.set(shop.id, makeCredentials(shop.id, directory))
  await projects.list(ALL, CONTEXT)
  await credentials.credentials(shop.id)
  service.credentials.set(shop.id, { ...makeCredentials(shop.id, directory), password: 'changed' })
  expect((await credentials.credentials(shop.id)).password).toBe('changed')
})

test('opening a project has its credentials ready for offline work', async () => {
  const parts = await setUp()
  const { service, projects, credentials, cloudStore, directory } = parts
  const shop = makeProject('Shop')
  service.projects.set(shop.id, shop)
  service.credentials.set(shop.id, makeCredentials(shop.id, directory))
  await projects.get({ projectId: shop.id }, CONTEXT)
  await vi.waitFor(() => expect(cloudStore.sealedCredentials(shop.id)).toBeDefined())
  await goOffline(parts)
  expect((await credentials.credentials(shop.id)).password).toBe('the password of the project')
})

test('a project never opened here cannot be reached offline, and the words say why', async () => {
  const parts = await setUp()
  const shop = makeProject('Shop')
  parts.service.projects.set(shop.id, shop)
  await parts.projects.list(ALL, CONTEXT)
  expect(parts.credentials.projects()).toEqual([shop])
  await goOffline(parts)
  await expect(parts.credentials.credentials(shop.id)).rejects.toMatchObject({
    code: 'SERVICE_UNREACHABLE',
    hint: expect.stringContaining('Open the project once'),
  })
})

test('organisations are kept, changed with the service, and read without it', async () => {
  const parts = await setUp()
  const { organisations } = parts
  const team = await organisations.create({ name: 'Ateam' }, CONTEXT)
  await organisations.rename({ organisationId: OrganisationId.parse(team.id), name: 'Team' }, CONTEXT)
  const online = await organisations.list({}, CONTEXT)
  expect(online.map(({ name }) => name)).toEqual(['Mara', 'Team'])
  await goOffline(parts)
  expect(await organisations.list({}, CONTEXT)).toEqual(online)
  expect(await organisations.get({ organisationId: ORGANISATION_ID }, CONTEXT)).toMatchObject({
    name: 'Mara',
  })
  await expect(organisations.create({ name: 'No' }, CONTEXT)).rejects.toMatchObject({
    message: expect.stringContaining('Creating an organisation needs the NebulaDB service'),
  })
  await expect(organisations.members({ organisationId: ORGANISATION_ID }, CONTEXT)).rejects.toMatchObject({
    code: 'SERVICE_UNREACHABLE',
  })
  await parts.service.comeBack()
  await organisations.delete({ organisationId: OrganisationId.parse(team.id) }, CONTEXT)
  expect((await organisations.list({}, CONTEXT)).map(({ name }) => name)).toEqual(['Mara'])
})
