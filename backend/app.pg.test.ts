import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { sql } from '#postgres/common/sql/sql.ts'
import { startTestService, type TestService } from '#testing/service.ts'

let service: TestService
beforeAll(async () => void (service = await startTestService()))
afterAll(() => service.close())

const SignedIn = z.object({
  account: z.object({ id: z.string(), email: z.string() }),
  tokens: z.object({ accessToken: z.string(), refreshToken: z.string() }),
})
const PASSWORD = 'correct horse battery'

test('an account goes through its whole life over HTTP', async () => {
  const signedUp = await service.http('POST', '/v1/auth/sign-up', {
    email: ' Mara@Example.COM ',
    password: PASSWORD,
  })
  expect(signedUp.status).toBe(200)
  expect(SignedIn.parse(signedUp.json).account.email).toBe('mara@example.com')
  const again = await service.http('POST', '/v1/auth/sign-up', {
    email: 'MARA@example.com',
    password: PASSWORD,
  })
  expect([again.status, again.json]).toMatchObject([409, { error: { code: 'ALREADY_EXISTS' } }])
  const loggedIn = await service.http('POST', '/v1/auth/log-in', {
    email: 'mara@example.com',
    password: PASSWORD,
  })
  const { tokens, account } = SignedIn.parse(loggedIn.json)
  const me = await service.http('GET', '/v1/auth/me', undefined, {
    authorization: `Bearer ${tokens.accessToken}`,
  })
  expect([me.status, me.json]).toMatchObject([200, { id: account.id }])
  const refreshed = await service.http('POST', '/v1/auth/refresh', { refreshToken: tokens.refreshToken })
  const next = SignedIn.parse(refreshed.json).tokens
  const out = await service.http('POST', '/v1/auth/log-out', { refreshToken: next.refreshToken })
  expect(out.status).toBe(204)
  const gone = await service.http('GET', '/v1/auth/me', undefined, {
    authorization: `Bearer ${next.accessToken}`,
  })
  expect(gone.status).toBe(401)
})

test('a password is reset through the page that the mail links to', async () => {
  const { email } = await service.signUp()
  expect((await service.http('POST', '/v1/auth/request-password-reset', { email })).status).toBe(204)
  const [mail = ''] = await service.mailbox(email)
  const link = /http:\S+/.exec(mail)?.[0] ?? ''
  expect(link.startsWith(`${service.url}/reset?token=`)).toBe(true)
  const page = await fetch(link)
  const token = /name="token" value="([^"]+)"/.exec(await page.text())?.[1] ?? ''
  const body = new URLSearchParams({ token, newPassword: 'a new long password' })
  const done = await fetch(`${service.url}/reset`, { method: 'POST', body })
  expect([done.status, await done.text()]).toEqual([200, expect.stringContaining('Password changed')])
  await service.client.auth.logIn({ email, password: 'a new long password' })
})

test('a wrong password and an unknown address take the same time and get the same answer', async () => {
  const { email } = await service.signUp()
  const attempt = async (address: string) => {
    const startedAt = performance.now()
    const answer = await service.http('POST', '/v1/auth/log-in', {
      email: address,
      password: 'wrong password',
    })
    return { took: performance.now() - startedAt, text: answer.text, status: answer.status }
  }
  const known = []
  const unknown = []
  for (let round = 0; round < 7; round += 1) {
    known.push(await attempt(email))
    unknown.push(await attempt(`nobody-${round}@example.com`))
  }
  expect(new Set([...known, ...unknown].map(({ text, status }) => `${status} ${text}`)).size).toBe(1)
  const median = (attempts: { took: number }[]) =>
    attempts.map(({ took }) => took).sort((a, b) => a - b)[3] ?? 0
  // Without the stand-in hash the unknown address answers ten times faster.
  expect(median(unknown)).toBeGreaterThan(median(known) / 3)
})

test('too many attempts answer 429 with Retry-After', async () => {
  await using limited = await startTestService({ rateLimitScale: 1 })
  const credentials = { email: 'a@example.com', password: 'wrong' }
  for (let round = 0; round < 10; round += 1) await limited.http('POST', '/v1/auth/log-in', credentials)
  const refused = await limited.http('POST', '/v1/auth/log-in', credentials)
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
})

test('every route that is registered below /v1 is in the description, and nothing else is', async () => {
  const Document = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
  const document = Document.parse((await service.http('GET', '/openapi.json')).json)
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const registered = service.app.routes.filter((route) => route.includes(' /v1'))
  expect(described.sort()).toEqual([...registered].sort())
  expect(service.app.routes.filter((route) => !route.includes(' /v1')).sort()).toEqual([
    'GET /.well-known/jwks.json',
    'GET /billing/return',
    'GET /healthz',
    'GET /metrics',
    'GET /openapi.json',
    'GET /readyz',
    'GET /reset',
    'POST /reset',
  ])
})

test('the keys are published without their private part', async () => {
  await service.signUp()
  const { text } = await service.http('GET', '/.well-known/jwks.json')
  expect(text).toContain('"alg":"EdDSA"')
  expect(text).not.toContain('"d"')
})

test('it is ready while it runs, says no once the database is away, and yes again when it is back', async () => {
  expect((await service.http('GET', '/readyz')).status).toBe(200)
  const { pool, temp } = service.control
  await pool.query(sql`select 1`)
  const away = await startTestService()
  await away.control.temp.drop()
  const answer = await away.http('GET', '/readyz')
  expect([answer.status, answer.json]).toMatchObject([
    503,
    { checks: { database: 'failing', service: 'ok' } },
  ])
  expect(temp.url).not.toBe(away.control.temp.url)
  await away.close()
})

test('metrics tell of requests and projects', async () => {
  const { text } = await service.http('GET', '/metrics')
  expect(text).toContain('nebuladb_request_duration_seconds_count')
  expect(text).toContain('nebuladb_projects ')
})

test('deleting the account over RPC purges its projects and their organisation', async () => {
  const person = await service.signUp()
  const [organisation] = await person.api.organisations.list({})
  const project = await person.api.projects.create({
    organisationId: organisation?.id ?? z.never().parse(0),
    name: 'shop',
  })
  await person.api.auth.deleteAccount({ password: person.password })
  await expect(person.api.auth.whoAmI({})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  const rows = await service.control.db.query(sql`select desired_state from project where id = ${project.id}`)
  expect(rows).toEqual([{ desired_state: 'purged' }])
})

test('a call under way is answered before the service ends', async () => {
  const other = await startTestService()
  const slow = other.http('POST', '/v1/auth/sign-up', { email: 'slow@example.com', password: PASSWORD })
  await vi.waitFor(async () => {
    const counted = await other.control.db.query(sql`select 1 from rate_limit`)
    expect(counted.length).toBeGreaterThan(0)
  })
  const closed = other.close()
  expect((await slow).status).toBe(200)
  await closed
})

test('a port that is taken is named, and what was opened is closed again', async () => {
  const squatter = createServer()
  await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve))
  const address = squatter.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await expect(startTestService({ config: { http: { port } } })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining(String(port)),
  })
  squatter.close()
})

test('a second service on the same directory is refused', async () => {
  const observed = service.observations.find((one) => one.type === 'service.started')
  expect(observed).toBeDefined()
  await using first = await startTestService()
  await expect(startTestService({ config: { directory: first.directory } })).rejects.toMatchObject({
    code: 'CONFLICT',
  })
})
