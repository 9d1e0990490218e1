import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '#postgres/common/sql/sql.ts'
import { openSession, type Session } from '#postgres/node/session.ts'
import { createControlDatabase, type ControlDatabase } from '#testing/control-database.ts'
import { createProvisioningFixture, type ProvisioningFixture } from '#testing/provisioning-fixture.ts'

let control: ControlDatabase
let fixture: ProvisioningFixture
beforeAll(async () => {
  control = await createControlDatabase()
  fixture = await createProvisioningFixture(control.db, {
    apiStatements: [
      'create schema if not exists prepared',
      'create table if not exists prepared.times (at timestamptz default now())',
      'insert into prepared.times default values',
    ],
  })
})
afterAll(async () => {
  await fixture?.[Symbol.asyncDispose]()
  await control?.drop()
})

const code = (expected: string) => expect.objectContaining({ code: expected })

async function awake() {
  const project = await fixture.addProject()
  await fixture.provisioning.ensureAwake(project.id)
  return project
}

async function asAuthenticator<T>(
  id: Parameters<ProvisioningFixture['provisioning']['authenticatorTarget']>[0],
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openSession(await fixture.provisioning.authenticatorTarget(id))
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}

test('the service logs in as authenticator, which becomes the API’s roles and no other', async () => {
  const { id } = await awake()
  await asAuthenticator(id, async (session) => {
    for (const role of ['anon', 'authenticated', 'service_role']) {
      await session.query(`set role ${role}`)
      await session.query('reset role')
    }
    await expect(session.query('set role owner')).rejects.toEqual(code('QUERY_FAILED'))
    await expect(session.query('set role nebuladb_superuser')).rejects.toEqual(code('QUERY_FAILED'))
    await expect(session.query('create table public.mine ()')).rejects.toEqual(code('QUERY_FAILED'))
  })
})

test('the main database is prepared once, by many at the same moment too', async () => {
  const { id } = await awake()
  const targets = await Promise.all(
    Array.from({ length: 5 }, () => fixture.provisioning.authenticatorTarget(id)),
  )
  expect(new Set(targets.map(({ password }) => password)).size).toBe(1)
  await fixture.provisioning.authenticatorTarget(id)
  const rows = await control.db.query<{ size: number; known: boolean }>(sql`
    select octet_length(authenticator_password) as size, api_preparation is not null as known from instance where project_id = ${id}`)
  expect(rows).toEqual([{ size: expect.any(Number), known: true }])
  const owner = await openSession(await fixture.provisioning.ownerTarget(id))
  // The person cannot touch what the superuser made.
  await expect(owner.query('select count(*) from prepared.times')).rejects.toEqual(code('QUERY_FAILED'))
  await owner.close()
})

test('the password is sealed in the records, and stays through a stop and a start', async () => {
  const { id } = await awake()
  const before = await fixture.provisioning.authenticatorTarget(id)
  const [row] = await control.db.query<{ text: string }>(
    sql`select instance::text as text from instance where project_id = ${id}`,
  )
  expect(row?.text).not.toContain(Buffer.from(before.password ?? '-').toString('hex'))
  await fixture.want(id, 'asleep')
  fixture.provisioning.wake(id)
  await expect
    .poll(async () => (await fixture.provisioning.progress(id)).status, { timeout: 20_000 })
    .toBe('asleep')
  await expect(fixture.provisioning.authenticatorTarget(id)).rejects.toEqual(code('PROJECT_NOT_READY'))
  await fixture.provisioning.ensureAwake(id)
  expect((await fixture.provisioning.authenticatorTarget(id)).password).toBe(before.password)
  await asAuthenticator(id, (session) => session.query('select 1'))
})

test('a main database that the person renamed is no failure, and is prepared when it is back', async () => {
  const { id } = await awake()
  const owner = await openSession(await fixture.provisioning.ownerTarget(id))
  await owner.query('create database elsewhere')
  await owner.close()
  const rename = async (from: string, to: string): Promise<void> => {
    const session = await openSession(await fixture.provisioning.ownerTarget(id, 'elsewhere'))
    await session.query(`alter database ${from} rename to ${to}`)
    await session.close()
  }
  await rename('main', 'other')
  const target = await fixture.provisioning.authenticatorTarget(id)
  await expect(openSession(target)).rejects.toEqual(code('CONNECTION_FAILED'))
  expect(fixture.observations.filter(({ type }) => type === 'provisioning.failed')).toEqual([])
  await rename('other', 'main')
  await fixture.provisioning.authenticatorTarget(id)
  const [row] = await control.db.query<{ known: boolean }>(
    sql`select api_preparation is not null as known from instance where project_id = ${id}`,
  )
  expect(row?.known).toBe(true)
})

test('what cannot be prepared is told, and the login works all the same', async () => {
  const { id } = await awake()
  const owner = await openSession(await fixture.provisioning.ownerTarget(id))
  await owner.query('create schema prepared; create view prepared.times as select 1 as x')
  await owner.close()
  await asAuthenticator(id, (session) => session.query('select 1'))
  expect(fixture.observations).toContainEqual(
    expect.objectContaining({ type: 'provisioning.failed', what: 'api' }),
  )
})
