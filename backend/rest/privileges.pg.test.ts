// What a role sees of a schema, by what Postgres says.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSession, type Session } from '#postgres/node/session.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { readPrivileges, type Privileges } from './respond/openapi/index.ts'
import { privilegesSql } from './sql/privileges.ts'

let database: TempDatabase
let session: Session
let role: string

beforeAll(async () => {
  database = await createTempDatabase()
  session = await openSession(database.target)
  role = `reader_${database.target.database}`
  await session.query(`
    create role ${role};
    create schema "my api"; create schema other; grant usage on schema "my api" to ${role};
    create table "my api".hidden (id int); create table "my api".read (id int); create table "my api".written (id int, a int);
    create table "my api".column_only (id int, a int); create table other.elsewhere (id int);
    create table "my api".parts (id int) partition by list (id); create table "my api".part partition of "my api".parts default;
    create function "my api".open() returns int language sql as 'select 1';
    create function "my api".closed() returns int language sql as 'select 1';
    revoke execute on function "my api".closed() from public;
    grant select on "my api".read, "my api".part, other.elsewhere to ${role};
    grant insert, delete on "my api".written to ${role};
    grant update (a) on "my api".column_only to ${role}`)
})
afterAll(async () => {
  await session.query(`drop owned by ${role}; drop role ${role}`)
  await session.close()
  await database.drop()
})

async function privilegesOf(schema: string, asRole: string): Promise<Privileges> {
  await session.query(`set role ${asRole}`)
  try {
    const { text, values } = privilegesSql(schema)
    const { rows } = await session.query(text, values)
    return readPrivileges(rows[0]?.at(-1) ?? '')
  } finally {
    await session.query('reset role')
  }
}

async function named(privileges: Privileges): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const [oid, { select, insert, update, delete: remove }] of privileges.relations) {
    const { rows } = await session.query('select relname from pg_class where oid = $1', [oid])
    const flags = Object.entries({ select, insert, update, delete: remove }).filter(([, may]) => may)
    found[rows[0]?.[0] ?? ''] = flags.map(([what]) => what).join(' ')
  }
  return found
}

test('relations with any privilege are there, with what may be done', async () => {
  const privileges = await privilegesOf('my api', role)
  expect(await named(privileges)).toEqual({
    read: 'select',
    written: 'insert delete',
    column_only: 'update',
  })
  expect(privileges.routines.size).toBe(1)
})

test('the owner sees all but partitions; a schema that is not there is empty', async () => {
  const privileges = await privilegesOf('my api', database.target.user)
  expect(Object.keys(await named(privileges)).sort()).toEqual([
    'column_only',
    'hidden',
    'parts',
    'read',
    'written',
  ])
  expect(privileges.routines.size).toBe(2)
  expect((await privilegesOf('nowhere', role)).relations.size).toBe(0)
})
