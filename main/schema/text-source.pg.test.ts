// Models out of text that a person opened: nothing of it is run.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { collectModel, createTestSchema, tableNames } from '#testing/host-schema.ts'
import { createTempDatabase, type TempDatabase } from '#testing/temp-database.ts'

let database: TempDatabase
beforeEach(async () => {
  database = await createTempDatabase()
})
afterEach(() => database.drop())

test.each([
  ['sql', 'create table film (id int primary key);\ncreate tabel actor ();', ['film'], [2]],
  [
    'dbml',
    'Table film {\n  id integer [pk]\n}\nTable actor {\n  film_id integer [ref: > film.id]\n}',
    ['actor', 'film'],
    [],
  ],
  ['diagram', 'nebuladb diagram 1\ntable public.film\n  id: integer [pk]\n  oops\n', ['film'], [4]],
  ['sql', `select ${'1 union select '.repeat(20_000)}1; create table film ();`, ['film'], []],
] as const)('%s %#', async (format, text, tables, lines) => {
  const schema = await createTestSchema(database.target)
  const { model, problems } = await collectModel(schema, { kind: 'text', format, text })
  expect(tableNames(model)).toEqual(tables)
  if (!text.includes('union')) expect(problems.map(({ line }) => line)).toEqual(lines)
})

test('is the schema of the server that it is meant for', async () => {
  const schema = await createTestSchema(database.target)
  const text = 'create table film (id int primary key)'
  for (const serverVersion of [150_000, undefined])
    expect(
      (await collectModel(schema, { kind: 'text', format: 'sql', text, serverVersion })).model.serverVersion,
    ).toBe(serverVersion ?? 180_000)
})
