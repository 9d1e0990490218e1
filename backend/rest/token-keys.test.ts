// Whose tokens are taken: of secrets, JSON Web Keys and third parties.
import { exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { ask, createTestAuthenticator, refusal, SECRET, sign } from '#testing/rest-tokens.ts'
import type { Authenticator } from './authenticate.ts'

describe('keys', () => {
  test.each(['HS256', 'HS384', 'HS512'])('a symmetric JWK signs with %s', async (alg) => {
    const text = 'x'.repeat(64)
    const secret = JSON.stringify({ kty: 'oct', k: Buffer.from(text).toString('base64url') })
    expect(
      (await ask(createTestAuthenticator({ secret }), await sign({ role: 'r' }, text, { alg }))).role,
    ).toBe('r')
  })

  test.each(['HS384', 'HS512'])('a secret that is text signs with HS256, not with %s', async (alg) => {
    const secret = 'x'.repeat(64)
    expect(
      await refusal(
        createTestAuthenticator({ secret }),
        `Bearer ${await sign({ role: 'r' }, secret, { alg })}`,
      ),
    ).toMatchObject({ code: 'PGRST301', details: 'No suitable key was found to decode the JWT' })
  })

  test('a secret in base64 is decoded, URL-safe or not', async () => {
    const bytes = Buffer.from(Array.from({ length: 48 }, (_, index) => 200 + index))
    for (const secret of [bytes.toString('base64'), bytes.toString('base64url')]) {
      const authenticator = createTestAuthenticator({ secret, isBase64: true })
      expect((await ask(authenticator, await sign({ role: 'r' }, bytes))).role).toBe('r')
    }
  })

  test('a former secret is accepted too', async () => {
    const former = 'another-secret-of-thirty-two-bytes!!'
    const authenticator = createTestAuthenticator({ formerSecrets: [former] })
    expect((await ask(authenticator, await sign({ role: 'r' }, former))).role).toBe('r')
    expect((await ask(authenticator, await sign({ role: 's' }))).role).toBe('s')
  })

  test.each(['RS256', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'])(
    'a JWK verifies %s',
    async (alg) => {
      const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
      const token = await sign({ role: 'r' }, privateKey, { alg })
      for (const key of [publicKey, privateKey]) {
        const authenticator = createTestAuthenticator({ secret: JSON.stringify(await exportJWK(key)) })
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
    const authenticator = createTestAuthenticator({ secret: JSON.stringify({ keys }) })
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
    createTestAuthenticator(
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
