// What edits decide on their own is what the server decides: types that a foreign key can join, printed types, names of keys and indexes.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSession, type Session } from '#postgres/node/session.ts'
import { testModel } from '#testing/model-objects.ts'
import { serverVersion } from '#testing/server-version.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { builtInTypes, canReference, isSortable, resolveType } from './column-type.ts'
import { chooseName } from './names.ts'

let database: TempDatabase
let session: Session

beforeAll(async () => {
  database = await createTempDatabase()
  session = await openSession(database.target)
})
afterAll(async () => {
  await session.close()
  await database.drop()
})

const MODEL = { ...testModel([]), serverVersion: serverVersion() }

async function works(sql: string): Promise<boolean> {
  await session.query('begin')
  try {
    await session.query(sql)
    return true
  } catch {
    return false
  } finally {
    await session.query('rollback')
  }
}

async function printed(written: string): Promise<string | null | undefined> {
  await session.query('begin')
  try {
    await session.query(`create table t (c ${written})`)
    const { rows } = await session.query(
      "select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 't'::regclass and attnum = 1",
    )
    return rows[0]?.[0]
  } finally {
    await session.query('rollback')
  }
}

const JOINED = [
  'smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision', 'text', 'character varying', 'character(3)', 'name', 'date',
  'timestamp without time zone', 'timestamp with time zone', 'time without time zone', 'time with time zone', 'interval', 'uuid', 'inet', 'cidr',
  'macaddr', 'macaddr8', 'bit(3)', 'bit varying', 'boolean', 'bytea', 'money', 'jsonb', 'oid', 'integer[]', 'text[]', 'int4range',
] // prettier-ignore

test.each(JOINED)('a foreign key from %s joins what the server lets it join', async (from) => {
  const wrong: string[] = []
  for (const to of JOINED) {
    const isPossible = await works(
      `create table a (x ${to} primary key); create table b (y ${from} references a (x))`,
    )
    if (canReference(MODEL, from, to) !== isPossible)
      wrong.push(`${to}: ${isPossible ? 'possible' : 'not possible'}`)
  }
  expect(wrong).toEqual([])
})

test('types are printed as the server prints them', async () => {
  const written = [...builtInTypes(MODEL), 'int', 'varchar(20)', 'char', 'bit', 'numeric(5)', 'decimal(8,3)', 'float(20)', 'timestamptz(2)', 'time(1)', 'interval(2)', 'interval year to month', 'int[][]', 'varchar(3)[]', 'timestamp(0)[]', 'bpchar', 'varbit(3)'] // prettier-ignore
  const wrong: string[] = []
  for (const text of written) {
    const resolved = resolveType(MODEL, text)
    const type = resolved.problem ?? resolved.type
    if (type !== (await printed(text))) wrong.push(`${text}: ${type} is ${String(await printed(text))}`)
  }
  expect(wrong).toEqual([])
})

test('types have an order where the server has one', async () => {
  const wrong: string[] = []
  for (const type of builtInTypes(MODEL))
    if (isSortable(MODEL, type) !== (await works(`create table t (c ${type} primary key)`))) wrong.push(type)
  expect(wrong).toEqual([])
})

test('names are those that the server chooses', async () => {
  const long = 'a'.repeat(40)
  const wide = 'ä'.repeat(25)
  const cases = [
    { table: 'film', columns: ['title'] },
    { table: long, columns: [`${'b'.repeat(50)}`] },
    { table: wide, columns: [wide, 'c'] },
    { table: 'x'.repeat(63), columns: ['y'] },
    { table: 't', columns: ['one'.repeat(10), 'two'.repeat(10), 'three'.repeat(10)] },
  ]
  for (const { table, columns } of cases) {
    await session.query('begin')
    const list = columns.map((column) => `"${column}"`).join(', ')
    await session.query(
      `create table "${table}" (${columns.map((column) => `"${column}" int`).join(', ')}, unique (${list}), unique (${list}))`,
    )
    await session.query(
      `alter table "${table}" add primary key (${list}), add foreign key (${list}) references "${table}", add check ("${columns[0] ?? ''}" > 0)`,
    )
    await session.query(`create index on "${table}" (${list}, lower("${columns[0] ?? ''}"::text))`)
    const { rows } = await session.query(
      "select conname from pg_constraint where conrelid <> 0 and contype in ('p', 'u', 'f', 'c') and connamespace = 'public'::regnamespace union all select relname from pg_class where relkind = 'i' and relname like '%idx%' and relnamespace = 'public'::regnamespace",
    )
    await session.query('rollback')
    const taken = new Set<string>()
    const choose = (
      named: readonly (string | null)[],
      label: 'pkey' | 'key' | 'fkey' | 'check' | 'idx',
    ): string => {
      const name = chooseName({ table, columns: named, label, taken })
      taken.add(name)
      return name
    }
    const expected = [
      choose(columns, 'key'),
      choose([], 'pkey'),
      choose(columns, 'fkey'),
      choose(columns.slice(0, 1), 'check'),
      choose([...columns, 'lower'], 'idx'),
    ]
    expect(new Set(rows.map(([name]) => name))).toEqual(new Set(expected))
  }
})
