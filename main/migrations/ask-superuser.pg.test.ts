// SQL of files and drafts against powerful roles: nothing of it runs before a person has said so.
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RolePower } from '#contract/capabilities/migrations.ts'
import { NeedsSuperuser } from '#contract/capabilities/migrations.ts'
import { migrationTexts } from '#postgres/node/migrations/folder.ts'
import { readRolePower } from '#postgres/node/migrations/role-power.ts'
import { openSession } from '#postgres/node/session.ts'
import { setTrap } from '#testing/hostile-database.ts'
import { context, createTestMigrations, RUN } from '#testing/host-migrations.ts'
import { collectModel, createTestSchema } from '#testing/host-schema.ts'
import { createTempDatabase, type TempDatabase, type TempDatabaseTarget } from '#testing/temp-database.ts'

let database: TempDatabase
let client: pg.Client
/** Of this file alone: roles belong to the whole server. */
let role: string
beforeEach(async () => {
  database = await createTempDatabase()
  client = new pg.Client(database.target)
  await client.connect()
  role = `ask_${crypto.randomUUID().replaceAll('-', '')}`
  await client.query(`create role ${role} login password 'secret'; grant create on schema public to ${role}`)
})
afterEach(async () => {
  await client.query(`drop owned by ${role}; drop role ${role}`)
  await client.end()
  await database.drop()
})

const asRole = (): TempDatabaseTarget => ({ ...database.target, user: role, password: 'secret' })

async function powerOf(target: TempDatabaseTarget, before?: string): Promise<RolePower> {
  const session = await openSession(target)
  try {
    if (before !== undefined) await session.query(before)
    return await readRolePower(session)
  } finally {
    await session.close()
  }
}

describe('the power of a role', () => {
  test.each([
    ['none of its own', 'select', []],
    ['programs', 'grant pg_execute_server_program to $role', ['programs']],
    ['files', 'grant pg_read_server_files, pg_write_server_files to $role', ['files']],
    ['a superuser that it may become', 'grant postgres to $role', ['superuser']],
    ['its own', 'alter role $role superuser', ['superuser']],
  ])('is %s', async (_, statement, powers) => {
    await client.query(statement.replace('$role', role))
    expect(await powerOf(asRole())).toEqual({ role, powers })
    await client.query(`alter role ${role} nosuperuser`)
  })

  test('is that of who logged in: SET ROLE can be taken back', async () => {
    expect((await powerOf(database.target, `set role ${role}`)).powers).toEqual(['superuser'])
  })

  test('CREATEROLE is one where it can give itself others', async () => {
    await client.query(`alter role ${role} createrole`)
    const { rows } = await client.query<{ limited: boolean }>(
      "select current_setting('server_version_num')::int >= 160000 as limited",
    )
    expect((await powerOf(asRole())).powers).toEqual(rows[0]?.limited === true ? [] : ['roles'])
  })

  test('is read by functions and operators of Postgres, whatever a schema in front of it has', async () => {
    const session = await openSession(database.target)
    await setTrap(session, database.target.database)
    await session.close()
    expect((await powerOf(database.target)).powers).toEqual(['superuser'])
    expect((await powerOf(asRole())).powers).toEqual([])
  })
})

describe('as a superuser', () => {
  const refused = {
    code: 'FORBIDDEN',
    details: { needs: 'asSuperuser', runsAs: { role: 'postgres', powers: ['superuser'] } },
  }

  test('nothing is applied or undone until it is agreed to, and the list says as whom', async () => {
    const here = await createTestMigrations(database.target)
    const { handlers, connectionId } = here
    const up = 'create table film (id int);'
    await handlers.write({ connectionId, name: 'film', up, down: 'drop table film;' }, context)
    const input = { connectionId, ...RUN, asSuperuser: false }
    const run = async (direction: 'apply' | 'rollBack', agreed: boolean): Promise<void> => {
      const options = { ...input, asSuperuser: agreed }
      for await (const item of handlers[direction](options, context)) void item
    }
    await expect(run('apply', false)).rejects.toMatchObject(refused)
    expect(here.schemaChanges).toEqual([])
    const { items, runsAs } = await handlers.list({ connectionId }, context)
    expect(items).toMatchObject([{ state: 'pending' }])
    expect(runsAs).toEqual({ role: 'postgres', powers: ['superuser'] })
    await run('apply', true)
    await expect(run('rollBack', false)).rejects.toMatchObject(refused)
    expect((await handlers.list({ connectionId }, context)).items).toMatchObject([{ state: 'applied' }])
    await run('rollBack', true)
  })

  test.each(['database', 'copy'] as const)('nothing is tried on the %s', async (on) => {
    const { handlers, connectionId } = await createTestSchema(database.target)
    const input = { connectionId, sql: 'select pg_sleep(60)', on, sampleRows: 0, asSuperuser: false }
    const trying = async (): Promise<void> => {
      for await (const item of handlers.dryRun(input, context)) void item
    }
    await expect(trying()).rejects.toMatchObject(refused)
  })

  test('files are not run on a scratch database to see what they make', async () => {
    const schema = await createTestSchema(database.target)
    const text = '-- migrate:up\ncreate table film (id int);\n'
    schema.files = migrationTexts([{ fileName: '20260101000000_film.sql', text }])
    const source = { kind: 'migrations', connectionId: schema.connectionId } as const
    const error: unknown = await collectModel(schema, source).catch((reason: unknown) => reason)
    expect(error).toMatchObject(refused)
    expect(
      NeedsSuperuser.safeParse(error instanceof Error && 'details' in error && error.details),
    ).toMatchObject({ success: true })
    expect((await collectModel(schema, { ...source, asSuperuser: true })).model.objects).not.toEqual([])
  })
})

test('an ordinary role is asked nothing', async () => {
  const { handlers, connectionId } = await createTestMigrations(asRole())
  await client.query(`grant create on database ${database.target.database} to ${role}`)
  const up = 'create table film (id int);'
  await handlers.write({ connectionId, name: 'film', up, down: 'drop table film;' }, context)
  const input = { connectionId, ...RUN, asSuperuser: false }
  for await (const item of handlers.apply(input, context)) void item
  expect(await handlers.list({ connectionId }, context)).toMatchObject({
    runsAs: { role, powers: [] },
    items: [{ state: 'applied' }],
  })
})
