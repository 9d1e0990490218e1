import { expect, test } from 'vitest'
import { apiKey, until, useFollower } from '#testing/schema-cache-follower.ts'

const fixture = useFollower()

test('event triggers tell of each change at its commit', async () => {
  await fixture.installTriggers()
  await fixture.installTriggers()
  const following = await fixture.follow()
  await fixture.session.query('create table api.told (id int primary key)')
  await until(following, ({ tables }) => tables.has(apiKey('told')))
  await fixture.session.query('drop table api.told')
  await until(following, ({ tables }) => !tables.has(apiKey('told')))
  await fixture.session.query(
    `alter table api.films rename title to name; comment on column api.films.name is 'now'`,
  )
  const cache = await until(
    following,
    ({ tables }) => tables.get(apiKey('films'))?.columns.get('name')?.description === 'now',
  )
  expect(cache.tables.get(apiKey('films'))?.columns.has('title')).toBe(false)
})

test('with event triggers each change is seen at once, whatever else it changes soon after', async () => {
  await fixture.installTriggers()
  const following = await fixture.follow()
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
    await fixture.session.query(ddl)
    await fixture.expectFollowed(following)
  }
})

test('a hint that is no hint makes no harm', async () => {
  const following = await fixture.follow()
  await fixture.session.query(`create table api.hinted (id int);
    notify nebuladb_schema_cache, 'r1 f2 c3 x'; notify nebuladb_schema_cache, 'drop table'; notify pgrst`)
  await until(following, ({ tables }) => tables.has(apiKey('hinted')))
})

test('what a hint leaves out is found soon after', async () => {
  const following = await fixture.follow()
  await fixture.session.query(`create table api.named (id int); create table api.unnamed (id int)`)
  await fixture.session.query(`do $$ begin
    perform pg_notify('nebuladb_schema_cache', 'r' || 'api.named'::regclass::oid);
    perform pg_notify('pgrst', 'reload schema'); end $$`)
  const named = await until(following, ({ tables }) => tables.has(apiKey('named')))
  expect(named.tables.has(apiKey('unnamed'))).toBe(false)
  await until(following, ({ tables }) => tables.has(apiKey('unnamed')))
})

test('event triggers say nothing of temporary tables, indexes and grants', async () => {
  await fixture.installTriggers()
  await fixture.follow()
  await fixture.session.query(`create temp table t (id int); drop table t; create index on api.films (title);
    grant select on api.films to public; notify pgrst, 'the end'`)
  await fixture.untilEvent((event) => event.kind === 'notified' && event.payload === 'the end')
  expect(fixture.events.filter(({ kind }) => kind === 'notified')).toHaveLength(1)
})

test('changes that nobody told of are found by looking', async () => {
  const following = await fixture.follow({ pollIntervalMs: 20, channel: null })
  expect(fixture.events).toContainEqual({ kind: 'connected', isListening: false })
  await fixture.session.query('create table api.silent (id int)')
  const cache = await until(following, ({ tables }) => tables.has(apiKey('silent')))
  expect(cache.version).toBe(2)
})

test('`reload config` and an empty payload are passed on, other payloads are not', async () => {
  let told = 0
  const following = await fixture.follow({ onConfigReload: () => (told += 1) })
  await fixture.session.query(`notify pgrst, 'reload config'; notify pgrst, 'something'`)
  await expect.poll(() => told).toBe(1)
  await fixture.session.query(`create table api.both (id int); notify pgrst`)
  await until(following, ({ tables }) => tables.has(apiKey('both')))
  expect(told).toBe(2)
})

test('another channel can be listened to, its name quoted', async () => {
  const following = await fixture.follow({ channel: 'Odd "name"' })
  await fixture.session.query(`create table api.heard (id int); notify "Odd ""name"""`)
  await until(following, ({ tables }) => tables.has(apiKey('heard')))
})

test('a flood of notifications takes no more than a part of the time', async () => {
  await fixture.session.query('create table api.flooded (id int)')
  await fixture.follow()
  const start = performance.now()
  for (let round = 0; performance.now() - start < 3_000; round += 1)
    await fixture.session.query(`comment on table api.flooded is '${String(round)}'; notify pgrst`)
  const elapsedMs = performance.now() - start
  const loads = fixture.events.flatMap((event) =>
    event.kind === 'loaded' && event.isIncremental ? [event.milliseconds] : [],
  )
  const busyMs = loads.reduce((sum, one) => sum + one, 0)
  expect(busyMs).toBeLessThan(1_000 + elapsedMs / 3 + Math.max(...loads))
})
