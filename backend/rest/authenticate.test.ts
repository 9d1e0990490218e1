// Who asks, by what a token says.
import { describe, expect, test } from 'vitest'
import { ask, clock, createTestAuthenticator, NOW, refusal, SECRET, sign } from '#testing/rest-tokens.ts'

describe('without a token', () => {
  test('the anonymous role is taken, with claims that say so', () => {
    const expected = { role: 'anon', claims: '{"role":"anon"}', isAnonymous: true }
    expect(createTestAuthenticator().authenticate(undefined)).toEqual(expected)
    expect(createTestAuthenticator().authenticate('Basic YTpi')).toEqual(expected)
  })

  test('nobody is let in where there is no anonymous role', async () => {
    expect(await refusal(createTestAuthenticator({}, null), undefined)).toMatchObject({
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
      expect(await createTestAuthenticator().authenticate(`${scheme} ${token}`)).toEqual({
        role: 'author',
        claims: '{"role":"author","id":"x","n":1}',
        isAnonymous: false,
      })
  })

  test.each([
    [{}, '{"role":"anon"}'],
    [{ id: 1 }, '{"id":1,"role":"anon"}'],
  ])('without a role are anonymous: %j', async (claims, text) => {
    expect(await ask(createTestAuthenticator(), await sign(claims))).toEqual({
      role: 'anon',
      claims: text,
      isAnonymous: true,
    })
  })

  test('without a role are refused where there is no anonymous one', async () => {
    expect(await refusal(createTestAuthenticator({}, null), `Bearer ${await sign({})}`)).toMatchObject({
      code: 'PGRST302',
    })
  })

  test('have the role where the configuration says', async () => {
    const token = await sign({ role: 'wrong', realm: { roles: ['x', 'api_writer'] } })
    const identity = await ask(
      createTestAuthenticator({ roleClaimKey: '.realm.roles[?(@ ^== "api_")][4:]' }),
      token,
    )
    expect(identity.role).toBe('writer')
    expect(JSON.parse(identity.claims)).toMatchObject({ role: 'writer' })
  })

  test('with an empty role are not anonymous: there is no such role', async () => {
    expect(await ask(createTestAuthenticator(), await sign({ role: '' }))).toMatchObject({
      role: '',
      isAnonymous: false,
    })
  })

  test('do not name the roles that are kept from all, wherever they stand, remembered or not', async () => {
    const authenticator = createTestAuthenticator({
      excludedRoles: ['login', 'none'],
      roleClaimKey: '$.app.role',
    })
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
    expect((await ask(createTestAuthenticator(), await sign({ role: { a: 1 } }))).role).toBe('{"a":1}')
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
    const authenticator = createTestAuthenticator()
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
      expect((await ask(createTestAuthenticator(), await sign({ role: 'author', ...claims }))).role).toBe(
        'author',
      )
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
    const authenticator = createTestAuthenticator({ audience: 'mine' })
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
    expect(await refusal(createTestAuthenticator(), authorization)).toMatchObject({
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
      await refusal(
        createTestAuthenticator(),
        `Bearer ${body}.${Buffer.from(signature).toString('base64url')}`,
      ),
    ).toMatchObject({ code: 'PGRST303', message: 'Parsing claims failed' })
  })

  test('nothing to check them with is our fault', async () => {
    expect(
      await refusal(createTestAuthenticator({ secret: null }), `Bearer ${await sign({})}`),
    ).toMatchObject({
      code: 'PGRST300',
      status: 500,
    })
  })
})

describe('the cache', () => {
  test('answers at once for a token that was checked before, until it expires', async () => {
    const authenticator = createTestAuthenticator()
    const token = await sign({ role: 'author', exp: NOW + 10 })
    await ask(authenticator, token)
    expect(authenticator.authenticate(`Bearer ${token}`)).not.toBeInstanceOf(Promise)
    clock.seconds = NOW + 41
    expect(await refusal(authenticator, `Bearer ${token}`)).toMatchObject({ message: 'JWT expired' })
    clock.seconds = NOW
    expect(authenticator.cacheStats()).toEqual({ lookups: 3, hits: 2, evictions: 0 })
  })

  test('holds no more than it may, and keeps what is used', async () => {
    const authenticator = createTestAuthenticator({ cacheMaxEntries: 3 })
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
    const authenticator = createTestAuthenticator({ cacheMaxEntries: 0 })
    const token = await sign({ role: 'author' })
    await ask(authenticator, token)
    expect(authenticator.authenticate(`Bearer ${token}`)).toBeInstanceOf(Promise)
    await ask(authenticator, token)
  })

  test('a token that was refused is not remembered', async () => {
    const authenticator = createTestAuthenticator()
    const token = await sign({ role: 'author' }, 'somebody-elses-secret-of-32-bytes!!')
    for (let round = 0; round < 2; round++) await refusal(authenticator, `Bearer ${token}`)
    expect(authenticator.cacheStats().hits).toBe(0)
  })
})

test('a very long token is not remembered', async () => {
  const authenticator = createTestAuthenticator()
  const token = await sign({ role: 'author', padding: 'x'.repeat(5_000) })
  for (let round = 0; round < 2; round++) expect((await ask(authenticator, token)).role).toBe('author')
  expect(authenticator.cacheStats()).toMatchObject({ lookups: 2, hits: 0 })
})
