import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSession, type Session } from '#postgres/node/session.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'
import { readableName } from './readable-name.ts'

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

/** What quote_ident() says of each. */
async function quotedByServer(names: readonly string[]): Promise<(string | null)[]> {
  const { rows } = await session.query(
    'select quote_ident(name) from unnest($1::text[]) with ordinality as all_names (name, place) order by place',
    [names],
  )
  return rows.map(([quoted]) => quoted ?? null)
}

test('every keyword is quoted as the server quotes it', async () => {
  const { rows } = await session.query('select word from pg_get_keywords() order by word')
  const words = rows.map(([word]) => word ?? '')
  expect(words.length).toBeGreaterThan(400)
  expect(words.map(readableName)).toEqual(await quotedByServer(words))
})

test('odd names are quoted as the server quotes them', async () => {
  const names =
    `film late_fee _x x1 1x x$1 $x Film fiLm odd-name a.b a"b "" ' \\ größe данные 表 🐘 é public pg_temp`
      .split(' ')
      .concat([' ', 'a b', '\n', 'x'.repeat(63), 'a\tb', '--', '/*', ';'])
  expect(names.map(readableName)).toEqual(await quotedByServer(names))
})
