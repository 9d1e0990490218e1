import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { describe, expect, it } from 'vitest'
import { startHttp } from '#testing/http-servers.ts'
import { sendRequest, testRequest, testSender } from '#testing/sending.ts'
import { createMemoryTokenStore } from '../memory-tokens.ts'
import type { OAuth2Auth, SenderOptions } from '../types.ts'
import { tokenKey } from './tokens.ts'

interface Asked {
  readonly form: Record<string, string>
  readonly headers: IncomingHttpHeaders
}

type Answer = (asked: Asked) => { status?: number; body: unknown; type?: string }

/** An authorization server and an API in one: `/token` gives tokens, everything else wants the last one. */
async function startService(answer?: Answer) {
  const asked: Asked[] = []
  const served: string[] = []
  let count = 0
  const server = await startHttp((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.url === '/token') {
        const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()))
        asked.push({ form, headers: request.headers })
        count++
        const {
          status = 200,
          body,
          type = 'application/json',
        } = answer?.({ form, headers: request.headers }) ?? {
          body: {
            access_token: `token-${String(count)}`,
            token_type: 'Bearer',
            expires_in: 3600,
            refresh_token: `refresh-${String(count)}`,
          },
        }
        response.writeHead(status, { 'content-type': type })
        response.end(typeof body === 'string' ? body : JSON.stringify(body))
        return
      }
      served.push(request.headers.authorization ?? request.url ?? '')
      const isGood = request.url !== '/strict' || request.headers.authorization === 'Bearer token-2'
      response.writeHead(isGood ? 200 : 401).end(isGood ? 'in' : 'out')
    })
  })
  return { ...server, asked, served }
}

const oauth2 = (fields: Partial<OAuth2Auth>): OAuth2Auth => ({
  type: 'oauth2',
  flow: 'client_credentials',
  authorizationUrl: '',
  accessTokenUrl: '',
  refreshTokenUrl: '',
  callbackUrl: '',
  clientId: 'client',
  clientSecret: 'client secret',
  clientAuthentication: 'header',
  username: '',
  password: '',
  scope: '',
  state: '',
  audience: '',
  pkce: 'S256',
  extraParameters: [],
  tokenPlacement: 'header',
  tokenPrefix: 'Bearer',
  usesIdToken: false,
  fetchesToken: true,
  refreshesToken: true,
  ...fields,
})

describe('flows without a person', () => {
  it('client credentials are asked for once, however many requests wait', async () => {
    await using service = await startService()
    await using sender = testSender()
    const auth = oauth2({
      accessTokenUrl: `${service.url}/token`,
      scope: 'read write',
      audience: 'api',
      extraParameters: [
        { name: 'tenant', value: '7', isEnabled: true, description: '', sentTo: 'token' },
        { name: 'off', value: '7', isEnabled: false, description: '', sentTo: 'token' },
      ],
    })
    const all = await Promise.all(
      Array.from({ length: 8 }, () => sendRequest(sender, { url: `${service.url}/x`, auth })),
    )
    expect(all.map(({ text }) => text)).toEqual(Array(8).fill('in'))
    expect(service.served).toEqual(Array(8).fill('Bearer token-1'))
    expect(service.asked).toMatchObject([
      { form: { grant_type: 'client_credentials', scope: 'read write', audience: 'api', tenant: '7' } },
    ])
    expect(service.asked[0]?.form).not.toHaveProperty('off')
    expect(service.asked[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('client:client+secret').toString('base64')}`,
    )
    expect(JSON.stringify(all[0]?.sent)).not.toContain('token-1')
  })

  it('a password is sent with the client in the body, and the token in the query', async () => {
    await using service = await startService()
    await using sender = testSender()
    const auth = oauth2({
      flow: 'password',
      accessTokenUrl: `${service.url}/token`,
      clientAuthentication: 'body',
      username: 'anna',
      password: 'pass',
      tokenPlacement: 'query',
      tokenPrefix: 'key',
    })
    await sendRequest(sender, { url: `${service.url}/x`, auth })
    expect(service.asked[0]?.form).toMatchObject({
      grant_type: 'password',
      username: 'anna',
      password: 'pass',
      client_id: 'client',
      client_secret: 'client secret',
    })
    expect(service.served).toEqual(['/x?key=token-1'])
  })

  it('a token is refreshed before it expires, and the old refresh token kept when no new one comes', async () => {
    await using service = await startService(({ form }) => ({
      body: { access_token: `by-${form.refresh_token ?? ''}`, expires_in: '600' },
    }))
    const tokens = createMemoryTokenStore()
    let now = 1_000_000
    await using sender = testSender({ tokens, now: () => now })
    const auth = oauth2({ flow: 'authorization_code', accessTokenUrl: `${service.url}/token` })
    const token = {
      accessToken: 'first',
      tokenType: 'Bearer',
      refreshToken: 'keep',
      idToken: null,
      scope: '',
      expiresAtMs: now + 60_000,
    }
    await tokens.set(tokenKey(auth), token)
    await sendRequest(sender, { url: service.url, auth })
    now += 45_000
    await sendRequest(sender, { url: service.url, auth })
    expect(service.served).toEqual(['Bearer first', 'Bearer by-keep'])
    expect(await tokens.get(tokenKey(auth))).toMatchObject({
      refreshToken: 'keep',
      expiresAtMs: now + 600_000,
    })
  })

  it('a token that is refused is replaced once, as a hop', async () => {
    await using service = await startService()
    await using sender = testSender()
    const auth = oauth2({ accessTokenUrl: `${service.url}/token` })
    const sent = await sendRequest(sender, { url: `${service.url}/strict`, auth })
    expect(sent).toMatchObject({ text: 'in', hops: [{ status: 401 }] })
    await sender.forgetTokens(testRequest({ url: service.url, auth }))
    const again = await sendRequest(sender, { url: `${service.url}/strict`, auth })
    expect(again.response?.status).toBe(401)
    expect(service.asked).toHaveLength(4)
  })

  it.each([
    [
      { status: 400, body: { error: 'invalid_client', error_description: 'no such client' } },
      /invalid_client \(no such client\)/,
    ],
    [{ status: 200, body: { error: 'invalid_scope' } }, /invalid_scope/],
    [{ status: 500, body: 'oops', type: 'text/plain' }, /did not give a token/],
    [{ status: 200, body: '<html>', type: 'text/html' }, /did not give a token/],
  ])('the answer %j fails in words', async (answer, words) => {
    await using service = await startService(() => answer)
    await using sender = testSender()
    const sent = await sendRequest(sender, {
      url: service.url,
      auth: oauth2({ accessTokenUrl: `${service.url}/token` }),
    })
    expect(sent.failure).toMatchObject({ code: 'AUTH', message: expect.stringMatching(words) })
    expect(service.served).toEqual([])
  })

  it('answers as forms, without a type, and ID tokens are understood', async () => {
    await using form = await startService(() => ({
      body: 'access_token=from-form&scope=repo',
      type: 'application/x-www-form-urlencoded',
    }))
    await using both = await startService(() => ({
      body: { access_token: 'a', id_token: 'not.checked.here' },
    }))
    await using sender = testSender()
    await sendRequest(sender, { url: form.url, auth: oauth2({ accessTokenUrl: `${form.url}/token` }) })
    await sendRequest(sender, {
      url: both.url,
      auth: oauth2({ accessTokenUrl: `${both.url}/token`, usesIdToken: true }),
    })
    expect([...form.served, ...both.served]).toEqual(['Bearer from-form', 'Bearer not.checked.here'])
  })

  it.each([
    [{ flow: 'implicit', accessTokenUrl: 'http://127.0.0.1:1/token' }, /implicit/],
    [{ accessTokenUrl: '' }, /token server/],
    [{ accessTokenUrl: 'http://127.0.0.1:1/token', fetchesToken: false }, /no token/],
    [{ flow: 'authorization_code', authorizationUrl: 'javascript:alert(1)' }, /login page/],
  ] as const)('%j is refused in words', async (fields, words) => {
    await using sender = testSender()
    const sent = await sendRequest(sender, { url: 'http://127.0.0.1:1', auth: oauth2(fields) })
    expect(sent.failure).toMatchObject({ code: 'AUTH', message: expect.stringMatching(words) })
  })
})

describe('the authorization code', () => {
  /** A person who is sent to the page and comes back as the server says. */
  const browser =
    (visit: (page: URL, back: URL) => Promise<void> | void): SenderOptions['openBrowser'] =>
    async (text) => {
      const page = new URL(text)
      await visit(page, new URL(page.searchParams.get('redirect_uri') ?? ''))
    }
  const comesBack = async (page: URL, back: URL, parameters: Record<string, string>): Promise<Response> => {
    back.searchParams.set('state', page.searchParams.get('state') ?? '')
    for (const [name, value] of Object.entries(parameters)) back.searchParams.set(name, value)
    return fetch(back)
  }

  it.each(['S256', 'plain', 'none'] as const)(
    'is exchanged with PKCE %s after the browser came back',
    async (pkce) => {
      await using service = await startService()
      let page = new URL('http://x')
      await using sender = testSender({
        openBrowser: browser(async (visited, back) => {
          page = visited
          const wrong = await comesBack(visited, new URL(back), { code: 'stolen', state: 'guessed' })
          expect(wrong.status).toBe(400)
          expect((await fetch(new URL('/elsewhere', back))).status).toBe(404)
          expect(await (await comesBack(visited, back, { code: 'c0de' })).text()).toContain('close this page')
        }),
      })
      const auth = oauth2({
        flow: 'authorization_code',
        authorizationUrl: 'https://login.example/authorize?prompt=login',
        accessTokenUrl: `${service.url}/token`,
        scope: 'openid',
        pkce,
        extraParameters: [
          { name: 'hint', value: 'h', isEnabled: true, description: '', sentTo: 'authorization' },
        ],
      })
      const pages: string[] = []
      const authorized = await sender.authorize(testRequest({ url: service.url, auth }), {
        signal: new AbortController().signal,
        onBrowser: (url) => pages.push(url),
      })
      expect(authorized).toEqual({ expiresAtMs: expect.any(Number), scope: 'openid' })
      expect(pages).toEqual([page.href])
      const asked = page.searchParams
      expect(Object.fromEntries(asked)).toMatchObject({
        prompt: 'login',
        response_type: 'code',
        client_id: 'client',
        scope: 'openid',
        hint: 'h',
      })
      const form: Record<string, string> = service.asked[0]?.form ?? {}
      expect(form).toMatchObject({
        grant_type: 'authorization_code',
        code: 'c0de',
        redirect_uri: asked.get('redirect_uri'),
      })
      const verifier = form.code_verifier ?? ''
      const challenge = {
        S256: createHash('sha256').update(verifier).digest('base64url'),
        plain: verifier,
        none: null,
      }[pkce]
      expect(asked.get('code_challenge')).toBe(challenge)
      expect((await sendRequest(sender, { url: service.url, auth })).text).toBe('in')
      expect(service.served).toEqual(['Bearer token-1'])
    },
  )

  it('a person who refuses, takes too long or is cancelled ends it, and the listener is gone', async () => {
    const backs: URL[] = []
    const auth = oauth2({
      flow: 'authorization_code',
      authorizationUrl: 'https://login.example/',
      accessTokenUrl: 'http://127.0.0.1:1/token',
    })
    const request = testRequest({ url: 'http://127.0.0.1:1', auth })
    const controller = new AbortController()
    const ask = async (
      visit: (page: URL, back: URL) => Promise<unknown> | void,
      authorizationMs = 60_000,
    ) => {
      await using sender = testSender({
        limits: { authorizationMs },
        openBrowser: browser(async (page, back) => {
          backs.push(new URL(back))
          await visit(page, back)
        }),
      })
      return sender.authorize(request, { signal: controller.signal, onBrowser: () => undefined })
    }
    await expect(ask((page, back) => comesBack(page, back, { error: 'access_denied' }))).rejects.toThrow(
      'access_denied',
    )
    await expect(ask(() => undefined, 30)).rejects.toThrow('in time')
    await expect(
      ask(() => {
        controller.abort()
      }),
    ).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(backs).toHaveLength(3)
    for (const back of backs) await expect(fetch(back)).rejects.toThrow()
  })

  it('comes back to loopback only, and is not offered by a hosted host', async () => {
    const auth = oauth2({
      flow: 'authorization_code',
      authorizationUrl: 'https://login.example/',
      callbackUrl: 'https://evil.example/cb',
    })
    await using sender = testSender()
    const away = await sendRequest(sender, { url: 'http://127.0.0.1:1', auth })
    expect(away.failure?.message).toContain('only come back to this machine')
    await using hosted = testSender({ guard: { isRestricted: true, refusal: () => null } })
    expect((await sendRequest(hosted, { url: 'http://127.0.0.1:1', auth })).failure?.message).toContain(
      'no browser',
    )
  })

  it('a callback that was chosen is used as it is written', async () => {
    const free = await startHttp(() => undefined)
    await free[Symbol.asyncDispose]()
    await using service = await startService()
    await using sender = testSender({
      openBrowser: browser(async (page, back) => {
        await comesBack(page, back, { code: 'c' })
      }),
    })
    const callbackUrl = `http://localhost:${String(free.port)}/auth/cb`
    const auth = oauth2({
      flow: 'authorization_code',
      authorizationUrl: 'https://login.example/',
      accessTokenUrl: `${service.url}/token`,
      callbackUrl,
    })
    expect((await sendRequest(sender, { url: service.url, auth })).text).toBe('in')
    expect(service.asked[0]?.form).toMatchObject({ redirect_uri: callbackUrl })
  })
})
