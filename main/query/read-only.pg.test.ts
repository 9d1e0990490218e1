// A read-only connection against everything that we could think of: generated write attempts, none of which may change anything.
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestConnections, saveConnection } from '#testing/host-fixtures.ts'
import { createTestQuery, resultOf, type TestQuery } from '#testing/query-fixtures.ts'
import { serverVersion } from '#testing/server-version.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { OPEN_GUARD } from './read-only.ts'

let database: TempDatabase
let admin: pg.Client
beforeAll(async () => {
  database = await createTempDatabase()
  admin = new pg.Client(database.target)
  await admin.connect()
  await admin.query(`
    create extension if not exists dblink;
    create table t (a int primary key, b text);
    insert into t values (1, 'one'), (2, 'two');
    create sequence s;
    create materialized view mv as select * from t;
    create view v as select * from t;
    create function write_plain() returns int volatile language sql as $$ insert into t values (100, 'f') returning a $$;
    create function write_lying() returns int stable language plpgsql as $$ begin execute 'insert into t values (101, null)'; return 1; end $$;
    create function write_after(setting text) returns int language plpgsql as $$
      begin perform set_config(setting, 'off', false); insert into t values (102, null); return 1; end $$;
    create function write_after_set() returns int language plpgsql as $$
      begin set transaction read write; insert into t values (103, null); return 1; end $$;
    create function write_default() returns int language plpgsql set default_transaction_read_only = off as $$
      begin insert into t values (105, null); return 1; end $$;
    create function write_caught() returns int language plpgsql as $$
      begin
        begin insert into t values (106, null); exception when others then null; end;
        begin perform set_config('transaction_read_only', 'off', true); exception when others then null; end;
        begin insert into t values (107, null); exception when others then null; end;
        return 1;
      end $$;
    create procedure write_procedure() language plpgsql as $$ begin commit; insert into t values (108, null); commit; end $$;
    create function trigger_write() returns trigger language plpgsql as $$ begin insert into t values (109, null); return new; end $$;
    create operator === (leftarg = int, rightarg = int, procedure = int4eq);
    create aggregate write_sum (int) (sfunc = int4pl, stype = int, initcond = '0');
  `)
})
afterAll(async () => {
  await admin.end()
  await database.drop()
})

/** What a write would change: rows, every catalog, sequences, large objects, roles, settings of the server. */
async function fingerprint(): Promise<string> {
  const { rows } = await admin.query<{
    state: string
  }>(`select string_agg(coalesce(part, '-'), '|') as state from (
    select md5(string_agg(t::text, ',' order by a)) from t
    union all select md5(string_agg(mv::text, ',' order by a)) from mv
    union all select concat(last_value, is_called) from s
    union all select md5(string_agg(concat(oid, relname, relacl), ',' order by oid)) from pg_class where relpersistence <> 't'
    union all select md5(string_agg(concat(oid, proname, prosrc), ',' order by oid)) from pg_proc
    union all select md5(string_agg(concat(attrelid, attname, atttypid, attisdropped), ',' order by attrelid, attnum)) from pg_attribute
    union all select md5(string_agg(concat(oid, typname), ',' order by oid)) from pg_type
    union all select md5(string_agg(concat(oid, nspname, nspacl), ',' order by oid)) from pg_namespace
    union all select md5(string_agg(concat(oid, rolname, rolsuper), ',' order by oid)) from pg_roles
    union all select md5(string_agg(datname, ',' order by oid)) from pg_database where datname = current_database()
    union all select count(*)::text from pg_largeobject_metadata
    union all select count(*)::text from pg_description
    union all select count(*)::text from pg_trigger
    union all select count(*)::text from pg_policy
    union all select count(*)::text from pg_rewrite
    union all select count(*)::text from pg_extension
    union all select count(*)::text from pg_prepared_xacts
    union all select count(*)::text from pg_replication_slots
    union all select count(*)::text from pg_db_role_setting
  ) parts (part)`)
  return rows[0]?.state ?? ''
}

const WRITES = [
  "insert into t values (10, 'x')",
  "insert into t values (11, 'x') returning a",
  "insert into t select n + 50, 'x' from generate_series(1, 3) n",
  "update t set b = 'changed'",
  "update v set b = 'changed' where a = 1",
  'delete from t',
  'delete from t where a = 1 returning *',
  'truncate t',
  "merge into t using (values (1)) as m (a) on t.a = m.a when matched then update set b = 'merged'",
  'create table n1 (a int)',
  'create table n2 as select * from t',
  'select * into n3 from t',
  'create unlogged table n4 (a int)',
  'create view n5 as select 1',
  'create materialized view n6 as select 1',
  'create index on t (b)',
  'create schema n7',
  'create sequence n8',
  'create type n9 as enum ()',
  'create domain n10 as int',
  'create function n11() returns int language sql as $$ select 1 $$',
  'create role n12',
  'create extension pg_trgm',
  'create trigger n14 before insert on t for each row execute function trigger_write()',
  'create policy n15 on t',
  'create rule n16 as on insert to t do nothing',
  'alter table t add column c int',
  'alter table t rename to u',
  'alter table t enable row level security',
  'alter sequence s restart with 99',
  "alter system set work_mem = '5MB'",
  "alter database current set work_mem = '5MB'",
  "alter role postgres set work_mem = '5MB'",
  'drop table t cascade',
  'drop view v',
  'drop owned by postgres',
  'reassign owned by postgres to postgres',
  "comment on table t is 'x'",
  'grant all on t to public',
  'revoke all on t from postgres',
  'refresh materialized view mv',
  'reindex table t',
  'cluster t using t_pkey',
  'vacuum full t',
  'analyze t',
  'lock table t in access exclusive mode',
  "copy t from '/dev/null'",
  "copy t to '/tmp/nebuladb-read-only-test'",
  "copy (select 1) to program 'touch /tmp/nebuladb-read-only-test'",
  "select nextval('s')",
  "select setval('s', 77)",
  'select lo_create(0)',
  "select lo_from_bytea(0, '\\x00')",
  "select lo_import('/etc/hostname')",
  'select write_plain()',
  'select write_lying()',
  "select write_after('transaction_read_only')",
  "select write_after('default_transaction_read_only')",
  'select write_after_set()',
  'select write_default()',
  'select write_caught()',
  'call write_procedure()',
  'do $$ begin insert into t values (12, null); end $$',
  'do $$ begin commit; set default_transaction_read_only = off; insert into t values (13, null); end $$',
  'explain analyze insert into t values (14, null)',
  'explain (analyze, buffers) delete from t',
  'with w as (insert into t values (15, null) returning a) select * from w',
  'with w as (delete from t returning a), x as (select 1) select * from w, x',
  'with w as (select write_plain() as a) select * from w',
  "select * from query_to_xml('insert into t values (16, null) returning a', true, true, '')",
  "select dblink_exec('@server', 'insert into t values (17, null)')",
  "select * from dblink('@server', 'insert into t values (18, null) returning a') as d (a int)",
  'select pg_reload_conf(), pg_rotate_logfile()',
  "select pg_create_physical_replication_slot('n17')",
  "select pg_logical_emit_message(false, 'a', 'b')",
  'select case when true then write_plain() end',
  'select a from t order by write_plain()',
  'select a from t where write_plain() > 0',
  'select a from t limit write_plain()',
  'values (write_plain())',
  'select (select write_plain())',
  'select * from t, lateral (select write_lying()) l',
  "set search_path to 'pg_catalog'; insert into public.t values (19, null)",
  'prepare w as insert into t values (20, null); execute w',
  'declare c cursor for insert into t values (21, null) returning a',
  'declare c cursor with hold for select write_plain()',
  "notify n18, 'x'",
  'checkpoint',
  'import foreign schema public from server none into public',
  "security label on table t is 'x'",
]

/** Ways to get a write past a guard. `%` is the write. */
const WRAPPINGS = [
  '%',
  '/* select */ %',
  '-- select 1\n%',
  ';;; %',
  'set default_transaction_read_only = off; %',
  'set transaction read write; %',
  'set session characteristics as transaction read write; %',
  "select set_config('default_transaction_read_only', 'off', false); %",
  "select set_config('transaction_read_only', 'off', true); %",
  'begin; %; commit',
  'begin read write; %; commit',
  'begin; set transaction read write; %; commit',
  'begin; savepoint a; rollback to savepoint a; set transaction_read_only = off; %; commit',
  'begin; commit and chain; set transaction read write; %; commit',
  'begin; rollback and chain; set local transaction_read_only = off; %; commit',
  'start transaction isolation level serializable, read write; %; commit',
  "begin; select set_config('transaction_read_only', 'off', false); %; commit",
  'reset all; reset default_transaction_read_only; %',
  'discard all; %',
  'set session authorization default; %',
  'explain analyze %',
  'prepare w1 as %; execute w1',
  'rollback; %',
  'commit; %',
]

/** A write that connects back to the server really reaches it. */
function atServer(sql: string): string {
  const { host, port, user, password } = database.target
  const server = `host=${host} port=${port} user=${user} password=${password} dbname=${database.target.database}`
  return sql.replaceAll('@server', server)
}

/** Runs a script statement by statement as the person would: the next one even where one failed. */
async function attack(query: TestQuery, script: string): Promise<void> {
  // Splitting at "; " is enough for the corpus: none of its writes needs it inside a literal of its own.
  const parts = script.includes('$$') ? [script] : script.split('; ')
  await query.run(script).catch(() => undefined)
  if (parts.length > 1) for (const part of parts) await query.run(part).catch(() => undefined)
  await query.run('rollback')
}

test('no write of the corpus gets through, plain or wrapped', async () => {
  const query = await createTestQuery(database.target, { isReadOnly: true })
  const before = await fingerprint()
  const attempts = WRITES.flatMap((write, index) =>
    // Every write plain, and each with two wrappings, so that all pairs are met over the corpus.
    [0, 1, 2].map((turn) => {
      const wrapping = turn === 0 ? '%' : WRAPPINGS[(index * 2 + turn) % WRAPPINGS.length]
      return (wrapping ?? '%').replace('%', () => write)
    }),
  )
  const scripts = new Set([
    ...attempts,
    ...WRAPPINGS.map((wrapping) => wrapping.replace('%', () => "insert into t values (200, 'w')")),
    ...WRAPPINGS.map((wrapping) => wrapping.replace('%', () => 'select write_plain()')),
  ])
  expect(scripts.size).toBeGreaterThan(250)
  for (const script of scripts) {
    await attack(query, atServer(script))
    expect(await fingerprint(), script).toBe(before)
  }
}, 300_000)

test('the guard alone stops every write but those that act outside the transaction', async () => {
  const connections = createTestConnections()
  const connectionId = await saveConnection(connections, database.target)
  const passed: string[] = []
  for (const write of WRITES.filter(
    (sql) => !sql.includes('; ') && !sql.includes('nebuladb-read-only-test'),
  )) {
    const before = await fingerprint()
    const session = await connections.service.open(connectionId, { purpose: 'test' })
    await session.query(OPEN_GUARD)
    await session.query(atServer(write), []).catch(() => undefined)
    await session.query('commit').catch(() => undefined)
    await session.close()
    if ((await fingerprint()) !== before) passed.push(write)
    await admin.query('delete from t where a not in (1, 2)')
    await admin.query('select pg_drop_replication_slot(slot_name) from pg_replication_slots')
  }
  // These are what the list of statements and functions in front of the guard is for.
  // Large objects were no writes to Postgres before 16.
  const guarded = passed.filter((sql) => serverVersion() >= 160000 || !/^select lo_/.test(sql))
  expect(guarded.map((sql) => /dblink_exec|from dblink|replication_slot/.exec(sql)?.[0] ?? sql)).toEqual([
    'dblink_exec',
    'from dblink',
    'replication_slot',
  ])
}, 120_000)

test('reads go on as ever: settings, transactions, cursors, large results', async () => {
  const query = await createTestQuery(database.target, { isReadOnly: true })
  const report = await query.run(
    "set search_path = 'public'; begin isolation level repeatable read; select a from t order by a; savepoint x; select count(*) from t; commit; show search_path",
  )
  expect(report.of('failed')).toEqual([])
  expect(report.of('transaction').map((event) => event.state)).toEqual([
    'idle',
    'open',
    'open',
    'open',
    'open',
    'idle',
    'idle',
  ])
  const large = await query.run('select generate_series(1, 20000)')
  expect(large.of('done')[0]).toMatchObject({ rowCount: 20_000, isComplete: true })
  expect(large.of('transaction').at(-1)?.state).toBe('idle')
  expect(await query.rows(resultOf(large), 19_999, 1)).toEqual([['20000']])
  const failed = await query.run('select 1 / 0')
  expect(failed.of('failed')[0]).toMatchObject({ postgres: { sqlstate: '22012' } })
  expect((await query.run('select 1')).of('done')).toHaveLength(1)
})

test('says that the connection is read-only, before and at the server', async () => {
  const query = await createTestQuery(database.target, { isReadOnly: true })
  const here = await query.run('delete from t')
  expect(here.of('failed')[0]).toMatchObject({ code: 'READ_ONLY' })
  expect(here.of('failed')[0]?.message).toContain('DELETE is not a statement that reads')
  const there = await query.run('select write_plain()')
  expect(there.of('failed')[0]).toMatchObject({ postgres: { sqlstate: '25006' } })
})

test('a suspended result keeps its guard until it ends', async () => {
  const query = await createTestQuery(database.target, {
    isReadOnly: true,
    limits: { readingLimits: { maxRows: 1_000, maxBytes: 1e9 } },
  })
  const report = await query.run('select generate_series(1, 50000)')
  expect(report.of('done')[0]?.isComplete).toBe(false)
  expect(await query.rows(resultOf(report), 49_999, 1)).toEqual([['50000']])
  expect((await query.run('begin; select 1; rollback')).of('failed')).toEqual([])
})
