import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSession } from '#postgres/node/session.ts'
import { createTempDatabase, type TempDatabase } from '../temp-database.ts'
import { loadFilmRental } from './load.ts'

let database: TempDatabase
beforeAll(async () => {
  database = await createTempDatabase()
  await loadFilmRental(database.target)
})
afterAll(() => database.drop())

test('the sample has the same rows on every run, and its constraints hold', async () => {
  const session = await openSession(database.target)
  const { rows } = await session.query(`
    select (select count(*) from film), (select count(*) from rental), (select count(*) from payment_2026_q3), (select count(*) from overdue_rental),
           (select md5(string_agg(r::text, '|' order by rental_id)) from rental r where rental_id % 100 = 0) is not null`)
  expect(rows).toEqual([['1000', '16000', '8178', '400', 't']])
  await session.close()
})
