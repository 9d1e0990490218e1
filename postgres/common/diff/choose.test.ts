// Choosing among differences: what is chosen comes with what it needs, what is not stays as it was.
import { describe, expect, test } from 'vitest'
import {
  testColumn,
  testEnum,
  testForeignKey,
  testKey,
  testModel,
  testTable,
  testView,
} from '#testing/model-objects.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import { alignIds } from './align.ts'
import { chooseChanges } from './choose.ts'
import { diffModels, planMigration } from './plan-migration.ts'

const film = testTable('film', [testColumn('id', 'bigint', { isNullable: false }), testColumn('title')], {
  constraints: [testKey('film_pkey', ['id'])],
})
const older = testModel([film])

function choose(from: SchemaModel, to: SchemaModel, ...ids: string[]) {
  const { model, taken } = chooseChanges(from, to, new Set(ids))
  return {
    taken: [...taken].sort(),
    up: planMigration(from, model, { matchBy: 'id' }).up.map(({ sql }) => sql),
  }
}

describe('choosing changes', () => {
  test('none leaves the model as it was, all gives the newer one', () => {
    const newer = testModel([{ ...film, columns: [...film.columns, testColumn('length', 'integer')] }])
    expect(choose(older, newer).up).toEqual([])
    const all = diffModels(older, newer, { matchBy: 'id' }).map(({ id }) => id)
    const { model } = chooseChanges(older, newer, new Set(all))
    expect(diffModels(model, newer, { matchBy: 'id' })).toEqual([])
  })

  test('takes one column of a table and leaves the others', () => {
    const newer = testModel([
      { ...film, columns: [...film.columns, testColumn('length', 'integer'), testColumn('year', 'integer')] },
    ])
    expect(choose(older, newer, 'column:year')).toEqual({
      taken: ['column:year'],
      up: ['alter table public.film add column year integer'],
    })
  })

  test('takes the type that a new column has', () => {
    const newer = testModel([
      {
        ...film,
        columns: [...film.columns, testColumn('rating', 'public.rating', { typeId: 'enum:rating' })],
      },
      testEnum('rating', ['G']),
      testEnum('other', ['A']),
    ])
    expect(choose(older, newer, 'column:rating').taken).toEqual(['column:rating', 'enum:rating'])
  })

  test('takes the table that a new foreign key refers to', () => {
    const actor = testTable(
      'actor',
      [testColumn('id', 'bigint', { id: 'column:actor.id', isNullable: false })],
      {
        constraints: [testKey('actor_pkey', ['id'])],
      },
    )
    const key = testForeignKey('film_title_fkey', ['title'], {
      schema: 'public',
      name: 'actor',
      columns: ['id'],
    })
    const newer = testModel([{ ...film, constraints: [...film.constraints, key] }, actor])
    expect(choose(older, newer, 'constraint:film_title_fkey').taken).toEqual([
      'constraint:film_title_fkey',
      'table:actor',
    ])
  })

  test('drops what needs a dropped table along with it', () => {
    const view = testView('titles', [['title', 'text']], ' SELECT film.title\n   FROM public.film')
    const from = testModel([film, view], [['view:titles', 'table:film']])
    expect(choose(from, testModel([]), 'table:film').taken).toEqual(['table:film', 'view:titles'])
    expect(choose(from, testModel([]), 'view:titles').up).toEqual(['drop view public.titles'])
  })
})

describe('aligning ids', () => {
  test('gives what matches the ids of the older model, and what does not none of its ids', () => {
    const other = testModel([
      {
        ...film,
        id: 'table:9',
        columns: [testColumn('title', 'text', { id: 'column:9.1' })],
        constraints: [],
      },
      // Its id is another table's in the older database.
      { ...testTable('actor', [testColumn('id', 'bigint', { id: 'column:id' })]), id: 'table:film' },
    ])
    const aligned = alignIds(older, other, {})
    const ids = aligned.objects.map(({ id }) => id)
    expect(ids).toContain('table:film')
    expect(new Set(ids).size).toBe(ids.length)
    const names = diffModels(older, aligned, { matchBy: 'id' }).map(({ action, name }) => `${action} ${name}`)
    expect(names.sort()).toEqual(
      diffModels(older, other, { matchBy: 'name' })
        .map(({ action, name }) => `${action} ${name}`)
        .sort(),
    )
  })

  test('keeps confirmed renames', () => {
    const other = testModel([{ ...film, id: 'table:9', name: 'movie' }])
    const aligned = alignIds(older, other, { renames: [{ from: 'table:film', to: 'table:9' }] })
    expect(planMigration(older, aligned, { matchBy: 'id' }).up.map(({ sql }) => sql)).toEqual([
      'alter table public.film rename to movie',
    ])
  })
})
