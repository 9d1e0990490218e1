// Collections made from the API of a real project, and how the two differ after its schema changed.
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { CollectionRunId } from '#contract/capabilities/runs.ts'
import { RunOptions } from '#contract/requests/run.ts'
import { startApiClientHost } from '#testing/api-client-host.ts'
import { useFilmsApi } from '#testing/films-api.ts'

const films = useFilmsApi()

async function logIn() {
  const host = await startApiClientHost({ serviceUrl: films.service.url })
  const { email, password } = films.person
  await host.client.account.logIn({ email, password })
  return host
}

test('a collection is generated for a project, can be sent, and tells what changed since', async () => {
  const host = await logIn()
  const { explorer, collections } = host.client
  await films.api.sql(
    'create table drifting (id int primary key, gone text)',
    'grant select on drifting to authenticated',
  )
  const source = { type: 'project' as const, projectId: films.api.projectId }
  await expect
    .poll(async () => (await explorer.describe({ source })).tables.map(({ name }) => name), {
      timeout: 10_000,
    })
    .toContain('drifting')
  const { collectionId, requests } = await explorer.generate({
    source,
    name: 'Drifting',
    parent: null,
    tables: ['drifting'],
  })
  const items = await collections.items({ id: collectionId })
  expect(items.filter(({ kind }) => kind === 'http')).toHaveLength(requests)
  const first = items.find(({ method }) => method === 'GET')!
  const { item } = await collections.read({ id: collectionId, path: first.path })
  if (item.kind !== 'http') throw new Error('The first request is no request.')
  const exchange = await host.send(item, { collectionId, path: first.path })
  expect(exchange.response?.status).toBe(200)
  expect(exchange.insight).not.toBeNull()
  const before = await explorer.drift({ collectionId })
  expect(before.filter(({ kind }) => kind.startsWith('missing'))).toEqual([])

  await films.api.sql('drop table drifting')
  await expect
    .poll(async () => (await explorer.drift({ collectionId })).map(({ kind }) => kind), { timeout: 10_000 })
    .toContain('missing-table')
  const drift = await explorer.drift({ collectionId })
  expect(items.map(({ path }) => path)).toContain(drift.find(({ kind }) => kind === 'missing-table')?.path)
})

test('a generated collection runs green against its project and leaves no row', async () => {
  const host = await logIn()
  const { explorer, runs } = host.client
  await films.api.sql(
    'create table studio (id int primary key, name text not null)',
    `create table movie (id uuid primary key default gen_random_uuid(), title text not null unique, stars int not null check (stars between 3 and 5), studio_id int not null references studio)`,
    "insert into studio values (1, 'Mosfilm')",
    "insert into movie (title, stars, studio_id) values ('Solaris', 5, 1)",
    'grant select, insert, update, delete on studio, movie to authenticated, service_role',
  )
  const source = { type: 'project' as const, projectId: films.api.projectId }
  await expect
    .poll(async () => (await explorer.describe({ source })).tables.map(({ name }) => name), {
      timeout: 10_000,
    })
    .toContain('movie')
  const tables = ['studio', 'movie']
  const { collectionId, requests } = await explorer.generate({ source, name: 'Run', parent: null, tables })
  const runId = CollectionRunId.parse(randomUUID())
  const options = RunOptions.parse({})
  for await (const _ of host.client.runs.start({ runId, collectionId, options }));
  const { results } = await runs.results({ runId, from: 0, count: 1_000 })
  expect(results).toHaveLength(requests)
  expect(results.filter(({ outcome }) => outcome !== 'passed').map(({ name }) => name)).toEqual([])
  for (const table of tables)
    expect((await films.get(`/${table}?select=*`, { apikey: films.api.secret })).json).toHaveLength(1)
})

test('the key of an address goes to the keychain, and drift asks with it', async () => {
  const host = await logIn()
  const { explorer, collections } = host.client
  const source = { type: 'url' as const, url: films.api.restUrl, token: films.api.publishable }
  const { collectionId } = await explorer.generate({
    source,
    name: 'By address',
    parent: null,
    tables: ['films'],
  })
  const seen = await collections.variables({ id: collectionId, path: '', environment: null })
  expect(seen.find(({ name }) => name === 'token')).toMatchObject({
    value: '',
    isSecret: true,
    hasValue: true,
  })
  expect((await explorer.drift({ collectionId })).filter(({ kind }) => kind.startsWith('missing'))).toEqual(
    [],
  )
})

test('a collection of no API has no drift to tell', async () => {
  const host = await startApiClientHost()
  const { id } = await host.client.collections.create({ name: 'Mine', parent: null })
  await expect(host.client.explorer.drift({ collectionId: id })).rejects.toMatchObject({ code: 'CONFLICT' })
})
