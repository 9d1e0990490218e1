// What bench/rest measures: a small catalogue of films, and the same six requests for the engine and for the routes that are written by hand.

import { createHmac } from 'node:crypto'

/** Connections to Postgres of each side. */
export const POOL_SIZE = 8
export const SECRET = 'a-secret-of-the-bench-of-32-bytes!'

/** A token for the role `web`, which the load sends with each request. */
export function benchToken(): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ role: 'web', sub: '1f0c', exp: 4_000_000_000 })}`
  return `${body}.${createHmac('sha256', SECRET).update(body).digest('base64url')}`
}

export const SCHEMA_SQL = `
create role authenticator login noinherit password 'bench';
create role web nologin;
grant web to authenticator;
create schema api;
grant usage on schema api to web;
create table api.director (id int generated always as identity primary key, name text not null, born date not null);
create table api.film (
  id int generated always as identity primary key,
  director_id int not null references api.director,
  title text not null,
  year int not null,
  rating numeric(3, 1) not null,
  length_minutes int not null,
  is_colour boolean not null,
  added_at timestamptz not null
);
create index on api.film (director_id);
create index on api.film (year, id);
create table api.casting (
  film_id int not null references api.film,
  actor text not null,
  character text not null,
  primary key (film_id, actor)
);
create table api.note (id bigint generated always as identity primary key, film_id int not null, text text not null, stars int not null);
create function api.add(a int, b int) returns int language sql immutable as 'select a + b';
insert into api.director (name, born) select 'Director ' || n, date '1930-01-01' + n from generate_series(1, 2000) n;
insert into api.film (director_id, title, year, rating, length_minutes, is_colour, added_at)
  select 1 + n % 2000, 'The film number ' || n, 1920 + n % 100, (n % 100) / 10.0, 60 + n % 120, n % 7 > 0, timestamptz '2020-01-01' + n * interval '1 minute'
  from generate_series(1, 20000) n;
insert into api.casting (film_id, actor, character)
  select film.id, 'Actor ' || n, 'Character ' || n from api.film, generate_series(1, 5) n;
grant select, insert on all tables in schema api to web;
grant execute on all functions in schema api to web;
`

/** One request, as both sides understand it. `{n}` in its path or body is a number from 1 to 2000. */
export interface RestCase {
  readonly name: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body: string | null
  readonly connections: number
  /** What the hand-written route runs; its parameters are the number, or the body. */
  readonly bareSql: string
  /** The same of PostGraphile, as the body of a POST; null where it cannot do the same. */
  readonly graphql: string | null
}

/** A query with the number as its variable. */
function graphql(query: string): string {
  return `{"query":${JSON.stringify(query)},"variables":{"n":{n}}}`
}

function notes(count: number): string {
  return JSON.stringify(
    Array.from({ length: count }, (_, index) => ({
      film_id: index + 1,
      text: `A note about film ${index + 1}, not too short and not too long.`,
      stars: index % 6,
    })),
  )
}

const INSERT_SQL = `insert into api.note (film_id, text, stars)
  select film_id, text, stars from json_to_recordset($1::json) as _(film_id int, text text, stars int)`

export const CASES: readonly RestCase[] = [
  {
    name: 'readByKey',
    method: 'GET',
    path: '/film?id=eq.{n}',
    body: null,
    connections: 16,
    bareSql: `select coalesce(json_agg(film), '[]')::text as body from (select * from api.film where id = $1::int) film`,
    graphql: graphql(
      'query($n:Int!){filmByRowId(rowId:$n){rowId directorId title year rating lengthMinutes isColour addedAt}}',
    ),
  },
  {
    name: 'list100',
    method: 'GET',
    path: '/film?year=gte.1950&order=year,id&limit=100',
    body: null,
    connections: 16,
    bareSql: `select coalesce(json_agg(film), '[]')::text as body
      from (select * from api.film where year >= 1950 order by year, id limit 100) film`,
    // Without plugins it filters by equality alone.
    graphql: null,
  },
  {
    name: 'embedTwoLevels',
    method: 'GET',
    path: '/director?select=id,name,film(id,title,year,casting(actor,character))&id=eq.{n}',
    body: null,
    connections: 16,
    bareSql: `select coalesce(json_agg(director), '[]')::text as body from (
      select director.id, director.name, coalesce(films.film, '[]') as film
      from api.director
      left join lateral (
        select json_agg(film) as film from (
          select film.id, film.title, film.year, coalesce(roles.casting, '[]') as casting
          from api.film
          left join lateral (
            select json_agg(role) as casting
            from (select actor, character from api.casting where casting.film_id = film.id) role
          ) roles on true
          where film.director_id = director.id
        ) film
      ) films on true
      where director.id = $1::int
    ) director`,
    graphql: graphql(
      'query($n:Int!){directorByRowId(rowId:$n){rowId name filmsByDirectorId{nodes{rowId title year castingsByFilmId{nodes{actor character}}}}}}',
    ),
  },
  {
    name: 'insert',
    method: 'POST',
    path: '/note',
    body: notes(1),
    connections: 16,
    bareSql: INSERT_SQL,
    graphql: graphql(
      'mutation($n:Int!){createNote(input:{note:{filmId:$n,text:"A note about film 1, not too short and not too long.",stars:1}}){clientMutationId}}',
    ),
  },
  {
    name: 'bulkInsert1000',
    method: 'POST',
    path: '/note',
    body: notes(1000),
    connections: 8,
    bareSql: INSERT_SQL,
    graphql: null,
  },
  {
    name: 'rpc',
    method: 'POST',
    path: '/rpc/add',
    body: '{"a":{n},"b":2}',
    connections: 16,
    bareSql: `select to_json(api.add(($1::json ->> 'a')::int, ($1::json ->> 'b')::int))::text as body`,
    graphql: graphql('query($n:Int!){add(a:$n,b:2)}'),
  },
]
