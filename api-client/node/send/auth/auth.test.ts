import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHttp } from '#testing/http-servers.ts'
import type { TestServer } from '#testing/http-servers.ts'
import { sendRequest, testSender } from '#testing/sending.ts'
import { ProjectId } from '#contract/capabilities/ids.ts'
import type { ResolvedAuth } from '#api-client/common/resolve/types.ts'
import { awsCredentials } from './aws.ts'
import { parseChallenges } from './challenge.ts'
import { digestAuthenticator } from './digest.ts'

const sender = testSender()
let echo: TestServer
let seen: IncomingMessage

beforeAll(async () => {
  echo = await startHttp((request, response) => {
    seen = request
    response.end()
  })
})
afterAll(async () => {
  await sender.close()
  await echo[Symbol.asyncDispose]()
})

describe('simple authentications', () => {
  it.each<[ResolvedAuth, string | undefined]>([
    [{ type: 'none' }, undefined],
    [
      { type: 'basic', username: 'änna', password: 'p:w' },
      `Basic ${Buffer.from('änna:p:w').toString('base64')}`,
    ],
    [{ type: 'basic', username: '', password: '' }, `Basic ${Buffer.from(':').toString('base64')}`],
    [{ type: 'bearer', token: ' abc ' }, 'Bearer abc'],
    [{ type: 'bearer', token: '' }, undefined],
    [{ type: 'apiKey', key: 'Authorization', value: 'Key 1', placement: 'header' }, 'Key 1'],
  ])('%j', async (auth, expected) => {
    await sendRequest(sender, { url: echo.url, auth })
    expect(seen.headers.authorization).toBe(expected)
  })

  it('a key may stand in the query, after what is there', async () => {
    const auth = { type: 'apiKey', key: 'a b', value: 'c&d', placement: 'query' } as const
    await sendRequest(sender, { url: `${echo.url}/p?x=1`, auth })
    expect(seen.url).toBe('/p?x=1&a%20b=c%26d')
    await sendRequest(sender, { url: `${echo.url}/p`, auth })
    expect(seen.url).toBe('/p?a%20b=c%26d')
  })

  it('who writes the header by hand means it', async () => {
    await sendRequest(sender, {
      url: echo.url,
      headers: [{ name: 'authorization', value: 'By hand' }],
      auth: { type: 'bearer', token: 't' },
    })
    expect(seen.headers.authorization).toBe('By hand')
  })

  it.each(['apiKey', 'bearer'])('what would break out of a header is refused (%s)', async (type) => {
    const evil = 'x\r\nX-Injected: 1'
    const auth: ResolvedAuth =
      type === 'bearer'
        ? { type: 'bearer', token: evil }
        : { type: 'apiKey', key: 'X-Key', value: evil, placement: 'header' }
    expect((await sendRequest(sender, { url: echo.url, auth })).failure?.code).toBe('INVALID_HEADER')
  })

  it('what cannot be sent says so', async () => {
    const sent = await sendRequest(sender, { url: echo.url, auth: { type: 'unsupported', name: 'NTLM' } })
    expect(sent.failure).toMatchObject({ code: 'AUTH', message: expect.stringContaining('NTLM') })
  })

  it('somebody of a project gets the headers of a session, whose ticket is kept and token hidden', async () => {
    const own = testSender({
      projectSession: (auth) =>
        Promise.resolve({
          headers: [{ name: 'Authorization', value: `Bearer for-${auth.as}` }],
          ticket: 'T1',
          restUrl: `${echo.url}/rest/v1`,
        }),
    })
    const projectId = '00000000-0000-4000-8000-000000000001'
    const sent = await sendRequest(own, {
      url: echo.url,
      auth: { type: 'project', projectId: ProjectId.parse(projectId), as: 'anon', claims: '' },
    })
    expect(seen.headers.authorization).toBe('Bearer for-anon')
    expect(sent.insight).toEqual({ projectId, ticket: 'T1' })
    expect(JSON.stringify(sent.sent)).not.toContain('for-anon')
  })

  it.each([
    ['another server', 'https://films.test/one', false],
    ['another port', 'http://127.0.0.1:1/one', false],
    ['another project of the same service', 'ORIGIN/other/rest/v1/film', false],
    ['a project whose name begins alike', 'ORIGIN/oneself/rest/v1/film', false],
    ['its API', 'ORIGIN/one/rest/v1/film?select=id', true],
    ['its GraphQL', 'ORIGIN/one/graphql/v1', true],
  ])('the token of a project goes to %s or not at all', async (_where, address, goes) => {
    const own = testSender({
      projectSession: () =>
        Promise.resolve({
          headers: [{ name: 'X-Project', value: 'yes' }],
          ticket: 'T1',
          restUrl: `${echo.url}/one/rest/v1`,
        }),
    })
    const projectId = ProjectId.parse('00000000-0000-4000-8000-000000000001')
    const sent = await sendRequest(own, {
      url: address.replace('ORIGIN', echo.url),
      auth: { type: 'project', projectId, as: 'anon', claims: '' },
    })
    expect(sent.failure?.code).toBe(goes ? undefined : 'AUTH')
    expect(sent.insight === null).toBe(!goes)
  })
})

const MUFASA = { username: 'Mufasa', password: 'Circle of Life' }

describe('digest', () => {
  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('the example of RFC 7616, 3.9.1 (%s)', async (algorithm, response) => {
    const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'
    const authenticator = digestAuthenticator({ ...MUFASA, randomBytes: () => Buffer.from(cnonce, 'base64') })
    const signal = new AbortController().signal
    const challenge = `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`
    const isWorthIt = await authenticator.challenged(
      { status: 401, headers: [{ name: 'WWW-Authenticate', value: challenge }] },
      signal,
    )
    expect(isWorthIt).toBe(true)
    const url = new URL('http://www.example.org/dir/index.html')
    const given = await authenticator.authorize(
      { method: 'GET', url, target: url.pathname, headers: [], body: null },
      signal,
    )
    expect(given.headers[0]?.value).toContain(`response="${response}"`)
    expect(given.headers[0]?.value).toContain('nc=00000001')
  })

  /** Checks answers on its own, from the specification's formula. */
  const startDigest = (challenge: string, { hash = 'md5', isSession = false } = {}) => {
    const seenCounts: string[] = []
    const start = startHttp((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const parameters = parseChallenges(request.headers.authorization ?? '')[0]?.parameters
        const get = (name: string): string => parameters?.get(name) ?? ''
        const h = (text: string | Buffer): string => createHash(hash).update(text).digest('hex')
        const secret = h(`Mufasa:${get('realm')}:Circle of Life`)
        const a1 = isSession ? h(`${secret}:${get('nonce')}:${get('cnonce')}`) : secret
        const integrity = get('qop') === 'auth-int' ? `:${h(Buffer.concat(chunks))}` : ''
        const a2 = h(`${request.method ?? ''}:${request.url ?? ''}${integrity}`)
        const middle = get('qop') === '' ? '' : `${get('nc')}:${get('cnonce')}:${get('qop')}:`
        const isRight =
          get('response') === h(`${a1}:${get('nonce')}:${middle}${a2}`) && get('uri') === request.url
        seenCounts.push(get('nc'))
        if (isRight && get('nonce') !== 'old') {
          response.setHeader('Authentication-Info', 'nextnonce="next"')
          if (request.url === '/redirect') response.writeHead(302, { location: '/after' })
          response.end('welcome')
        } else {
          response.writeHead(401, {
            'WWW-Authenticate': isRight ? challenge.replace('"old"', '"new", stale=true') : challenge,
          })
          response.end('who')
        }
      })
    })
    return { start, seenCounts }
  }

  it.each([
    ['Digest realm="r", nonce="n"', 'md5', false],
    ['Digest realm="r", nonce="n", qop="auth"', 'md5', false],
    ['Digest realm="r", nonce="n", qop="auth", algorithm=MD5-sess', 'md5', true],
    ['Basic realm="b", Digest realm="r", nonce="n", qop="auth-int", algorithm=SHA-256', 'sha256', false],
    ['Digest realm="r \\"q\\"", nonce="n", qop=auth, algorithm=SHA-256-sess', 'sha256', true],
    ['Digest realm="r", nonce="n", qop="auth", algorithm="SHA-512-256"', 'sha512-256', false],
  ])('%s is answered, as a hop', async (challenge, hash, isSession) => {
    await using server = await startDigest(challenge, { hash, isSession }).start
    const sent = await sendRequest(sender, {
      url: `${server.url}/a?b=c`,
      method: 'POST',
      auth: { type: 'digest', ...MUFASA },
      body: { type: 'text', text: 'body', contentType: null },
    })
    expect(sent).toMatchObject({ text: 'welcome', hops: [{ status: 401, method: 'POST' }] })
  })

  it('an old nonce is replaced, and the next one used', async () => {
    const { start, seenCounts } = startDigest('Digest realm="r", nonce="old", qop="auth"')
    await using server = await start
    const sent = await sendRequest(sender, {
      url: `${server.url}/redirect`,
      auth: { type: 'digest', ...MUFASA },
    })
    expect(sent.text).toBe('welcome')
    expect(sent.hops.map(({ status }) => status)).toEqual([401, 401, 302])
    expect(seenCounts).toEqual(['', '00000001', '00000001', '00000001'])
  })

  it('a wrong password is tried once', async () => {
    const { start, seenCounts } = startDigest('Digest realm="r", nonce="n", qop="auth"')
    await using server = await start
    const sent = await sendRequest(sender, {
      url: server.url,
      auth: { type: 'digest', username: 'Mufasa', password: 'no' },
    })
    expect([sent.response?.status, sent.text, seenCounts.length]).toEqual([401, 'who', 2])
  })

  it.each([
    [
      'Basic realm="a, b", Digest nonce="x", Negotiate abc==, Bearer',
      ['Basic', 'Digest', 'Negotiate', 'Bearer'],
    ],
    ['', []],
    ['"""', []],
    [', ,Basic', ['Basic']],
  ])('challenges of %j', (header, schemes) => {
    expect(parseChallenges(header).map(({ scheme }) => scheme)).toEqual(schemes)
  })
})

describe('JSON Web Tokens', () => {
  const jwt = {
    type: 'jwt',
    header: '',
    isSecretBase64: false,
    placement: 'header',
    prefix: 'Bearer',
  } as const

  it('are signed with a shared secret, claims exactly as they were written', async () => {
    const payload = '{"sub":"214","big":12345678901234567890}'
    await sendRequest(sender, {
      url: echo.url,
      auth: { ...jwt, algorithm: 'HS256', secret: 'shared', payload, header: '{"kid":"k1"}' },
    })
    const token = (seen.headers.authorization ?? '').replace('Bearer ', '')
    const [, claims] = token.split('.')
    expect(Buffer.from(claims ?? '', 'base64url').toString()).toBe(payload)
    const verified = await jwtVerify(token, Buffer.from('shared'))
    expect(verified.protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT', kid: 'k1' })
  })

  it('stand in the query under the name that is given, with a secret in base64', async () => {
    const secret = Buffer.from('bytes of a secret').toString('base64')
    await sendRequest(sender, {
      url: echo.url,
      auth: {
        ...jwt,
        algorithm: 'HS512',
        secret,
        isSecretBase64: true,
        payload: '{}',
        placement: 'query',
        prefix: 'jwt',
      },
    })
    const token = new URL(seen.url ?? '', echo.url).searchParams.get('jwt') ?? ''
    await expect(jwtVerify(token, Buffer.from('bytes of a secret'))).resolves.toBeDefined()
  })

  it.each([
    ['RS256', 'rsa', 'pkcs1'],
    ['PS384', 'rsa', 'pkcs8'],
    ['ES256', 'ec', 'sec1'],
    ['EdDSA', 'ed25519', 'pkcs8'],
  ] as const)('%s is signed with a private key (%s, %s)', async (algorithm, kind, format) => {
    const { privateKey, publicKey } =
      kind === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2_048 })
        : kind === 'ec'
          ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
          : generateKeyPairSync('ed25519')
    const secret = String(privateKey.export({ type: format, format: 'pem' })).replaceAll('\n', '\\n')
    await sendRequest(sender, { url: echo.url, auth: { ...jwt, algorithm, secret, payload: '{"a":1}' } })
    const token = (seen.headers.authorization ?? '').replace('Bearer ', '')
    await expect(jwtVerify(token, publicKey)).resolves.toMatchObject({ payload: { a: 1 } })
    if (kind === 'ed25519') {
      const [head, body, signature] = token.split('.')
      expect(
        verify(
          null,
          Buffer.from(`${head ?? ''}.${body ?? ''}`),
          createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })),
          Buffer.from(signature ?? '', 'base64url'),
        ),
      ).toBe(true)
    }
  })

  it.each([
    [{ algorithm: 'HS256', secret: '', payload: '{}' }, /no secret/],
    [{ algorithm: 'HS256', secret: 's', payload: '[]' }, /claims/],
    [{ algorithm: 'HS256', secret: 's', payload: '{' }, /claims/],
    [{ algorithm: 'RS256', secret: 'not a key', payload: '{}' }, /private key/],
  ] as const)('%j fails in words, without the secret', async (fields, words) => {
    const sent = await sendRequest(sender, { url: echo.url, auth: { ...jwt, ...fields } })
    expect(sent.failure).toMatchObject({ code: 'AUTH', message: expect.stringMatching(words) })
  })
})

describe('AWS', () => {
  const suite = {
    type: 'awsV4',
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    sessionToken: '',
    service: 'service',
    region: 'us-east-1',
  } as const

  it.each([
    ['get-vanilla', 'GET', '/', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['post-vanilla', 'POST', '/', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'get-vanilla-query-order-key-case',
      'GET',
      '/?Param2=value2&Param1=value1',
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
  ])('%s of the published suite', async (_name, method, target, signature) => {
    const url = new URL(target, 'https://example.amazonaws.com')
    const given = await awsCredentials(
      suite,
      { method, url, target, headers: [], body: null },
      Date.UTC(2015, 7, 30, 12, 36, 0),
    )
    expect(Object.fromEntries(given.headers.map(({ name, value }) => [name, value]))).toEqual({
      'X-Amz-Date': '20150830T123600Z',
      Authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
    })
  })

  it('bodies, files, tokens of a session and S3 are signed over what is sent', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'nebuladb-aws-'))
    await writeFile(join(directory, 'object.txt'), 'content')
    const auth = { ...suite, sessionToken: 'session', service: 's3' }
    await sendRequest(sender, {
      url: `${echo.url}/bucket/key`,
      method: 'PUT',
      auth,
      directory,
      body: { type: 'file', path: 'object.txt', contentType: null },
    })
    expect(seen.headers['x-amz-content-sha256']).toBe(createHash('sha256').update('content').digest('hex'))
    expect(seen.headers['x-amz-security-token']).toBe('session')
    expect(seen.headers.authorization).toMatch(
      /SignedHeaders=content-length;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token/,
    )
    await sendRequest(sender, {
      url: echo.url,
      method: 'POST',
      auth: suite,
      body: { type: 'text', text: '{}', contentType: 'application/json' },
    })
    expect(seen.headers['content-type']).toBe('application/json')
    expect(seen.headers.authorization).toMatch(/SignedHeaders=content-length;content-type;host;x-amz-date/)
    await rm(directory, { recursive: true })
  })

  it('missing keys are told', async () => {
    const sent = await sendRequest(sender, { url: echo.url, auth: { ...suite, secretAccessKey: '' } })
    expect(sent.failure?.code).toBe('AUTH')
  })
})
