// What the tests of the schema cache's follower share: a database with one of each kind of object, and a follower of it.
import { afterEach, beforeEach, expect } from 'vitest'
import { openSession, type Session } from '#postgres/node/session.ts'
import {
  createSchemaCacheFollower,
  eventTriggerStatements,
  loadSchemaCache,
  type FollowerEvent,
  type FollowerOptions,
  type SchemaCacheFollower,
} from '../backend/rest/schema-cache/index.ts'
import { key, type SchemaCache } from '../backend/rest/types.ts'
import { createTempDatabase, type TempDatabase } from './temp-database.ts'

/** What it looks at. */
export const SCOPE = {
  schemas: ['api'],
  extraSearchPath: ['lookup'],
  hoistedTxSettings: ['statement_timeout'],
}
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

export interface FollowerFixture {
  readonly database: TempDatabase
  /** Of the superuser, for DDL. */
  readonly session: Session
  /** What the follower told of. */
  readonly events: readonly FollowerEvent[]
  /** Starts a follower that does not poll, unless told otherwise, and waits for its first snapshot. */
  follow(options?: Partial<FollowerOptions>): Promise<SchemaCacheFollower>
  /** Starts one and does not wait. */
  start(options?: Partial<FollowerOptions>): SchemaCacheFollower
  installTriggers(): Promise<void>
  untilEvent(isIt: (event: FollowerEvent) => boolean): Promise<void>
  /** Waits until the snapshot is what a full load gives. */
  expectFollowed(following: SchemaCacheFollower): Promise<void>
}

/** A new database for each test; its followers are closed afterwards. */
export function useFollower(): FollowerFixture {
  let database: TempDatabase | undefined
  let session: Session | undefined
  let followers: SchemaCacheFollower[] = []
  let events: FollowerEvent[] = []

  beforeEach(async () => {
    database = await createTempDatabase()
    session = await openSession(database.target)
    await session.query(SCHEMA)
    events = []
  })
  afterEach(async () => {
    await Promise.all(followers.map((one) => one.close()))
    followers = []
    await session?.close()
    await database?.drop()
  })

  const present = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('only within a test')
    return value
  }
  const start: FollowerFixture['start'] = (options = {}) => {
    const follower = createSchemaCacheFollower({
      target: present(database).target,
      scope: SCOPE,
      pollIntervalMs: 0,
      observe: (event) => events.push(event),
      ...options,
    })
    followers.push(follower)
    return follower
  }
  return {
    get database() {
      return present(database)
    },
    get session() {
      return present(session)
    },
    get events() {
      return events
    },
    start,
    async follow(options) {
      const follower = start(options)
      await follower.ready()
      return follower
    },
    async installTriggers() {
      for (const { text } of eventTriggerStatements()) await present(session).query(text)
    },
    async untilEvent(isIt) {
      await expect.poll(() => events.some(isIt), { timeout: 10_000 }).toBe(true)
    },
    async expectFollowed(following) {
      const wanted = comparable(await loadSchemaCache(present(session), SCOPE))
      await expect
        .poll(
          () => {
            const cache = following.current()
            return cache && comparable(cache)
          },
          { interval: 10, timeout: 10_000 },
        )
        .toEqual(wanted)
    },
  }
}

/** Resolves with the first snapshot, the current one included, that `isIt` holds for. */
export function until(
  following: SchemaCacheFollower,
  isIt: (cache: SchemaCache) => boolean,
): Promise<SchemaCache> {
  const found = Promise.withResolvers<SchemaCache>()
  const stop = following.onReload((cache) => {
    if (isIt(cache)) found.resolve(cache)
  })
  const current = following.current()
  if (current !== undefined && isIt(current)) found.resolve(current)
  return found.promise.finally(stop)
}

/** The key of an exposed relation or function. */
export function apiKey(name: string): string {
  return key({ schema: 'api', name })
}

/** Comparable: what stands in maps and sets by the order of reading is sorted. */
export function comparable(cache: SchemaCache): unknown {
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
