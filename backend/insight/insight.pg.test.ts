// What a member sees of a request to a data API: who may, what is recorded, the plan and the policies.
import { describe, expect, test } from 'vitest'
import { useFilmsApi } from '#testing/films-api.ts'
import { sendWatched, type WatchedRequest } from '#testing/watched-requests.ts'

const films = useFilmsApi()

const watched = (request: WatchedRequest) => sendWatched(films, request)

describe('a test session', () => {
  test.each(['anon', 'authenticated', 'service_role'] as const)(
    'acts as %s with the claims that were chosen',
    async (as) => {
      const { answer, restUrl } = await watched({
        as,
        path: '/rpc/whoami',
        claims: { sub: 'ann', role: 'editor', exp: 1 },
      })
      expect(answer.status).toBe(200)
      expect(answer.json).toMatchObject({
        role: as,
        claims: { sub: 'ann', role: as, jti: expect.any(String) },
      })
      expect(restUrl).toBe(films.api.restUrl)
    },
  )
})

describe('a trace', () => {
  test('has the statements, their values, the role, the claims, the stages and the rows', async () => {
    const { answer, trace, ticket, given } = await watched({
      as: 'authenticated',
      path: '/films?select=title&id=gt.0',
      claims: { film: 7 },
    })
    expect(answer.json).toEqual([{ title: 'film 7' }])
    const seen = await trace()
    expect(seen).toMatchObject({
      ticket,
      method: 'GET',
      path: '/films?select=title&id=gt.0',
      status: 200,
      errorCode: null,
      role: 'authenticated',
      claims: { film: 7, role: 'authenticated' },
      rowsReturned: 1,
      rowsWritten: 0,
      statementTimeoutMs: 8000,
      schemaVersion: { version: expect.any(String), readAt: expect.any(String) },
    })
    expect(seen.statements.map(({ purpose }) => purpose)).toEqual(['settings', 'query'])
    expect(seen.statements[1]?.parameters).toContain('0')
    expect(seen.stages.map(({ name }) => name)).toEqual(['jwt', 'parse', 'plan', 'transaction', 'response'])
    const text = JSON.stringify(seen.statements)
    for (const secret of [given['apikey'], given['Authorization'], ticket]) expect(text).not.toContain(secret)
  })

  test('hides what is named like a secret: in headers, bodies, queries and claims', async () => {
    const { trace, ticket } = await watched({
      as: 'service_role',
      path: '/films?columns=id,title&access_token=eq.from-query',
      method: 'POST',
      body: { id: 'no number', title: 'x', password: 'from-body' },
      claims: { api_key: 'from-claims' },
      headers: { 'x-api-key': 'from-header', cookie: 'session=from-cookie' },
    })
    const text = JSON.stringify(await trace())
    expect(text).toContain('(hidden)')
    expect(text).not.toMatch(/from-(query|body|claims|header|cookie)/)
    expect(text).toContain('no number')
    await expect(
      films.person.api.insight.plan({ projectId: films.api.projectId, ticket }),
    ).resolves.toMatchObject({ text: expect.stringContaining('Insert on public.films') })
  })

  test('has at most two plans at a time', async () => {
    const { projectId } = films.api
    const { ticket: slow } = await watched({
      as: 'service_role',
      path: '/rpc/nap',
      method: 'POST',
      body: { seconds: 0.5 },
    })
    const outcomes = await Promise.allSettled(
      [slow, slow, slow].map((one) =>
        films.person.api.insight.plan({ projectId, ticket: one, analyze: true }),
      ),
    )
    const codes = outcomes.map((one) =>
      one.status === 'fulfilled' ? 'planned' : String(Object(one.reason).code),
    )
    expect(codes.toSorted()).toEqual(['RATE_LIMITED', 'planned', 'planned'])
    await expect(films.person.api.insight.plan({ projectId, ticket: slow })).resolves.toBeDefined()
  })

  test('plans the query again as the role, and undoes what it wrote', async () => {
    const { answer, ticket } = await watched({
      as: 'service_role',
      path: '/films',
      method: 'POST',
      body: { id: 500, title: 'x' },
    })
    expect(answer.status).toBe(201)
    await films.api.sql('delete from films where id = 500')
    const plan = await films.person.api.insight.plan({
      projectId: films.api.projectId,
      ticket,
      analyze: true,
    })
    expect(plan.text).toMatch(/Insert on public.films.*actual time/s)
    expect(plan.json).toEqual([
      expect.objectContaining({ Plan: expect.any(Object), 'Execution Time': expect.any(Number) }),
    ])
    const { json } = await films.get('/films?id=eq.500', { apikey: films.api.secret })
    expect(json).toEqual([])
  })

  test('of a batch has each step, and plans each as if the others had not been', async () => {
    const steps = [
      { method: 'POST', path: '/films', body: { id: 700, title: 'x' } },
      { method: 'GET', path: '/films?id=eq.700&select=title' },
    ]
    const { answer, trace, ticket } = await watched({
      as: 'service_role',
      path: '/',
      method: 'POST',
      body: { steps },
      headers: { 'content-type': 'application/vnd.nebuladb.batch+json' },
    })
    expect(answer.status).toBe(200)
    const seen = await trace()
    expect(seen.statements.map(({ purpose }) => purpose)).toEqual(['settings', 'query', 'settings', 'query'])
    expect(seen.rowsWritten).toBeNull()
    const { projectId } = films.api
    const plan = await films.person.api.insight.plan({ projectId, ticket })
    expect(plan.json).toHaveLength(2)
    await films.api.sql('delete from films where id = 700')
  })

  test('that was refused for a missing right has no plan, and says so', async () => {
    const { ticket } = await watched({ as: 'anon', path: '/films', method: 'DELETE' })
    const { projectId } = films.api
    const plan = films.person.api.insight.plan({ projectId, ticket })
    await expect(plan).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      message: 'permission denied for table films',
    })
  })

  test('of what never came as far as a query has no plan', async () => {
    const { ticket, trace } = await watched({ as: 'anon', path: '/films?id=nonsense' })
    expect(await trace()).toMatchObject({ status: 400, statements: [], role: 'anon', errorCode: 'PGRST100' })
    const { projectId } = films.api
    const plan = films.person.api.insight.plan({ projectId, ticket })
    await expect(plan).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await films.person.api.insight.policies({ projectId, ticket })).toEqual([])
  })

  test('of a long body is cut, and cannot be planned again', async () => {
    const title = 'x'.repeat(1_200_000)
    const { answer, trace, ticket } = await watched({
      as: 'service_role',
      path: '/films',
      method: 'POST',
      body: { id: 701, title },
    })
    expect(answer.status).toBe(201)
    const seen = await trace()
    expect(seen.rowsWritten).toBe(1)
    expect(JSON.stringify(seen).length).toBeLessThan(40_000)
    const { projectId } = films.api
    const plan = films.person.api.insight.plan({ projectId, ticket })
    await expect(plan).rejects.toMatchObject({ code: 'CONFLICT' })
    await films.api.sql('delete from films where id = 701')
  })

  test('of a plan that the API gave itself is of the query below it', async () => {
    await films.withSettings({ planEnabled: true }, async () => {
      const headers = { accept: 'application/vnd.pgrst.plan+json' }
      const { answer, ticket } = await watched({ as: 'anon', path: '/films', headers })
      expect(answer.status).toBe(200)
      const plan = await films.person.api.insight.plan({ projectId: films.api.projectId, ticket })
      expect(plan.text).toContain('on public.films')
    })
  })

  test('says which policies applied, and what each let through', async () => {
    const { ticket } = await watched({ as: 'authenticated', path: '/films', claims: { film: 7 } })
    const effects = await films.person.api.insight.policies({ projectId: films.api.projectId, ticket })
    expect(effects).toEqual([
      expect.objectContaining({
        schema: 'public',
        table: 'films',
        policy: 'own',
        command: 'select',
        kept: 1,
        total: 30,
      }),
      expect.objectContaining({ policy: null, note: 'all policies together', kept: 1, total: 30 }),
    ])
  })
})
