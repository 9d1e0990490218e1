import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSession, type Session } from '#postgres/node/session.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { key, type SchemaCache } from '../types.ts'
import {
  createSchemaCacheFollower,
  eventTriggerStatements,
  loadSchemaCache,
  type FollowerEvent,
  type FollowerOptions,
  type SchemaCacheFollower,
} from './index.ts'

const SCOPE = { schemas: ['api'], extraSearchPath: ['lookup'], hoistedTxSettings: ['statement_timeout'] }
const SCHEMA = `
  create schema api; create schema lookup; create schema hidden;
  create type api.mood as enum ('low', 'high');
  create domain api.mail as text default 'x';
  create sequence api.numbers;
  create table api.directors (id int primary key, name text);
  create table api.films (id int primary key, title text, director int references api.directors,
    mood api.mood, mail api.mail, number int default nextval('api.numbers'));
  create table api.actors (id int primary key);
  create table api.roles (film int references api.films, actor int references api.actors, primary key (film, actor));
  create view api.films_view as select id, title, director from api.films;
  create view api.films_view_view as select * from api.films_view;
  create function api.find(word text) returns setof api.films language sql as 'select * from api.films';
  comment on table api.films is 'films'; comment on column api.films.title is 'title';
  comment on function api.find is 'finds'`

let database: TempDatabase
let session: Session
let follower: SchemaCacheFollower | undefined
let events: FollowerEvent[]

beforeEach(async () => {
  database = await createTempDatabase()
  session = await openSession(database.target)
  await session.query(SCHEMA)
  events = []
})
afterEach(async () => {
  await follower?.close()
  follower = undefined
  await session.close()
  await database.drop()
})

/** Follows without polling, unless told otherwise. */
async function follow(options: Partial<FollowerOptions> = {}): Promise<SchemaCacheFollower> {
  follower = createSchemaCacheFollower({
    target: database.target,
    scope: SCOPE,
    pollIntervalMs: 0,
    observe: (event) => events.push(event),
    ...options,
  })
  await follower.ready()
  return follower
}

async function installTriggers(): Promise<void> {
  for (const { text } of eventTriggerStatements()) await session.query(text)
}

/** Resolves with the first snapshot, the current one included, that `isIt` holds for. */
function until(following: SchemaCacheFollower, isIt: (cache: SchemaCache) => boolean): Promise<SchemaCache> {
  const found = Promise.withResolvers<SchemaCache>()
  const stop = following.onReload((cache) => {
    if (isIt(cache)) found.resolve(cache)
  })
  const current = following.current()
  if (current !== undefined && isIt(current)) found.resolve(current)
  return found.promise.finally(stop)
}

async function untilEvent(isIt: (event: FollowerEvent) => boolean): Promise<void> {
  await expect.poll(() => events.some(isIt), { timeout: 10_000 }).toBe(true)
}

function film(name: string): string {
  return key({ schema: 'api', name })
}

/** Comparable: what stands in maps and sets by the order of reading is sorted. */
function comparable(cache: SchemaCache): unknown {
  const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] =>
    [...map].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    tables: sorted(cache.tables).map(([name, table]) => [name, { ...table, columns: [...table.columns] }]),
    relationships: sorted(cache.relationships),
    routines: sorted(cache.routines),
    representations: sorted(cache.representations),
    handlers: cache.handlers,
    descriptions: sorted(cache.schemaDescriptions),
    roles: sorted(cache.roleSettings),
  }
}

/** Waits until the snapshot is what a full load gives. */
async function expectFollowed(following: SchemaCacheFollower): Promise<void> {
  const wanted = comparable(await loadSchemaCache(session, SCOPE))
  await expect
    .poll(
      () => {
        const cache = following.current()
        return cache && comparable(cache)
      },
      { interval: 10, timeout: 10_000 },
    )
    .toEqual(wanted)
}

describe('after each change an incremental reload gives what a full load gives', () => {
  test.each([
    ['a table is created', 'create table api.new (id int primary key, film int references api.films)'],
    ['a table is dropped', 'drop table api.roles'],
    ['a table is dropped with all that hangs on it', 'drop table api.films cascade'],
    ['a table is renamed', 'alter table api.directors rename to bosses'],
    ['a table goes to another schema', 'alter table api.directors set schema hidden'],
    [
      'a table comes from another schema',
      'create table hidden.t (id int); alter table hidden.t set schema api',
    ],
    ['a column is added', 'alter table api.films add column year int not null default 1999'],
    ['a column is dropped', 'alter table api.films drop column director cascade'],
    ['a column is renamed', 'alter table api.directors rename id to key'],
    ['a column of a view is renamed', 'alter view api.films_view rename title to name'],
    ['a column changes its type', 'alter table api.actors alter id type bigint'],
    ['a column may not be null', 'alter table api.films alter title set not null'],
    ['a default is set', `alter table api.films alter title set default 'none'`],
    ['a default is replaced', `alter table api.films alter number set default 5`],
    ['a default is dropped', 'alter table api.films alter number drop default'],
    ['a column becomes an identity', 'alter table api.actors alter id add generated by default as identity'],
    ['a primary key is dropped', 'alter table api.roles drop constraint roles_pkey'],
    ['a foreign key is added', 'alter table api.actors add foreign key (id) references api.directors'],
    ['a foreign key is dropped', 'alter table api.films drop constraint films_director_fkey'],
    ['a foreign key is renamed', 'alter table api.films rename constraint films_director_fkey to made_by'],
    ['a foreign key becomes unique', 'alter table api.films add unique (director)'],
    ['a view is created', 'create view api.directors_view as select * from api.directors'],
    [
      'a view in between changes its columns',
      'create or replace view api.films_view as select id, title, id + 1 as director from api.films',
    ],
    ['a view is dropped', 'drop view api.films_view_view'],
    [
      'a view loses the means to be written to',
      'create or replace view api.films_view as select distinct id, title, director from api.films',
    ],
    ['a view gains a rule', 'create rule r as on delete to api.films_view do instead nothing'],
    [
      'a view gains a trigger',
      `create function hidden.f() returns trigger language plpgsql as 'begin return null; end';
      create view api.sums as select count(*) as n from api.films;
      create trigger t instead of insert on api.sums for each row execute function hidden.f()`,
    ],
    [
      'a view comes that is looked through',
      'create view lookup.v as select * from api.films; create view api.w as select * from lookup.v',
    ],
    [
      'a comment is written',
      `comment on table api.actors is 'actors'; comment on column api.actors.id is 'key'`,
    ],
    ['a comment is changed', `comment on column api.films.title is 'changed'`],
    ['a comment is taken away', 'comment on column api.films.title is null'],
    ['a comment of a function is taken away', 'comment on function api.find(text) is null'],
    ['a comment of the schema is written', `comment on schema api is 'Title'`],
    ['an enum gains a label', `alter type api.mood add value 'middle' before 'high'`],
    ['a label is renamed', `alter type api.mood rename value 'low' to 'bad'`],
    ['a type is renamed', 'alter type api.mood rename to temper'],
    ['a type goes to another schema', 'alter type api.mood set schema hidden'],
    ['a domain changes its default', `alter domain api.mail set default 'y'`],
    ['a domain may not be null', 'alter domain api.mail set not null'],
    ['a sequence is renamed', 'alter sequence api.numbers rename to numerals'],
    [
      'a function is created',
      "create function api.other(a int, b int default 1) returns int language sql as 'select 1'",
    ],
    [
      'a function is replaced',
      "create or replace function api.find(word text) returns setof api.films stable language sql as 'select * from api.films'",
    ],
    [
      'a function is overloaded',
      `create function api.find(word text, other int) returns int language sql as 'select 1'`,
    ],
    ['a function gains a setting', `alter function api.find set statement_timeout = '1s'`],
    ['a function is dropped', 'drop function api.find'],
    ['a function goes to another schema', 'alter function api.find set schema hidden'],
    [
      'a function becomes a relationship',
      `create function api.best(api.directors) returns setof api.films rows 1 language sql as 'select * from api.films'`,
    ],
    [
      'a function takes the place of a foreign key',
      `create function api.films(api.directors) returns setof api.films language sql as 'select * from api.films'`,
    ],
    ['a table that functions return is renamed', 'alter table api.films rename to movies'],
    [
      'a cast is created',
      `create domain api.c as int; create function api.c_json(api.c) returns json language sql as 'select to_json($1)';
      create cast (api.c as json) with function api.c_json(api.c) as implicit`,
    ],
    [
      'a media type is handled',
      `create domain api."text/html" as text; create function api.page() returns api."text/html" language sql as 'select null::api."text/html"'`,
    ],
    [
      'a table is partitioned',
      'create table api.years (y int primary key) partition by list (y); create table api.y1 partition of api.years for values in (1)',
    ],
    [
      'a table becomes a partition',
      'create table api.years (id int primary key) partition by list (id); alter table api.years attach partition api.actors default',
    ],
    [
      'a foreign key refers to a partition',
      'create table api.years (y int primary key) partition by list (y); create table api.y1 partition of api.years for values in (1); create table api.e (y int references api.y1)',
    ],
    ['the schema is renamed', 'alter schema hidden rename to unseen'],
    [
      'an exposed schema is replaced',
      'alter schema api rename to old; create schema api; create table api.only (id int)',
    ],
    ['a subtransaction wrote it', 'begin; savepoint a; create table api.sub (id int); release a; commit'],
    [
      'nothing that is shown',
      'create table hidden.h (id int); create index on api.films (title); analyze api.films',
    ],
  ])('%s', async (_, ddl) => {
    const following = await follow()
    await session.query(ddl)
    await session.query(`notify pgrst, 'reload schema'`)
    await expectFollowed(following)
  })

  test('a trigger and a rule that made a view writable are dropped', async () => {
    await session.query(`create function hidden.f() returns trigger language plpgsql as 'begin return null; end';
      create view api.sums as select count(*) as n from api.films;
      create trigger t instead of insert on api.sums for each row execute function hidden.f();
      create rule r as on delete to api.sums do instead nothing`)
    const following = await follow()
    expect(following.current()?.tables.get(film('sums'))).toMatchObject({
      isInsertable: true,
      isDeletable: true,
    })
    await session.query(`drop trigger t on api.sums; drop rule r on api.sums; notify pgrst`)
    const cache = await until(following, ({ version }) => version === 2)
    expect(cache.tables.get(film('sums'))).toMatchObject({ isInsertable: false, isDeletable: false })
  })

  test('a transaction that was running during the last load is not missed', async () => {
    const other = await openSession(database.target)
    try {
      await other.query('begin; savepoint a; create table api.late (id int); release a')
      const following = await follow()
      await session.query('create table api.early (id int); notify pgrst')
      await until(following, ({ tables }) => tables.has(film('early')))
      await other.query('commit')
      await session.query('notify pgrst')
      const cache = await until(following, ({ tables }) => tables.has(film('late')))
      expect(cache.tables.has(film('early'))).toBe(true)
    } finally {
      await other.close()
    }
  })
})

test('a snapshot that was taken never changes', async () => {
  const following = await follow()
  const before = following.current()
  const text = JSON.stringify(before && comparable(before))
  await session.query('drop table api.films cascade; notify pgrst')
  const after = await until(following, ({ version }) => version === 2)
  expect(after).not.toBe(before)
  expect(JSON.stringify(before && comparable(before))).toBe(text)
})

test('objects that did not change are the same in the next snapshot', async () => {
  const following = await follow()
  const before = following.current()
  await session.query('alter table api.films add column year int; notify pgrst')
  const after = await until(following, ({ version }) => version === 2)
  expect(after.tables.get(film('actors'))).toBe(before?.tables.get(film('actors')))
  expect(after.tables.get(film('films'))).not.toBe(before?.tables.get(film('films')))
  expect(after.routines).toBe(before?.routines)
})

test('no new snapshot is made of changes that do not show', async () => {
  const following = await follow()
  await session.query(
    `grant select on api.films to public; create table hidden.t (id int); drop table hidden.t; notify pgrst`,
  )
  await session.query(`create table api.shows (id int); notify pgrst`)
  const cache = await until(following, ({ tables }) => tables.has(film('shows')))
  expect(cache.version).toBe(2)
})

test('event triggers tell of each change at its commit', async () => {
  await installTriggers()
  await installTriggers()
  const following = await follow()
  await session.query('create table api.told (id int primary key)')
  await until(following, ({ tables }) => tables.has(film('told')))
  await session.query('drop table api.told')
  await until(following, ({ tables }) => !tables.has(film('told')))
  await session.query(`alter table api.films rename title to name; comment on column api.films.name is 'now'`)
  const cache = await until(
    following,
    ({ tables }) => tables.get(film('films'))?.columns.get('name')?.description === 'now',
  )
  expect(cache.tables.get(film('films'))?.columns.has('title')).toBe(false)
})

test('with event triggers each change is seen at once, whatever else it changes soon after', async () => {
  await installTriggers()
  const following = await follow()
  for (const ddl of [
    'create table api.new (id int primary key, film int references api.films)',
    'create view api.new_view as select * from api.new',
    'alter table api.new rename film to movie',
    'alter table api.films drop constraint films_director_fkey',
    'create or replace view api.films_view as select distinct id, title, director from api.films',
    `create function api.best(api.directors) returns setof api.films rows 1 language sql as 'select * from api.films'`,
    `alter type api.mood rename to temper; alter table api.actors add column temper api.temper`,
    'create rule r as on delete to api.new do instead nothing; drop rule r on api.new',
    'drop function api.best; drop sequence api.numbers cascade',
    'drop table api.films cascade',
    'drop schema hidden; create schema hidden; create table hidden.films (id int); alter table hidden.films set schema api',
  ]) {
    await session.query(ddl)
    await expectFollowed(following)
  }
})

test('a hint that is no hint makes no harm', async () => {
  const following = await follow()
  await session.query(`create table api.hinted (id int);
    notify nebuladb_schema_cache, 'r1 f2 c3 x'; notify nebuladb_schema_cache, 'drop table'; notify pgrst`)
  await until(following, ({ tables }) => tables.has(film('hinted')))
})

test('what a hint leaves out is found soon after', async () => {
  const following = await follow()
  await session.query(`create table api.named (id int); create table api.unnamed (id int)`)
  await session.query(`do $$ begin
    perform pg_notify('nebuladb_schema_cache', 'r' || 'api.named'::regclass::oid);
    perform pg_notify('pgrst', 'reload schema'); end $$`)
  const named = await until(following, ({ tables }) => tables.has(film('named')))
  expect(named.tables.has(film('unnamed'))).toBe(false)
  await until(following, ({ tables }) => tables.has(film('unnamed')))
})

test('event triggers say nothing of temporary tables, indexes and grants', async () => {
  await installTriggers()
  await follow()
  await session.query(`create temp table t (id int); drop table t; create index on api.films (title);
    grant select on api.films to public; notify pgrst, 'the end'`)
  await untilEvent((event) => event.kind === 'notified' && event.payload === 'the end')
  expect(events.filter(({ kind }) => kind === 'notified')).toHaveLength(1)
})

test('changes that nobody told of are found by looking', async () => {
  const following = await follow({ pollIntervalMs: 20, channel: null })
  expect(events).toContainEqual({ kind: 'connected', isListening: false })
  await session.query('create table api.silent (id int)')
  const cache = await until(following, ({ tables }) => tables.has(film('silent')))
  expect(cache.version).toBe(2)
})

test('`reload config` and an empty payload are passed on, other payloads are not', async () => {
  let told = 0
  const following = await follow({ onConfigReload: () => (told += 1) })
  await session.query(`notify pgrst, 'reload config'; notify pgrst, 'something'`)
  await expect.poll(() => told).toBe(1)
  await session.query(`create table api.both (id int); notify pgrst`)
  await until(following, ({ tables }) => tables.has(film('both')))
  expect(told).toBe(2)
})

test('another channel can be listened to, its name quoted', async () => {
  const following = await follow({ channel: 'Odd "name"' })
  await session.query(`create table api.heard (id int); notify "Odd ""name"""`)
  await until(following, ({ tables }) => tables.has(film('heard')))
})

test('a lost connection is made again, and what changed in between is seen', async () => {
  const following = await follow()
  await session.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid(); create table api.between (id int)`)
  await until(following, ({ tables }) => tables.has(film('between')))
  expect(events.some(({ kind }) => kind === 'failed')).toBe(true)
  await session.query(`create table api.afterwards (id int); notify pgrst`)
  await until(following, ({ tables }) => tables.has(film('afterwards')))
})

test('while there is no database all is tried again, then it is ready', async () => {
  const { database: name } = database.target
  const admin = await openSession({ ...database.target, database: 'postgres' })
  try {
    await admin.query(`alter database ${name} allow_connections false`)
    const starting = createSchemaCacheFollower({
      target: database.target,
      scope: SCOPE,
      observe: (event) => events.push(event),
    })
    follower = starting
    await untilEvent(({ kind }) => kind === 'failed')
    expect(starting.current()).toBeUndefined()
    await expect(starting.reload()).rejects.toThrow(/not currently accepting connections/)
    await admin.query(`alter database ${name} allow_connections true`)
    expect((await starting.ready()).tables.has(film('films'))).toBe(true)
  } finally {
    await admin.close()
  }
})

test('a reload that fails leaves the snapshot as it is', async () => {
  const following = await follow()
  const before = following.current()
  await session.query('begin; lock table pg_catalog.pg_class in access exclusive mode')
  const reloading = following.reload().catch((error: unknown) => error)
  await expect
    .poll(async () => {
      const { rows } = await session.query('select count(*) from pg_catalog.pg_locks where not granted')
      return rows[0]?.[0]
    })
    .not.toBe('0')
  expect(following.current()).toBe(before)
  await session.query(`select pg_terminate_backend(pid) from pg_catalog.pg_locks where not granted`)
  await session.query('commit')
  expect(await reloading).toBeInstanceOf(Error)
  await untilEvent(({ kind }) => kind === 'failed')
  await until(following, ({ version }) => version === 2)
})

test('other schemas are looked at when they are asked for', async () => {
  const following = await follow()
  await session.query('create function hidden.f() returns int language sql as $$ select 1 $$')
  const cache = await following.configure({ ...SCOPE, schemas: ['hidden'] })
  expect(cache.routines.has(key({ schema: 'hidden', name: 'f' }))).toBe(true)
  expect(cache.routines.has(film('find'))).toBe(false)
  expect(cache.relationships.size).toBe(0)
})

test('a closed follower answers nobody any more', async () => {
  const following = await follow()
  await following.close()
  await expect(following.reload()).rejects.toThrow('The schema cache was closed.')
  expect(following.current()?.version).toBe(1)
  const { rows } = await session.query(
    'select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
  expect(rows[0]?.[0]).toBe('0')
})

test('who waits for a follower that is closed before it is ready is told', async () => {
  const starting = createSchemaCacheFollower({
    target: { ...database.target, database: 'there_is_none' },
    scope: SCOPE,
  })
  const waiting = starting.ready()
  await starting.close()
  await expect(waiting).rejects.toThrow('The schema cache was closed.')
})
