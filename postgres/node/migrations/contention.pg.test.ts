// Several people and programs at one database: who waits for whom, who may, and what stays when somebody stops.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { MigrationProgress } from '#contract/capabilities/migrations.ts'
import { applyAll, collect, sessionOpener, testMigrator, TIMEOUTS } from '#testing/migrator.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { openSession, type Session } from '../session.ts'

let database: TempDatabase
let session: Session
beforeEach(async () => {
  database = await createTempDatabase()
  session = await openSession(database.target)
  await session.query('create table film (id int primary key)')
})
afterEach(async () => {
  await session.close()
  await database.drop()
})

const FILE = '20260101000000_film.sql'
const ADD = { [FILE]: 'alter table film add column title text' }
const until = async (condition: string): Promise<void> => {
  while ((await session.query(`select 1 where ${condition}`)).rows.length === 0);
}
const asleep = `exists (select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep')`

describe('two at once', () => {
  test('the second is told who holds the lock, and goes on when it is free', async () => {
    const holder = await openSession(database.target)
    await holder.query('begin; lock table film')
    const first = applyAll(testMigrator(database.target, ADD, { person: 'ada@example.com' }), {
      lockTimeoutMs: 60_000,
    })
    await until(`exists (select from pg_locks where not granted and relation = 'film'::regclass)`)
    const told: MigrationProgress[] = []
    const second = testMigrator(database.target, ADD, { person: 'ben@example.com' }).apply(TIMEOUTS)
    for await (const item of second) {
      told.push(item)
      if (item.type === 'waiting') await holder.query('rollback')
    }
    expect(told[0]).toMatchObject({
      type: 'waiting',
      holder: expect.stringMatching(/^NebulaDB migrations of ada@example\.com as postgres, process \d+$/),
    })
    expect(told.at(-1)).toMatchObject({ type: 'done', applied: [] })
    expect(await first).toEqual(['20260101000000'])
    await holder.close()
  })

  test('CREATE INDEX CONCURRENTLY is not held up by one who waits', async () => {
    const files = {
      [FILE]: 'create index concurrently on film (id); select 1; create index concurrently on film (id)',
    }
    const results = await Promise.all([1, 2, 3].map(() => applyAll(testMigrator(database.target, files))))
    expect(results.flat()).toEqual(['20260101000000'])
  })

  test('one who waits can give up', async () => {
    const controller = new AbortController()
    await session.query('select pg_advisory_lock(1852138101, 1835624306)')
    const waiting = collect(
      testMigrator(database.target, ADD).apply({ ...TIMEOUTS, signal: controller.signal }),
    )
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})

describe('the list while somebody applies', () => {
  const files = { [FILE]: 'create table a (id int);\nvacuum film;\nselect pg_advisory_xact_lock(42)' }

  test('says what is under way, and that it stopped only when nobody goes on', async () => {
    const controller = new AbortController()
    await session.query('select pg_advisory_lock(42)')
    const migrator = testMigrator(database.target, files)
    const running = applyAll(migrator, { lockTimeoutMs: 60_000, signal: controller.signal })
    await until(`exists (select from pg_locks where locktype = 'advisory' and objid = 42 and not granted)`)
    expect(await migrator.list()).toMatchObject([{ state: 'running', stepsDone: 2, canRollBack: false }])
    controller.abort()
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(await migrator.list()).toMatchObject([{ state: 'failed', stepsDone: 2 }])
    await session.query('select pg_advisory_unlock(42)')
    expect(await applyAll(migrator)).toEqual(['20260101000000'])
    expect(await migrator.list()).toMatchObject([{ state: 'applied' }])
  })
})

describe('locks that are not to be had', () => {
  test('are tried again, and it is said who holds them', async () => {
    const holder = await openSession(database.target)
    await holder.query(`set application_name = 'reporting'; begin; lock table film in access share mode`)
    const items: MigrationProgress[] = []
    for await (const item of testMigrator(database.target, ADD).apply(TIMEOUTS)) {
      items.push(item)
      if (item.type === 'retry') await holder.query('rollback')
    }
    expect(items.filter((item) => item.type === 'retry')).toMatchObject([
      {
        attempt: 1,
        inMs: 375,
        message: expect.stringMatching(
          /lock timeout: held up by reporting as postgres, process \d+, idle in transaction/,
        ),
      },
    ])
    expect(items.at(-1)).toMatchObject({ type: 'done', applied: ['20260101000000'] })
    await holder.close()
  })

  test('after the last try it fails, and nothing is changed', async () => {
    await session.query('begin; lock table film')
    const migrator = testMigrator(database.target, ADD)
    await expect(applyAll(migrator, { lockAttempts: 2 })).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      message: expect.stringContaining('held up by'),
      details: { sqlstate: '55P03' },
    })
    await session.query('rollback')
    expect(await migrator.list()).toMatchObject([{ state: 'pending' }])
  })

  test('a statement that takes too long is ended', async () => {
    const migrator = testMigrator(database.target, { [FILE]: 'create table a (id int); select pg_sleep(60)' })
    await expect(applyAll(migrator, { statementTimeoutMs: 50 })).rejects.toMatchObject({
      code: 'QUERY_CANCELLED',
    })
    expect((await session.query(`select to_regclass('a')`)).rows).toEqual([[null]])
  })
})

describe('stopping', () => {
  test('a cancelled step is undone; what was done before stays', async () => {
    const controller = new AbortController()
    const files = {
      [FILE]: 'create table a (id int);\nvacuum film;\ncreate table b (id int); select pg_sleep(60)',
    }
    const migrator = testMigrator(database.target, files)
    const running = applyAll(migrator, { signal: controller.signal })
    await until(asleep)
    controller.abort()
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(
      (await session.query(`select to_regclass('a') is not null, to_regclass('b') is null`)).rows,
    ).toEqual([['t', 't']])
    expect(await migrator.list()).toMatchObject([{ state: 'failed', stepsDone: 2 }])
    expect(await applyAll(testMigrator(database.target, { [FILE]: files[FILE].replace('60', '0') }))).toEqual(
      ['20260101000000'],
    )
  })

  test('a lost connection leaves the state whole, and the next apply goes on', async () => {
    const files = {
      [FILE]: 'create table a (id int);\nvacuum film;\ncreate table b (id int); select pg_sleep(60)',
    }
    const running = applyAll(testMigrator(database.target, files))
    await until(asleep)
    await session.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`,
    )
    await expect(running).rejects.toMatchObject({ code: 'CONNECTION_FAILED' })
    expect(await applyAll(testMigrator(database.target, { [FILE]: files[FILE].replace('60', '0') }))).toEqual(
      ['20260101000000'],
    )
  })

  test('whoever stops reading lets go of the lock', async () => {
    for await (const item of testMigrator(database.target, ADD).apply(TIMEOUTS))
      if (item.type === 'step') break
    await until(
      `not exists (select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database()))`,
    )
    expect(await applyAll(testMigrator(database.target, ADD))).toEqual(['20260101000000'])
  })
})

describe('who may', () => {
  test('the history is hidden from other roles, whatever default privileges say', async () => {
    const role = `api_${database.target.database}`
    await session.query(
      `create role ${role} login password 'x'; alter default privileges grant all on tables to ${role}, public; alter default privileges grant all on schemas to ${role}; grant all on schema public to ${role}; grant all on film to ${role}`,
    )
    await applyAll(testMigrator(database.target, ADD))
    const other = testMigrator(database.target, ADD, {
      openSession: sessionOpener({ ...database.target, user: role, password: 'x' }),
    })
    await expect(other.list()).rejects.toMatchObject({
      code: 'FORBIDDEN',
      hint: expect.stringContaining('grant'),
    })
    await expect(applyAll(other)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(
      (
        await session.query(
          `select has_table_privilege('${role}', 'nebuladb.migration', 'select'), has_schema_privilege('${role}', 'nebuladb', 'usage')`,
        )
      ).rows,
    ).toEqual([['f', 'f']])
    await session.query(`drop owned by ${role}; drop role ${role}`)
  })

  test('a role that may not make the history is told what it needs', async () => {
    const role = `plain_${database.target.database}`
    await session.query(`create role ${role} login password 'x'`)
    const other = testMigrator(database.target, ADD, {
      openSession: sessionOpener({ ...database.target, user: role, password: 'x' }),
    })
    await expect(applyAll(other)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      hint: expect.stringContaining('CREATE on the database'),
    })
    await session.query(`drop role ${role}`)
  })

  test('a read-only database is said to be one', async () => {
    await session.query(`alter database ${database.target.database} set default_transaction_read_only = on`)
    const migrator = testMigrator(database.target, ADD)
    expect(await migrator.list()).toMatchObject([{ state: 'pending' }])
    await expect(applyAll(migrator)).rejects.toMatchObject({ code: 'READ_ONLY' })
    await expect(migrator.mark('20260101000000', 'applied')).rejects.toMatchObject({ code: 'READ_ONLY' })
  })
})
