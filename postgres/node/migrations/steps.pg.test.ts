// Steps outside a transaction, batches, and going on after something stopped halfway.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { applyAll, collect, rollBackAll, testMigrator, TIMEOUTS } from '#testing/migrator.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { openSession, type Session } from '../session.ts'

let database: TempDatabase
let session: Session
beforeEach(async () => {
  database = await createTempDatabase()
  session = await openSession(database.target)
  await session.query(
    'create table film (id int primary key, title text); insert into film select n, n from generate_series(1, 250) n',
  )
})
afterEach(async () => {
  await session.close()
  await database.drop()
})

const FILE = '20260101000000_film.sql'
const value = async (sql: string): Promise<unknown> => (await session.query(sql)).rows[0]?.[0]
const indexState = () => value(`select indisvalid from pg_index where indexrelid = to_regclass('film_title')`)

describe('steps', () => {
  test('transactions, and what cannot be in one, take turns', async () => {
    const items = await collect(
      testMigrator(database.target, {
        [FILE]: `create type mood as enum ('sad'); alter table film add column mood mood;
          alter type mood add value 'ok';
          update film set mood = 'ok';
          create index concurrently film_title on film (title);
          vacuum film;
          comment on table film is 'films'; comment on type mood is 'moods'`,
      }).apply(TIMEOUTS),
    )
    expect(items.filter((item) => item.type === 'step' && item.state === 'done')).toHaveLength(6)
    expect(await indexState()).toBe('t')
    expect(await value(`select steps_done from nebuladb.migration`)).toBe('6')
  })

  test('a step that fails keeps those before it; the mended file goes on behind them', async () => {
    const up = (last: string): Record<string, string> => ({
      [FILE]: `create table a (id int);\ncreate index concurrently film_title on film (title);\n${last}`,
    })
    const broken = testMigrator(database.target, up('insert into nowhere values (1);'))
    await expect(applyAll(broken)).rejects.toMatchObject({ message: expect.stringContaining('line 4') })
    expect(await broken.list()).toMatchObject([{ state: 'failed', stepsDone: 2, canRollBack: false }])
    await expect(rollBackAll(broken)).rejects.toMatchObject({ code: 'CONFLICT' })
    const other = testMigrator(database.target, {
      [FILE]: 'create table b (id int);\ncreate index concurrently film_title on film (title);\nselect 1',
    })
    await expect(applyAll(other)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('edited since'),
    })
    await expect(applyAll(testMigrator(database.target, {}))).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('file is gone'),
    })
    const mended = testMigrator(database.target, up('insert into a values (1);'))
    expect(await applyAll(mended)).toEqual(['20260101000000'])
    expect(await mended.list()).toMatchObject([{ state: 'applied', stepsDone: null }])
    expect(await value('select count(*) from a')).toBe('1')
  })

  test('others write while a constraint is validated that was added in the statement before', async () => {
    await session.query(
      `create function gate(id int) returns bool language plpgsql as 'begin perform pg_advisory_xact_lock_shared(42); return true; end';
       select pg_advisory_lock(42)`,
    )
    const files = {
      [FILE]: `alter table film add constraint film_gate check (gate(id)) not valid;
        alter table film validate constraint film_gate;
        alter table film alter column title set not null`,
    }
    const applied = collect(
      testMigrator(database.target, files).apply({ ...TIMEOUTS, lockTimeoutMs: 60_000 }),
    )
    const waiting = `select pid from pg_locks where locktype = 'advisory' and objid = 42 and not granted`
    while ((await session.query(waiting)).rows.length === 0);
    expect(
      (
        await session.query(
          `select mode from pg_locks where relation = 'film'::regclass and mode <> 'AccessShareLock' and pid = (${waiting})`,
        )
      ).rows,
    ).toEqual([['ShareUpdateExclusiveLock']])
    await session.query(
      'begin; lock table film in row exclusive mode nowait; delete from film where id = 2; commit',
    )
    await session.query('select pg_advisory_unlock(42)')
    expect((await applied).filter((item) => item.type === 'step' && item.state === 'done')).toHaveLength(3)
    expect(await value(`select steps_done from nebuladb.migration`)).toBe('3')
    expect(await value(`select convalidated from pg_constraint where conname = 'film_gate'`)).toBe('t')
  })

  test('rows that a constraint finds wrong can be mended, and it goes on there', async () => {
    const migrator = testMigrator(database.target, {
      [FILE]:
        'alter table film add constraint short check (id <= 200) not valid;\nalter table film validate constraint short;\ncreate table after_it ()',
    })
    await expect(applyAll(migrator)).rejects.toMatchObject({ details: { sqlstate: '23514', line: 3 } })
    expect(await migrator.list()).toMatchObject([{ state: 'failed', stepsDone: 1 }])
    await session.query('delete from film where id > 200')
    expect(await applyAll(migrator)).toEqual(['20260101000000'])
  })

  test('an invalid index that was left behind is dropped and made again', async () => {
    await session.query(`insert into film values (1000, '1')`)
    const migrator = testMigrator(database.target, {
      [FILE]: 'create unique index concurrently film_title on film (title)',
    })
    await expect(applyAll(migrator)).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      details: { sqlstate: '23505' },
    })
    expect(await indexState()).toBe('f')
    expect(await migrator.list()).toMatchObject([{ state: 'failed', stepsDone: 0 }])
    await session.query('delete from film where id = 1000')
    expect(await applyAll(migrator)).toEqual(['20260101000000'])
    expect(await indexState()).toBe('t')
  })

  test('an index without a name too', async () => {
    await session.query(`insert into film values (1000, '1')`)
    const migrator = testMigrator(database.target, {
      [FILE]: 'create unique index concurrently on film (title)',
    })
    await expect(applyAll(migrator)).rejects.toMatchObject({ code: 'QUERY_FAILED' })
    await session.query('delete from film where id = 1000')
    await applyAll(migrator)
    expect(await value(`select count(*) from pg_index where indrelid = 'film'::regclass`)).toBe('2')
  })

  test('an index of that name that was there before is not touched', async () => {
    await session.query('create index film_title on film (id)')
    const migrator = testMigrator(database.target, {
      [FILE]: 'create index concurrently film_title on film (title)',
    })
    await expect(applyAll(migrator)).rejects.toMatchObject({ details: { sqlstate: '42P07' } })
    expect(await value(`select pg_get_indexdef('film_title'::regclass)`)).toContain('(id)')
  })

  test.each([
    ['drop index concurrently by_title', 'drop index by_title', `select to_regclass('by_title')`, null],
    [
      'create index concurrently by_id on film (id)',
      'create index by_id on film (id)',
      `select indisvalid from pg_index where indexrelid = 'by_id'::regclass`,
      't',
    ],
    [
      'alter table part detach partition part_1 concurrently',
      'alter table part detach partition part_1',
      'select count(*) from pg_inherits',
      '0',
    ],
    [
      'reindex index concurrently by_title',
      'select 1',
      `select count(*) from pg_index where indrelid = 'film'::regclass`,
      '2',
    ],
    ['vacuum film', 'select 1', 'select 1', '1'],
  ])('%s that was done, but not noted, is not done again', async (sql, byHand, ask, expected) => {
    await session.query(
      'create index by_title on film (title); create table part (id int) partition by list (id); create table part_1 partition of part for values in (1)',
    )
    const migrator = testMigrator(database.target, { [FILE]: sql })
    // As a connection that is lost after the statement leaves it.
    await applyAll(testMigrator(database.target, { '20250101000000_first.sql': 'select 1' }))
    const { rows } = await session.query(`select text from nebuladb.migration`)
    expect(rows).toHaveLength(1)
    await session.query(byHand)
    await session.query(
      `insert into nebuladb.migration (version, name, checksum, text, steps, steps_done, state, step_started) values ('20260101000000', 'film', '', $1, 1, 0, 'applying', true)`,
      [`-- migrate:up\n${sql}`],
    )
    expect(await applyAll(migrator)).toEqual(['20260101000000'])
    expect(await value(ask)).toBe(expected)
  })

  test('transaction:false runs each statement on its own', async () => {
    const migrator = testMigrator(database.target, {
      [FILE]: `-- migrate:up transaction:false\ndo $$ begin insert into film values (900, 'x'); commit; end $$;\nselect 1;\n-- migrate:down transaction:false\ndelete from film where id = 900; vacuum film;`,
    })
    await applyAll(migrator)
    expect(await value('select count(*) from film where id = 900')).toBe('1')
    await rollBackAll(migrator)
    expect(await value('select count(*) from film where id = 900')).toBe('0')
  })

  test('settings of steps that are done hold for those behind them', async () => {
    const files = (last: string): Record<string, string> => ({
      [FILE]: `create schema s; set search_path = s;\nvacuum public.film;\n${last}`,
    })
    await expect(applyAll(testMigrator(database.target, files('select nothing;')))).rejects.toMatchObject({
      code: 'QUERY_FAILED',
    })
    await applyAll(testMigrator(database.target, files('create table inside (id int);')))
    expect(await value(`select to_regclass('s.inside') is not null`)).toBe('t')
  })

  test('a roll back that stopped is finished by the next one', async () => {
    const text = `-- migrate:up\ncreate table a (id int);\n-- migrate:down\ndrop table a; \nvacuum film;\ndelete from blocker;`
    const migrator = testMigrator(database.target, { [FILE]: text })
    await applyAll(migrator)
    await expect(rollBackAll(migrator)).rejects.toMatchObject({ message: expect.stringContaining('line 6') })
    expect(await migrator.list()).toMatchObject([{ state: 'failed', stepsDone: 2 }])
    await expect(applyAll(migrator)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('roll back'),
    })
    await session.query('create table blocker (id int)')
    expect(await rollBackAll(migrator)).toEqual(['20260101000000'])
    expect(await migrator.list()).toMatchObject([{ state: 'pending' }])
  })
})

describe('batches', () => {
  const batched = `-- nebula:batch by id rows 100\nupdate film as f set title = title || '!' where length(f.title) > 0 -- all of them\n;`

  test('go through the table by its key, each row once', async () => {
    await session.query(
      'create table log (xid xid8); create function note() returns trigger language plpgsql as $$ begin insert into log values (pg_current_xact_id()); return new; end $$; create trigger t after update on film for each row execute function note()',
    )
    await applyAll(testMigrator(database.target, { [FILE]: batched }))
    expect(await value(`select count(*) from film where title = id || '!'`)).toBe('250')
    expect(await value('select count(distinct xid) from log')).toBe('3')
  })

  test('go on where they stopped', async () => {
    await session.query(
      'create table log (id int); create function note() returns trigger language plpgsql as $$ begin if new.id = 150 then insert into nowhere values (1); end if; return new; end $$; create trigger t before update on film for each row execute function note()',
    )
    const migrator = testMigrator(database.target, { [FILE]: batched })
    await expect(applyAll(migrator)).rejects.toMatchObject({ code: 'QUERY_FAILED' })
    expect(await value('select batch_key from nebuladb.migration')).toBe('["100"]')
    await session.query('drop trigger t on film')
    await applyAll(migrator)
    expect(await value(`select count(*) from film where title = id || '!'`)).toBe('250')
  })

  test('keys of several columns and odd names; the primary key when none is named', async () => {
    await session.query(
      `create table "Odd t" ("A b" text, n bigint, v int, primary key ("A b", n)); insert into "Odd t" select 'x''' || n % 3, n, 0 from generate_series(1, 50) n`,
    )
    await applyAll(
      testMigrator(database.target, {
        [FILE]: '-- nebula:batch rows 7\nupdate only "Odd t" set v = v + 1;',
        '20260102000000_more.sql': '-- nebula:batch by "A b", n rows 9\ndelete from "Odd t" where n > 25',
      }),
    )
    expect(await value('select count(*) || \' \' || sum(v) from "Odd t"')).toBe('25 25')
  })

  test('without a key they are refused', async () => {
    const migrator = testMigrator(database.target, {
      [FILE]: '-- nebula:batch by title\nupdate film set title = 1',
    })
    await expect(applyAll(migrator)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('no unique index'),
    })
  })
})
