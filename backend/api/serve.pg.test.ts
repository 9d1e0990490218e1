// Serving a data API: limits, pages of other origins, the life of its project, and what is observed.
import { describe, expect, test } from 'vitest'
import type { ApiSettings } from '#contract/capabilities/api.ts'
import { rawRequest } from '#testing/data-api.ts'
import { refused, useFilmsApi } from '#testing/films-api.ts'

const films = useFilmsApi()
const { get, send, withSettings } = films

describe('limits', () => {
  const limit = (rateLimit: Partial<ApiSettings['rateLimit']>, work: () => Promise<void>) =>
    withSettings({ rateLimit: { perKey: null, perProject: null, perAddress: null, ...rateLimit } }, work)

  // REST-H7
  test.each(['perAddress', 'perKey', 'perProject'] as const)(
    '%s: too many are told to wait',
    async (dimension) => {
      await limit({ [dimension]: 2 }, async () => {
        const answers = await Promise.all(
          Array.from({ length: 6 }, () => get('/films?id=eq.1', { apikey: films.api.secret })),
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
      (await films.person.api.apiKeys.create({ projectId: films.api.projectId, name: 'one', kind: 'secret' }))
        .secret
    const keys = [await make(), await make()]
    await limit({ perKey: 1 }, async () => {
      const answers = await Promise.all(keys.map((apikey) => get('/films?id=eq.1', { apikey })))
      expect(answers.map(({ status }) => status)).toEqual([200, 200])
    })
  })

  test('without a limit there are no headers of one', async () => {
    await limit({}, async () => {
      const { headers } = await get('/films?id=eq.1', { apikey: films.api.secret })
      expect(Object.keys(headers).filter((name) => name.startsWith('ratelimit'))).toEqual([])
    })
  })

  // REST-H7
  test('each step of a batch counts as a request, up to the limit', async () => {
    const { secret: apikey } = await films.person.api.apiKeys.create({
      projectId: films.api.projectId,
      name: 'batches',
      kind: 'secret',
    })
    const batch = (steps: number) =>
      send('POST', '/', {
        headers: { apikey, 'content-type': 'application/vnd.nebuladb.batch+json' },
        body: JSON.stringify({ steps: Array(steps).fill({ method: 'GET', path: '/films?id=eq.1' }) }),
      })
    await limit({ perKey: 10 }, async () => {
      expect((await batch(8)).status).toBe(200)
      const answers = await Promise.all(Array.from({ length: 6 }, () => batch(8)))
      const limited = answers.filter(({ status }) => status === 429)
      expect(limited.length).toBeGreaterThanOrEqual(3)
      expect(limited[0]).toEqual(refused(429, 'RATE_LIMITED'))
      expect(limited[0]?.headers).toMatchObject({ 'retry-after': '1', 'ratelimit-limit': '10' })
      await expect.poll(async () => (await batch(20)).status, { timeout: 5000, interval: 1100 }).toBe(200)
    })
  })

  test('guessing projects is limited', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        rawRequest(films.service, `/guess${String(index).replaceAll(/[0189]/g, 'z')}aaaaa/rest/v1/films`),
      ),
    )
    expect(answers[0]).toEqual(refused(404, 'PROJECT_NOT_FOUND'))
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(5)
    expect((await get('/films?id=eq.1', { apikey: films.api.secret })).status).toBe(200)
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
    const { headers } = await get('/films?id=eq.1', { apikey: films.api.secret })
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
    await films.api.sql(
      `create function page() returns text language sql volatile as $$ select set_config('response.headers',
        '${JSON.stringify(chosen.map((name) => ({ [name]: 'chosen' })))}', true) $$`,
    )
    const ask = () => send('POST', '/rpc/page', { headers: { apikey: films.api.secret }, body: '{}' })
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
    await films.api.sql('create table later (id int primary key)')
    const statusFor = async (apikey: string) => (await get('/later', { apikey })).status
    await expect.poll(() => statusFor(films.api.secret), { timeout: 2000, interval: 20 }).toBe(200)
    expect(await statusFor(films.api.publishable)).toBe(401)
    await films.api.sql('grant select on later to anon')
    expect(await statusFor(films.api.publishable)).toBe(200)
    await films.api.sql('drop table later')
    await expect.poll(() => statusFor(films.api.secret), { timeout: 2000, interval: 20 }).toBe(404)
  })

  // REST-H8
  test('a request wakes a project that sleeps, many at once do it once', async () => {
    const { projectId } = films.api
    const statusNow = async () => (await films.person.api.projects.get({ projectId })).status
    await films.person.api.projects.stop({ projectId })
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
      Array.from({ length: 5 }, () => get('/films?id=eq.1', { apikey: films.api.publishable })),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(await statusNow()).toBe('awake')
  })

  // REST-H1
  test('a deleted project is gone for its API, and back when it is restored', async () => {
    const { projectId } = films.api
    const headers = { apikey: films.api.publishable }
    await films.person.api.projects.delete({ projectId })
    await expect
      .poll(() => get('/films?id=eq.1', headers), { timeout: 20_000, interval: 200 })
      .toEqual(refused(404, 'PROJECT_NOT_FOUND'))
    await films.person.api.projects.restore({ projectId })
    expect((await get('/films?id=eq.1', headers)).status).toBe(200)
  })

  test('a server that dies is back for the next requests', async () => {
    const pidNow = async (): Promise<number> => {
      const { rows } = await films.service.control.pool.query<{ pid: number | null }>({
        text: 'select pid from instance where project_id = $1',
        values: [films.api.projectId],
      })
      return rows[0]?.pid ?? 0
    }
    const pid = await pidNow()
    expect(pid).toBeGreaterThan(1)
    process.kill(pid, 'SIGKILL')
    // Its processes may answer for a moment longer.
    await expect.poll(async () => ![0, pid].includes(await pidNow()), { timeout: 30_000 }).toBe(true)
    await expect
      .poll(async () => (await get('/films?id=eq.1', { apikey: films.api.secret })).status, {
        timeout: 30_000,
        interval: 200,
      })
      .toBe(200)
  })
})

// REST-H9
test('every request is observed once, refused ones too, with names and never values', async () => {
  const { projectId } = films.api
  const before = films.service.observations.length
  await get('/films?title=eq.private-value&select=id', { apikey: films.api.secret })
  await get('/films?title=eq.private-value', {})
  await send('POST', '/rpc/whoami', {
    headers: { apikey: films.api.publishable, 'content-type': 'application/json' },
    body: '{}',
  })
  await expect
    .poll(() => films.service.observations.slice(before).filter(({ type }) => type === 'api.request').length)
    .toBe(3)
  const events = films.service.observations.slice(before).filter(({ type }) => type === 'api.request')
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

test('what is answered is metered, a batch as its steps; what is refused is not', async () => {
  const { secret: apikey } = films.api
  const { organisationId } = await films.person.api.projects.get({ projectId: films.api.projectId })
  const before = films.service.observations.length
  const batch = { steps: Array(3).fill({ method: 'GET', path: '/films?id=eq.1' }) }
  const headers = { apikey, 'content-type': 'application/vnd.nebuladb.batch+json' }
  expect((await send('POST', '/', { headers, body: JSON.stringify(batch) })).status).toBe(200)
  expect((await get('/films?id=eq.1', { apikey })).status).toBe(200)
  expect((await get('/films?id=eq.1', {})).status).toBe(401)
  const counted = (): number[] =>
    films.service.observations
      .slice(before)
      .flatMap((one) => (one.type === 'api.request' ? [one.requests] : []))
  await expect.poll(counted).toEqual([3, 1, 0])
  // Through the spool into the rollups.
  const asked = {
    organisationId,
    metric: 'api-requests',
    from: new Date(Date.now() - 86_400_000).toISOString(),
    to: new Date(Date.now() + 86_400_000).toISOString(),
    interval: 'day',
  } as const
  await expect
    .poll(async () => Number((await films.person.api.usage.series(asked)).at(-1)?.quantity ?? 0), {
      timeout: 15_000,
      interval: 300,
    })
    .toBeGreaterThanOrEqual(4)
})
