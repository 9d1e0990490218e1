// Names made from names: they follow as long as no database has them.
import { expect, test } from 'vitest'
import type { SchemaModel } from '#contract/schema/types.ts'
import { after, BASE, column, contextOf, find, RENTAL, STORE, table } from '#testing/edit-model.ts'
import { countingIds } from '#testing/random-edits.ts'
import { addColumn, renameColumn } from './columns.ts'
import { addCheck, addUnique } from './constraints.ts'
import { addForeignKey } from './foreign-keys.ts'
import { addIndex } from './indexes.ts'
import type { Edit, EditContext } from './model-edit.ts'
import { addSequence, changeSequence } from './objects.ts'
import { renameObject } from './rename.ts'
import { addTable } from './tables.ts'

/** A draft whose steps come one after another. */
function draft() {
  const newId = countingIds()
  let model: SchemaModel = BASE
  return {
    step(edit: (context: EditContext) => Edit): void {
      model = after(edit({ ...contextOf(model), newId }), model)
    },
    model: () => model,
    names(of: string): readonly string[] {
      const { constraints, indexes } = table(model, of)
      return [...indexes, ...constraints].filter(({ id }) => id.includes(':new-')).map(({ name }) => name)
    },
  }
}

test('of new parts of a table that is there follow its columns and the table itself', () => {
  const { step, model, names } = draft()
  const idOf = (name: string): string => column(model(), 'rental', name)?.id ?? ''
  const tableId = RENTAL.id
  step((context) => addColumn(context, { tableId, name: 'fee', type: 'bigint' }))
  step((context) => addColumn(context, { tableId, name: 'no', type: 'serial' }))
  step((context) => addIndex(context, { tableId, elements: [{ column: 'fee' }] }))
  step((context) => addIndex(context, { tableId, elements: [{ column: 'fee' }, { column: 'due_at' }] }))
  step((context) => addIndex(context, { tableId, elements: [{ expression: 'lower(status)' }] }))
  step((context) => addUnique(context, { tableId, columnIds: [idOf('fee')] }))
  step((context) => addCheck(context, { tableId, expression: 'fee > 0' }))
  step((context) => addCheck(context, { tableId, expression: 'fee > 1' }))
  step((context) => addCheck(context, { tableId, expression: 'fee < 9', name: 'own_choice' }))
  step((context) =>
    addForeignKey(context, {
      tableId,
      columnIds: [idOf('fee')],
      references: { tableId: STORE.id, columnIds: ['c:store'] },
    }),
  )
  step((context) => renameColumn(context, { tableId, columnId: idOf('fee'), name: 'price' }))
  step((context) => renameColumn(context, { tableId, columnId: idOf('no'), name: 'number' }))
  const named = (of: string): readonly string[] =>
    ['price_idx', 'price_due_at_idx', 'lower_idx', 'price_key', 'price_check', 'price_check1'].map(
      (rest) => `${of}_${rest}`,
    )
  expect(names('rental')).toEqual([...named('rental'), 'own_choice', 'rental_price_fkey'])
  expect(column(model(), 'rental', 'number')?.identity?.sequence.name).toBe('rental_number_seq')
  step((context) => renameObject(context, { objectId: tableId, name: 'lease' }))
  expect(names('lease')).toEqual([...named('lease'), 'own_choice', 'lease_price_fkey'])
  expect(column(model(), 'lease', 'number')?.identity?.sequence.name).toBe('lease_number_seq')
  // What the database has keeps its names.
  const kept = [...RENTAL.constraints, ...RENTAL.indexes].map(({ name }) => name)
  const { constraints, indexes } = table(model(), 'lease')
  expect([...constraints, ...indexes].map(({ name }) => name)).toEqual(expect.arrayContaining(kept))
})

test('step aside for those that are taken, and go to the place of a number in a name', () => {
  const { step, model, names } = draft()
  step((context) => addTable(context, { schema: 'public' }))
  const tableId = table(model(), 'table').id
  step((context) =>
    addIndex(context, { tableId: RENTAL.id, name: 'film_pkey', elements: [{ column: 'due_at' }] }),
  )
  step((context) => renameObject(context, { objectId: tableId, name: 'film' }))
  expect(names('film')).toEqual(['film_pkey1'])
  step((context) => renameObject(context, { objectId: tableId, name: 'movie' }))
  expect(names('movie')).toEqual(['movie_pkey'])
  expect(column(model(), 'movie', 'id')?.identity?.sequence.name).toBe('movie_id_seq')
  const long = 'm'.repeat(63)
  step((context) => renameObject(context, { objectId: tableId, name: long }))
  expect(names(long)).toEqual([`${'m'.repeat(58)}_pkey`])
  step((context) => renameObject(context, { objectId: tableId, name: 'film' }))
  expect(names('film')).toEqual(['film_pkey1'])
})

test('of sequences that belong to a new column follow, in its default too', () => {
  const { step, model } = draft()
  const tableId = RENTAL.id
  step((context) => addSequence(context, { schema: 'public', name: 'rental_no_seq' }))
  const sequenceId = find(model(), 'sequence', 'rental_no_seq').id
  const written = "nextval('public.rental_no_seq'::regclass)"
  step((context) => addColumn(context, { tableId, name: 'no', type: 'bigint', default: written }))
  const columnId = column(model(), 'rental', 'no')?.id ?? ''
  step((context) => changeSequence(context, { sequenceId, ownedBy: { tableId, columnId } }))
  step((context) => renameColumn(context, { tableId, columnId, name: 'number' }))
  expect(find(model(), 'sequence', 'rental_number_seq').ownedBy).toMatchObject({ column: 'number' })
  expect(column(model(), 'rental', 'number')?.default).toContain('rental_number_seq')
})
