import { expect, test } from 'vitest'
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import { call, capability, stream } from '#contract/rpc/definition.ts'
import type { CallContext, Contract } from '#contract/rpc/definition.ts'
import { createMetrics, type Observation } from '../monitoring/index.ts'
import { createClientAddress } from './client-address.ts'
import { guardHandlers } from './guard.ts'
import { createHttpServer, type HttpServerOptions } from './server.ts'

const ShopId = z.uuid()
const ID = '6b1f6d0e-6d8b-4b3e-9a54-0d9d7d1c2a11'
const route = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, isPublic = false) => ({
  method,
  path,
  summary: path,
  public: isPublic,
})

const contract: Contract = {
  shop: capability('shop', {
    find: call({
      input: z.object({
        shopId: ShopId,
        limit: z.coerce.number().int().default(10),
        strict: z.boolean().optional(),
      }),
      output: z.object({ shopId: ShopId, limit: z.number() }),
      http: route('GET', '/shops/{shopId}'),
    }),
    open: call({
      input: z.object({ name: z.string() }),
      output: z.void(),
      http: route('POST', '/shops', true),
    }),
    rename: call({
      input: z.object({ shopId: ShopId, name: z.string() }),
      output: z.object({ name: z.string() }),
      http: route('PATCH', '/shops/{shopId}'),
    }),
    fail: call({
      input: z.object({ how: z.string() }),
      output: z.void(),
      http: route('POST', '/fail', true),
    }),
    count: stream({
      input: z.object({ to: z.coerce.number(), then: z.string().default('end') }),
      item: z.number(),
      http: route('GET', '/count', true),
    }),
    hidden: call({ input: z.object({}), output: z.void() }),
  }),
}

const closedStreams: string[] = []
const handlers = {
  shop: {
    find: async (input: { shopId: string; limit: number }) => ({ ...input, passwordHash: 'never leaves' }),
    open: async () => undefined,
    rename: async ({ name }: { name: string }) => ({ name }),
    fail: async ({ how }: { how: string }) => {
      if (how === 'limit')
        throw new AppError('RATE_LIMITED', 'Slow down.', { details: { retryAfterMs: 1500 } })
      if (how === 'hint') throw new AppError('CONFLICT', 'No.', { hint: 'Wait.' })
      throw new Error(`secret of a bug: ${how}`)
    },
    count: async function* ({ to, then }: { to: number; then: string }, context: CallContext) {
      try {
        for (let value = 1; value <= to; value += 1) yield value
        if (then === 'fail') throw new AppError('CONFLICT', 'It broke.')
        if (then === 'wait')
          await new Promise((resolve) => context.signal.addEventListener('abort', resolve, { once: true }))
      } finally {
        closedStreams.push(then)
      }
    },
    hidden: async () => undefined,
  },
}

async function start(changes: Partial<HttpServerOptions['config']> = {}) {
  const seen: Observation[] = []
  const asked: CallContext['metadata'][] = []
  const authenticate: HttpServerOptions['authenticate'] = async (context) => {
    asked.push(context.metadata)
    if (context.metadata['authorization'] !== 'Bearer good')
      throw new AppError('UNAUTHENTICATED', 'This needs an access token.')
    return { accountId: z.uuid().brand<'AccountId'>().parse(ID), sessionId: 's' }
  }
  const server = await createHttpServer({
    config: {
      host: '127.0.0.1',
      port: 0,
      publicUrl: undefined,
      allowedOrigins: [],
      trustedProxies: [],
      ...changes,
    },
    contract,
    handlers: guardHandlers({ contract, handlers, authenticate }),
    authenticate,
    addressOf: createClientAddress([]),
    observe: (one) => seen.push(one),
    metrics: createMetrics(),
    readiness: async () => ({ isReady: false, checks: { database: 'failing' } }),
    jwks: async () => ({ keys: [] }),
    resetPassword: async ({ token }) => {
      if (token !== 'good') throw new AppError('NOT_FOUND', 'This link <expired>.', { hint: 'Ask again.' })
    },
    heartbeatMs: 5,
  })
  return { server, seen, asked }
}

const good = { authorization: 'Bearer good' }

test('fields come from the path and the query, coerced only where the schema says so', async () => {
  const { server } = await start()
  const found = await server.inject({ url: `/v1/shops/${ID}?limit=3`, headers: good })
  expect(found.statusCode).toBe(200)
  expect(found.json()).toEqual({ shopId: ID, limit: 3 })
  const strict = await server.inject({ url: `/v1/shops/${ID}?strict=true`, headers: good })
  expect(strict.statusCode).toBe(400)
  expect(strict.json().error).toMatchObject({
    code: 'INVALID_INPUT',
    details: { issues: [{ path: 'strict' }] },
  })
  await server.close()
})

test('a field of the path wins over the same field in the body', async () => {
  const { server } = await start()
  const answer = await server.inject({
    method: 'PATCH',
    url: '/v1/shops/not-a-uuid',
    headers: good,
    payload: { shopId: ID, name: 'x' },
  })
  expect(answer.statusCode).toBe(400)
  await server.close()
})

test('an output leaves without the fields that its schema does not name', async () => {
  const { server } = await start()
  const found = await server.inject({ url: `/v1/shops/${ID}`, headers: good })
  expect(found.body).not.toContain('never leaves')
  await server.close()
})

test('a call without output answers 204', async () => {
  const { server } = await start()
  const answer = await server.inject({ method: 'POST', url: '/v1/shops', payload: { name: 'x' } })
  expect([answer.statusCode, answer.body]).toEqual([204, ''])
  await server.close()
})

test('without a token a call that is not public answers 401 before its body is read', async () => {
  const { server } = await start()
  const answer = await server.inject({
    method: 'PATCH',
    url: `/v1/shops/${ID}`,
    headers: { 'content-type': 'application/json' },
    payload: '{ not json',
  })
  expect(answer.statusCode).toBe(401)
  expect(answer.headers['www-authenticate']).toBe('Bearer')
  expect(answer.json().error.code).toBe('UNAUTHENTICATED')
  await server.close()
})

test('what a client sends as its address is not believed', async () => {
  const { server, asked } = await start()
  await server.inject({ url: `/v1/shops/${ID}`, headers: { ...good, 'client-address': '6.6.6.6' } })
  expect(asked[0]?.['client-address']).toBe('127.0.0.1')
  await server.close()
})

test.each([
  [{ how: 'limit' }, 429, 'RATE_LIMITED'],
  [{ how: 'hint' }, 409, 'CONFLICT'],
  [{ how: 'bug' }, 500, 'INTERNAL'],
  [{}, 400, 'INVALID_INPUT'],
])('an error has the status of its code: %j', async (payload, status, code) => {
  const { server } = await start()
  const answer = await server.inject({ method: 'POST', url: '/v1/fail', payload })
  expect(answer.statusCode).toBe(status)
  expect(answer.json().error.code).toBe(code)
  if (code === 'RATE_LIMITED') expect(answer.headers['retry-after']).toBe('2')
  if (code === 'CONFLICT') expect(answer.json().error.hint).toBe('Wait.')
  await server.close()
})

test('a bug is logged under the id that the answer gives, and its own words stay behind', async () => {
  const { server, seen } = await start()
  const answer = await server.inject({ method: 'POST', url: '/v1/fail', payload: { how: 'bug' } })
  const bug = seen.find((one) => one.type === 'bug')
  expect(bug).toMatchObject({ at: 'shop.fail', id: answer.json().error.details.id })
  expect(answer.body).not.toContain('secret of a bug')
  await server.close()
})

test.each([
  ['{ not json', 'application/json', 400, 'INVALID_INPUT'],
  ['[1]', 'application/json', 400, 'INVALID_INPUT'],
  ['name=x', 'application/x-www-form-urlencoded', 400, 'INVALID_INPUT'],
  [JSON.stringify({ name: 'x'.repeat(70_000) }), 'application/json', 413, 'TOO_LARGE'],
])('a body that cannot be taken is refused: %.12s', async (payload, contentType, status, code) => {
  const { server } = await start()
  const answer = await server.inject({
    method: 'POST',
    url: '/v1/shops',
    headers: { 'content-type': contentType },
    payload,
  })
  expect([answer.statusCode, answer.json().error.code]).toEqual([status, code])
  await server.close()
})

test('an unknown address and a member without a place in HTTP answer 404 in our form', async () => {
  const { server } = await start()
  for (const url of ['/v1/nothing', '/v1/shop.hidden', '/v1/%zz']) {
    const answer = await server.inject({ url })
    expect([400, 404]).toContain(answer.statusCode)
    expect(answer.json().error.code).toMatch(/NOT_FOUND|INVALID_INPUT/)
  }
  await server.close()
})

test('a stream is sent as server-sent events and ends with the event end', async () => {
  const { server } = await start()
  const answer = await server.inject({ url: '/v1/count?to=2' })
  expect(answer.headers['content-type']).toContain('text/event-stream')
  expect(answer.body).toBe('data: 1\n\ndata: 2\n\nevent: end\ndata: {}\n\n')
  await server.close()
})

test('an error in the middle of a stream is its last event; before the first item it has a status', async () => {
  const { server } = await start()
  const late = await server.inject({ url: '/v1/count?to=1&then=fail' })
  expect(late.statusCode).toBe(200)
  expect(late.body).toContain('event: error\ndata: {"error":{"code":"CONFLICT"')
  const early = await server.inject({ url: '/v1/count?to=0&then=fail' })
  expect(early.statusCode).toBe(409)
  await server.close()
})

test('a stream that waits sends heartbeats, and ends when the service stops', async () => {
  const { server } = await start()
  const address = await server.listen()
  const response = await fetch(`${address}/v1/count?to=1&then=wait`)
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!text.includes('heartbeat')) text += (await reader?.read())?.value ?? ''
  const closed = server.close()
  for (;;) {
    const part = await reader?.read()
    if (part === undefined || part.done) break
  }
  await closed
  expect(closedStreams).toContain('wait')
})

test('every answer has a request id and headers that forbid framing, sniffing and caching', async () => {
  const { server } = await start()
  const { headers } = await server.inject({ url: '/healthz' })
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  })
  expect(headers['content-security-policy']).toContain("default-src 'none'")
  expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  expect(headers['access-control-allow-origin']).toBeUndefined()
  await server.close()
})

test('browser origins are refused by default and allowed one by one', async () => {
  const origin = 'https://app.example'
  const preflight = {
    method: 'OPTIONS',
    url: '/v1/shops',
    headers: { origin, 'access-control-request-method': 'POST' },
  } as const
  const closed = await start()
  const refused = await closed.server.inject(preflight)
  expect(refused.statusCode).toBe(404)
  expect(refused.headers['access-control-allow-origin']).toBeUndefined()
  await closed.server.close()
  const open = await start({ allowedOrigins: [origin] })
  const allowed = await open.server.inject(preflight)
  expect(allowed.statusCode).toBe(204)
  expect(allowed.headers['access-control-allow-origin']).toBe(origin)
  expect(allowed.headers['access-control-allow-credentials']).toBeUndefined()
  const other = await open.server.inject({
    ...preflight,
    headers: { ...preflight.headers, origin: 'https://x.example' },
  })
  expect(other.headers['access-control-allow-origin']).toBeUndefined()
  await open.server.close()
})

test('health is there always, readiness answers 503 while a check fails, metrics are for this machine only', async () => {
  const { server } = await start()
  expect((await server.inject({ url: '/healthz' })).statusCode).toBe(200)
  const ready = await server.inject({ url: '/readyz' })
  expect([ready.statusCode, ready.json().checks]).toEqual([503, { database: 'failing' }])
  const local = await server.inject({ url: '/metrics' })
  expect(local.body).toContain('nebuladb_process_cpu')
  const remote = await server.inject({ url: '/metrics', remoteAddress: '203.0.113.9' })
  expect(remote.statusCode).toBe(404)
  await server.close()
})

test('requests are observed under the name of their operation', async () => {
  const { server, seen } = await start()
  await server.inject({ url: `/v1/shops/${ID}`, headers: good })
  expect(seen).toMatchObject([{ type: 'request', operation: 'shop.find', transport: 'http', status: 200 }])
  await server.close()
})

test('the reset page needs no script, escapes what it shows, and says what happened', async () => {
  const { server } = await start()
  const page = await server.inject({ url: '/reset?token=%22%3E%3Cscript%3E' })
  expect(page.headers['content-type']).toContain('text/html')
  expect(page.headers['content-security-policy']).toContain("form-action 'self'")
  expect(page.body).not.toContain('<script>')
  const post = (payload: string) =>
    server.inject({
      method: 'POST',
      url: '/reset',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload,
    })
  const short = await post('token=good&newPassword=short')
  expect([short.statusCode, short.body]).toEqual([400, expect.stringContaining('at least 10 characters')])
  const expired = await post('token=old&newPassword=long%20enough%20now')
  expect([expired.statusCode, expired.body]).toEqual([400, expect.stringContaining('&lt;expired&gt;')])
  const done = await post('token=good&newPassword=long%20enough%20now')
  expect([done.statusCode, done.body]).toEqual([200, expect.stringContaining('Password changed')])
  await server.close()
})
