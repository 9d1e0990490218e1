// The cross-tenant corpus: what opens project A's data API opens nothing of project B's, by whatever path, header or host it is tried.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDataApi, rawRequest, type DataApi, type RawAnswer } from '#testing/data-api.ts'
import { startTestService, type TestService } from '#testing/service.ts'

const DOMAIN = 'api.test'
/** Stands in every row of a project, and so must not stand in what the other's keys bring back. */
const markerOf = (name: string) => `marker-of-${name}`

let service: TestService
let a: DataApi
let b: DataApi
beforeAll(async () => {
  service = await startTestService({
    provisioning: 'local',
    config: { api: { domain: DOMAIN, redisUrl: undefined, privateIssuers: false } },
  })
  const create = async (name: string): Promise<DataApi> => {
    const api = await createDataApi(
      await service.signUp(`${name}@example.com`),
      'create table notes (id int primary key, text text)',
      `insert into notes values (1, '${markerOf(name)}')`,
      'grant all on notes to anon, authenticated',
      `create function secret() returns text language sql stable as $$ select '${markerOf(name)}'::text $$`,
    )
    return api
  }
  a = await create('a')
  b = await create('b')
})
afterAll(() => service?.close())

type Headers = Record<string, string>
const hostOf = ({ ref }: DataApi) => `${ref}.${DOMAIN}`

/** The ways of asking a project for its notes. */
const ways: readonly (readonly [string, (api: DataApi) => readonly [path: string, headers: Headers]])[] = [
  ['by path', ({ ref }) => [`/${ref}/rest/v1/notes`, {}]],
  ['by host', (api) => ['/rest/v1/notes', { host: hostOf(api) }]],
  [
    'by host in capitals with a port',
    (api) => ['/rest/v1/notes', { host: `${hostOf(api).toUpperCase()}:443` }],
  ],
  ['for a function', ({ ref }) => [`/${ref}/rest/v1/rpc/secret`, {}]],
  ['for the description', ({ ref }) => [`/${ref}/rest/v1/`, {}]],
]

/** What A's people have. */
const credentials: readonly (readonly [string, () => Promise<Headers> | Headers])[] = [
  ['a publishable key', () => ({ apikey: a.publishable })],
  ['a secret key', () => ({ apikey: a.secret })],
  ['a secret key as bearer', () => ({ authorization: `Bearer ${a.secret}` })],
  ['a secret key twice', () => ({ apikey: a.secret, authorization: `Bearer ${a.secret}` })],
  ['a token without a key', async () => ({ authorization: `Bearer ${await tokenOfA()}` })],
  ['a key and a token', async () => ({ apikey: a.secret, authorization: `Bearer ${await tokenOfA()}` })],
  ['a token as key', async () => ({ apikey: await tokenOfA() })],
  ['a key and a token of B', async () => ({ apikey: a.secret, authorization: `Bearer ${await tokenOfB()}` })],
  [
    'B’s publishable key and a token',
    async () => ({
      apikey: b.publishable,
      authorization: `Bearer ${await tokenOfA()}`,
    }),
  ],
  [
    'B’s publishable key and a secret key',
    () => ({
      apikey: b.publishable,
      authorization: `Bearer ${a.secret}`,
    }),
  ],
  ['both keys in one header', () => ({ apikey: `${a.secret}, ${b.publishable}` })],
  [
    'headers of a proxy',
    () => ({
      apikey: a.secret,
      'x-forwarded-host': hostOf(a),
      'x-original-url': `/${a.ref}/rest/v1/notes`,
      forwarded: `host=${hostOf(a)}`,
    }),
  ],
]

const tokenOfA = () => a.token({ role: 'service_role' })
const tokenOfB = () => b.token({ role: 'service_role' })

function expectNothingOfB(answer: RawAnswer): void {
  expect(answer.status).toBeGreaterThanOrEqual(400)
  expect(answer.status).toBeLessThan(500)
  expect(answer.text).not.toContain(markerOf('b'))
  expect(answer.text).not.toContain('notes')
}

// REST-H1. Else the refusals below could come from ways that lead nowhere.
test.each(ways.slice(0, 4))('%s a project answers its own key', async (_, way) => {
  for (const [api, name] of [
    [a, 'a'],
    [b, 'b'],
  ] as const) {
    const [path, headers] = way(api)
    const answer = await rawRequest(service, path, { headers: { ...headers, apikey: api.secret } })
    expect(answer.status).toBe(200)
    expect(answer.text).toContain(markerOf(name))
  }
})

describe.each(ways)('%s', (_, way) => {
  test.each(credentials)('%s of A opens nothing of B', async (_name, headersOf) => {
    const [path, headers] = way(b)
    expectNothingOfB(await rawRequest(service, path, { headers: { ...headers, ...(await headersOf()) } }))
  })
})

test.each(['POST', 'PATCH', 'PUT', 'DELETE'])('%s with a key of A changes nothing of B', async (method) => {
  const answer = await rawRequest(service, `/${b.ref}/rest/v1/notes?id=eq.1`, {
    method,
    headers: { apikey: a.secret, 'content-type': 'application/json' },
    body: '{"id":1,"text":"changed"}',
  })
  expectNothingOfB(answer)
  const { text } = await rawRequest(service, `/${b.ref}/rest/v1/notes`, { headers: { apikey: b.secret } })
  expect(text).toContain(markerOf('b'))
})

const detours: readonly (readonly [string, () => readonly [path: string, headers: Headers]])[] = [
  ['back through the path', () => [`/${a.ref}/rest/v1/../../../${b.ref}/rest/v1/notes`, {}]],
  [
    'back through an encoded path',
    () => [`/${a.ref}/rest/v1/%2e%2e/%2e%2e/%2e%2e/${b.ref}/rest/v1/notes`, {}],
  ],
  ['with two slashes', () => [`//${b.ref}/rest/v1/notes`, {}]],
  ['with B below A', () => [`/${a.ref}/rest/v1/${b.ref}/rest/v1/notes`, {}]],
  ['with an absolute address', () => [`http://${hostOf(b)}/rest/v1/notes`, { host: hostOf(a) }]],
  ['with A’s host and B’s path', () => [`/${b.ref}/rest/v1/notes`, { host: hostOf(a) }]],
  ['with B’s host and A’s path', () => [`/${a.ref}/rest/v1/notes`, { host: hostOf(b) }]],
  ['with a host below B’s', () => ['/rest/v1/notes', { host: `${a.ref}.${hostOf(b)}` }]],
  ['with both hosts', () => ['/rest/v1/notes', { host: `${hostOf(b)}, ${hostOf(a)}` }]],
  ['with a profile of B', () => [`/${a.ref}/rest/v1/notes`, { 'accept-profile': b.ref }]],
  ['with B in the query', () => [`/${a.ref}/rest/v1/notes?ref=eq.${b.ref}`, {}]],
]

test.each(detours)('%s nothing of B is reached', async (_, way) => {
  const [path, headers] = way()
  const answer = await rawRequest(service, path, { headers: { ...headers, apikey: a.secret } })
  expect(answer.text).not.toContain(markerOf('b'))
  expect(answer.status).toBeGreaterThanOrEqual(400)
  expect(answer.status).toBeLessThan(500)
})

test('a large body that is refused is refused at once', async () => {
  const answer = await rawRequest(service, `/${b.ref}/rest/v1/notes`, {
    method: 'POST',
    headers: { apikey: a.secret, 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'x'.repeat(30_000_000) }),
  })
  expectNothingOfB(answer)
  expect(answer.headers.connection).toBe('close')
})

test('a token that was verified for A is not remembered for B', async () => {
  const token = await a.token({ role: 'authenticated' })
  const ask = (api: DataApi) =>
    rawRequest(service, `/${api.ref}/rest/v1/notes`, {
      headers: { apikey: api.publishable, authorization: `Bearer ${token}` },
    })
  for (let round = 0; round < 3; round += 1) {
    expect((await ask(a)).status).toBe(200)
    expectNothingOfB(await ask(b))
  }
})

test('what the service’s own API asks for opens no data API, and the other way round', async () => {
  const person = await service.signUp('c@example.com')
  const accessToken = person.tokens.accessToken
  for (const headers of [
    { authorization: `Bearer ${accessToken}` },
    { apikey: accessToken },
    { apikey: b.publishable, authorization: `Bearer ${accessToken}` },
  ])
    expectNothingOfB(await rawRequest(service, `/${b.ref}/rest/v1/notes`, { headers }))
  for (const bearer of [a.secret, await tokenOfA()]) {
    const answer = await service.http('GET', `/v1/projects/${a.projectId}/api`, undefined, {
      authorization: `Bearer ${bearer}`,
    })
    expect(answer.status).toBe(401)
  }
})

test('a project cannot make the service ask machines that only the service reaches', async () => {
  const person = await service.signUp('d@example.com')
  const organisation = await person.api.organisations.create({ name: 'd' })
  const { id: projectId } = await person.api.projects.create({ organisationId: organisation.id, name: 'd' })
  for (const host of ['127.0.0.1:5432', '169.254.169.254', 'localhost', '[::1]', 'metadata'])
    await expect(
      person.api.api.addIssuer({ projectId, issuer: 'https://x.example', jwksUrl: `http://${host}/keys` }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' })
})
