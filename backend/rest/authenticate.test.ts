import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { createAuthenticator, type Authenticator, type JwtConfig } from './authenticate.ts'

const SECRET = 'a-secret-of-at-least-thirty-two-bytes'
const NOW = 1_800_000_000
let clock = NOW

const jwt: JwtConfig = {
  secret: SECRET,
  isBase64: false,
  audience: null,
  roleClaimKey: '$.role',
  cacheMaxEntries: 100,
}

function create(
  more: Partial<JwtConfig> = {},
  anonRole: string | null = 'anon',
  fetchKeys: () => Promise<Response> = () => Promise.reject(new Error('Nothing is fetched here.')),
): Authenticator {
  return createAuthenticator({ jwt: { ...jwt, ...more }, anonRole, now: () => clock * 1000, fetchKeys })
}

function sign(
  claims: Record<string, unknown>,
  key: CryptoKey | Uint8Array | string = SECRET,
  header: { alg: string; kid?: string } = { alg: 'HS256' },
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader(header)
    .sign(typeof key === 'string' ? new TextEncoder().encode(key) : key)
}

async function ask(authenticator: Authenticator, token: string) {
  return await authenticator.authenticate(`Bearer ${token}`)
}

async function refusal(authenticator: Authenticator, authorization: string | undefined) {
  try {
    await authenticator.authenticate(authorization)
  } catch (error) {
    return error
  }
  throw new Error('It was let in.')
}

describe('without a token', () => {
  test('the anonymous role is taken, with claims that say so', () => {
    const expected = { role: 'anon', claims: '{"role":"anon"}', isAnonymous: true }
    expect(create().authenticate(undefined)).toEqual(expected)
    expect(create().authenticate('Basic YTpi')).toEqual(expected)
  })

  test('nobody is let in where there is no anonymous role', async () => {
    expect(await refusal(create({}, null), undefined)).toMatchObject({
      code: 'PGRST302',
      status: 401,
      headers: [['WWW-Authenticate', 'Bearer']],
    })
  })
})

describe('claims', () => {
  test('give the role, and stay the text that they were', async () => {
    const token = await sign({ role: 'author', id: 'x', n: 1 })
    for (const scheme of ['Bearer', 'bearer', 'BEARER'])
      expect(await create().authenticate(`${scheme} ${token}`)).toEqual({
        role: 'author',
        claims: '{"role":"author","id":"x","n":1}',
        isAnonymous: false,
      })
  })

  test.each([
    [{}, '{"role":"anon"}'],
    [{ id: 1 }, '{"id":1,"role":"anon"}'],
  ])('without a role are anonymous: %j', async (claims, text) => {
    expect(await ask(create(), await sign(claims))).toEqual({ role: 'anon', claims: text, isAnonymous: true })
  })

  test('without a role are refused where there is no anonymous one', async () => {
    expect(await refusal(create({}, null), `Bearer ${await sign({})}`)).toMatchObject({ code: 'PGRST302' })
  })

  test('have the role where the configuration says', async () => {
    const token = await sign({ role: 'wrong', realm: { roles: ['x', 'api_writer'] } })
    const identity = await ask(create({ roleClaimKey: '.realm.roles[?(@ ^== "api_")][4:]' }), token)
    expect(identity.role).toBe('writer')
    expect(JSON.parse(identity.claims)).toMatchObject({ role: 'writer' })
  })

  test('with an empty role are not anonymous: there is no such role', async () => {
    expect(await ask(create(), await sign({ role: '' }))).toMatchObject({ role: '', isAnonymous: false })
  })

  test('do not name the roles that are kept from all, wherever they stand, remembered or not', async () => {
    const authenticator = create({ excludedRoles: ['login', 'none'], roleClaimKey: '$.app.role' })
    for (const role of ['login', 'none']) {
      const token = await sign({ role: 'author', app: { role } })
      for (let round = 0; round < 2; round++)
        expect(await refusal(authenticator, `Bearer ${token}`)).toMatchObject({
          code: 'PGRST303',
          status: 401,
          message: `The JWT may not name the role ${role}`,
        })
    }
    expect((await ask(authenticator, await sign({ app: { role: 'None' } }))).role).toBe('None')
  })

  test('may name a role that is no text', async () => {
    expect((await ask(create(), await sign({ role: { a: 1 } }))).role).toBe('{"a":1}')
  })

  test.each([
    [{ exp: NOW - 31 }, 'JWT expired'],
    [{ nbf: NOW + 31 }, 'JWT not yet valid'],
    [{ iat: NOW + 31 }, 'JWT issued at future'],
    [{ exp: 'x' }, "The JWT 'exp' claim must be a number"],
    [{ nbf: 'x' }, "The JWT 'nbf' claim must be a number"],
    [{ iat: 'x' }, "The JWT 'iat' claim must be a number"],
    [{ aud: 7 }, "The JWT 'aud' claim must be a string or an array of strings"],
    [{ aud: ['x', {}] }, "The JWT 'aud' claim must be a string or an array of strings"],
    [{ exp: NOW - 31, iat: 'x' }, 'JWT expired'],
    [{ exp: NOW + 0.5 }, 'JWT expired'],
  ])('%j are refused', async (claims, message) => {
    const authenticator = create()
    const token = await sign({ role: 'author', ...claims })
    for (let round = 0; round < 2; round++)
      expect(await refusal(authenticator, `Bearer ${token}`)).toMatchObject({
        code: 'PGRST303',
        status: 401,
        message,
        headers: [
          ['WWW-Authenticate', `Bearer error="invalid_token", error_description=${JSON.stringify(message)}`],
        ],
      })
  })

  test.each([{ exp: NOW - 30 }, { nbf: NOW + 30 }, { iat: NOW + 30 }, { exp: null }, { aud: 'anything' }])(
    '%j are let in',
    async (claims) => {
      expect((await ask(create(), await sign({ role: 'author', ...claims }))).role).toBe('author')
    },
  )

  test.each([
    ['mine', true],
    [['other', 'mine'], true],
    [[], true],
    [null, true],
    ['', false],
    ['other', false],
    [['other'], false],
  ])('with the audience %j: %s', async (aud, isIn) => {
    const authenticator = create({ audience: 'mine' })
    const token = await sign({ role: 'author', aud })
    if (isIn) expect((await ask(authenticator, token)).role).toBe('author')
    else
      expect(await refusal(authenticator, `Bearer ${token}`)).toMatchObject({
        message: 'JWT not in audience',
      })
  })
})

describe('tokens that cannot be read', () => {
  const encode = (text: string): string => Buffer.from(text).toString('base64url')
  test.each([
    ['Bearer', 'Empty JWT is sent in Authorization header', null],
    ['Bearer ', 'Empty JWT is sent in Authorization header', null],
    ['Bearer a.b', 'Expected 3 parts in JWT; got 2', null],
    ['Bearer a.b.c.d', 'Expected 3 parts in JWT; got 4', null],
    ['Bearer quifq.x.y', 'JWT cryptographic operation failed', null],
    ['Bearer =.x.y', 'JWT cryptographic operation failed', null],
    [`Bearer ${encode('no json')}.e30.AAAA`, 'JWT cryptographic operation failed', null],
    [`Bearer ${encode('[]')}.e30.AAAA`, 'JWT cryptographic operation failed', null],
    [`Bearer ${encode('{"alg":"XX256"}')}.e30.AAAA`, 'JWT cryptographic operation failed', null],
    [`Bearer ${encode('{"alg":"HS256"}')}.e30=.AAAA`, 'JWT cryptographic operation failed', null],
    [`Bearer ${encode('{"alg":"HS256"}')}.e30.AAAAA`, 'JWT cryptographic operation failed', null],
    [`Bearer ${encode('{"alg":"RS256"}')}.e.AAAA`, 'JWT cryptographic operation failed', null],
    [
      `Bearer ${encode('{"alg":"none"}')}.${encode('{"role":"author"}')}.`,
      'Wrong or unsupported encoding algorithm',
      "JWT is unsecured but expected 'alg' was not 'none'",
    ],
    [
      `Bearer ${encode('{"alg":"RS256"}')}.e30.AAAA`,
      'No suitable key or wrong key type',
      'No suitable key was found to decode the JWT',
    ],
    [
      `Bearer ${encode('{"alg":"HS256"}')}.e30.AAAA`,
      'No suitable key or wrong key type',
      'None of the keys was able to decode the JWT',
    ],
  ])('%s', async (authorization, message, details) => {
    expect(await refusal(create(), authorization)).toMatchObject({
      code: 'PGRST301',
      status: 401,
      message,
      details,
    })
  })

  test('a payload that is no object is refused', async () => {
    const token = await sign({})
    const [header] = token.split('.')
    const key = await crypto.subtle.importKey(
      'raw',
      new TextEncoder().encode(SECRET),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['sign'],
    )
    const body = `${header}.${encode('[1]')}`
    const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(body))
    expect(
      await refusal(create(), `Bearer ${body}.${Buffer.from(signature).toString('base64url')}`),
    ).toMatchObject({ code: 'PGRST303', message: 'Parsing claims failed' })
  })

  test('nothing to check them with is our fault', async () => {
    expect(await refusal(create({ secret: null }), `Bearer ${await sign({})}`)).toMatchObject({
      code: 'PGRST300',
      status: 500,
    })
  })
})

describe('keys', () => {
  test.each(['HS256', 'HS384', 'HS512'])('a symmetric JWK signs with %s', async (alg) => {
    const text = 'x'.repeat(64)
    const secret = JSON.stringify({ kty: 'oct', k: Buffer.from(text).toString('base64url') })
    expect((await ask(create({ secret }), await sign({ role: 'r' }, text, { alg }))).role).toBe('r')
  })

  test.each(['HS384', 'HS512'])('a secret that is text signs with HS256, not with %s', async (alg) => {
    const secret = 'x'.repeat(64)
    expect(
      await refusal(create({ secret }), `Bearer ${await sign({ role: 'r' }, secret, { alg })}`),
    ).toMatchObject({ code: 'PGRST301', details: 'No suitable key was found to decode the JWT' })
  })

  test('a secret in base64 is decoded, URL-safe or not', async () => {
    const bytes = Buffer.from(Array.from({ length: 48 }, (_, index) => 200 + index))
    for (const secret of [bytes.toString('base64'), bytes.toString('base64url')]) {
      const authenticator = create({ secret, isBase64: true })
      expect((await ask(authenticator, await sign({ role: 'r' }, bytes))).role).toBe('r')
    }
  })

  test('a former secret is accepted too', async () => {
    const former = 'another-secret-of-thirty-two-bytes!!'
    const authenticator = create({ formerSecrets: [former] })
    expect((await ask(authenticator, await sign({ role: 'r' }, former))).role).toBe('r')
    expect((await ask(authenticator, await sign({ role: 's' }))).role).toBe('s')
  })

  test.each(['RS256', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'])(
    'a JWK verifies %s',
    async (alg) => {
      const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
      const token = await sign({ role: 'r' }, privateKey, { alg })
      for (const key of [publicKey, privateKey]) {
        const authenticator = create({ secret: JSON.stringify(await exportJWK(key)) })
        expect((await ask(authenticator, token)).role).toBe('r')
        // The public key is no secret: it must not do as one.
        expect(await refusal(authenticator, `Bearer ${await sign({ role: 'r' })}`)).toMatchObject({
          code: 'PGRST301',
        })
      }
    },
  )

  test('of a set the one is taken that the token names; without a name each is tried', async () => {
    const [one, two] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')]
    const keys: JWK[] = [
      { ...(await exportJWK(one.publicKey)), kid: 'one' },
      { ...(await exportJWK(two.publicKey)), kid: 'two' },
    ]
    const authenticator = create({ secret: JSON.stringify({ keys }) })
    const as = (key: CryptoKey, kid?: string) =>
      sign({ role: 'r' }, key, kid === undefined ? { alg: 'ES256' } : { alg: 'ES256', kid })
    expect((await ask(authenticator, await as(two.privateKey))).role).toBe('r')
    expect((await ask(authenticator, await as(two.privateKey, 'two'))).role).toBe('r')
    for (const kid of ['one', 'three'])
      expect(await refusal(authenticator, `Bearer ${await as(two.privateKey, kid)}`)).toMatchObject({
        code: 'PGRST301',
      })
  })
})

describe('the cache', () => {
  test('answers at once for a token that was checked before, until it expires', async () => {
    const authenticator = create()
    const token = await sign({ role: 'author', exp: NOW + 10 })
    await ask(authenticator, token)
    expect(authenticator.authenticate(`Bearer ${token}`)).not.toBeInstanceOf(Promise)
    clock = NOW + 41
    expect(await refusal(authenticator, `Bearer ${token}`)).toMatchObject({ message: 'JWT expired' })
    clock = NOW
    expect(authenticator.cacheStats()).toEqual({ lookups: 3, hits: 2, evictions: 0 })
  })

  test('holds no more than it may, and keeps what is used', async () => {
    const authenticator = create({ cacheMaxEntries: 3 })
    const tokens = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((role) => sign({ role })))
    const [first = '', ...others] = tokens
    await ask(authenticator, first)
    for (const token of others) {
      await ask(authenticator, token)
      expect(authenticator.authenticate(`Bearer ${first}`)).not.toBeInstanceOf(Promise)
    }
    expect(authenticator.cacheStats().evictions).toBe(2)
  })

  test('can be off', async () => {
    const authenticator = create({ cacheMaxEntries: 0 })
    const token = await sign({ role: 'author' })
    await ask(authenticator, token)
    expect(authenticator.authenticate(`Bearer ${token}`)).toBeInstanceOf(Promise)
    await ask(authenticator, token)
  })

  test('a token that was refused is not remembered', async () => {
    const authenticator = create()
    const token = await sign({ role: 'author' }, 'somebody-elses-secret-of-32-bytes!!')
    for (let round = 0; round < 2; round++) await refusal(authenticator, `Bearer ${token}`)
    expect(authenticator.cacheStats().hits).toBe(0)
  })
})

test('a very long token is not remembered', async () => {
  const authenticator = create()
  const token = await sign({ role: 'author', padding: 'x'.repeat(5_000) })
  for (let round = 0; round < 2; round++) expect((await ask(authenticator, token)).role).toBe('author')
  expect(authenticator.cacheStats()).toMatchObject({ lookups: 2, hits: 0 })
})

describe('third-party issuers', () => {
  let body: () => string
  let requests = 0
  let key: CryptoKey
  const fetchKeys = (): Promise<Response> => {
    requests++
    return Promise.resolve(new Response(body()))
  }

  beforeAll(async () => {
    const pair = await generateKeyPair('RS256')
    key = pair.privateKey
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256' }
    body = () => JSON.stringify({ keys: [jwk] })
  })

  const trust = (fetchFrom: typeof fetchKeys = fetchKeys): Authenticator =>
    create(
      {
        excludedRoles: ['none'],
        issuers: [
          {
            issuer: 'https://issuer.example',
            jwksUrl: 'https://issuer.example/jwks',
            audience: 'api',
            roleClaimKey: '.app.role',
            excludedRoles: ['root'],
          },
        ],
      },
      'anon',
      fetchFrom,
    )
  const claims = { iss: 'https://issuer.example', aud: 'api', app: { role: 'member' } }

  test('sign for the roles that their tokens name, with keys that are fetched once', async () => {
    const authenticator = trust()
    requests = 0
    for (const sub of ['a', 'b'])
      expect(
        await ask(authenticator, await sign({ ...claims, sub }, key, { alg: 'RS256', kid: 'k1' })),
      ).toMatchObject({
        role: 'member',
        isAnonymous: false,
      })
    expect(requests).toBe(1)
    expect((await ask(authenticator, await sign({ role: 'own' }))).role).toBe('own')
  })

  test('are checked for their own audience and keys', async () => {
    const authenticator = trust()
    const wrong = [
      await sign({ ...claims, aud: 'other' }, key, { alg: 'RS256', kid: 'k1' }),
      await sign(claims, SECRET),
      await sign(claims, key, { alg: 'RS256', kid: 'k2' }),
      await sign({ ...claims, iss: 'https://other.example' }, key, { alg: 'RS256', kid: 'k1' }),
    ]
    for (const token of wrong)
      expect(await refusal(authenticator, `Bearer ${token}`)).toMatchObject({ status: 401 })
  })

  test('do not name the roles that are kept from them, remembered or not', async () => {
    const authenticator = trust()
    for (const role of ['root', 'none', 'root']) {
      const token = await sign({ ...claims, app: { role } }, key, { alg: 'RS256', kid: 'k1' })
      expect(await refusal(authenticator, `Bearer ${token}`)).toMatchObject({ code: 'PGRST303', status: 401 })
      expect(await refusal(authenticator, `Bearer ${token}`)).toMatchObject({ code: 'PGRST303', status: 401 })
    }
    expect((await ask(authenticator, await sign({ role: 'root' }))).role).toBe('root')
  })

  test('whose keys cannot be read let nobody in', async () => {
    const token = await sign(claims, key, { alg: 'RS256', kid: 'k1' })
    const dead = trust(() => Promise.reject(new TypeError('fetch failed')))
    expect(await refusal(dead, `Bearer ${token}`)).toMatchObject({ code: 'PGRST301' })
    const good = body
    body = () => JSON.stringify({ keys: [], padding: 'x'.repeat(300_000) })
    expect(await refusal(trust(), `Bearer ${token}`)).toMatchObject({
      code: 'PGRST301',
    })
    body = good
  })
})
