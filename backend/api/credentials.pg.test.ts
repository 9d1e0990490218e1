// With which keys and tokens a data API is called, and as whom.
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rawRequest } from '#testing/data-api.ts'
import { refused, useFilmsApi } from '#testing/films-api.ts'

const films = useFilmsApi()
const { get, roleOf, send, withSettings } = films

describe('keys', () => {
  // REST-H3
  test('a publishable key alone acts as anon, a secret one as service_role, wherever it stands', async () => {
    for (const [key, role] of [
      [films.api.publishable, 'anon'],
      [films.api.secret, 'service_role'],
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
    expect(await rows(films.api.publishable)).toHaveLength(3)
    expect(await rows(films.api.secret)).toHaveLength(30)
  })

  // REST-H2
  test('each way of not having a valid key has its own code', async () => {
    const { projectId } = films.api
    const make = (expiresAt: string | null = null) =>
      films.person.api.apiKeys.create({ projectId, name: 'short', kind: 'secret', expiresAt })
    const revoked = await make()
    expect((await get('/films', { apikey: revoked.secret })).status).toBe(200)
    await films.person.api.apiKeys.revoke({ projectId, keyId: revoked.key.id })
    const expiring = await make(new Date(Date.now() + 1500).toISOString())
    const last = films.api.secret.at(-1) === 'x' ? 'y' : 'x'

    expect(await get('/films', {})).toEqual(refused(401, 'API_KEY_MISSING'))
    expect(
      await get('/films', { authorization: `Bearer ${await films.api.token({ role: 'anon' })}` }),
    ).toEqual(refused(401, 'API_KEY_MISSING'))
    expect(await get(`/films?apikey=${films.api.secret}`, {})).toEqual(refused(401, 'API_KEY_MISSING'))
    expect(await get('/films', { apikey: films.api.secret.slice(0, -1) + last })).toEqual(
      refused(401, 'API_KEY_MALFORMED'),
    )
    expect(await get('/films', { apikey: await films.api.token({ role: 'service_role' }) })).toEqual(
      refused(401, 'API_KEY_MALFORMED'),
    )
    expect(await get('/films', { apikey: revoked.secret })).toEqual(refused(401, 'API_KEY_REVOKED'))
    expect(
      await get('/films', { apikey: films.api.publishable, authorization: `Bearer ${films.api.secret}` }),
    ).toEqual(refused(401, 'API_KEY_CONFLICT'))
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
    const { secret: apikey } = await films.person.api.apiKeys.create({
      projectId: films.api.projectId,
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
    const { projectId } = films.api
    const keyFor = async (...schemas: string[]) =>
      (await films.person.api.apiKeys.create({ projectId, name: 'part', kind: 'secret', scope: { schemas } }))
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
    const { projectId } = films.api
    const keyOf = async (scope: { access?: 'read'; schemas?: string[] }) =>
      (await films.person.api.apiKeys.create({ projectId, name: 'batch', kind: 'secret', scope })).secret
    const send = async (apikey: string, steps: object[]) =>
      rawRequest(films.service, `/${films.api.ref}/rest/v1/`, {
        method: 'POST',
        headers: { apikey, 'content-type': 'application/vnd.nebuladb.batch+json' },
        body: JSON.stringify({ steps }),
      })
    const things = { method: 'GET', path: '/things', profile: 'other' }
    const film = { method: 'GET', path: '/films?id=eq.1', profile: 'public' }
    expect(await send(await keyOf({ access: 'read' }), [film])).toEqual(refused(403, 'API_KEY_READ_ONLY'))
    await withSettings({ schemas: ['public', 'other'] }, async () => {
      const other = await keyOf({ schemas: ['other'] })
      expect(await send(other, [things])).toMatchObject({ status: 200 })
      expect(await send(other, [things, film])).toEqual(refused(406, 'PGRST106'))
    })
  })

  test('a use is seen in the list of keys', async () => {
    const { key, secret } = await films.person.api.apiKeys.create({
      projectId: films.api.projectId,
      name: 'used',
      kind: 'publishable',
    })
    await get('/films', { apikey: secret })
    const listed = await films.person.api.apiKeys.list({ projectId: films.api.projectId })
    const lastUsedAt = listed.find(({ id }) => id === key.id)?.lastUsedAt ?? ''
    expect(Date.now() - Date.parse(lastUsedAt)).toBeLessThan(120_000)
    expect(lastUsedAt).toMatch(/:00\.000Z$/)
  })
})

describe('tokens', () => {
  test.each(['publishable', 'secret'] as const)('beside a %s key the token’s role counts', async (kind) => {
    const token = await films.api.token({ role: 'authenticated', film: 5, sub: 'someone' })
    const headers = { apikey: films.api[kind], authorization: `Bearer ${token}` }
    expect(await roleOf(headers)).toMatchObject({
      role: 'authenticated',
      claims: { film: 5, sub: 'someone' },
    })
    expect((await get('/films?select=id', headers)).json).toEqual([{ id: 5 }])
  })

  test('a token without a role is anon’s', async () => {
    const token = await films.api.token({ sub: 'someone' })
    expect(await roleOf({ apikey: films.api.secret, authorization: `Bearer ${token}` })).toMatchObject({
      role: 'anon',
    })
  })

  test('a role of the project’s own can be named, one that is not the API’s cannot', async () => {
    const as = async (role: string) =>
      get('/rpc/whoami', {
        apikey: films.api.publishable,
        authorization: `Bearer ${await films.api.token({ role })}`,
      })
    expect((await as('editor')).json).toMatchObject({ role: 'editor' })
    for (const role of ['nebuladb_superuser', 'pg_read_all_data', 'nobody', 'NONE', ' none', '']) {
      const answer = await as(role)
      expect(answer.status, role).toBeGreaterThanOrEqual(400)
      expect(answer.text).not.toContain('"role":')
    }
  })

  // `set role none` would run the request as the role that logs in.
  test.each(['authenticator', 'none', 'owner'])('a token for the role %s is refused', async (role) => {
    const authorization = `Bearer ${await films.api.token({ role })}`
    for (const apikey of [films.api.publishable, films.api.secret]) {
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
    for (const apikey of [films.api.publishable, films.api.secret])
      expect((await get('/films', { apikey, authorization: `Bearer ${token}` })).status).toBe(401)
  })

  // REST-H4
  test('after a rotation both secrets count until the overlap is over; without one the old one ends at once', async () => {
    const { projectId } = films.api
    const statusOf = async (token: string) =>
      (await get('/films', { apikey: films.api.publishable, authorization: `Bearer ${token}` })).status
    const first = await films.api.token({ role: 'authenticated', film: 1 })
    expect(await statusOf(first)).toBe(200)
    await films.person.api.api.rotateJwtSecret({ projectId, overlapSeconds: 3600 })
    const second = await films.api.token({ role: 'authenticated', film: 1 })
    expect([await statusOf(first), await statusOf(second)]).toEqual([200, 200])
    expect(await films.person.api.api.jwtSecrets({ projectId })).toEqual([
      expect.objectContaining({ acceptedUntil: null }),
      expect.objectContaining({ acceptedUntil: expect.any(String) }),
    ])
    await films.person.api.api.rotateJwtSecret({ projectId, overlapSeconds: 0 })
    const third = await films.api.token({ role: 'authenticated', film: 1 })
    expect([await statusOf(first), await statusOf(second), await statusOf(third)]).toEqual([200, 401, 200])
    await films.person.api.api.rotateJwtSecret({ projectId, overlapSeconds: 1 })
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
      const { projectId } = films.api
      const token = await sign({ iss: issuer, aud: 'films', app: { role: 'authenticated' }, film: 2 })
      const ask = () =>
        get('/films?select=id', { apikey: films.api.publishable, authorization: `Bearer ${token}` })
      expect((await ask()).status).toBe(401)
      const added = await films.person.api.api.addIssuer({
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
          (await get('/films', { apikey: films.api.publishable, authorization: `Bearer ${foreign}` })).status,
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
        for (const apikey of [films.api.publishable, films.api.secret])
          expect((await get('/films', { apikey, authorization: `Bearer ${named}` })).status).toBe(status)
      }
      await expect(
        films.person.api.api.addIssuer({ projectId, issuer, jwksUrl: `${issuer}/other` }),
      ).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
      await films.person.api.api.removeIssuer({ projectId, issuerId: added.id })
      expect((await ask()).status).toBe(401)
      await expect(
        films.person.api.api.removeIssuer({ projectId, issuerId: added.id }),
      ).rejects.toMatchObject({
        code: 'NOT_FOUND',
      })
    })
  })
})
