// Models of what is no connection: what a folder of migrations makes, and text.
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SchemaSource } from '#contract/capabilities/schema.ts'
import { diffModels } from '#postgres/common/diff/plan-migration.ts'
import { migrationTexts } from '#postgres/node/migrations/folder.ts'
import { collectModel, context, createTestSchema, tableNames, type TestSchema } from '#testing/host-schema.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'

let database: TempDatabase
let client: pg.Client
beforeEach(async () => {
  database = await createTempDatabase()
  client = new pg.Client(database.target)
  await client.connect()
})
afterEach(async () => {
  await client.end()
  await database.drop()
})

const FILES = [
  { fileName: '20260101000000_film.sql', text: '-- migrate:up\ncreate table film (id int primary key);\n' },
  {
    fileName: '20260102000000_actor.sql',
    text: '-- migrate:up\ncreate table actor (id int);\ncreate index concurrently on film (id);\n',
  },
]

async function scratchDatabases({ scratchId }: TestSchema): Promise<number> {
  const { rowCount } = await client.query('select from pg_database where datname like $1', [`%${scratchId}`])
  return rowCount ?? 0
}

const source = ({ connectionId }: TestSchema, version?: string): SchemaSource => ({
  kind: 'migrations',
  connectionId,
  asSuperuser: true,
  ...(version === undefined ? {} : { version }),
})

describe('the schema that migrations make', () => {
  test('is read from a scratch database, which is gone afterwards', async () => {
    const schema = await createTestSchema(database.target)
    schema.files = migrationTexts(FILES)
    const { model, isStale, problems } = await collectModel(schema, source(schema))
    expect(tableNames(model)).toEqual(['actor', 'film'])
    expect(model.database).toBe(database.target.database)
    expect({ isStale, problems }).toEqual({ isStale: false, problems: [] })
    expect(await scratchDatabases(schema)).toBe(0)
    expect((await client.query("select from pg_class where relname = 'film'")).rowCount).toBe(0)
  })

  test('is that up to a version', async () => {
    const schema = await createTestSchema(database.target)
    schema.files = migrationTexts(FILES)
    const { model } = await collectModel(schema, source(schema, '20260101000000'))
    expect(tableNames(model)).toEqual(['film'])
  })

  test('is without the history of migrations, as that of a database is', async () => {
    const schema = await createTestSchema(database.target)
    schema.files = migrationTexts(FILES)
    await client.query('create schema nebuladb; create table nebuladb.migration (version text)')
    for (const { model } of [await collectModel(schema, source(schema)), await schema.load()])
      expect(JSON.stringify(model)).not.toContain('nebuladb"')
  })

  test('differs from the database in what somebody changed by other ways: in nothing else', async () => {
    const schema = await createTestSchema(database.target)
    schema.files = migrationTexts(FILES)
    for (const { text } of FILES)
      for (const statement of text.replace('-- migrate:up', '').split(';')) await client.query(statement)
    const drift = async (): Promise<string[][]> => {
      const [made, live] = [await collectModel(schema, source(schema)), await schema.load(true)]
      return diffModels(made.model, live.model, { matchBy: 'name' }).map(({ action, name }) => [action, name])
    }
    expect(await drift()).toEqual([])
    await client.query('alter table film add column year int; drop index film_id_idx')
    expect((await drift()).toSorted()).toEqual([
      ['create', 'film.year'],
      ['drop', 'film.film_id_idx'],
    ])
  })

  test('is not made again while the files stay the same', async () => {
    const schema = await createTestSchema(database.target)
    schema.files = migrationTexts(FILES)
    const first = await collectModel(schema, source(schema))
    schema.point(1)
    expect(await collectModel(schema, source(schema))).toEqual(first)
    schema.files = migrationTexts(FILES.slice(0, 1))
    await expect(collectModel(schema, source(schema))).rejects.toMatchObject({ code: 'CONNECTION_FAILED' })
  })

  test('of migrations that fail is refused with file and line, and nothing stays', async () => {
    const schema = await createTestSchema(database.target)
    schema.files = migrationTexts([
      { fileName: '20260101000000_wrong.sql', text: '-- migrate:up\nselect 1;\nselect 1 / 0;\n' },
    ])
    await expect(collectModel(schema, source(schema))).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      message: expect.stringContaining('20260101000000_wrong.sql'),
    })
    expect(await scratchDatabases(schema)).toBe(0)
  })

  test('leaves the server as it is: roles, databases and settings of the migrations are not made', async () => {
    const schema = await createTestSchema(database.target)
    const name = `beyond_${database.target.database}`
    const up = `create table film (id int); create role ${name}; create database ${name}; alter system set log_min_duration_statement = 1; create table actor (id int);`
    schema.files = migrationTexts([{ fileName: '20260101000000_all.sql', text: `-- migrate:up\n${up}\n` }])
    const { model } = await collectModel(schema, source(schema))
    expect(model.objects.flatMap((object) => (object.kind === 'table' ? [object.name] : []))).toEqual([
      'actor',
      'film',
    ])
    const { rows } = await client.query(
      `select (select count(*) from pg_roles where rolname = $1)::int as roles, (select count(*) from pg_database where datname = $1)::int as databases,
         (select count(*) from pg_file_settings where name = 'log_min_duration_statement')::int as settings`,
      [name],
    )
    expect(rows).toEqual([{ roles: 0, databases: 0, settings: 0 }])
  })

  test('is given up when the caller cancels', async () => {
    const schema = await createTestSchema(database.target)
    schema.files = migrationTexts([
      { fileName: '20260101000000_slow.sql', text: '-- migrate:up\nselect pg_sleep(600);\n' },
    ])
    const stop = new AbortController()
    const pieces = schema.handlers.load(
      { source: source(schema), refresh: false },
      { ...context, signal: stop.signal },
    )
    const first = pieces[Symbol.asyncIterator]().next()
    const outcome = expect(first).rejects.toMatchObject({ code: 'CANCELLED' })
    await expect
      .poll(async () => {
        const { rowCount } = await client.query(
          "select from pg_stat_activity where query like '%pg_sleep(600)%' and datname like $1",
          [`%${schema.scratchId}`],
        )
        return rowCount
      })
      .toBe(1)
    stop.abort()
    await outcome
    expect(await scratchDatabases(schema)).toBe(0)
  })
})
