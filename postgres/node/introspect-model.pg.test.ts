import { afterAll, beforeAll, expect, test } from 'vitest'
import { SchemaModel } from '#contract/schema/model.ts'
import { loadFilmRental } from '#testing/sample/load.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { introspectModel } from './introspect-model.ts'
import { openSession, type Session } from './session.ts'

let database: TempDatabase
let session: Session

beforeAll(async () => {
  database = await createTempDatabase()
  await loadFilmRental(database.target)
  session = await openSession(database.target)
}, 120_000)
afterAll(async () => {
  await session.close()
  await database.drop()
})

test('what it reads fits the contract', async () => {
  const model = await introspectModel(session)
  expect(SchemaModel.parse(model)).toEqual(model)
  expect(new Set(model.objects.map(({ id }) => id)).size).toBe(model.objects.length)
})

test('takes two round trips and leaves the session as it was', async () => {
  await session.query("set search_path = 'public'; set datestyle = 'German'")
  let trips = 0
  await introspectModel({
    serverVersion: session.serverVersion,
    query: (sql, parameters) => (trips++, session.query(sql, parameters)),
    queryAll: (sql) => (trips++, session.queryAll(sql)),
  })
  expect(trips).toBe(2)
  expect(session.transactionState()).toBe('idle')
  const { rows } = await session.query("select current_setting('search_path'), current_setting('datestyle')")
  expect(rows).toEqual([['public', 'German, DMY']])
})
