// Who may open test sessions and see what the database did, and that nothing of it reaches anybody else.
import { beforeAll, describe, expect, test } from 'vitest'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import type { Role } from '#contract/capabilities/organisations.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { createDataApi, rawRequest } from '#testing/data-api.ts'
import { refused, useFilmsApi } from '#testing/films-api.ts'
import type { TestPerson } from '#testing/service.ts'
import { createTenants, type Tenants } from '#testing/tenants.ts'
import { sendWatched } from '#testing/watched-requests.ts'

const films = useFilmsApi()
let tenants: Tenants
let organisationId: OrganisationId

beforeAll(async () => {
  tenants = createTenants(films.service.control.db)
  const project = await films.person.api.projects.get({ projectId: films.api.projectId })
  organisationId = project.organisationId
  await films.api.sql(
    "create function headers() returns json language sql stable as $$ select current_setting('request.headers')::json $$",
  )
})

async function member(role: Role): Promise<TestPerson> {
  const person = await films.service.signUp()
  await tenants.join(organisationId, { accountId: person.account.id, sessionId: '' }, role)
  return person
}

/** What a call is refused with; `allowed` where it is not. */
const outcome = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'allowed',
    (error: unknown) => String(Object(error).code),
  )

const open = (person: TestPerson, as: 'anon' | 'authenticated' | 'service_role') =>
  outcome(person.api.testSessions.open({ projectId: films.api.projectId, as }))

describe('opening a test session', () => {
  test.each<[Role | 'stranger', string, string, string]>([
    ['viewer', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'],
    ['developer', 'allowed', 'allowed', 'FORBIDDEN'],
    ['admin', 'allowed', 'allowed', 'allowed'],
    ['owner', 'allowed', 'allowed', 'allowed'],
    ['stranger', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND'],
  ])('%s: anon %s, authenticated %s, service_role %s', async (role, ...expected) => {
    const person = role === 'stranger' ? await films.service.signUp() : await member(role)
    expect(
      await Promise.all([open(person, 'anon'), open(person, 'authenticated'), open(person, 'service_role')]),
    ).toEqual(expected)
  })

  test('needs somebody who is logged in', async () => {
    const path = `/v1/projects/${films.api.projectId}/test-sessions`
    expect((await films.service.http('POST', path, { as: 'anon' })).status).toBe(401)
  })

  test('is written into the audit log, without the token or the values of claims', async () => {
    const developer = await member('developer')
    const { given } = await sendWatched(
      films,
      { as: 'authenticated', path: '/films', claims: { sub: 'ann', phone: '0170' } },
      developer,
    )
    const rows = await films.service.control.db.query<{ details: unknown }>(
      sql`select details from audit_entry where action = 'testSessions.open' and account_id = ${developer.account.id}`,
    )
    expect(rows).toEqual([
      {
        details: {
          as: 'authenticated',
          jti: expect.any(String),
          lifetimeSeconds: 300,
          claims: ['sub', 'phone'],
          subject: 'ann',
        },
      },
    ])
    for (const secret of [...Object.values(given), '0170']) expect(JSON.stringify(rows)).not.toContain(secret)
  })

  test('is refused for claims that fit into no header', async () => {
    const { projectId } = films.api
    const call = films.person.api.testSessions.open({
      projectId,
      as: 'anon',
      claims: { long: 'x'.repeat(7000) },
    })
    expect(await outcome(call)).toBe('INVALID_INPUT')
  })

  test('gives a key of this project alone, which no list shows', async () => {
    const { given } = await sendWatched(films, { as: 'anon', path: '/films' })
    const other = await createDataApi(await films.service.signUp())
    const answer = await rawRequest(films.service, `/${other.ref}/rest/v1/`, {
      headers: { apikey: given['apikey'] ?? '' },
    })
    expect(answer).toEqual(refused(401, 'API_KEY_UNKNOWN'))
    const keys = await films.person.api.apiKeys.list({ projectId: films.api.projectId })
    expect(keys.map(({ name }) => name).sort()).toEqual(['page', 'worker'])
  })
})

describe('a trace', () => {
  const read = (person: TestPerson, ticket: string, project = films.api.projectId) =>
    Promise.all([
      outcome(person.api.insight.trace({ projectId: project, ticket })),
      outcome(person.api.insight.plan({ projectId: project, ticket })),
      outcome(person.api.insight.policies({ projectId: project, ticket })),
    ])

  test('is for the member who opened the session, and nobody else', async () => {
    const developer = await member('developer')
    const { ticket } = await sendWatched(films, { as: 'anon', path: '/films' }, developer)
    expect(await read(developer, ticket)).toEqual(['allowed', 'allowed', 'allowed'])
    for (const other of [await member('developer'), await member('owner'), await films.service.signUp()])
      expect(await read(other, ticket)).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND'])
    expect(await read(await member('viewer'), ticket)).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'])
    expect(
      (await films.service.http('GET', `/v1/projects/${films.api.projectId}/insight/${ticket}`)).status,
    ).toBe(401)
  })

  test('is closed to a member whose role sank, who was removed, or whose log-in ended', async () => {
    const developer = await member('developer')
    const { ticket } = await sendWatched(films, { as: 'anon', path: '/films' }, developer)
    const actor = { accountId: developer.account.id, sessionId: '' }
    await tenants.join(organisationId, actor, 'viewer')
    expect(await read(developer, ticket)).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'])
    await tenants.leave(organisationId, actor)
    expect(await read(developer, ticket)).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND'])
    await tenants.join(organisationId, actor, 'developer')
    await developer.api.auth.logOut({ refreshToken: developer.tokens.refreshToken })
    expect(await read(developer, ticket)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED'])
  })

  test('as service_role is for those who may act as it now', async () => {
    const admin = await member('admin')
    const { ticket } = await sendWatched(films, { as: 'service_role', path: '/films' }, admin)
    expect(await read(admin, ticket)).toEqual(['allowed', 'allowed', 'allowed'])
    const actor = { accountId: admin.account.id, sessionId: '' }
    await tenants.join(organisationId, actor, 'developer')
    expect(await read(admin, ticket)).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'])
  })

  test('is of one project', async () => {
    const { ticket } = await sendWatched(films, { as: 'anon', path: '/films' })
    const other = await createDataApi(films.person)
    expect(await read(films.person, ticket, other.projectId)).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND'])
    const there = await films.person.api.testSessions.open({ projectId: other.projectId, as: 'anon' })
    const answer = await films.get('/films', {
      apikey: films.api.publishable,
      'nebula-insight': there.ticket ?? '',
    })
    expect(answer.status).toBe(200)
    expect(await read(films.person, there.ticket ?? '', other.projectId)).toEqual([
      'NOT_FOUND',
      'NOT_FOUND',
      'NOT_FOUND',
    ])
  })
})

describe('the public API', () => {
  const ask = (ticket: string | undefined) =>
    films.get('/rpc/headers', {
      apikey: films.api.secret,
      ...(ticket === undefined ? {} : { 'nebula-insight': ticket }),
    })
  /** Without what differs from request to request. */
  const comparable = ({ headers, ...answer }: Awaited<ReturnType<typeof ask>>) => ({
    ...answer,
    headers: Object.entries(headers).filter(
      ([name]) => !/^(?:date|x-request-id|ratelimit-remaining|ratelimit-reset)$/.test(name),
    ),
  })

  test('answers the same with a ticket, a wrong one, and none; and never tells the database of it', async () => {
    const { ticket } = await sendWatched(films, { as: 'anon', path: '/films' })
    const [without, ...others] = await Promise.all(
      [undefined, ticket, 'A'.repeat(43), 'x', '%', 'y'.repeat(5000)].map(ask),
    )
    if (without === undefined) throw new Error('nothing was asked')
    expect(without.status).toBe(200)
    expect(Object.keys(Object(without.json))).not.toContain('nebula-insight')
    for (const other of others) expect(comparable(other)).toEqual(comparable(without))
  })

  test('does not name it in its description, and says nothing of it to pages', async () => {
    const { text } = await films.get('/', { apikey: films.api.secret })
    expect(text.toLowerCase()).not.toContain('insight')
    const answer = await films.get('/films', { apikey: films.api.secret, origin: 'https://app.example' })
    expect(JSON.stringify(answer.headers).toLowerCase()).not.toContain('insight')
  })

  test('leaves nothing of tickets, tokens and claims in what the service says of itself', async () => {
    const { ticket, given, trace } = await sendWatched(films, {
      as: 'authenticated',
      path: '/no_such?name=eq.private-value',
      claims: { sub: 'private-subject' },
    })
    await trace()
    const said = JSON.stringify(films.service.observations)
    for (const secret of [ticket, ...Object.values(given), 'private-subject', 'private-value'])
      expect(said).not.toContain(secret)
  })
})
