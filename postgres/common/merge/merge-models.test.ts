import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ModelObject, SchemaModel, Table } from '#contract/schema/types.ts'
import { testColumn, testEnum, testModel, testTable, testView } from '#testing/model-objects.ts'
import { diffModels } from '../diff/plan-migration.ts'
import { mergeModels, type MergeChoices, type MergeConflict } from './merge-models.ts'

const film = testTable('film', [
  testColumn('id', 'bigint'),
  testColumn('title'),
  testColumn('length', 'integer'),
])
const actor = testTable('actor', [testColumn('id', 'bigint', { id: 'column:actor.id' })])
const base = testModel([film, actor])

/** The choices that decide all these conflicts alike. */
function resolveConflicts(conflicts: readonly MergeConflict[], side: 'mine' | 'live'): MergeChoices {
  return new Map(conflicts.map(({ id }) => [id, side] as const))
}

function replace(model: SchemaModel, ...objects: readonly ModelObject[]): SchemaModel {
  const put = new Map(objects.map((object) => [object.id, object]))
  return { ...model, objects: model.objects.map((object) => put.get(object.id) ?? object) }
}

function remove(model: SchemaModel, id: string): SchemaModel {
  return { ...model, objects: model.objects.filter((object) => object.id !== id) }
}

function add(model: SchemaModel, ...objects: readonly ModelObject[]): SchemaModel {
  return { ...model, objects: [...model.objects, ...objects] }
}

function withColumn(table: Table, name: string, change: Partial<Table['columns'][number]>): Table {
  return { ...table, columns: table.columns.map((one) => (one.name === name ? { ...one, ...change } : one)) }
}

function tableOf(model: SchemaModel, id: string): Table | undefined {
  const found = model.objects.find((object) => object.id === id)
  return found?.kind === 'table' ? found : undefined
}

describe('merge', () => {
  test('changes of both sides to different columns of one table come together', () => {
    const mine = replace(base, withColumn(film, 'title', { name: 'name' }))
    const live = replace(base, { ...withColumn(film, 'length', { type: 'bigint' }), comment: 'All films' })
    const { model, conflicts } = mergeModels(base, mine, live)
    expect(conflicts).toEqual([])
    const table = tableOf(model, film.id)
    expect(table?.comment).toBe('All films')
    expect(table?.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'id bigint',
      'name text',
      'length bigint',
    ])
  })

  test('what both changed to the same is no conflict', () => {
    const both = replace(base, withColumn(film, 'title', { isNullable: false }))
    const again = replace(base, withColumn(film, 'title', { isNullable: false }))
    expect(mergeModels(base, both, again).conflicts).toEqual([])
  })

  test('what both changed otherwise is a conflict, live until the person decides', () => {
    const mine = replace(base, withColumn(film, 'length', { type: 'smallint' }))
    const live = replace(base, withColumn(film, 'length', { type: 'bigint' }))
    const merge = mergeModels(base, mine, live)
    expect(merge.conflicts).toEqual([
      {
        id: 'table:film column:length type',
        objectId: film.id,
        name: 'film.length',
        field: 'type',
        base: 'integer',
        mine: 'smallint',
        live: 'bigint',
      },
    ])
    expect(tableOf(merge.model, film.id)?.columns[2]?.type).toBe('bigint')
    const decided = mergeModels(base, mine, live, resolveConflicts(merge.conflicts, 'mine'))
    expect(tableOf(decided.model, film.id)?.columns[2]?.type).toBe('smallint')
  })

  test('a column dropped on one side and changed on the other is a conflict', () => {
    const mine = replace(base, { ...film, columns: film.columns.filter(({ name }) => name !== 'length') })
    const live = replace(base, withColumn(film, 'length', { type: 'bigint' }))
    const merge = mergeModels(base, mine, live)
    expect(merge.conflicts).toMatchObject([{ name: 'film.length', field: null, mine: null, live: 'changed' }])
    expect(tableOf(merge.model, film.id)?.columns).toHaveLength(3)
    const decided = mergeModels(base, mine, live, resolveConflicts(merge.conflicts, 'mine'))
    expect(tableOf(decided.model, film.id)?.columns).toHaveLength(2)
  })

  test('a table dropped live and changed in the draft is a conflict', () => {
    const mine = replace(base, { ...actor, comment: 'People' })
    const live = remove(base, actor.id)
    const merge = mergeModels(base, mine, live)
    expect(merge.conflicts).toMatchObject([{ objectId: actor.id, field: null, mine: 'changed', live: null }])
    expect(tableOf(merge.model, actor.id)).toBeUndefined()
    const decided = mergeModels(base, mine, live, resolveConflicts(merge.conflicts, 'mine'))
    expect(tableOf(decided.model, actor.id)?.comment).toBe('People')
  })

  test('what one side dropped and the other left alone is dropped', () => {
    expect(
      tableOf(mergeModels(base, remove(base, actor.id), add(base, testEnum('mood', ['ok']))).model, actor.id),
    ).toBeUndefined()
    expect(
      tableOf(mergeModels(base, add(base, testEnum('mood', ['ok'])), remove(base, actor.id)).model, actor.id),
    ).toBeUndefined()
  })

  test('what both added under one name is merged', () => {
    const mine = add(base, { ...testEnum('mood', ['ok', 'sad']), id: 'enum:new-1' })
    const live = add(base, testEnum('mood', ['ok', 'glad']))
    const { model, conflicts } = mergeModels(base, mine, live)
    expect(conflicts).toEqual([])
    const merged = model.objects.filter(({ kind }) => kind === 'enum')
    expect(merged).toHaveLength(1)
    expect(merged[0]?.kind === 'enum' ? merged[0].labels.map(({ label }) => label).sort() : []).toEqual([
      'glad',
      'ok',
      'sad',
    ])
  })

  test('a foreign key of the draft follows the table that was renamed live', () => {
    const column = testColumn('film_id', 'bigint', { id: 'column:new-1' })
    const mine = replace(base, {
      ...actor,
      columns: [...actor.columns, column],
      constraints: [
        {
          kind: 'foreign key',
          id: 'constraint:new-1',
          name: 'actor_film',
          comment: null,
          isInherited: false,
          isDeferrable: false,
          isInitiallyDeferred: false,
          columns: ['film_id'],
          references: { schema: 'public', name: 'film', columns: ['id'] },
          match: 'simple',
          onUpdate: 'no action',
          onDelete: 'no action',
          onDeleteColumns: [],
          isPeriod: false,
          isValidated: true,
          isEnforced: true,
        },
      ],
    })
    const live = replace(base, { ...film, name: 'movie' })
    const { model, conflicts } = mergeModels(base, mine, live)
    expect(conflicts).toEqual([])
    expect(tableOf(model, actor.id)?.constraints).toMatchObject([{ references: { name: 'movie' } }])
  })

  test('privileges are merged one by one', () => {
    const grant = (grantee: string) => ({ grantee, privilege: 'SELECT', isGrantable: false })
    const start = replace(base, { ...film, grants: [grant('a'), grant('b')] })
    const mine = replace(base, { ...film, grants: [grant('b'), grant('c')] })
    const live = replace(base, { ...film, grants: [grant('a'), grant('b'), grant('d')] })
    const { model, conflicts } = mergeModels(start, mine, live)
    expect(conflicts).toEqual([])
    expect(
      tableOf(model, film.id)
        ?.grants.map(({ grantee }) => grantee)
        .sort(),
    ).toEqual(['b', 'c', 'd'])
  })

  test('a view that both sides rewrote is one conflict', () => {
    const view = testView('v', [['id', 'bigint']], 'SELECT id FROM public.film')
    const start = add(base, view)
    const merge = mergeModels(
      start,
      replace(start, { ...view, definition: 'SELECT id FROM public.film WHERE id > 1' }),
      replace(start, { ...view, definition: 'SELECT id FROM public.film WHERE id > 2' }),
    )
    expect(merge.conflicts.map(({ field }) => field)).toEqual(['definition'])
  })
})

/** Random edits of the base, by a list of numbers. */
const edits = fc.array(fc.tuple(fc.constantFrom('film', 'actor'), fc.nat(7), fc.nat(3)), { maxLength: 6 })

function edited(
  model: SchemaModel,
  list: readonly (readonly [string, number, number])[],
  who: string,
): SchemaModel {
  return list.reduce((current, [name, what, value], at) => {
    const table = tableOf(current, `table:${name}`)
    if (table === undefined) return current
    const column = table.columns[value % Math.max(table.columns.length, 1)]
    switch (what) {
      case 0:
        return replace(current, { ...table, comment: `${who} ${String(value)}` })
      case 1:
        return column === undefined
          ? current
          : replace(
              current,
              withColumn(table, column.name, { type: ['text', 'bigint', 'date'][value % 3] ?? 'text' }),
            )
      case 2:
        return replace(current, {
          ...table,
          columns: [
            ...table.columns,
            testColumn(`${who}${String(at)}`, 'text', { id: `column:new-${who}${name}${String(at)}` }),
          ],
        })
      case 3:
        return column === undefined
          ? current
          : replace(current, { ...table, columns: table.columns.filter((one) => one !== column) })
      case 4:
        return remove(current, table.id)
      case 5:
        return add(current, {
          ...testEnum(`${who}_${name}${String(at)}`, ['a']),
          id: `enum:new-${who}${name}${String(at)}`,
        })
      case 6:
        return column === undefined
          ? current
          : replace(current, withColumn(table, column.name, { name: `${column.name}_${who}` }))
      default:
        return column === undefined
          ? current
          : replace(current, withColumn(table, column.name, { isNullable: value % 2 === 0 }))
    }
  }, model)
}

/** No difference, by id: two models of one database. */
function same(left: SchemaModel, right: SchemaModel): void {
  expect(diffModels(left, right, { matchBy: 'id' })).toEqual([])
}

describe('merge of any edits', () => {
  test('with nothing changed live gives the draft, with nothing drafted what is live', () => {
    fc.assert(
      fc.property(edits, (list) => {
        const changed = edited(base, list, 'me')
        const copy = structuredClone(base)
        const ours = mergeModels(base, changed, copy)
        expect(ours.conflicts).toEqual([])
        same(ours.model, changed)
        const theirs = mergeModels(base, copy, changed)
        expect(theirs.conflicts).toEqual([])
        same(theirs.model, changed)
      }),
      { seed: 4, numRuns: 300 },
    )
  })

  test('of different objects does not depend on who made which', () => {
    fc.assert(
      fc.property(edits, edits, (one, other) => {
        const a = edited(
          base,
          one.map(([, what, value]) => ['film', what, value] as const),
          'a',
        )
        const b = edited(
          base,
          other.map(([, what, value]) => ['actor', what, value] as const),
          'b',
        )
        const left = mergeModels(base, a, b)
        const right = mergeModels(base, b, a)
        expect(left.conflicts).toEqual([])
        expect(right.conflicts).toEqual([])
        same(left.model, right.model)
      }),
      { seed: 5, numRuns: 300 },
    )
  })

  test('leaves no conflict open once each is decided, and takes the side that was chosen', () => {
    fc.assert(
      fc.property(edits, edits, fc.constantFrom('mine' as const, 'live' as const), (one, other, side) => {
        const mine = edited(base, one, 'a')
        const live = edited(base, other, 'b')
        const first = mergeModels(base, mine, live)
        const second = mergeModels(base, mine, live, resolveConflicts(first.conflicts, side))
        expect(second.conflicts.map(({ id }) => id)).toEqual(first.conflicts.map(({ id }) => id))
        if (side === 'live') same(second.model, first.model)
      }),
      { seed: 6, numRuns: 300 },
    )
  })
})
