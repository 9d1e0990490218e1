// Runs the compiled SQL on a real Postgres and reads from its catalog what came of it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { z } from 'zod'
import { SchemaChange } from '#contract/capabilities/database.ts'
import { openSession, type Session } from '#postgres/node/session.ts'
import { serverVersion } from '#testing/server-version.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { compileChange } from './compile-change.ts'

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

/** What older ones lack: projects run Postgres 18. */
const projectTest = test.skipIf(serverVersion() < 180000)

async function apply(change: z.input<typeof SchemaChange>): Promise<void> {
  const { statements, inTransaction } = compileChange(SchemaChange.parse(change))
  if (!inTransaction) {
    for (const statement of statements) await session.query(statement)
    return
  }
  await session.query('begin')
  try {
    for (const statement of statements) await session.query(statement)
    await session.query('commit')
  } catch (error) {
    await session.query('rollback')
    throw error
  }
}

async function column(name: string): Promise<(string | null)[]> {
  const { rows } = await session.query(
    `select format_type(atttypid, atttypmod), attnotnull::text, pg_get_expr(adbin, adrelid), attidentity::text,
            col_description(attrelid, attnum)
       from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
      where attrelid = 'public.t'::regclass and attname = $1`,
    [name],
  )
  return [...(rows[0] ?? [])]
}

async function names(sql: string): Promise<string[]> {
  const { rows } = await session.query(sql)
  return rows.flatMap(([name]) => (typeof name === 'string' ? [name] : []))
}

projectTest('every spoken type becomes the type that Postgres itself makes of it', async () => {
  const spoken: [string, number[]][] = [
    ['bigint', []],
    ['bit', []],
    ['bit', [8]],
    ['bit varying', [5]],
    ['boolean', []],
    ['char', []],
    ['character', [3]],
    ['character varying', [20]],
    ['date', []],
    ['decimal', [10, 2]],
    ['double precision', []],
    ['float', []],
    ['float', [24]],
    ['float', [25]],
    ['int', []],
    ['integer', []],
    ['interval', []],
    ['interval', [3]],
    ['jsonb', []],
    ['numeric', [8, -2]],
    ['real', []],
    ['smallint', []],
    ['text', []],
    ['time', [2]],
    ['timestamptz', []],
    ['timestamptz', [3]],
    ['uuid', []],
    ['varchar', []],
  ]
  await session.query(
    `create table said (${spoken.map(([name, modifiers], i) => `c${i} ${name}${modifiers.length > 0 ? `(${modifiers.join(', ')})` : ''}[]`).join(', ')}, z0 timestamp with time zone, z1 time(3) with time zone)`,
  )
  await apply({
    type: 'createTable',
    table: 'compiled',
    columns: [
      ...spoken.map(([name, modifiers], i) => ({
        name: `c${i}`,
        type: { name, modifiers, arrayDimensions: 1 },
      })),
      { name: 'z0', type: { name: 'timestamp with time zone' } },
      { name: 'z1', type: { name: 'time with time zone', modifiers: [3] } },
    ],
  })
  const types = (table: string) =>
    names(
      `select format_type(atttypid, atttypmod) from pg_attribute where attrelid = '${table}'::regclass and attnum > 0 order by attnum`,
    )
  expect(await types('compiled')).toEqual(await types('said'))
})

projectTest('a table comes out as it was described, and changes as it was told', async () => {
  await apply({
    type: 'createTable',
    table: 't',
    comment: `it's a \\ "table"`,
    columns: [
      { name: 'id', type: { name: 'bigint' }, identity: 'by default', isNullable: false },
      { name: 'other', type: { name: 'bigint' } },
      {
        name: 'price',
        type: { name: 'numeric', modifiers: [10, 2] },
        default: { kind: 'literal', value: '-1' },
      },
      {
        name: 'made',
        type: { name: 'timestamptz' },
        default: { kind: 'function', name: 'now' },
        comment: 'when',
      },
      { name: 'day', type: { name: 'date' }, default: { kind: 'function', name: 'current_date' } },
      { name: 'key', type: { name: 'uuid' }, default: { kind: 'function', name: 'uuidv7' } },
      { name: `q"'\\ $1`, type: { name: 'text' }, default: { kind: 'literal', value: `a'b\\c"d$$ -- ;` } },
    ],
    constraints: [
      { kind: 'primary key', name: 't_pk', columns: ['id'] },
      { kind: 'unique', name: 't_key', columns: ['key'], nullsNotDistinct: true },
      {
        kind: 'foreign key',
        name: 't_other',
        columns: ['other'],
        references: { table: 't', columns: ['id'] },
        onDelete: 'set null',
        onUpdate: 'cascade',
      },
      { kind: 'check', name: 't_price', column: 'price', operator: '>=', value: '-1' },
    ],
  })
  expect(await column('id')).toEqual(['bigint', 'true', null, 'd', null])
  expect(await column('price')).toEqual(['numeric(10,2)', 'false', "'-1'::numeric", '', null])
  expect(await column('made')).toEqual(['timestamp with time zone', 'false', 'now()', '', 'when'])
  await session.query('insert into t default values')
  const { rows } = await session.query(
    `select "q""'\\ $1", obj_description('t'::regclass), key is not null from t`,
  )
  expect(rows).toEqual([[`a'b\\c"d$$ -- ;`, `it's a \\ "table"`, 't']])
  expect(
    await names(
      `select pg_get_constraintdef(oid) from pg_constraint where conrelid = 't'::regclass and contype <> 'n' order by conname`,
    ),
  ).toEqual([
    'UNIQUE NULLS NOT DISTINCT (key)',
    'FOREIGN KEY (other) REFERENCES t(id) ON UPDATE CASCADE ON DELETE SET NULL',
    'PRIMARY KEY (id)',
    "CHECK ((price >= '-1'::numeric))",
  ])

  await apply({
    type: 'addColumn',
    table: 't',
    column: { name: 'size', type: { name: 'text' }, default: { kind: 'literal', value: 'n/a' } },
  })
  await session.query(`update t set size = '12'`)
  await apply({
    type: 'alterColumn',
    table: 't',
    column: 'size',
    newName: 'size_cm',
    newType: { name: 'int' },
    default: { kind: 'literal', value: '7' },
    isNullable: false,
    comment: 'in cm',
  })
  expect(await column('size_cm')).toEqual(['integer', 'true', '7', '', 'in cm'])
  await apply({
    type: 'alterColumn',
    table: 't',
    column: 'size_cm',
    isNullable: true,
    default: null,
    comment: null,
  })
  expect(await column('size_cm')).toEqual(['integer', 'false', null, '', null])

  await apply({
    type: 'addConstraint',
    table: 't',
    constraint: { kind: 'unique', name: 'u', columns: ['day', 'id'] },
  })
  await apply({ type: 'renameConstraint', table: 't', constraint: 'u', newName: 'u2' })
  await apply({ type: 'dropConstraint', table: 't', constraint: 'u2', cascade: true })
  await apply({
    type: 'createIndex',
    table: 't',
    name: 'i',
    columns: [{ name: 'day' }, { name: 'price', descending: true }],
    concurrently: true,
  })
  await apply({ type: 'createIndex', table: 't', columns: [{ name: 'day' }], method: 'brin' })
  await apply({ type: 'renameIndex', index: 'i', newName: 'i2' })
  expect(
    await names(
      `select indexdef from pg_indexes where tablename = 't' and indexname in ('i2', 't_day_idx') order by 1`,
    ),
  ).toEqual([
    'CREATE INDEX i2 ON public.t USING btree (day, price DESC)',
    'CREATE INDEX t_day_idx ON public.t USING brin (day)',
  ])
  await apply({ type: 'dropIndex', index: 'i2', concurrently: true })
  await apply({ type: 'dropIndex', index: 't_day_idx' })
  await apply({ type: 'dropColumn', table: 't', column: 'size_cm' })
  expect(await column('size_cm')).toEqual([])
  await apply({ type: 'renameTable', table: 't', newName: 't2' })
  await apply({ type: 'dropTable', table: 't2' })
  expect(await names(`select relname from pg_class where relname in ('t', 't2')`)).toEqual([])
})

test('a value that does not fit a shorter type is an error and is not cut', async () => {
  await session.query(`create table cut (v text); insert into cut values ('abcdef')`)
  await expect(
    apply({ type: 'alterColumn', table: 'cut', column: 'v', newType: { name: 'varchar', modifiers: [3] } }),
  ).rejects.toMatchObject({ code: 'QUERY_FAILED', details: { sqlstate: '22001' } })
  expect(await names('select v from cut')).toEqual(['abcdef'])
})

test('schemas and databases are made, renamed and dropped', async () => {
  const own = `${database.target.database} "x`
  await apply({ type: 'createSchema', name: 'My "schema"' })
  await apply({ type: 'renameSchema', name: 'My "schema"', newName: 's2' })
  await apply({ type: 'createTable', schema: 's2', table: 'inside', columns: [] })
  await expect(apply({ type: 'dropSchema', name: 's2' })).rejects.toMatchObject({ code: 'QUERY_FAILED' })
  await apply({ type: 'dropSchema', name: 's2', cascade: true })
  expect(await names(`select nspname from pg_namespace where nspname in ('s2', 'My "schema"')`)).toEqual([])

  await apply({ type: 'createDatabase', name: own })
  await apply({ type: 'renameDatabase', name: own, newName: `${own}2` })
  expect(
    await names(`select datname from pg_database where datname like '${database.target.database} %'`),
  ).toEqual([`${own}2`])
  await apply({ type: 'dropDatabase', name: `${own}2` })
  expect(
    await names(`select datname from pg_database where datname like '${database.target.database} %'`),
  ).toEqual([])
})
