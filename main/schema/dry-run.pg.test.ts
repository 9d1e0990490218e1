// Dry runs through the host against a real Postgres. What a dry run is stands in postgres/node/dry-run.
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DryRunItem } from '#contract/capabilities/schema.ts'
import { context, createTestSchema, type TestSchema } from '#testing/host-schema.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'

let database: TempDatabase
let client: pg.Client
beforeEach(async () => {
  database = await createTempDatabase()
  client = new pg.Client(database.target)
  await client.connect()
  await client.query('create table film (id int primary key); insert into film select generate_series(1, 10)')
})
afterEach(async () => {
  await client.end()
  await database.drop()
})

async function tried(
  { handlers, connectionId }: TestSchema,
  sql: string,
  on: 'database' | 'copy' = 'database',
  signal = context.signal,
): Promise<DryRunItem[]> {
  const items: DryRunItem[] = []
  const input = { connectionId, sql, on, sampleRows: 100, asSuperuser: true }
  for await (const item of handlers.dryRun(input, { ...context, signal })) items.push(item)
  return items
}

const columns = async (): Promise<number> =>
  (await client.query("select from pg_attribute where attrelid = 'film'::regclass and attnum > 0"))
    .rowCount ?? 0

test.each(['database', 'copy'] as const)('on the %s tells of locks, and keeps nothing', async (on) => {
  const schema = await createTestSchema(database.target)
  const items = await tried(schema, 'alter table film add column title text', on)
  expect(items.find((item) => item.type === 'statement')).toMatchObject({
    index: 0,
    problem: null,
    locks: expect.arrayContaining([{ schema: 'public', name: 'film', mode: 'ACCESS EXCLUSIVE' }]),
  })
  expect(items.at(-1)).toMatchObject({ type: 'done', isPassed: true })
  expect(await columns()).toBe(1)
  const left = await client.query('select from pg_database where datname like $1', [`%${schema.scratchId}`])
  expect(left.rowCount).toBe(0)
})

test('of statements that fail says which and why', async () => {
  const schema = await createTestSchema(database.target)
  const items = await tried(schema, 'select 1; alter table film add column id int')
  expect(items.at(-2)).toMatchObject({ index: 1, problem: { sqlstate: '42701' } })
  expect(items.at(-1)).toMatchObject({ isPassed: false })
})

test('on a read-only connection is refused', async () => {
  const schema = await createTestSchema(database.target)
  const stored = schema.connections.store.get(schema.connectionId)
  if (stored === undefined) throw new Error('The connection is gone.')
  schema.connections.store.save({ ...stored.record, isReadOnly: true }, undefined)
  for (const on of ['database', 'copy'] as const)
    await expect(tried(schema, 'select 1', on)).rejects.toMatchObject({ code: 'READ_ONLY' })
})

test('can be cancelled', async () => {
  const schema = await createTestSchema(database.target)
  const stop = new AbortController()
  const outcome = expect(
    tried(schema, 'select pg_sleep(600)', 'database', stop.signal),
  ).rejects.toMatchObject({
    code: 'CANCELLED',
  })
  await expect
    .poll(async () => {
      const { rowCount } = await client.query(
        "select from pg_stat_activity where query like '%pg_sleep(600)%' and datname = current_database() and pid <> pg_backend_pid()",
      )
      return rowCount
    })
    .toBe(1)
  stop.abort()
  await outcome
})
