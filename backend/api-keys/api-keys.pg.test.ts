import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { apiKeys as contract, ApiKeyName } from '#contract/capabilities/api-keys.ts'
import type { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { createControlDatabase, type ControlDatabase } from '#testing/control-database.ts'
import { addTestProject, wantTestProject } from '#testing/provisioning-fixture.ts'
import { createTenants, type Tenants } from '#testing/tenants.ts'
import type { Actor } from '../actor.ts'
import type { Observation } from '../monitoring/index.ts'
import { createApiKeys, type ApiKeys } from './index.ts'

let control: ControlDatabase
let tenants: Tenants
let keys: ApiKeys
let owner: Actor
let organisationId: OrganisationId
let projectId: ProjectId
const state = { now: new Date('2026-11-22T10:00:30.000Z') }
const observations: Observation[] = []

beforeAll(async () => {
  control = await createControlDatabase()
  tenants = createTenants(control.db)
  keys = createApiKeys({
    db: control.db,
    clock: { now: () => state.now },
    randomBytes,
    newId: randomUUID,
    observe: (one) => observations.push(one),
  })
})
afterAll(async () => {
  await keys?.close()
  await control?.drop()
})
beforeEach(async () => {
  state.now = new Date('2026-11-22T10:00:30.000Z')
  owner = await tenants.person()
  organisationId = await tenants.organisation([[owner, 'owner']])
  projectId = await addProject(organisationId)
})

const code = (expected: string) => expect.objectContaining({ code: expected })
const later = (seconds: number) => new Date(state.now.getTime() + seconds * 1000).toISOString()

async function addProject(ofOrganisation: OrganisationId): Promise<ProjectId> {
  const { id } = await addTestProject(control.db)
  await control.db.query(sql`update project set organisation_id = ${ofOrganisation} where id = ${id}`)
  return id
}

function create(changes: object = {}, actor = owner) {
  const input = { projectId, name: 'web', kind: 'publishable', ...changes }
  return keys.service.create(actor, contract.members.create.input.parse(input))
}

const auditOf = (id: ProjectId) =>
  control.db.query<{ action: string; details: object }>(
    sql`select action, details from audit_entry where subject_id = ${id} order by id`,
  )

test('the key is in the answer that makes it and nowhere else', async () => {
  const { key, secret } = await create()
  expect(key).toMatchObject({
    name: 'web',
    kind: 'publishable',
    scope: { access: 'read-write', schemas: null },
    createdAt: state.now.toISOString(),
    lastUsedAt: null,
    revokedAt: null,
  })
  expect(secret.startsWith(key.prefix)).toBe(true)
  const kept = await control.db.query<{ text: string }>(sql`
    select api_key::text as text from api_key where project_id = ${projectId}
    union all select audit_entry::text from audit_entry where subject_id = ${projectId}`)
  expect(kept).toHaveLength(2)
  for (const { text } of kept) expect(text).not.toContain(secret.slice(key.prefix.length))
  expect(JSON.stringify(await keys.service.list(owner, { projectId, includeRevoked: true }))).not.toContain(
    secret,
  )
})

test('a key is found by its text, in its own project only', async () => {
  const scope = { access: 'read', schemas: ['public'] }
  const { key, secret } = await create({ kind: 'secret', scope })
  expect(await keys.find(projectId, secret)).toEqual({ kind: 'valid', key })
  const other = await addProject(organisationId)
  expect(await keys.find(other, secret)).toEqual({ kind: 'unknown', key: null })
})

test('a revoked key is refused by the next request, though it was just used', async () => {
  const { key, secret } = await create()
  expect((await keys.find(projectId, secret)).kind).toBe('valid')
  const revoked = await keys.service.revoke(owner, { projectId, keyId: key.id })
  expect(revoked.revokedAt).toBe(state.now.toISOString())
  expect((await keys.find(projectId, secret)).kind).toBe('revoked')
  expect(await keys.service.list(owner, { projectId, includeRevoked: false })).toEqual([])
  expect(await keys.service.list(owner, { projectId, includeRevoked: true })).toEqual([revoked])
  state.now = new Date(state.now.getTime() + 1000)
  expect(await keys.service.revoke(owner, { projectId, keyId: key.id })).toEqual(revoked)
})

test('a key with an end has one, and cannot be made after it', async () => {
  const { secret } = await create({ expiresAt: later(60) })
  expect((await keys.find(projectId, secret)).kind).toBe('valid')
  state.now = new Date(state.now.getTime() + 60_000)
  expect((await keys.find(projectId, secret)).kind).toBe('expired')
  await expect(create({ expiresAt: later(0) })).rejects.toEqual(code('INVALID_INPUT'))
})

test('after a rotation both keys work until the overlap is over', async () => {
  const old = await create({ kind: 'secret', name: 'worker', scope: { access: 'read', schemas: ['app'] } })
  const made = await keys.service.rotate(owner, { projectId, keyId: old.key.id, overlapSeconds: 600 })
  expect(made.key).toMatchObject({ name: 'worker', kind: 'secret', scope: old.key.scope, expiresAt: null })
  const [first] = await keys.service.list(owner, { projectId, includeRevoked: false })
  expect(first?.id).toBeDefined()
  const kinds = async () => [
    (await keys.find(projectId, old.secret)).kind,
    (await keys.find(projectId, made.secret)).kind,
  ]
  expect(await kinds()).toEqual(['valid', 'valid'])
  const listed = await keys.service.list(owner, { projectId, includeRevoked: false })
  expect(listed.find(({ id }) => id === old.key.id)).toMatchObject({
    replacedBy: made.key.id,
    expiresAt: later(600),
  })
  state.now = new Date(state.now.getTime() + 600_000)
  expect(await kinds()).toEqual(['expired', 'valid'])
})

test('a rotation without overlap ends the old key at once', async () => {
  const old = await create()
  expect((await keys.find(projectId, old.secret)).kind).toBe('valid')
  await keys.service.rotate(owner, { projectId, keyId: old.key.id, overlapSeconds: 0 })
  expect((await keys.find(projectId, old.secret)).kind).toBe('revoked')
})

test('a rotation renews the time to live, and never makes the old key live longer', async () => {
  const old = await create({ expiresAt: later(100) })
  const made = await keys.service.rotate(owner, { projectId, keyId: old.key.id, overlapSeconds: 86_400 })
  expect(made.key.expiresAt).toBe(later(100))
  const listed = await keys.service.list(owner, { projectId, includeRevoked: false })
  expect(listed.find(({ id }) => id === old.key.id)?.expiresAt).toBe(old.key.expiresAt)
})

test('a key that is over or was replaced is not rotated again', async () => {
  const rotate = (keyId: typeof key.id) =>
    keys.service.rotate(owner, { projectId, keyId, overlapSeconds: 60 })
  const { key } = await create()
  await rotate(key.id)
  await expect(rotate(key.id)).rejects.toEqual(code('CONFLICT'))
  const revoked = await create()
  await keys.service.revoke(owner, { projectId, keyId: revoked.key.id })
  await expect(rotate(revoked.key.id)).rejects.toEqual(code('CONFLICT'))
  const expired = await create({ expiresAt: later(1) })
  state.now = new Date(state.now.getTime() + 2000)
  await expect(rotate(expired.key.id)).rejects.toEqual(code('CONFLICT'))
})

test('every change leaves its trace, an idle one none', async () => {
  const { key } = await create()
  const name = ApiKeyName.parse('mobile')
  expect((await keys.service.rename(owner, { projectId, keyId: key.id, name })).name).toBe('mobile')
  await keys.service.rename(owner, { projectId, keyId: key.id, name })
  await keys.service.rotate(owner, { projectId, keyId: key.id, overlapSeconds: 60 })
  await keys.service.revoke(owner, { projectId, keyId: key.id })
  const entries = await auditOf(projectId)
  expect(entries.map(({ action }) => action)).toEqual([
    'apiKey.create',
    'apiKey.rename',
    'apiKey.rotate',
    'apiKey.revoke',
  ])
  expect(entries[1]?.details).toEqual({ keyId: key.id, from: 'web', to: 'mobile' })
})

test('the last use is written for all keys at once, to the minute, and never goes back', async () => {
  const [one, two] = [await create(), await create()]
  keys.noteUse(one.key.id)
  keys.noteUse(two.key.id)
  const uses = async () =>
    (await keys.service.list(owner, { projectId, includeRevoked: false })).map((key) => key.lastUsedAt)
  expect(await uses()).toEqual(['2026-11-22T10:00:00.000Z', '2026-11-22T10:00:00.000Z'])
  state.now = new Date('2026-11-22T09:00:00.000Z')
  keys.noteUse(one.key.id)
  expect(await uses()).toEqual(['2026-11-22T10:00:00.000Z', '2026-11-22T10:00:00.000Z'])
})

test('a project has so many keys that work; those that are over do not count', async () => {
  const { key } = await create()
  await control.db.query(sql`
    insert into api_key (id, project_id, name, kind, prefix, hash, access, created_at)
    select gen_random_uuid(), ${projectId}, 'k', 'secret', 'p', sha256(n::text::bytea), 'read', ${state.now}
      from generate_series(1, 99) n`)
  await expect(create()).rejects.toEqual(code('LIMIT_REACHED'))
  await keys.service.revoke(owner, { projectId, keyId: key.id })
  await create()
})

test('a viewer sees keys, a developer makes them, and a stranger finds no project', async () => {
  const { key } = await create()
  const [viewer, developer, stranger] = [
    await tenants.person(),
    await tenants.person(),
    await tenants.person(),
  ]
  await tenants.join(organisationId, viewer, 'viewer')
  await tenants.join(organisationId, developer, 'developer')
  expect(await keys.service.list(viewer, { projectId, includeRevoked: false })).toHaveLength(1)
  await expect(create({}, viewer)).rejects.toEqual(code('FORBIDDEN'))
  await expect(keys.service.revoke(viewer, { projectId, keyId: key.id })).rejects.toEqual(code('FORBIDDEN'))
  await create({}, developer)
  await expect(create({}, stranger)).rejects.toEqual(code('NOT_FOUND'))
  await expect(keys.service.list(stranger, { projectId, includeRevoked: true })).rejects.toEqual(
    code('NOT_FOUND'),
  )
})

test('a key of another project is not there, whoever asks', async () => {
  const { key, secret } = await create()
  const elsewhere = { projectId: await addProject(organisationId), keyId: key.id }
  const name = ApiKeyName.parse('x')
  for (const attempt of [
    () => keys.service.revoke(owner, elsewhere),
    () => keys.service.rename(owner, { ...elsewhere, name }),
    () => keys.service.rotate(owner, { ...elsewhere, overlapSeconds: 0 }),
  ])
    await expect(attempt()).rejects.toEqual(code('NOT_FOUND'))
  expect((await keys.find(projectId, secret)).kind).toBe('valid')
})

test('a deleted project gets no keys; its keys go with it', async () => {
  await create()
  await wantTestProject(control.db, projectId, 'deleted')
  await expect(create()).rejects.toEqual(code('CONFLICT'))
  await wantTestProject(control.db, projectId, 'purged')
  await control.db.query(sql`delete from project where id = ${projectId}`)
  expect(await control.db.query(sql`select id from api_key where project_id = ${projectId}`)).toEqual([])
})
