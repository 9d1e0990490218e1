import { expect, test } from 'vitest'
import { testColumn, testEnum, testModel, testTable } from '#testing/model-objects.ts'
import { proposeRenames } from './propose-renames.ts'

const columns = [testColumn('id', 'bigint'), testColumn('title'), testColumn('length', 'integer')]

test('a table with the same columns under another name is proposed, and its columns with it', () => {
  const older = testModel([testTable('film', columns)])
  const newer = testModel([
    testTable(
      'movie',
      [columns[0]!, testColumn('name'), columns[2]!].map((column) => ({ ...column, id: `b.${column.id}` })),
      { id: 'table:b' },
    ),
  ])
  expect(proposeRenames(older, newer).map(({ fromName, toName }) => `${fromName} → ${toName}`)).toEqual([
    'film.title → movie.name',
    'film → movie',
  ])
})

test('tables that have nothing in common are not proposed', () => {
  const older = testModel([testTable('film', columns)])
  const newer = testModel([
    testTable('invoice', [testColumn('number', 'integer'), testColumn('due', 'date')]),
  ])
  expect(proposeRenames(older, newer)).toEqual([])
})

test('each thing stands in one proposal, the likeliest', () => {
  const older = testModel([testTable('film', [testColumn('first_name'), testColumn('last_name')])])
  const newer = testModel([testTable('film', [testColumn('first'), testColumn('last')])])
  expect(proposeRenames(older, newer).map(({ fromName, toName }) => `${fromName} → ${toName}`)).toEqual([
    'film.first_name → film.first',
    'film.last_name → film.last',
  ])
})

test('an enum with the same values under another name is proposed', () => {
  const found = proposeRenames(
    testModel([testEnum('mood', ['a', 'b'])]),
    testModel([testEnum('feeling', ['a', 'b'])]),
  )
  expect(found).toMatchObject([{ kind: 'enum', fromName: 'mood', toName: 'feeling' }])
})

test('nothing is proposed for equal models', () => {
  const model = testModel([testTable('film', columns)])
  expect(proposeRenames(model, model)).toEqual([])
})
