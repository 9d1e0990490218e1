// A schema whose functions sleep, fail, answer at length and leave things behind, served over HTTP: for tests of the REST engine as a whole.
import pg from 'pg'
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { RestOptions } from '../backend/rest/index.ts'
import { sampleConfig } from './rest-sample.ts'
import { startTestRest, type TestRest } from './rest-server.ts'
import { createTempDatabase, type TempDatabase } from './temp-database.ts'

/** As which requests run. */
export const ROLE = 'rest_test_web'
/** Of the table wide. */
export const COLUMNS = Array.from({ length: 1000 }, (_, index) => `c${index}`)
const SCHEMA = `
do $$ begin create role ${ROLE} nologin; exception when duplicate_object then null; end $$;
create schema api;
grant usage on schema api to ${ROLE};
create table api.film (id int primary key, title text not null);
create table api.award (
  id int generated always as identity primary key,
  film_id int not null references api.film deferrable initially deferred
);
create table api.secret (id int primary key);
create table api.wide (${COLUMNS.map((name) => `${name} int default 7`).join(', ')});
create function api.sleep(seconds float8) returns void language sql as 'select pg_sleep(seconds)';
create function api.big(size int) returns text language sql stable as $$ select repeat('x', size) $$;
create function api.huge() returns setof text language sql stable as
  $$ select repeat('x', 300000000) from generate_series(1, 4) $$;
create function api.many() returns setof int language sql stable as 'select generate_series(1, 100000)';
create function api.size(bytea) returns int language sql immutable as 'select length($1)';
create function api.leave(text) returns void language plpgsql as $$ begin
  perform set_config('app.user', $1, false), set_config('response.headers', '[{"X-User": "' || $1 || '"}]', false),
    set_config('response.status', '299', false), pg_advisory_lock(7);
  create temp table cart as select $1; listen api_channel; end $$;
create function api.leave_lock() returns void language plpgsql as $$ begin perform pg_advisory_lock(7); perform 1 / 0; end $$;
create function api.left_behind() returns json language sql stable as $$ select json_build_object('user', current_setting('app.user', true),
  'cart', to_regclass('pg_temp.cart')::text, 'channels', (select count(*) from pg_listening_channels()), 'pid', pg_backend_pid(),
  'locks', (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid())) $$;
create function api.echo_headers() returns json language sql stable as
  $$ select current_setting('request.headers')::json $$;
create function api.whoami() returns text language sql stable as 'select current_user::text';
create function api.read_only() returns text language sql stable as $$ select current_setting('transaction_read_only') $$;
create function api.bad_headers() returns text language plpgsql stable as $$
  begin perform set_config('response.headers', 'x', true); return repeat('x', 3000000); end $$;
create function api.raise_header() returns void language plpgsql stable as $$
  begin raise sqlstate 'PGRST' using message = '{"code":"1","message":"m"}',
    detail = '{"status":418,"headers":{"X-A":"é\\nb"}}'; end $$;
create function api.late_failure() returns text language plpgsql volatile as $$
  begin insert into api.award (film_id) values (-1); return repeat('x', 3000000); end $$;
grant select, insert, update, delete on api.film, api.award, api.wide to ${ROLE};
grant execute on all functions in schema api to ${ROLE};
insert into api.film select n, 'Film ' || n from generate_series(1, 20) n;
`

/** Serves the schema to ROLE. */
export const config = sampleConfig({ anonRole: ROLE })

export interface TestRestDatabase {
  readonly database: TempDatabase
  /** A superuser's connection. */
  readonly admin: pg.Client
  /** Starts an engine, which ends with the test. */
  start(options?: Partial<RestOptions>, target?: TempDatabase['target']): Promise<TestRest>
  /** How many statements of others run that are like this. */
  activeStatements(pattern: string): Promise<number>
  /** Ends them, with their connections. */
  endStatements(pattern: string): Promise<void>
}

/** Makes the database for the tests of this file, and drops it after them. */
export function useRestDatabase(): TestRestDatabase {
  let database: TempDatabase
  let admin: pg.Client
  const open: TestRest[] = []
  beforeAll(async () => {
    database = await createTempDatabase()
    admin = new pg.Client(database.target)
    await admin.connect()
    await admin.query(SCHEMA)
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((server) => server.close()))
  })
  afterAll(async () => {
    await admin.end()
    await database.drop()
  })
  const others = `from pg_stat_activity
     where datname = current_database() and state = 'active' and query like $1 and pid <> pg_backend_pid()`
  return {
    get database() {
      return database
    },
    get admin() {
      return admin
    },
    async start(options = {}, target = database.target) {
      const server = await startTestRest(target, { config, ...options })
      open.push(server)
      return server
    },
    async activeStatements(pattern) {
      const { rows } = await admin.query(`select count(*)::int as n ${others}`, [pattern])
      return rows[0].n
    },
    async endStatements(pattern) {
      await admin.query(`select pg_terminate_backend(pid) ${others}`, [pattern])
    },
  }
}
