// A small rental shop for unit tests of edits, and what checks a step.
import { expect } from 'vitest'
import type { ModelObject, SchemaModel, Table } from '#contract/schema/types.ts'
import { checkModel } from '#postgres/common/catalog/edit/check-model.ts'
import type { Edit, EditContext } from '#postgres/common/catalog/edit/model-edit.ts'
import { applyPatch } from '#postgres/common/catalog/patch.ts'
import {
  testCheck,
  testColumn,
  testEnum,
  testForeignKey,
  testIndex,
  testKey,
  testModel,
  testSchema,
  testTable,
  testView,
} from './model-objects.ts'
import { countingIds } from './random-edits.ts'

export const STORE = testTable(
  'store',
  [
    testColumn('store_id', 'bigint', { id: 'c:store', isNullable: false }),
    testColumn('name', 'text', { id: 'c:store.name' }),
  ],
  { constraints: [testKey('store_pkey', ['store_id'])] },
)
export const STATUS = testEnum('status', ['open', 'paid'])
export const RENTAL = testTable(
  'rental',
  [
    testColumn('rental_id', 'bigint', { id: 'c:id', isNullable: false }),
    testColumn('store_id', 'bigint', { id: 'c:fk' }),
    testColumn('due_at', 'date', { id: 'c:due' }),
    testColumn('status', 'public.status', { id: 'c:status', typeId: STATUS.id }),
    testColumn('where', 'point', { id: 'c:where' }),
  ],
  {
    constraints: [
      testKey('rental_pkey', ['rental_id']),
      testForeignKey('rental_store_id_fkey', ['store_id'], {
        schema: 'public',
        name: 'store',
        columns: ['store_id'],
      }),
      testCheck('rental_due_at_check', 'due_at IS NOT NULL'),
    ],
    indexes: [testIndex('rental_due_at_idx', ['due_at'])],
  },
)
export const OVERDUE = testView('overdue', [['due_at', 'date']], ' SELECT rental.due_at FROM public.rental')
export const BASE = testModel(
  [STORE, STATUS, RENTAL, OVERDUE, testSchema('archive')],
  [[OVERDUE.id, 'c:due']],
)

/** What an edit of `model` starts from. */
export function contextOf(model: SchemaModel = BASE, base: SchemaModel = BASE): EditContext {
  return { model, base, newId: countingIds() }
}

/** The model after the edit, which has to go well and leave it consistent. */
export function after(edit: Edit, model: SchemaModel = BASE): SchemaModel {
  if (edit.problem !== null) throw new Error(edit.problem)
  const next = applyPatch(model, edit.patch)
  expect(checkModel(next)).toEqual([])
  return next
}

/** The object of the kind with the name. Throws when there is none. */
export function find<Kind extends ModelObject['kind']>(
  model: SchemaModel,
  kind: Kind,
  name: string,
): Extract<ModelObject, { kind: Kind }> {
  const found = model.objects.find(
    (object): object is Extract<ModelObject, { kind: Kind }> => object.kind === kind && object.name === name,
  )
  if (found === undefined) throw new Error(`There is no ${kind} ${name}.`)
  return found
}

export function table(model: SchemaModel, name: string): Table {
  return find(model, 'table', name)
}

export function column(
  model: SchemaModel,
  tableName: string,
  name: string,
): Table['columns'][number] | undefined {
  return table(model, tableName).columns.find((one) => one.name === name)
}

/** The label of the step, or why there is none. */
export function labelOf(edit: Edit): string {
  return edit.problem === null ? edit.patch.label : edit.problem
}
