import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ProjectId, type OrganisationId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import { openSession } from '#postgres/node/session.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { createControlDatabase, type ControlDatabase } from '#testing/control-database.ts'
import { createProvisioningFixture, type ProvisioningFixture } from '#testing/provisioning-fixture.ts'
import { createTenants, type Tenants } from '#testing/tenants.ts'
import type { Actor } from '../actor.ts'
import { createSecrets } from '../secrets/index.ts'
import {
  createCredentialsService,
  createOwnerPasswords,
  type CredentialsDependencies,
  type CredentialsService,
} from './index.ts'

let control: ControlDatabase
let fixture: ProvisioningFixture
let tenants: Tenants
let service: CredentialsService
const secrets = createSecrets(Buffer.alloc(32, 7))
const clock = { now: () => new Date() }

beforeAll(async () => {
  control = await createControlDatabase()
  tenants = createTenants(control.db)
  const passwords = createOwnerPasswords({ db: control.db, secrets, clock, randomBytes })
  fixture = await createProvisioningFixture(control.db, { secrets, ownerPassword: passwords.wanted })
  service = withProvisioning({})
})
afterAll(async () => {
  await fixture?.[Symbol.asyncDispose]()
  await control?.drop()
})

const code = (expected: string) => expect.objectContaining({ code: expected })

function withProvisioning(changes: Partial<CredentialsDependencies['provisioning']>): CredentialsService {
  const provisioning = { ...fixture.provisioning, ...changes }
  return createCredentialsService({ db: control.db, secrets, clock, randomBytes, provisioning })
}

async function addProject(): Promise<{
  id: ProjectId
  owner: Actor
  organisationId: OrganisationId
  ref: string
}> {
  const owner = await tenants.person()
  const organisationId = await tenants.organisation([[owner, 'owner']])
  const id = ProjectId.parse(randomUUID())
  const ref = id
    .replaceAll('-', '')
    .replaceAll(/[0189]/g, 'z')
    .slice(0, 16)
  await control.db.transaction(async (tx) => {
    await tx.query(sql`
      insert into project (id, organisation_id, name, ref, environment, region, postgres_version, created_at, updated_at)
      values (${id}, ${organisationId}, 'p', ${ref}, 'development', 'local', '18', now(), now())`)
    await createOwnerPasswords({ db: control.db, secrets, clock, randomBytes }).create(tx, id)
  })
  return { id, owner, organisationId, ref }
}

async function addAwake() {
  const project = await addProject()
  await fixture.provisioning.ensureAwake(project.id)
  return project
}

/** Whether the password opens a session, through the proxy as a person does. */
async function works(credentials: Awaited<ReturnType<CredentialsService['get']>>): Promise<boolean> {
  const endpoint = credentials.endpoints[0]
  if (endpoint?.kind !== 'tcp') throw new Error('TCP comes first.')
  const { host, port, user } = endpoint
  const { database, password } = credentials
  try {
    const session = await openSession({ host, port, user, database, password })
    await session.close()
    return true
  } catch (error) {
    expect(error).toEqual(code('CONNECTION_FAILED'))
    return false
  }
}

const auditOf = (id: ProjectId) =>
  control.db.query<{ action: string; account_id: string | null }>(
    sql`select action, account_id from audit_entry where subject_id = ${id}`,
  )

test('the credentials open the database through the proxy and by its socket', async () => {
  const { id, owner, ref } = await addAwake()
  const credentials = await service.get(owner, id)
  expect(credentials).toMatchObject({ projectId: id, database: 'main' })
  expect(credentials.password).toMatch(/^[\w-]{32}$/)
  expect(credentials.endpoints.map(({ kind, user }) => [kind, user])).toEqual([
    ['tcp', `owner.${ref}`],
    ['socket', 'owner'],
  ])
  expect(await works(credentials)).toBe(true)
  expect(await works({ ...credentials, password: 'wrong' })).toBe(false)
})

test('the password lies sealed in the database, under a key of its project', async () => {
  const [one, two] = [await addProject(), await addProject()]
  const [row] = await control.db.query<{ password: Buffer }>(
    sql`select password from credential where project_id = ${one.id}`,
  )
  const passwords = createOwnerPasswords({ db: control.db, secrets, clock, randomBytes })
  const plain = await passwords.wanted(one.id)
  expect(row?.password.includes(plain)).toBe(false)
  await control.db.query(sql`update credential set password = ${row?.password} where project_id = ${two.id}`)
  await expect(passwords.wanted(two.id)).rejects.toEqual(code('SECRET_STORE_UNAVAILABLE'))
})

test('a new password works at once and the old one no longer', async () => {
  const { id, owner } = await addAwake()
  const before = await service.get(owner, id)
  const after = await service.rotate(owner, id)
  expect(after.password).not.toBe(before.password)
  expect(Date.parse(after.passwordChangedAt)).toBeGreaterThan(Date.parse(before.passwordChangedAt))
  expect(await works(after)).toBe(true)
  expect(await works(before)).toBe(false)
  expect(await service.get(owner, id)).toEqual(after)
  expect(await auditOf(id)).toEqual([{ action: 'credentials.rotate', account_id: owner.accountId }])
})

test('rotations at the same moment end with the password that is stored', async () => {
  const { id, owner } = await addAwake()
  await Promise.all(Array.from({ length: 4 }, () => service.rotate(owner, id)))
  expect(await works(await service.get(owner, id))).toBe(true)
})

test.each(['before the instance was told', 'after the instance was told'])(
  'a crash %s leaves a password that works',
  async (moment) => {
    const { id, owner } = await addAwake()
    const crashing = withProvisioning({
      async setOwnerPassword(projectId, password) {
        if (moment.startsWith('after')) await fixture.provisioning.setOwnerPassword(projectId, password)
        throw new Error('crash')
      },
    })
    await expect(crashing.rotate(owner, id)).rejects.toThrow('crash')
    const found = await service.get(owner, id)
    expect(await works(found)).toBe(true)
    expect(await auditOf(id)).toEqual([{ action: 'credentials.rotate', account_id: null }])
  },
)

test('after a crash the database itself can be used, once the password is settled', async () => {
  const { id, owner } = await addAwake()
  const crashing = withProvisioning({ setOwnerPassword: () => Promise.reject(new Error('crash')) })
  await expect(crashing.rotate(owner, id)).rejects.toThrow('crash')
  await service.settle(id)
  const session = await openSession(await fixture.provisioning.ownerTarget(id))
  await session.close()
  await service.settle(id)
  expect(await auditOf(id)).toHaveLength(1)
})

test('what sleeps gets no new password, and keeps the one it has', async () => {
  const { id, owner } = await addAwake()
  const before = await service.get(owner, id)
  const asleep = withProvisioning({
    setOwnerPassword: () => Promise.reject(new AppError('PROJECT_NOT_READY', 'It fell asleep.')),
  })
  await expect(asleep.rotate(owner, id)).rejects.toEqual(code('PROJECT_NOT_READY'))
  expect(await service.get(owner, id)).toEqual(before)
  await control.db.query(sql`update instance set status = 'asleep' where project_id = ${id}`)
  await expect(service.rotate(owner, id)).rejects.toEqual(code('PROJECT_NOT_READY'))
  await control.db.query(sql`update instance set status = 'awake' where project_id = ${id}`)
})

test('a viewer sees no password, a developer sets none, and a stranger finds no project', async () => {
  const { id, organisationId } = await addAwake()
  const [viewer, developer, stranger] = [
    await tenants.person(),
    await tenants.person(),
    await tenants.person(),
  ]
  await tenants.join(organisationId, viewer, 'viewer')
  await tenants.join(organisationId, developer, 'developer')
  await expect(service.get(viewer, id)).rejects.toEqual(code('FORBIDDEN'))
  await expect(service.rotate(developer, id)).rejects.toEqual(code('FORBIDDEN'))
  expect(await works(await service.get(developer, id))).toBe(true)
  for (const attempt of [() => service.get(stranger, id), () => service.rotate(stranger, id)])
    await expect(attempt()).rejects.toEqual(code('NOT_FOUND'))
})

test('a deleted project gives none', async () => {
  const { id, owner } = await addProject()
  await control.db.query(
    sql`update project set desired_state = 'deleted', purge_at = now() + interval '1 day' where id = ${id}`,
  )
  await expect(service.get(owner, id)).rejects.toEqual(code('CONFLICT'))
  await expect(service.rotate(owner, id)).rejects.toEqual(code('CONFLICT'))
})
