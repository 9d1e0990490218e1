// Tenancy, for every route there is and will be: what belongs to tenant A is not there for tenant B, over HTTP and over WebSocket. Inputs are made
// from the contract's schemas, so a new route is covered by being in the contract; one that cannot be covered fails here.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { listOperations, type Operation, readsQuery } from '../backend/http/operations.ts'
import { OrganisationId, ProjectId, TeamCollectionId } from '../contract/capabilities/ids.ts'
import { serviceContract } from '../contract/contract.ts'
import { ERROR_CATALOGUE, isAppError, isErrorCode } from '../contract/errors.ts'
import { sql } from '../postgres/common/sql/sql.ts'
import { idPaths, sampleInputs } from './sample-input.ts'
import { startTestService, type TestPerson, type TestService } from './service.ts'

/** Stands in everything that A writes, and so must not stand in anything that B reads. */
const MARKER = 'marker-of-tenant-a'

interface Tenant {
  readonly person: TestPerson
  readonly ids: Readonly<Record<TenantField, string>>
}

type Via = 'http' | 'rpc'
interface Outcome {
  readonly status: number
  readonly code: string | undefined
  readonly text: string
}

let service: TestService
let a: Tenant
let b: Tenant
beforeAll(async () => {
  service = await startTestService()
  a = await createTenant(MARKER)
  b = await createTenant('tenant-b')
  await a.person.api.sync.push({
    mutations: [
      {
        type: 'upsert',
        mutationId: randomUUID(),
        baseVersion: null,
        record: {
          kind: 'savedQuery',
          record: {
            id: randomUUID(),
            name: MARKER,
            sql: `select '${MARKER}'`,
            connectionId: null,
            updatedAt: new Date().toISOString(),
          },
        },
      },
    ],
  })
})
afterAll(() => service.close())

async function createTenant(name: string, person?: TestPerson): Promise<Tenant> {
  const owner = person ?? (await service.signUp(`${name}@example.com`))
  const organisation = await owner.api.organisations.create({ name })
  const project = await owner.api.projects.create({ organisationId: organisation.id, name })
  const { key } = await owner.api.apiKeys.create({ projectId: project.id, name, kind: 'secret' })
  const issuer = await owner.api.api.addIssuer({
    projectId: project.id,
    issuer: `https://${name}.example`,
    jwksUrl: `https://${name}.example/jwks`,
  })
  const teamCollectionId = TeamCollectionId.parse(randomUUID())
  await owner.api.teamCollections.create({ organisationId: organisation.id, teamCollectionId, name })
  await owner.api.teamCollections.push({
    organisationId: organisation.id,
    teamCollectionId,
    changes: [{ mutationId: randomUUID(), path: `${name}.yml`, baseVersion: 0, text: name }],
  })
  const invoiceId = await createInvoice(organisation.id, name)
  return {
    person: owner,
    ids: {
      invoiceId,
      teamCollectionId,
      projectId: project.id,
      organisationId: organisation.id,
      accountId: owner.account.id,
      keyId: key.id,
      issuerId: issuer.id,
    },
  }
}

/** An invoice straight in the database: here nothing is sold. */
async function createInvoice(organisationId: string, name: string): Promise<string> {
  const id = randomUUID()
  const recipient = {
    organisation: name,
    company: name,
    line1: '',
    line2: '',
    city: '',
    postalCode: '',
    region: '',
    country: '',
    taxId: null,
  }
  await service.control.db.query(sql`
    insert into invoice (id, organisation_id, number, kind, status, currency, provider_id, issued_at, period_from, period_to,
                         net, tax, total, recipient)
    values (${id}, ${organisationId}, ${`NB-${id}`}, 'invoice', 'paid', 'eur', ${id}, now(), now(), now(), 1, 0, 1,
            ${JSON.stringify(recipient)}::jsonb)`)
  return id
}

const operations = listOperations(serviceContract)
const closed = operations.filter((operation) => operation.http.public !== true)

/** Fields that name something of a tenant. */
const TENANT_FIELDS = [
  'projectId',
  'organisationId',
  'accountId',
  'keyId',
  'issuerId',
  'teamCollectionId',
  'invoiceId',
] as const
/** Ids that a client makes itself, in a space of its own account: they name nothing of another tenant. */
const CLIENT_MADE = ['id', 'mutationId', 'connectionId', 'before']

type TenantField = (typeof TENANT_FIELDS)[number]
const isTenantField = (name: string): name is TenantField => TENANT_FIELDS.some((field) => field === name)

function tenantFieldsOf(operation: Operation): TenantField[] {
  return idPaths(operation.definition.input)
    .map((name) => tenantNameOf(operation, name))
    .filter(isTenantField)
}

/** What a field names: the one id of billing's calls is an invoice's. */
function tenantNameOf(operation: Operation, name: string): string {
  return operation.id.startsWith('billing.') && name === 'id' ? 'invoiceId' : name
}

function inputsFor(operation: Operation, ids: Readonly<Record<TenantField, string>>): unknown[] {
  return sampleInputs(operation.definition.input, (path) => {
    const name = tenantNameOf(operation, path.at(-1) ?? '')
    if (path.length === 1 && isTenantField(name)) return ids[name]
    if (CLIENT_MADE.includes(name)) return randomUUID()
    throw new Error(`${operation.id}: say in testing/isolation.pg.test.ts whose id ${path.join('.')} is.`)
  })
}

/** Every way of mixing in what is A's: at least one of the fields. */
function mixtures(fields: readonly TenantField[]): Record<TenantField, string>[] {
  return Array.from({ length: 2 ** fields.length - 1 }, (_, index) => {
    const ids = { ...b.ids }
    fields.forEach((field, bit) => {
      if (((index + 1) >> bit) & 1) ids[field] = a.ids[field]
    })
    return ids
  })
}

async function make(operation: Operation, via: Via, input: unknown, person?: TestPerson): Promise<Outcome> {
  return via === 'http' ? overHttp(operation, input, person) : overRpc(operation, input, person)
}

async function overHttp(operation: Operation, input: unknown, person?: TestPerson): Promise<Outcome> {
  const fields = z.record(z.string(), z.unknown()).parse(input)
  const path = operation.http.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(fields[name])),
  )
  const others = Object.entries(fields).filter(([name]) => !operation.pathFields.includes(name))
  const query = new URLSearchParams(others.map(([name, value]) => [name, String(value)]))
  const usesQuery = readsQuery(operation.http)
  const controller = new AbortController()
  const response = await fetch(`${service.url}/v1${path}${usesQuery ? `?${query}` : ''}`, {
    method: operation.http.method,
    signal: controller.signal,
    headers: {
      ...(usesQuery ? {} : { 'content-type': 'application/json' }),
      ...(person === undefined ? {} : { authorization: `Bearer ${person.tokens.accessToken}` }),
    },
    ...(usesQuery ? {} : { body: JSON.stringify(Object.fromEntries(others)) }),
  })
  // A stream that was opened goes on for ever: its status is the answer.
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false
  const text = isStream ? '' : await response.text()
  if (isStream) controller.abort()
  const error = z
    .object({ error: z.object({ code: z.string() }) })
    .safeParse(text === '' ? {} : JSON.parse(text))
  return { status: response.status, code: error.data?.error.code, text }
}

async function overRpc(operation: Operation, input: unknown, person?: TestPerson): Promise<Outcome> {
  const [capability = '', member = ''] = operation.id.split('.')
  const call: unknown = Reflect.get(Reflect.get(person?.api ?? service.client, capability), member)
  if (typeof call !== 'function') throw new TypeError(`${operation.id} is not in the client`)
  try {
    const made: unknown = call(input)
    const value = operation.definition.kind === 'stream' ? await firstOf(made) : await made
    return { status: 200, code: undefined, text: JSON.stringify(value) ?? '' }
  } catch (error) {
    if (!isAppError(error)) throw error
    return { status: ERROR_CATALOGUE[error.code].status, code: error.code, text: error.message }
  }
}

async function firstOf(items: unknown): Promise<unknown> {
  const Iterable = z.custom<AsyncIterable<unknown>>((value) => Symbol.asyncIterator in Object(value))
  for await (const item of Iterable.parse(items)) return item
  return undefined
}

/** Everything that A can see. */
async function stateOfA(): Promise<string> {
  const { api } = a.person
  const organisations = await api.organisations.list({})
  const members = await Promise.all(
    organisations.map(({ id }) => api.organisations.members({ organisationId: id })),
  )
  const { items } = await api.projects.list({ includeDeleted: true })
  const { changes, cursor } = await api.sync.pull({ cursor: null })
  const { projectId } = a.ids
  const apis = [
    await api.api.get({ projectId }),
    await api.api.jwtSecrets({ projectId }),
    await api.api.issuers({ projectId }),
    await api.apiKeys.list({ projectId, includeRevoked: true }),
  ]
  const organisationId = OrganisationId.parse(a.ids.organisationId)
  const teamCollectionId = TeamCollectionId.parse(a.ids.teamCollectionId)
  const shared = [
    await api.teamCollections.list({ organisationId }),
    await api.teamCollections.pull({ organisationId, teamCollectionId, cursor: null }),
  ]
  return JSON.stringify([
    organisations,
    members,
    items,
    changes,
    cursor,
    apis,
    shared,
    await api.auth.whoAmI({}),
  ])
}

test('the matrix covers the whole contract: every member has a place in HTTP, and is public or asks who calls', () => {
  const members = Object.entries(serviceContract).flatMap(([capability, { members: all }]) =>
    Object.keys(all).map((member) => `${capability}.${member}`),
  )
  expect(operations.map(({ id }) => id).sort()).toEqual(members.sort())
  expect(closed.length).toBeGreaterThan(25)
  // Public means: no account exists yet, or the caller shows a token of its own instead.
  expect(operations.filter((one) => one.http.public === true).map(({ id }) => id)).toEqual([
    'auth.signUp',
    'auth.logIn',
    'auth.refresh',
    'auth.logOut',
    'auth.requestPasswordReset',
    'auth.resetPassword',
  ])
})

describe.each<Via>(['http', 'rpc'])('over %s', (via) => {
  test.each(closed)('$id answers 401 to nobody', async (operation) => {
    for (const input of inputsFor(operation, a.ids)) {
      const outcome = await make(operation, via, input)
      expect(outcome).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
    }
  })

  test.each(closed.filter((operation) => tenantFieldsOf(operation).length > 0))(
    '$id answers 404 or 403 for what is another tenant’s',
    async (operation) => {
      const before = await stateOfA()
      for (const ids of mixtures(tenantFieldsOf(operation)))
        for (const input of inputsFor(operation, ids)) {
          const outcome = await make(operation, via, input, b.person)
          expect([outcome.code, outcome.status], JSON.stringify(input)).toSatisfy(isRefusal)
          expect(outcome.text).not.toContain(MARKER)
        }
      expect(await stateOfA()).toBe(before)
    },
  )

  test.each(
    closed.filter(
      (operation) => tenantFieldsOf(operation).length === 0 && operation.id !== 'auth.deleteAccount',
    ),
  )('$id names nobody, and shows and changes nothing of another tenant', async (operation) => {
    const before = await stateOfA()
    for (const input of inputsFor(operation, a.ids)) {
      const outcome = await make(operation, via, input, b.person)
      expect(outcome.status).not.toBe(500)
      expect(outcome.text).not.toContain(MARKER)
      for (const id of Object.values(a.ids)) expect(outcome.text).not.toContain(id)
    }
    expect(await stateOfA()).toBe(before)
  })

  // Else the refusals above could come from inputs that nobody may make.
  test.each(closed.filter((operation) => tenantFieldsOf(operation).length > 0))(
    '$id is not refused to the tenant itself',
    async (operation) => {
      for (let index = 0; index < inputsFor(operation, a.ids).length; index += 1) {
        const { ids } = await createTenant(`own-${operation.id}-${index}-${via}`, b.person)
        const input = inputsFor(operation, { ...ids })[index]
        const own = await withOwnTicket(withFreshProject(operation, input), b.person)
        const outcome = await make(operation, via, own, b.person)
        expect([outcome.code, outcome.status], JSON.stringify(own)).not.toSatisfy(isRefusal)
        expect(outcome.status).not.toBe(401)
        expect(outcome.status).not.toBe(500)
      }
    },
  )
})

/** A project is created with an id of its own; everywhere else the id is of one that is there. */
function withFreshProject(operation: Operation, input: unknown): unknown {
  const fields = z.record(z.string(), z.unknown()).parse(input)
  return operation.id === 'projects.create' ? { ...fields, projectId: randomUUID() } : fields
}

/** What is asked about a watched request needs one: here it is refused, for the database is not there, and that is watched too. */
async function withOwnTicket(input: unknown, { api }: TestPerson): Promise<unknown> {
  const watched = z.looseObject({ projectId: ProjectId, ticket: z.string() }).safeParse(input)
  if (!watched.success) return input
  const { projectId } = watched.data
  const { headers, restUrl, ticket } = await api.testSessions.open({ projectId, as: 'anon' })
  await fetch(`${restUrl}/film`, {
    headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
  })
  return { ...watched.data, ticket }
}

function isRefusal([code, status]: readonly [string | undefined, number]): boolean {
  return code !== undefined && isErrorCode(code) && (status === 404 || status === 403) && code !== 'READ_ONLY'
}
