import { expect, test } from 'vitest'
import { openSession } from '#postgres/node/session.ts'
import { createTempDatabase } from '../temp-database.ts'
import { filmRentalRows, fillFilmRental } from './film-rental-rows.ts'
import { loadSchema } from './index.ts'

test('the film rental has the rows that it says', async () => {
  const database = await createTempDatabase()
  const session = await openSession(database.target)
  try {
    await loadSchema(session, '01-film-rental')
    await fillFilmRental(session)
    const counts = Object.keys(filmRentalRows).map(
      (table) => `select '${table}', count(*) from public.${table}`,
    )
    const { rows } = await session.query(counts.join(' union all '))
    expect(Object.fromEntries(rows.map(([table, count]) => [table, Number(count)]))).toEqual(filmRentalRows)
    const { rows: views } = await session.query(
      'select count(*) from public.customer_list union all select count(*) from public.rental_by_category',
    )
    expect(views).toEqual([['40'], ['5']])
  } finally {
    await session.close()
    await database.drop()
  }
})
