import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { SchemaChange } from '#contract/capabilities/database.ts'
import { compileChange } from './compile-change.ts'
import { systemObjectOf } from './system-object.ts'

type Change = z.input<typeof SchemaChange>

/** Parsed as the contract does, so that its defaults apply. */
function compile(change: Change): { statements: readonly string[]; inTransaction: boolean } {
  return compileChange(SchemaChange.parse(change))
}

function codeOf(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
  return 'nothing was thrown'
}

const GOLDEN: readonly [string, Change, readonly string[]][] = [
  ['a database', { type: 'createDatabase', name: 'Shop' }, ['create database "Shop"']],
  [
    'a renamed database',
    { type: 'renameDatabase', name: 'a', newName: 'b' },
    ['alter database a rename to b'],
  ],
  ['a dropped database', { type: 'dropDatabase', name: 'a' }, ['drop database a']],
  ['a schema', { type: 'createSchema', name: 'a\"b' }, ['create schema "a""b"']],
  ['a renamed schema', { type: 'renameSchema', name: 'a', newName: 'b' }, ['alter schema a rename to b']],
  ['a dropped schema', { type: 'dropSchema', name: 'a' }, ['drop schema a']],
  [
    'a dropped schema with all in it',
    { type: 'dropSchema', name: 'a', cascade: true },
    ['drop schema a cascade'],
  ],
  ['a table without columns', { type: 'createTable', table: 't', columns: [] }, ['create table public.t ()']],
  [
    'a table with columns, constraints and comments',
    {
      type: 'createTable',
      schema: 'shop',
      table: 'order line',
      comment: "it's one\\line",
      columns: [
        { name: 'id', type: { name: 'bigint' }, identity: 'always', isNullable: false },
        { name: 'key', type: { name: 'uuid' }, default: { kind: 'function', name: 'gen_random_uuid' } },
        {
          name: 'price',
          type: { name: 'numeric', modifiers: [10, 2] },
          isNullable: false,
          default: { kind: 'literal', value: '0' },
          comment: 'without tax',
        },
        { name: 'day', type: { name: 'date' }, default: { kind: 'function', name: 'current_date' } },
        { name: 'note', type: { name: 'text' }, default: { kind: 'literal', value: null } },
        { name: 'state', type: { schema: 'shop', name: 'State', arrayDimensions: 1 } },
      ],
      constraints: [
        { kind: 'primary key', name: 'pk', columns: ['id'] },
        { kind: 'unique', columns: ['key', 'day'] },
        { kind: 'unique', columns: ['key'], nullsNotDistinct: true },
        {
          kind: 'foreign key',
          columns: ['key'],
          references: { table: 'customer', columns: ['id'] },
          onDelete: 'cascade',
          onUpdate: 'set null',
        },
        { kind: 'check', name: 'positive', column: 'price', operator: '>=', value: '0' },
      ],
    },
    [
      `create table shop."order line" (
  id pg_catalog.int8 generated always as identity,
  key pg_catalog.uuid default pg_catalog.gen_random_uuid(),
  price pg_catalog.numeric(10, 2) default '0' not null,
  day pg_catalog.date default current_date,
  note pg_catalog.text default null,
  state shop."State"[],
  constraint pk primary key (id),
  unique (key, day),
  unique nulls not distinct (key),
  constraint positive check (price >= '0')
)`,
      `alter table shop."order line" add foreign key (key) references public.customer (id) on update set null on delete cascade`,
      `comment on table shop."order line" is  E'it''s one\\\\line'`,
      `comment on column shop."order line".price is 'without tax'`,
    ],
  ],
  [
    'a renamed table',
    { type: 'renameTable', table: 'a', newName: 'b' },
    ['alter table public.a rename to b'],
  ],
  ['a dropped table', { type: 'dropTable', table: 'a', cascade: true }, ['drop table public.a cascade']],
  [
    'an added column',
    { type: 'addColumn', table: 't', column: { name: 'c', type: { name: 'text' }, comment: 'why' } },
    ['alter table public.t add column c pg_catalog.text', `comment on column public.t.c is 'why'`],
  ],
  [
    'everything about a column, renamed last',
    {
      type: 'alterColumn',
      table: 't',
      column: 'c',
      newName: 'd',
      newType: { name: 'varchar', modifiers: [5] },
      isNullable: false,
      default: { kind: 'literal', value: 'x' },
      comment: null,
    },
    [
      'alter table public.t alter column c drop default',
      'alter table public.t alter column c type pg_catalog.varchar(5) using c::pg_catalog.varchar',
      `alter table public.t alter column c set default 'x'`,
      'alter table public.t alter column c set not null',
      'comment on column public.t.c is null',
      'alter table public.t rename column c to d',
    ],
  ],
  [
    'a column that may be null again, without a default',
    { type: 'alterColumn', table: 't', column: 'c', isNullable: true, default: null },
    ['alter table public.t alter column c drop default', 'alter table public.t alter column c drop not null'],
  ],
  [
    'a dropped column',
    { type: 'dropColumn', table: 't', column: 'c' },
    ['alter table public.t drop column c'],
  ],
  [
    'an index',
    {
      type: 'createIndex',
      table: 't',
      name: 'i',
      columns: [{ name: 'a' }, { name: 'b', descending: true }],
      isUnique: true,
      concurrently: true,
    },
    ['create unique index concurrently i on public.t (a, b desc)'],
  ],
  [
    'an index that Postgres names',
    { type: 'createIndex', table: 't', columns: [{ name: 'a' }], method: 'gin' },
    ['create index on public.t using gin (a)'],
  ],
  [
    'a renamed index',
    { type: 'renameIndex', index: 'i', newName: 'j' },
    ['alter index public.i rename to j'],
  ],
  [
    'a dropped index',
    { type: 'dropIndex', index: 'i', concurrently: true },
    ['drop index concurrently public.i'],
  ],
  [
    'an added constraint',
    { type: 'addConstraint', table: 't', constraint: { kind: 'unique', name: 'u', columns: ['a'] } },
    ['alter table public.t add constraint u unique (a)'],
  ],
  [
    'a renamed constraint',
    { type: 'renameConstraint', table: 't', constraint: 'u', newName: 'v' },
    ['alter table public.t rename constraint u to v'],
  ],
  [
    'a dropped constraint',
    { type: 'dropConstraint', table: 't', constraint: 'u', cascade: true },
    ['alter table public.t drop constraint u cascade'],
  ],
]

/** The golden texts leave out the quotes of pg_catalog and built-in types to stay readable. */
function readable(statement: string): string {
  return statement.replaceAll(/pg_catalog\."([a-z0-9_]+)"/g, 'pg_catalog.$1')
}

const NAME = '(?:N|[a-z_][a-z0-9_]*)'
/** What is left of a CREATE TABLE without what stands in quotes: a bare name has small letters and digits only. */
const NAMES_ONLY = new RegExp(
  String.raw`^create table ${NAME}\.${NAME} \(\n {2}${NAME} ${NAME}\.${NAME} default ?V\n\)$`,
  'u',
)

describe('compileChange', () => {
  test.each(GOLDEN)('writes %s', (_name, change, expected) => {
    expect(compile(change).statements.map(readable)).toEqual(expected)
  })

  test('says which changes Postgres refuses inside a transaction', () => {
    const outside = GOLDEN.filter(([, change]) => !compile(change).inTransaction).map(([name]) => name)
    expect(outside).toEqual(['a database', 'a dropped database', 'an index', 'a dropped index'])
  })

  test('refuses changes that contradict themselves or change nothing', () => {
    const column = { name: 'c', type: { name: 'int' } }
    const wrong: Change[] = [
      { type: 'alterColumn', table: 't', column: 'c' },
      { type: 'alterColumn', table: 't', column: 'c', newName: 'c' },
      {
        type: 'addColumn',
        table: 't',
        column: { ...column, identity: 'always', default: { kind: 'literal', value: '1' } },
      },
      {
        type: 'addConstraint',
        table: 't',
        constraint: {
          kind: 'foreign key',
          columns: ['a', 'b'],
          references: { table: 'u', columns: ['a'] },
        },
      },
      { type: 'addColumn', table: 't', column: { name: 'c', type: { name: 'float', modifiers: [54] } } },
    ]
    expect(wrong.map((change) => codeOf(() => compile(change)))).toEqual(wrong.map(() => 'INVALID_INPUT'))
  })

  test('never lets a name or a constant out of its quotes', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((s) => !s.includes('\0'))
    // Twelve graphemes may be more than the 63 bytes of a name, which the schema refuses before anything is compiled.
    const name = text.filter((s) => Buffer.byteLength(s) <= 63)
    fc.assert(
      fc.property(name, name, text, (table, column, value) => {
        const [statement = ''] = compile({
          type: 'createTable',
          table,
          columns: [
            { name: column, type: { schema: table, name: column }, default: { kind: 'literal', value } },
          ],
        }).statements
        const outside = statement
          .replaceAll(/"(?:[^"]|"")*"/gu, 'N')
          .replaceAll(/ E'(?:[^'\\]|''|\\\\)*'|'(?:[^']|'')*'/gu, 'V')
        // Names of small letters that are no keywords stand without quotes.
        expect(outside).toMatch(NAMES_ONLY)
      }),
    )
  })
})

describe('types by name', () => {
  const typeOf = (type: { name: string; schema?: string; modifiers?: number[]; arrayDimensions?: number }) =>
    readable(
      compile({ type: 'addColumn', table: 't', column: { name: 'c', type } }).statements[0] ?? '',
    ).replace('alter table public.t add column c ', '')

  test.each([
    [{ name: 'int' }, 'pg_catalog.int4'],
    [{ name: 'INTEGER' }, 'pg_catalog.int4'],
    [{ name: 'bigint' }, 'pg_catalog.int8'],
    [{ name: 'varchar', modifiers: [20] }, 'pg_catalog.varchar(20)'],
    [{ name: 'character  varying' }, 'pg_catalog.varchar'],
    [{ name: 'char' }, 'pg_catalog.bpchar(1)'],
    [{ name: 'char', modifiers: [3] }, 'pg_catalog.bpchar(3)'],
    [{ name: 'bit' }, 'pg_catalog.bit(1)'],
    [{ name: 'timestamp with time zone', modifiers: [3] }, 'pg_catalog.timestamptz(3)'],
    [{ name: 'timestamptz', arrayDimensions: 2 }, 'pg_catalog.timestamptz[][]'],
    [{ name: 'double precision' }, 'pg_catalog.float8'],
    [{ name: 'float' }, 'pg_catalog.float8'],
    [{ name: 'float', modifiers: [24] }, 'pg_catalog.float4'],
    [{ name: 'interval', modifiers: [2] }, 'pg_catalog.interval(32767, 2)'],
    [{ name: 'serial' }, 'serial'],
    [{ name: 'Mood' }, '"Mood"'],
    [{ schema: 'app', name: 'int' }, 'app."int"'],
    [{ name: 'int); drop table t; --' }, '"int); drop table t; --"'],
  ])('%j is %s', (type, expected) => {
    expect(typeOf(type)).toBe(expected)
  })
})

describe('systemObjectOf', () => {
  test('names what belongs to Postgres and nothing else', () => {
    const changes: Change[] = [
      { type: 'dropSchema', name: 'pg_catalog' },
      { type: 'createTable', schema: 'information_schema', table: 't', columns: [] },
      { type: 'renameSchema', name: 'a', newName: 'pg_b' },
      { type: 'dropDatabase', name: 'template1' },
      { type: 'renameDatabase', name: 'a', newName: 'postgres' },
      { type: 'createDatabase', name: 'postgresql' },
      { type: 'dropTable', schema: 'page', table: 'pg_class' },
    ]
    expect(changes.map((change) => systemObjectOf(SchemaChange.parse(change)))).toEqual([
      'schema pg_catalog',
      'schema information_schema',
      'schema pg_b',
      'database template1',
      'database postgres',
      null,
      null,
    ])
  })
})
