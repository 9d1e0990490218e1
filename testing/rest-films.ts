// A small schema with every kind of relationship, for tests of reading: as SQL with rows, and as the snapshot that the engine makes of it.
import {
  key,
  type Cardinality,
  type ColumnPair,
  type QualifiedName,
  type Relationship,
  type SchemaCache,
  type Table,
} from '../backend/rest/types.ts'
import { sampleCache, sampleColumn, sampleTable } from './rest-sample.ts'

/** Makes the schema `api` with its rows. */
export const FILMS_SQL = `
create schema api;
create domain api.colour as integer;
create function api.colour_to_json(api.colour) returns json immutable language sql
  as $$ select to_json('#' || lpad(to_hex($1), 6, '0')) $$;
create function api.colour_from_text(text) returns api.colour immutable language sql
  as $$ select ('x' || lpad(ltrim($1, '#'), 8, '0'))::bit(32)::int $$;
create function api.colour_from_json(json) returns api.colour immutable language sql
  as $$ select api.colour_from_text($1 #>> '{}') $$;
create cast (api.colour as json) with function api.colour_to_json(api.colour) as implicit;
create cast (text as api.colour) with function api.colour_from_text(text) as implicit;
create cast (json as api.colour) with function api.colour_from_json(json) as implicit;

create table api.people (
  id integer primary key,
  name text not null,
  born date
);
create table api.films (
  id integer primary key,
  title text not null,
  year integer,
  director_id integer constraint films_director_fkey references api.people (id),
  writer_id integer constraint films_writer_fkey references api.people (id),
  tags text[] not null default '{}',
  details jsonb,
  plot tsvector,
  summary text,
  poster api.colour
);
create table api.specs (
  film_id integer primary key constraint specs_film_fkey references api.films (id),
  camera text
);
create table api.awards (
  id integer primary key,
  film_id integer constraint awards_film_fkey references api.films (id),
  name text not null,
  prize numeric
);
create table api.cinemas (
  id integer primary key,
  name text not null,
  parent_id integer constraint cinemas_parent_fkey references api.cinemas (id)
);
create table api.showings (
  film_id integer constraint showings_film_fkey references api.films (id),
  cinema_id integer constraint showings_cinema_fkey references api.cinemas (id),
  seats integer,
  primary key (film_id, cinema_id)
);
create function api.label(api.films) returns text stable language sql
  as $$ select $1.title || ' (' || coalesce($1.year::text, '?') || ')' $$;
create function api.sequel(api.films) returns setof api.films rows 1 stable language sql
  as $$ select * from api.films where director_id = $1.director_id and year > $1.year order by year limit 1 $$;
create function api.peers(api.films) returns setof api.films stable language sql
  as $$ select * from api.films where year = $1.year and id <> $1.id $$;

insert into api.people values
  (1, 'Lang', '1890-12-05'), (2, 'Murnau', '1888-12-28'), (3, 'von Harbou', '1888-12-27'), (4, 'Nobody', null);
insert into api.films values
  (1, 'Metropolis', 1927, 1, 3, '{"silent","future"}', '{"length": 153, "by": {"studio": "UFA"}}', to_tsvector('english', 'a city of workers'), 'A city of workers', 16711680),
  (2, 'Sunrise', 1927, 2, null, '{"silent"}', '{"length": 94}', null, 'A song of two humans', 255),
  (3, 'M', 1931, 1, 3, '{}', null, to_tsvector('english', 'the hunted murderer'), 'A murderer is hunted', null),
  (4, 'Lost', null, null, null, '{}', '{"length": null}', null, null, null);
insert into api.specs values (1, 'Debrie'), (2, 'Bell & Howell');
insert into api.awards values (1, 2, 'Oscar', 100), (2, 2, 'Kinema Junpo', 50), (3, 1, 'Memory', null);
insert into api.cinemas values (1, 'Palast', null), (2, 'Palast, upper hall', 1), (3, 'Marmorhaus', null);
insert into api.showings values (1, 1, 200), (1, 3, 50), (2, 1, 80), (3, 2, 30);
`

/** The snapshot of FILMS_SQL. */
export function filmsCache(): SchemaCache {
  const tables = [
    sampleTable('people', ['id integer', 'name text', 'born date']),
    sampleTable('films', [
      'id integer',
      'title text',
      'year integer',
      'director_id integer',
      'writer_id integer',
      sampleColumn('tags text[]', { isArray: true }),
      'details jsonb',
      'plot tsvector',
      'summary text',
      sampleColumn('poster integer', { nominalType: 'api.colour' }),
    ]),
    sampleTable('specs', ['film_id integer', 'camera text'], { primaryKey: ['film_id'] }),
    sampleTable('awards', ['id integer', 'film_id integer', 'name text', 'prize numeric']),
    sampleTable('cinemas', ['id integer', 'name text', 'parent_id integer']),
    sampleTable('showings', ['film_id integer', 'cinema_id integer', 'seats integer'], {
      primaryKey: ['film_id', 'cinema_id'],
    }),
  ]
  const relationships = [
    ...foreignKey('films', 'people', { constraint: 'films_director_fkey', pair: ['director_id', 'id'] }),
    ...foreignKey('films', 'people', { constraint: 'films_writer_fkey', pair: ['writer_id', 'id'] }),
    ...foreignKey('specs', 'films', {
      constraint: 'specs_film_fkey',
      pair: ['film_id', 'id'],
      isUnique: true,
    }),
    ...foreignKey('awards', 'films', { constraint: 'awards_film_fkey', pair: ['film_id', 'id'] }),
    ...foreignKey('showings', 'films', { constraint: 'showings_film_fkey', pair: ['film_id', 'id'] }),
    ...foreignKey('showings', 'cinemas', { constraint: 'showings_cinema_fkey', pair: ['cinema_id', 'id'] }),
    ...foreignKey('cinemas', 'cinemas', { constraint: 'cinemas_parent_fkey', pair: ['parent_id', 'id'] }),
    throughShowings('films', 'cinemas', 'showings_film_fkey', 'showings_cinema_fkey'),
    throughShowings('cinemas', 'films', 'showings_cinema_fkey', 'showings_film_fkey'),
    computed('sequel', true),
    computed('peers', false),
  ]
  const poster = { source: 'api.colour', target: 'json', function: api('colour_to_json') }
  const asked = { source: 'text', target: 'api.colour', function: api('colour_from_text') }
  const written = { source: 'json', target: 'api.colour', function: api('colour_from_json') }
  return sampleCache(tables, [], {
    relationships: byTable(tables, relationships),
    representations: new Map([poster, asked, written].map((one) => [`${one.source} ${one.target}`, one])),
  })
}

function api(name: string): QualifiedName {
  return { schema: 'api', name }
}

function byTable(
  tables: readonly Table[],
  relationships: readonly Relationship[],
): ReadonlyMap<string, readonly Relationship[]> {
  return new Map(
    tables.map((table) => [key(table), relationships.filter((one) => key(one.table) === key(table))]),
  )
}

/** Both directions of a foreign key. */
function foreignKey(
  table: string,
  foreignTable: string,
  key: { readonly constraint: string; readonly pair: ColumnPair; readonly isUnique?: boolean },
): readonly Relationship[] {
  const { constraint, pair, isUnique = false } = key
  const back: ColumnPair = [pair[1], pair[0]]
  const here: Cardinality = isUnique
    ? { kind: 'one-to-one', constraint, columns: [pair], isParent: false }
    : { kind: 'many-to-one', constraint, columns: [pair] }
  const there: Cardinality = isUnique
    ? { kind: 'one-to-one', constraint, columns: [back], isParent: true }
    : { kind: 'one-to-many', constraint, columns: [back] }
  return [related(table, foreignTable, here), related(foreignTable, table, there)]
}

function throughShowings(
  table: string,
  foreignTable: string,
  sourceConstraint: string,
  targetConstraint: string,
): Relationship {
  const column = (name: string): ColumnPair => ['id', `${name.replace(/s$/, '')}_id`]
  return related(table, foreignTable, {
    kind: 'many-to-many',
    junction: {
      table: api('showings'),
      sourceConstraint,
      targetConstraint,
      sourceColumns: [column(table)],
      targetColumns: [column(foreignTable)],
    },
  })
}

function related(table: string, foreignTable: string, cardinality: Cardinality): Relationship {
  return {
    kind: 'foreign-key',
    table: api(table),
    foreignTable: api(foreignTable),
    isSelf: table === foreignTable,
    cardinality,
    isTableView: false,
    isForeignTableView: false,
  }
}

function computed(name: string, isToOne: boolean): Relationship {
  return {
    kind: 'computed',
    function: api(name),
    table: api('films'),
    foreignTable: api('films'),
    isToOne,
    isSelf: true,
  }
}
