// Reviews of statements through the host: with the schema and the settings of a real database, and without it.
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StatementReview } from '#contract/capabilities/schema.ts'
import { context, createTestSchema, type TestSchema } from '#testing/host-schema.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import type { SchemaCapability } from './index.ts'

let database: TempDatabase
let client: pg.Client
beforeEach(async () => {
  database = await createTempDatabase()
  client = new pg.Client(database.target)
  await client.connect()
  await client.query(`
    create schema shop;
    create table shop.film (id int primary key, title text);
    insert into shop.film select n, repeat('x', 100) from generate_series(1, 5000) n;
    analyze shop.film`)
})
afterEach(async () => {
  await client.end()
  await database.drop()
})

type Review = ReturnType<SchemaCapability['handlers']['review']>

async function createHere(): Promise<TestSchema & { review(sql: string): Review }> {
  const schema = await createTestSchema(database.target)
  const { connectionId, handlers } = schema
  return { ...schema, review: (sql) => handlers.review({ connectionId, sql }, context) }
}

const rules = (statements: readonly StatementReview[]): string[][] =>
  statements.map(({ findings }) => findings.map(({ rule }) => rule))

describe('a review', () => {
  test('knows what the table is now, not when it was last read', async () => {
    const here = await createHere()
    const first = await here.review('create index on shop.film (title)')
    const [before] = first.statements[0]?.locks ?? []
    expect(before).toMatchObject({ schema: 'shop', name: 'film', mode: 'SHARE', estimatedRows: 5000 })
    await client.query(
      `insert into shop.film select n, repeat('x', 100) from generate_series(5001, 20000) n; analyze shop.film`,
    )
    const [after] = (await here.review('create index on shop.film (title)')).statements[0]?.locks ?? []
    expect(after).toMatchObject({ estimatedRows: 20_000 })
    expect(after?.sizeBytes).toBeGreaterThan(Number(before?.sizeBytes) * 3)
  })

  test('looks for names where the session would', async () => {
    const here = await createHere()
    await client.query(
      `alter role current_user in database "${database.target.database}" set search_path = shop`,
    )
    const { statements } = await here.review('alter table film drop column title')
    expect(statements[0]).toMatchObject({
      isDestructive: true,
      locks: [{ schema: 'shop', name: 'film', mode: 'ACCESS EXCLUSIVE' }],
    })
  })

  test('does not wait for a table that somebody holds', async () => {
    const here = await createHere()
    await here.review('select 1')
    await client.query('begin; lock table shop.film in access exclusive mode')
    const { statements } = await here.review('create index on shop.film (title)')
    expect(statements[0]?.locks).toMatchObject([{ name: 'film', estimatedRows: 5000 }])
    await client.query('rollback')
  })

  test('says where the text is no SQL', async () => {
    const here = await createHere()
    expect(await here.review('create tabel x (id int)')).toEqual({
      statements: [],
      problem: { message: expect.stringContaining('tabel'), position: 8, sqlstate: '42601' },
    })
  })

  test('of a table that the statements make themselves has no sizes', async () => {
    const here = await createHere()
    const { statements } = await here.review('create table fresh (id int); create index on fresh (id)')
    expect(statements[1]?.locks).toMatchObject([{ name: 'fresh', estimatedRows: null, sizeBytes: null }])
  })

  test('offline goes by what was last read', async () => {
    const here = await createHere()
    const online = await here.review('create index on shop.film (title)')
    here.point(1)
    const offline = await here.review('create index on shop.film (title)')
    expect(rules(offline.statements)).toEqual(rules(online.statements))
    expect(offline.statements[0]?.locks).toMatchObject([{ name: 'film', estimatedRows: 5000 }])
  })

  test('of a database that was never read is careful', async () => {
    const here = await createHere()
    here.point(1)
    const { statements } = await here.review('create index on shop.film (title)')
    expect(statements[0]?.locks).toMatchObject([{ mode: 'SHARE', estimatedRows: null, sizeBytes: null }])
    expect(statements[0]?.findings).not.toEqual([])
  })

  test('of a connection that is not there is not found', async () => {
    const here = await createHere()
    await here.connections.handlers.remove({ connectionId: here.connectionId }, context)
    await expect(here.review('select 1')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
