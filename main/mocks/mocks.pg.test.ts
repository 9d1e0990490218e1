// Mock servers with rows of the API of a real project.
import { expect, test } from 'vitest'
import { startApiClientHost } from '#testing/api-client-host.ts'
import { useFilmsApi } from '#testing/films-api.ts'

const films = useFilmsApi()

async function logIn() {
  const host = await startApiClientHost({ serviceUrl: films.service.url })
  const { email, password } = films.person
  await host.client.account.logIn({ email, password })
  return host
}

test('has the rows that who asked may see, and what is written changes the copy alone', async () => {
  const { client } = await logIn()
  await films.api.sql(
    'create table counters (id bigint primary key)',
    'insert into counters values (9007199254740993)',
    'grant select, insert, update, delete on counters to anon',
  )
  const { projectId } = films.api
  const source = {
    type: 'rows' as const,
    source: { type: 'project' as const, projectId },
    auth: { type: 'project' as const, projectId, as: 'anon' as const, claims: '' },
    rowsPerTable: 2,
  }
  await expect
    .poll(
      async () => (await client.explorer.describe({ source: source.source })).tables.map(({ name }) => name),
      { timeout: 10_000 },
    )
    .toContain('counters')
  const mock = await client.mocks.start({ source })
  expect(mock.contents).toContainEqual({ name: 'films', detail: '2 rows' })
  expect(await (await fetch(`${mock.url}/films?select=title&order=id.desc`)).json()).toEqual([
    { title: 'film 2' },
    { title: 'film 1' },
  ])
  expect(await (await fetch(`${mock.url}/counters`)).text()).toContain('9007199254740993')
  await fetch(`${mock.url}/counters`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"id":1}',
  })
  expect(await (await fetch(`${mock.url}/counters?select=id&id=eq.1`)).json()).toEqual([{ id: 1 }])
  const left = await films.get('/counters?id=eq.1', { apikey: films.api.publishable })
  expect(left.json).toEqual([])
})

test('by an address with its key, which no list repeats; tables that may not be read are noted', async () => {
  const { client } = await logIn()
  const token = films.api.publishable
  await films.api.sql(
    'create table hidden (id int primary key)',
    'grant insert, select on hidden to anon',
    'alter table hidden enable row level security',
    'create policy broken on hidden using (1 / 0 = 1)',
  )
  const source = {
    type: 'rows' as const,
    source: { type: 'url' as const, url: films.api.restUrl, token },
  }
  await expect
    .poll(
      async () => (await client.explorer.describe({ source: source.source })).tables.map(({ name }) => name),
      { timeout: 10_000 },
    )
    .toContain('hidden')
  const mock = await client.mocks.start({ source })
  expect(mock.contents).toContainEqual({ name: 'films', detail: '3 rows' })
  expect(mock.contents).toContainEqual({ name: 'hidden', detail: '0 rows' })
  expect(mock.notes).toEqual(['hidden has no rows: the API answered with status 400.'])
  expect(JSON.stringify(await client.mocks.list({}))).not.toContain(token)
})

test('is not started for an API that is out of reach', async () => {
  const { client } = await startApiClientHost()
  const source = { type: 'url' as const, url: 'http://127.0.0.1:9/rest/v1', token: '' }
  await expect(client.mocks.start({ source: { type: 'rows', source } })).rejects.toMatchObject({
    code: 'CONNECTION_FAILED',
  })
})
