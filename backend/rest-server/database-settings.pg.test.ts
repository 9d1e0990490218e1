import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSession, type Session, type SessionTarget } from '#postgres/node/session.ts'
import { createTempDatabase } from '#testing/temp-database.ts'
import { contactDatabase } from './connect.ts'
import { readServerConfig } from './config.ts'
import { readDatabaseSettings } from './database-settings.ts'

let database: Awaited<ReturnType<typeof createTempDatabase>>
let admin: Session
let login: SessionTarget
const role = `rest_login_${process.pid}`

beforeAll(async () => {
  database = await createTempDatabase()
  admin = await openSession(database.target)
  login = { ...database.target, user: role, password: 'pw' }
  await admin.query(`
    create role ${role} login noinherit password 'pw';
    alter role ${role} set pgrst.jwt_aud = 'of the role';
    alter role ${role} set pgrst.db_max_rows = '5';
    alter role ${role} in database "${database.target.database}" set pgrst.jwt_aud = 'of the role here';
    alter database "${database.target.database}" set pgrst.jwt_aud = 'of the database';
    alter role ${role} set pgrst.server_port = '1';
    create schema config;
    grant usage on schema config to ${role};
    create function config.pre() returns void language sql as $$
      select set_config('pgrst.db_schemas', 'a, b=c', true), set_config('pgrst.db_max_rows', '7', true)
    $$;
    create function config.broken() returns void language sql as $$ select 1/0 $$`)
})

afterAll(async () => {
  await admin.query(`drop owned by ${role}; drop role ${role}`)
  await admin.close()
  await database.drop()
})

async function settingsWith(preConfig: { schema: string; name: string } | null) {
  const session = await openSession(login)
  try {
    return Object.fromEntries(await readDatabaseSettings(session, preConfig))
  } finally {
    await session.close()
  }
}

test('the settings of the role in this database win; those of the database alone and unknown ones are not looked at', async () => {
  expect(await settingsWith(null)).toEqual({ jwt_aud: 'of the role here', db_max_rows: '5' })
})

test('the function of db-pre-config adds settings, those of the role win over them', async () => {
  expect(await settingsWith({ schema: 'config', name: 'pre' })).toEqual({
    jwt_aud: 'of the role here',
    db_max_rows: '5',
    db_schemas: 'a, b=c',
  })
})

test('the session keeps nothing of what the function set', async () => {
  const session = await openSession(login)
  try {
    await readDatabaseSettings(session, { schema: 'config', name: 'pre' })
    expect(
      (await session.query("select current_setting('pgrst.db_schemas', true)")).rows[0]?.[0] || null,
    ).toBeNull()
    expect(session.transactionState()).toBe('idle')
  } finally {
    await session.close()
  }
})

function configured(environment: Record<string, string>) {
  const { host, port } = database.target
  const uri = `host=${host} port=${port} dbname=${database.target.database} user=${role} password=pw`
  const all = { PGRST_DB_URI: uri, ...environment }
  return (settings?: ReadonlyMap<string, string>) =>
    readServerConfig({
      path: undefined,
      environment: all,
      ...(settings === undefined ? {} : { database: settings }),
    })
}

test('a contact gives the configuration with the settings of the database', async () => {
  const read = configured({ PGRST_DB_PRE_CONFIG: 'config.pre' })
  const contact = await contactDatabase(read(), read)
  expect(contact.config.rest).toMatchObject({ schemas: ['a', 'b=c'], maxRows: 5 })
  expect(contact.version).toContain('PostgreSQL')
  expect(contact.problem).toBeUndefined()
})

test('db-config turns them off', async () => {
  const read = configured({ PGRST_DB_CONFIG: 'false' })
  expect((await contactDatabase(read(), read)).config.jwt.audience).toBeNull()
})

test('a function that fails leaves them all out, and says why', async () => {
  const read = configured({ PGRST_DB_PRE_CONFIG: 'config.broken' })
  const contact = await contactDatabase(read(), read)
  expect(contact.problem).toBe('division by zero')
  expect(contact.config.rest.maxRows).toBeNull()
})

test('the first host that answers is taken', async () => {
  const { host, port, database: name } = database.target
  const read = configured({
    PGRST_DB_URI: `host=127.0.0.1,${host} port=1,${port} dbname=${name} user=${role} password=pw`,
  })
  const contact = await contactDatabase(read(), read)
  expect(contact.config.targets.map((target) => target.port)).toEqual([port, 1])
})

test('a wrong password cannot be mended by waiting, a closed port can', async () => {
  const { host, port, database: name } = database.target
  const wrong = configured({
    PGRST_DB_URI: `host=${host} port=${port} dbname=${name} user=${role} password=no`,
  })
  await expect(contactDatabase(wrong(), wrong)).rejects.toThrow('Failed to establish a connection.')
  await expect(contactDatabase(wrong(), wrong)).rejects.toMatchObject({ name: 'FatalConnectionError' })
  const closed = configured({ PGRST_DB_URI: 'host=127.0.0.1 port=1' })
  await expect(contactDatabase(closed(), closed)).rejects.toMatchObject({ code: 'CONNECTION_FAILED' })
})
