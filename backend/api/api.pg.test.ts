// The data APIs of real projects, over the service's HTTP server.
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ApiSettings } from '#contract/capabilities/api.ts'
import { createDataApi, rawRequest, type DataApi, type RawAnswer } from '#testing/data-api.ts'
import { startTestService, type TestPerson, type TestService } from '#testing/service.ts'

let service: TestService
let person: TestPerson
let api: DataApi
beforeAll(async () => {
  service = await startTestService({
    provisioning: 'local',
    config: { api: { domain: undefined, redisUrl: undefined, privateIssuers: true } },
  })
  person = await service.signUp()
  api = await createDataApi(
    person,
    'create table films (id int primary key, title text not null)',
    "insert into films select n, 'film ' || n from generate_series(1, 30) n",
    'alter table films enable row level security',
    'create policy first on films for select to anon using (id <= 3)',
    "create policy own on films for select to authenticated using (id = (current_setting('request.jwt.claims')::json ->> 'film')::int)",
    'grant select on films to anon, authenticated',
    "create function whoami() returns json language sql stable as $$ select json_build_object('role', current_user, 'claims', current_setting('request.jwt.claims', true)::json) $$",
    'create function nap(seconds float) returns void language sql volatile as $$ select pg_sleep(seconds) $$',
    'create function add_film() returns int language sql volatile as $$ insert into films values (1000, $q$x$q$) returning id $$',
    'create role editor nologin',
    'grant editor to authenticator',
    'create schema other',
    'grant usage on schema other to anon, service_role',
    'create table other.things (id int primary key)',
    'insert into other.things values (7)',
    'grant select on other.things to anon, service_role',
  )
})
afterAll(() => service?.close())

function get(path: string, headers: Record<string, string>, to = api): Promise<RawAnswer> {
  return send('GET', path, { headers }, to)
}

function send(
  method: string,
  path: string,
  options: { headers: Record<string, string>; body?: string },
  to = api,
): Promise<RawAnswer> {
  return rawRequest(service, `/${to.ref}/rest/v1${path}`, { method, ...options })
}

const refused = (status: number, code: string) =>
  expect.objectContaining({ status, json: expect.objectContaining({ code, message: expect.any(String) }) })

const roleOf = async (headers: Record<string, string>): Promise<unknown> => {
  const { json } = await get('/rpc/whoami', headers)
  return json
}

async function withSettings<T>(settings: Partial<ApiSettings>, work: () => Promise<T>): Promise<T> {
  const { projectId } = api
  const { settings: before } = await person.api.api.get({ projectId })
  await person.api.api.update({ projectId, settings })
  try {
    return await work()
  } finally {
    await person.api.api.update({ projectId, settings: before })
  }
}

describe('keys', () => {
  // REST-H3
  test('a publishable key alone acts as anon, a secret one as service_role, wherever it stands', async () => {
    for (const [key, role] of [
      [api.publishable, 'anon'],
      [api.secret, 'service_role'],
    ] as const)
      for (const headers of [
        { apikey: key },
        { authorization: `Bearer ${key}` },
        { apikey: key, authorization: `Bearer ${key}` },
      ])
        expect(await roleOf(headers)).toEqual({ role, claims: { role } })
  })

  test('row security holds for anon and not for service_role', async () => {
    const rows = async (apikey: string) => (await get('/films?select=id', { apikey })).json
    expect(await rows(api.publishable)).toHaveLength(3)
    expect(await rows(api.secret)).toHaveLength(30)
  })

  // REST-H2
  test('each way of not having a valid key has its own code', async () => {
    const { projectId } = api
    const make = (expiresAt: string | null = null) =>
      person.api.apiKeys.create({ projectId, name: 'short', kind: 'secret', expiresAt })
    const revoked = await make()
    expect((await get('/films', { apikey: revoked.secret })).status).toBe(200)
    await person.api.apiKeys.revoke({ projectId, keyId: revoked.key.id })
    const expiring = await make(new Date(Date.now() + 1500).toISOString())
    const last = api.secret.at(-1) === 'x' ? 'y' : 'x'

    expect(await get('/films', {})).toEqual(refused(401, 'API_KEY_MISSING'))
    expect(await get('/films', { authorization: `Bearer ${await api.token({ role: 'anon' })}` })).toEqual(
      refused(401, 'API_KEY_MISSING'),
    )
    expect(await get(`/films?apikey=${api.secret}`, {})).toEqual(refused(401, 'API_KEY_MISSING'))
    expect(await get('/films', { apikey: api.secret.slice(0, -1) + last })).toEqual(
      refused(401, 'API_KEY_MALFORMED'),
    )
    expect(await get('/films', { apikey: await api.token({ role: 'service_role' }) })).toEqual(
      refused(401, 'API_KEY_MALFORMED'),
    )
    expect(await get('/films', { apikey: revoked.secret })).toEqual(refused(401, 'API_KEY_REVOKED'))
    expect(await get('/films', { apikey: api.publishable, authorization: `Bearer ${api.secret}` })).toEqual(
      refused(401, 'API_KEY_CONFLICT'),
    )
    await expect
      .poll(() => get('/films', { apikey: expiring.secret }), { timeout: 5000, interval: 100 })
      .toEqual(refused(401, 'API_KEY_EXPIRED'))
  })

  test('a refusal says how to ask for entry, and can be read by a page', async () => {
    const answer = await get('/films', { origin: 'https://app.example' })
    expect(answer.headers).toMatchObject({
      'www-authenticate': 'Bearer',
      'content-type': 'application/json; charset=utf-8',
      'access-control-allow-origin': '*',
    })
    expect(Object.keys(Object(answer.json))).toEqual(['code', 'details', 'hint', 'message'])
  })

  // REST-H5
  test('a key that may read does nothing else', async () => {
    const { secret: apikey } = await person.api.apiKeys.create({
      projectId: api.projectId,
      name: 'reader',
      kind: 'secret',
      scope: { access: 'read' },
    })
    expect((await get('/films?id=eq.1', { apikey })).status).toBe(200)
    expect((await send('HEAD', '/films', { headers: { apikey } })).status).toBe(200)
    expect((await send('OPTIONS', '/films', { headers: { apikey } })).status).toBe(200)
    for (const method of ['POST', 'PATCH', 'PUT', 'DELETE'])
      expect(
        await send(method, '/films?id=eq.1', {
          headers: { apikey, 'content-type': 'application/json' },
          body: '{}',
        }),
      ).toEqual(refused(403, 'API_KEY_READ_ONLY'))
    expect(await send('POST', '/rpc/whoami', { headers: { apikey }, body: '{}' })).toEqual(
      refused(403, 'API_KEY_READ_ONLY'),
    )
    // A function that writes is called by GET in a transaction that may not.
    expect((await get('/rpc/add_film', { apikey })).json).toMatchObject({ code: '25006' })
    expect((await get('/films?id=eq.1000', { apikey })).json).toEqual([])
  })

  // REST-H5
  test('a key for some schemas names no others', async () => {
    const { projectId } = api
    const keyFor = async (...schemas: string[]) =>
      (await person.api.apiKeys.create({ projectId, name: 'part', kind: 'secret', scope: { schemas } }))
        .secret
    const [both, other, hidden] = [
      await keyFor('public', 'other'),
      await keyFor('other'),
      await keyFor('secret'),
    ]
    await withSettings({ schemas: ['public', 'other'] }, async () => {
      const things = { 'accept-profile': 'other' }
      expect((await get('/things', { apikey: both, ...things })).json).toEqual([{ id: 7 }])
      expect((await get('/films?id=eq.1', { apikey: both })).json).toHaveLength(1)
      // The first schema in scope is the default.
      expect((await get('/things', { apikey: other })).json).toEqual([{ id: 7 }])
      expect((await get('/films', { apikey: other })).status).toBe(404)
      expect(await get('/films', { apikey: other, 'accept-profile': 'public' })).toEqual(
        refused(406, 'PGRST106'),
      )
      expect(await get('/films', { apikey: hidden })).toEqual(refused(403, 'API_KEY_SCOPE'))
    })
    expect(await get('/things', { apikey: other })).toEqual(refused(403, 'API_KEY_SCOPE'))
  })

  // REST-H5
  test('a batch reaches no further than its key', async () => {
    const { projectId } = api
    const keyOf = async (scope: { access?: 'read'; schemas?: string[] }) =>
      (await person.api.apiKeys.create({ projectId, name: 'batch', kind: 'secret', scope })).secret
    const send = async (apikey: string, steps: object[]) =>
      rawRequest(service, `/${api.ref}/rest/v1/`, {
        method: 'POST',
        headers: { apikey, 'content-type': 'application/vnd.nebuladb.batch+json' },
        body: JSON.stringify({ steps }),
      })
    const things = { method: 'GET', path: '/things', profile: 'other' }
    const films = { method: 'GET', path: '/films?id=eq.1', profile: 'public' }
    expect(await send(await keyOf({ access: 'read' }), [films])).toEqual(refused(403, 'API_KEY_READ_ONLY'))
    await withSettings({ schemas: ['public', 'other'] }, async () => {
      const other = await keyOf({ schemas: ['other'] })
      expect(await send(other, [things])).toMatchObject({ status: 200 })
      expect(await send(other, [things, films])).toEqual(refused(406, 'PGRST106'))
    })
  })

  test('a use is seen in the list of keys', async () => {
    const { key, secret } = await person.api.apiKeys.create({
      projectId: api.projectId,
      name: 'used',
      kind: 'publishable',
    })
    await get('/films', { apikey: secret })
    const listed = await person.api.apiKeys.list({ projectId: api.projectId })
    const lastUsedAt = listed.find(({ id }) => id === key.id)?.lastUsedAt ?? ''
    expect(Date.now() - Date.parse(lastUsedAt)).toBeLessThan(120_000)
    expect(lastUsedAt).toMatch(/:00\.000Z$/)
  })
})

describe('tokens', () => {
  test.each(['publishable', 'secret'] as const)('beside a %s key the token’s role counts', async (kind) => {
    const token = await api.token({ role: 'authenticated', film: 5, sub: 'someone' })
    const headers = { apikey: api[kind], authorization: `Bearer ${token}` }
    expect(await roleOf(headers)).toMatchObject({
      role: 'authenticated',
      claims: { film: 5, sub: 'someone' },
    })
    expect((await get('/films?select=id', headers)).json).toEqual([{ id: 5 }])
  })

  test('a token without a role is anon’s', async () => {
    const token = await api.token({ sub: 'someone' })
    expect(await roleOf({ apikey: api.secret, authorization: `Bearer ${token}` })).toMatchObject({
      role: 'anon',
    })
  })

  test('a role of the project’s own can be named, one that is not the API’s cannot', async () => {
    const as = async (role: string) =>
      get('/rpc/whoami', { apikey: api.publishable, authorization: `Bearer ${await api.token({ role })}` })
    expect((await as('editor')).json).toMatchObject({ role: 'editor' })
    for (const role of ['nebuladb_superuser', 'pg_read_all_data', 'nobody', 'NONE', ' none', '']) {
      const answer = await as(role)
      expect(answer.status, role).toBeGreaterThanOrEqual(400)
      expect(answer.text).not.toContain('"role":')
    }
  })

  // `set role none` would run the request as the role that logs in.
  test.each(['authenticator', 'none', 'owner'])('a token for the role %s is refused', async (role) => {
    const authorization = `Bearer ${await api.token({ role })}`
    for (const apikey of [api.publishable, api.secret]) {
      const answer = await get('/rpc/whoami', { apikey, authorization })
      expect(answer).toEqual(refused(401, 'PGRST303'))
      expect(answer.json).toMatchObject({ message: `The JWT may not name the role ${role}` })
    }
  })

  test.each([
    ['of nobody', 'eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.c2lnbmF0dXJl'],
    ['without signature', `${btoa('{"alg":"none"}')}.${btoa('{"role":"service_role"}')}.`],
    ['that is none', 'undefined'],
    ['that is empty', ''],
  ])('a token %s is refused, also beside a secret key', async (_, token) => {
    for (const apikey of [api.publishable, api.secret])
      expect((await get('/films', { apikey, authorization: `Bearer ${token}` })).status).toBe(401)
  })

  // REST-H4
  test('after a rotation both secrets count until the overlap is over; without one the old one ends at once', async () => {
    const { projectId } = api
    const statusOf = async (token: string) =>
      (await get('/films', { apikey: api.publishable, authorization: `Bearer ${token}` })).status
    const first = await api.token({ role: 'authenticated', film: 1 })
    expect(await statusOf(first)).toBe(200)
    await person.api.api.rotateJwtSecret({ projectId, overlapSeconds: 3600 })
    const second = await api.token({ role: 'authenticated', film: 1 })
    expect([await statusOf(first), await statusOf(second)]).toEqual([200, 200])
    expect(await person.api.api.jwtSecrets({ projectId })).toEqual([
      expect.objectContaining({ acceptedUntil: null }),
      expect.objectContaining({ acceptedUntil: expect.any(String) }),
    ])
    await person.api.api.rotateJwtSecret({ projectId, overlapSeconds: 0 })
    const third = await api.token({ role: 'authenticated', film: 1 })
    expect([await statusOf(first), await statusOf(second), await statusOf(third)]).toEqual([200, 401, 200])
    await person.api.api.rotateJwtSecret({ projectId, overlapSeconds: 1 })
    expect(await statusOf(third)).toBe(200)
    await expect.poll(() => statusOf(third), { timeout: 5000, interval: 100 }).toBe(401)
  })

  describe('of third parties', () => {
    let jwks: Server
    let issuer: string
    let sign: (claims: Record<string, unknown>) => Promise<string>
    beforeAll(async () => {
      const { publicKey, privateKey } = await generateKeyPair('ES256')
      const keys = [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }]
      jwks = createServer((_, response) => response.end(JSON.stringify({ keys }))).listen(0, '127.0.0.1')
      await once(jwks, 'listening')
      const address = jwks.address()
      if (address === null || typeof address === 'string') throw new Error('no port')
      issuer = `http://127.0.0.1:${address.port}`
      sign = (claims) =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
          .setExpirationTime('1h')
          .sign(privateKey)
    })
    afterAll(() => jwks?.close())

    // REST-H4, REST-H6
    test('they are accepted from when the issuer is added until it is removed', async () => {
      const { projectId } = api
      const token = await sign({ iss: issuer, aud: 'films', app: { role: 'authenticated' }, film: 2 })
      const ask = () => get('/films?select=id', { apikey: api.publishable, authorization: `Bearer ${token}` })
      expect((await ask()).status).toBe(401)
      const added = await person.api.api.addIssuer({
        projectId,
        issuer,
        jwksUrl: `${issuer}/jwks`,
        audience: 'films',
        roleClaim: '$.app.role',
      })
      expect(await ask()).toMatchObject({ status: 200, json: [{ id: 2 }] })
      for (const aud of ['books', undefined]) {
        const foreign = await sign({ iss: issuer, aud, app: { role: 'authenticated' } })
        expect(
          (await get('/films', { apikey: api.publishable, authorization: `Bearer ${foreign}` })).status,
        ).toBe(401)
      }
      for (const [role, status] of [
        ['editor', 403],
        ['service_role', 401],
        ['authenticator', 401],
        ['none', 401],
        ['owner', 401],
      ] as const) {
        const named = await sign({ iss: issuer, aud: 'films', app: { role } })
        for (const apikey of [api.publishable, api.secret])
          expect((await get('/films', { apikey, authorization: `Bearer ${named}` })).status).toBe(status)
      }
      await expect(
        person.api.api.addIssuer({ projectId, issuer, jwksUrl: `${issuer}/other` }),
      ).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
      await person.api.api.removeIssuer({ projectId, issuerId: added.id })
      expect((await ask()).status).toBe(401)
      await expect(person.api.api.removeIssuer({ projectId, issuerId: added.id })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      })
    })
  })
})

describe('settings', () => {
  // REST-H6
  test('they take effect with the next request', async () => {
    const rows = async () => (await get('/films?select=id', { apikey: api.secret })).json
    expect(await rows()).toHaveLength(30)
    await withSettings({ maxRows: 4 }, async () => expect(await rows()).toHaveLength(4))
    expect(await rows()).toHaveLength(30)
  })

  test('a body that is too large is refused', async () => {
    await withSettings({ maxBodyBytes: 100 }, async () => {
      const body = JSON.stringify({ id: 2000, title: 'x'.repeat(200) })
      const headers = { apikey: api.secret, 'content-type': 'application/json' }
      expect((await send('POST', '/films', { headers, body })).status).toBe(413)
      expect((await get('/films?id=eq.2000', { apikey: api.secret })).json).toEqual([])
    })
  })

  test('a statement that takes too long is ended', async () => {
    await withSettings({ statementTimeoutMs: 100 }, async () => {
      const answer = await send('POST', '/rpc/nap', {
        headers: { apikey: api.secret, 'content-type': 'application/json' },
        body: '{"seconds": 20}',
      })
      expect(answer.json).toMatchObject({ code: '57014' })
    })
  })

  test('a plan that costs too much is not run', async () => {
    await withSettings({ maxPlanCost: 0.1 }, async () => {
      expect((await get('/films', { apikey: api.secret })).status).toBeGreaterThanOrEqual(400)
    })
  })

  test('only listed origins are told that they may read', async () => {
    const origins = ['https://app.example']
    await withSettings({ corsAllowedOrigins: origins }, async () => {
      const allowedFor = async (origin: string) =>
        (await get('/films', { apikey: api.secret, origin })).headers['access-control-allow-origin']
      expect(await allowedFor('https://app.example')).toBe('https://app.example')
      expect(await allowedFor('https://evil.example')).toBeUndefined()
    })
  })

  test('a bound above what the service can bear is refused', async () => {
    const { projectId } = api
    const update = (maxBodyBytes: number) => person.api.api.update({ projectId, settings: { maxBodyBytes } })
    await expect(update(50_000_001)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('50,000,000 bytes'),
    })
  })

  test('the exposure says which schemas they serve', async () => {
    const { projectId } = api
    const served = async () => {
      const { schemas } = await person.api.access.exposure({ projectId })
      return schemas.filter((schema) => schema.served).map(({ name }) => name)
    }
    expect(await served()).toEqual(['public'])
    await withSettings({ schemas: ['public', 'other'] }, async () =>
      expect(await served()).toEqual(['other', 'public']),
    )
  })

  test('a change leaves its trace, and what is not allowed changes nothing', async () => {
    const { projectId } = api
    await expect(
      person.api.api.update({ projectId, settings: { schemas: ['pg_catalog'] } }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await withSettings({ aggregatesEnabled: true }, async () => undefined)
    const entries = await service.control.pool.query<{ details: unknown }>({
      text: `select details from audit_entry where action = 'api.update' and subject_id = $1 order by id desc limit 2`,
      values: [projectId],
    })
    expect(entries.rows[1]?.details).toEqual({
      from: { aggregatesEnabled: false },
      to: { aggregatesEnabled: true },
    })
  })
})

describe('the description', () => {
  const documentAs = async (as: 'anon' | 'service_role' | 'all') =>
    person.api.api.document({ projectId: api.projectId, as })
  const pathsOf = (document: object): string[] => Object.keys(Object(Reflect.get(document, 'paths'))).sort()

  test('shows what a role may see, and to the people of the project everything that is exposed', async () => {
    await api.sql(
      'create table private_notes (id int primary key)',
      'comment on table films is $$Films that were shown.\n\nOne row for each.$$',
    )
    await expect
      .poll(async () => pathsOf(await documentAs('all')), { timeout: 3000 })
      .toContain('/private_notes')
    expect(pathsOf(await documentAs('all'))).toEqual(expect.arrayContaining(['/films', '/rpc/whoami']))
    expect(pathsOf(await documentAs('anon'))).toContain('/films')
    expect(pathsOf(await documentAs('anon'))).not.toContain('/private_notes')
    expect(pathsOf(await documentAs('service_role'))).toContain('/private_notes')
    await api.sql('drop table private_notes')
  })

  test('the root describes what the key may see', async () => {
    const document = await get('/', { apikey: api.publishable })
    expect(document).toMatchObject({ status: 200, json: { swagger: '2.0' } })
    expect(document.text).toContain('/films')
  })

  test('is of the format and schema that is asked for', async () => {
    const { projectId } = api
    const swagger = await person.api.api.document({ projectId, format: 'swagger-2.0' })
    expect(swagger).toMatchObject({ swagger: '2.0', basePath: `/${api.ref}/rest/v1` })
    expect(await documentAs('all')).toMatchObject({ openapi: '3.1.0', servers: [{ url: api.restUrl }] })
    await withSettings({ schemas: ['public', 'other'] }, async () =>
      expect(pathsOf(await person.api.api.document({ projectId, schema: 'other' }))).toEqual(['/things']),
    )
    await expect(person.api.api.document({ projectId, schema: 'other' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  })
})

describe('limits', () => {
  const limit = (rateLimit: Partial<ApiSettings['rateLimit']>, work: () => Promise<void>) =>
    withSettings({ rateLimit: { perKey: null, perProject: null, perAddress: null, ...rateLimit } }, work)

  // REST-H7
  test.each(['perAddress', 'perKey', 'perProject'] as const)(
    '%s: too many are told to wait',
    async (dimension) => {
      await limit({ [dimension]: 2 }, async () => {
        const answers = await Promise.all(
          Array.from({ length: 6 }, () => get('/films?id=eq.1', { apikey: api.secret })),
        )
        const limited = answers.filter(({ status }) => status === 429)
        expect(limited.length).toBeGreaterThanOrEqual(3)
        expect(limited[0]).toEqual(refused(429, 'RATE_LIMITED'))
        expect(limited[0]?.headers).toMatchObject({
          'retry-after': '1',
          'ratelimit-limit': '2',
          'ratelimit-remaining': '0',
          'ratelimit-reset': '1',
        })
        const passed = answers.find(({ status }) => status === 200)
        expect(passed?.headers).toMatchObject({ 'ratelimit-limit': '2' })
      })
    },
  )

  test('each key has its own share', async () => {
    const make = async () =>
      (await person.api.apiKeys.create({ projectId: api.projectId, name: 'one', kind: 'secret' })).secret
    const keys = [await make(), await make()]
    await limit({ perKey: 1 }, async () => {
      const answers = await Promise.all(keys.map((apikey) => get('/films?id=eq.1', { apikey })))
      expect(answers.map(({ status }) => status)).toEqual([200, 200])
    })
  })

  test('without a limit there are no headers of one', async () => {
    await limit({}, async () => {
      const { headers } = await get('/films?id=eq.1', { apikey: api.secret })
      expect(Object.keys(headers).filter((name) => name.startsWith('ratelimit'))).toEqual([])
    })
  })

  // REST-H7
  test('each step of a batch counts as a request, up to the limit', async () => {
    const { secret: apikey } = await person.api.apiKeys.create({
      projectId: api.projectId,
      name: 'batches',
      kind: 'secret',
    })
    const batch = (steps: number) =>
      send('POST', '/', {
        headers: { apikey, 'content-type': 'application/vnd.nebuladb.batch+json' },
        body: JSON.stringify({ steps: Array(steps).fill({ method: 'GET', path: '/films?id=eq.1' }) }),
      })
    await limit({ perKey: 10 }, async () => {
      const answers = await Promise.all(Array.from({ length: 6 }, () => batch(8)))
      const limited = answers.filter(({ status }) => status === 429)
      expect(limited.length).toBeGreaterThanOrEqual(3)
      expect(limited[0]).toEqual(refused(429, 'RATE_LIMITED'))
      expect(limited[0]?.headers).toMatchObject({ 'retry-after': '1', 'ratelimit-limit': '10' })
      expect(answers.some(({ status }) => status === 200)).toBe(true)
      await expect.poll(async () => (await batch(20)).status, { timeout: 5000, interval: 1100 }).toBe(200)
    })
  })

  test('guessing projects is limited', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        rawRequest(service, `/guess${String(index).replaceAll(/[0189]/g, 'z')}aaaaa/rest/v1/films`),
      ),
    )
    expect(answers[0]).toEqual(refused(404, 'PROJECT_NOT_FOUND'))
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(5)
    expect((await get('/films?id=eq.1', { apikey: api.secret })).status).toBe(200)
  })
})

describe('pages of other origins', () => {
  // REST-H2
  test('a browser’s question is answered without a key', async () => {
    const answer = await send('OPTIONS', '/films', {
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'apikey, authorization, content-profile',
      },
    })
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': '*' })
    expect(answer.headers['access-control-allow-methods']).toContain('PATCH')
    expect(answer.headers['access-control-allow-headers']?.toLowerCase()).toContain('apikey')
  })

  test('an answer cannot run as a page of the service', async () => {
    const { headers } = await get('/films?id=eq.1', { apikey: api.secret })
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringContaining('sandbox'),
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })

  test('a function changes no header that the service sets for all, and none of the connection', async () => {
    const chosen = [
      'Content-Security-Policy',
      'X-Content-Type-Options',
      'RateLimit-Limit',
      'Connection',
      'X-Own',
    ]
    await api.sql(
      `create function page() returns text language sql volatile as $$ select set_config('response.headers',
        '${JSON.stringify(chosen.map((name) => ({ [name]: 'chosen' })))}', true) $$`,
    )
    const ask = () => send('POST', '/rpc/page', { headers: { apikey: api.secret }, body: '{}' })
    await expect.poll(ask).toMatchObject({ status: 200 })
    const { headers } = await ask()
    expect(chosen.filter((name) => headers[name.toLowerCase()] === 'chosen')).toEqual(['X-Own'])
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringContaining('sandbox'),
      'x-content-type-options': 'nosniff',
      'ratelimit-limit': '500',
    })
  })
})

describe('the life of a project', () => {
  test('a new table is there without a restart, and closed to anon until it is granted', async () => {
    await api.sql('create table later (id int primary key)')
    const statusFor = async (apikey: string) => (await get('/later', { apikey })).status
    await expect.poll(() => statusFor(api.secret), { timeout: 2000, interval: 20 }).toBe(200)
    expect(await statusFor(api.publishable)).toBe(401)
    await api.sql('grant select on later to anon')
    expect(await statusFor(api.publishable)).toBe(200)
    await api.sql('drop table later')
    await expect.poll(() => statusFor(api.secret), { timeout: 2000, interval: 20 }).toBe(404)
  })

  // REST-H8
  test('a request wakes a project that sleeps, many at once do it once', async () => {
    const { projectId } = api
    const statusNow = async () => (await person.api.projects.get({ projectId })).status
    await person.api.projects.stop({ projectId })
    await expect.poll(statusNow, { timeout: 20_000 }).toBe('asleep')
    expect(
      await send('OPTIONS', '/films', {
        headers: { origin: 'https://a.example', 'access-control-request-method': 'GET' },
      }),
    ).toMatchObject({ status: 200 })
    expect(await get('/films', { apikey: 'nbl_secret_wrong' })).toEqual(refused(401, 'API_KEY_MALFORMED'))
    // Neither of them had a right to wake it.
    expect(await statusNow()).toBe('asleep')
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => get('/films?id=eq.1', { apikey: api.publishable })),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(await statusNow()).toBe('awake')
  })

  // REST-H1
  test('a deleted project is gone for its API, and back when it is restored', async () => {
    const { projectId } = api
    const headers = { apikey: api.publishable }
    await person.api.projects.delete({ projectId })
    await expect
      .poll(() => get('/films?id=eq.1', headers), { timeout: 20_000, interval: 200 })
      .toEqual(refused(404, 'PROJECT_NOT_FOUND'))
    await person.api.projects.restore({ projectId })
    expect((await get('/films?id=eq.1', headers)).status).toBe(200)
  })

  test('a server that dies is back for the next requests', async () => {
    const pidNow = async (): Promise<number> => {
      const { rows } = await service.control.pool.query<{ pid: number | null }>({
        text: 'select pid from instance where project_id = $1',
        values: [api.projectId],
      })
      return rows[0]?.pid ?? 0
    }
    const pid = await pidNow()
    expect(pid).toBeGreaterThan(1)
    process.kill(pid, 'SIGKILL')
    // Its processes may answer for a moment longer.
    await expect.poll(async () => ![0, pid].includes(await pidNow()), { timeout: 30_000 }).toBe(true)
    await expect
      .poll(async () => (await get('/films?id=eq.1', { apikey: api.secret })).status, {
        timeout: 30_000,
        interval: 200,
      })
      .toBe(200)
  })
})

// REST-H9
test('every request is observed once, refused ones too, with names and never values', async () => {
  const { projectId } = api
  const before = service.observations.length
  await get('/films?title=eq.private-value&select=id', { apikey: api.secret })
  await get('/films?title=eq.private-value', {})
  await send('POST', '/rpc/whoami', {
    headers: { apikey: api.publishable, 'content-type': 'application/json' },
    body: '{}',
  })
  await expect
    .poll(() => service.observations.slice(before).filter(({ type }) => type === 'api.request').length)
    .toBe(3)
  const events = service.observations.slice(before).filter(({ type }) => type === 'api.request')
  expect(events).toEqual([
    expect.objectContaining({ projectId, role: 'service_role', route: 'GET /films', status: 200, rows: 0 }),
    expect.objectContaining({ projectId, keyId: null, role: null, route: null, status: 401 }),
    expect.objectContaining({
      projectId,
      role: 'anon',
      route: 'POST /rpc/whoami',
      status: 200,
      bytesIn: 2,
      bytesOut: expect.any(Number),
    }),
  ])
  expect(JSON.stringify(events)).not.toContain('private-value')
})

test('the state says where the API is', async () => {
  const state = await person.api.api.get({ projectId: api.projectId })
  expect(state).toMatchObject({
    url: `${service.url}/${api.ref}`,
    restUrl: `${service.url}/${api.ref}/rest/v1`,
    availableSchemas: ['other', 'public'],
  })
})
