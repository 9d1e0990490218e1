// Edits of tables and their columns as steps: what they change, what follows, what they refuse.
import { describe, expect, test } from 'vitest'
import type { ModelObject, Policy, SchemaModel, Table } from '#contract/schema/types.ts'
import { STORE, STATUS, RENTAL, BASE, contextOf, after, table, column, labelOf } from '#testing/edit-model.ts'
import { testColumn, testModel, testTable } from '#testing/model-objects.ts'
import { countingIds, randomEdit } from '#testing/random-edits.ts'
import { seededRandom } from '#testing/random-numbers.ts'
import { applyPatch, invertPatch } from '../patch.ts'
import { checkModel } from './check-model.ts'
import {
  addColumn,
  changeColumn,
  nameParts,
  renameColumn,
  splitColumn,
  type ColumnChange,
} from './columns.ts'
import { addCheck, setPrimaryKey } from './constraints.ts'
import { dropObjects, dropPart } from './drop.ts'
import { addForeignKey } from './foreign-keys.ts'
import { addIndex } from './indexes.ts'
import type { Edit, EditContext } from './model-edit.ts'
import { moveObjects, renameObject } from './rename.ts'
import { addTable, changeTable, duplicateTables, pasteTables, setComment } from './tables.ts'

test('the model that the tests begin with is consistent', () => {
  expect(checkModel(BASE)).toEqual([])
})

describe('tables', () => {
  test('a new one has an identity as its key, and a free name', () => {
    const once = after(addTable(contextOf(), { schema: 'public' }))
    const edit = addTable(
      { ...contextOf(once), newId: (kind) => `${kind}:new-b${Math.random()}` },
      { schema: 'public' },
    )
    const twice = after(edit, once)
    expect(labelOf(edit)).toBe('Add table table_2')
    expect(column(twice, 'table_2', 'id')?.identity?.sequence.name).toBe('table_2_id_seq')
    expect(table(twice, 'table_2').constraints.map(({ name }) => name)).toEqual(['table_2_pkey'])
  })

  test.each([
    ['store', /taken in schema public/],
    ['rental_pkey', /taken/],
    ['status', /taken/],
    ['', /Enter a name/],
    ['é'.repeat(32), /at most 63 bytes; this one has 64/],
    ['a\0', /zero byte/],
  ])('cannot be named %j', (name, reason) => {
    expect(labelOf(renameObject(contextOf(), { objectId: RENTAL.id, name }))).toMatch(reason)
  })

  test('a table that is in no database yet takes the names along that were made from its own', () => {
    const added = after(addTable(contextOf(), { schema: 'public', name: 'table_1' }))
    const renamed = after(
      renameObject(contextOf(added), { objectId: table(added, 'table_1').id, name: 'fee' }),
      added,
    )
    const { columns, constraints } = table(renamed, 'fee')
    expect(columns[0]?.identity?.sequence.name).toBe('fee_id_seq')
    expect(constraints.map(({ name }) => name)).toEqual(['fee_pkey'])
  })

  test('foreign keys follow a rename', () => {
    const model = after(renameObject(contextOf(), { objectId: STORE.id, name: 'shop' }))
    const key = table(model, 'rental').constraints[1]
    expect(key?.kind === 'foreign key' && key.references).toEqual({
      schema: 'public',
      name: 'shop',
      columns: ['store_id'],
    })
  })

  test('what belongs to them moves along to another schema', () => {
    const added = after(addColumn(contextOf(), { tableId: STORE.id, name: 'n', type: 'serial' }))
    const model = after(moveObjects(contextOf(added), { objectIds: [STORE.id], schema: 'archive' }), added)
    expect(column(model, 'store', 'n')?.identity?.sequence).toEqual({
      schema: 'archive',
      name: 'store_n_seq',
    })
    const key = table(model, 'rental').constraints[1]
    expect(key?.kind === 'foreign key' && key.references.schema).toBe('archive')
    expect(labelOf(moveObjects(contextOf(), { objectIds: [STORE.id], schema: 'nowhere' }))).toMatch(
      /no schema nowhere/,
    )
  })

  test('copies refer to each other', () => {
    const model = after(duplicateTables(contextOf(), { tableIds: [STORE.id, RENTAL.id] }))
    const key = table(model, 'rental_2').constraints.find(({ kind }) => kind === 'foreign key')
    expect(key?.kind === 'foreign key' && key.references.name).toBe('store_2')
    expect(table(model, 'rental_2').indexes.map(({ name }) => name)).toEqual(['rental_2_due_at_idx'])
  })

  test('a copy says the names that the draft gave, where the server printed older ones', () => {
    const policy = (name: string, using: string): Policy => ({
      ...{ id: `p:${name}`, name, using, command: 'all', isPermissive: true },
      ...{ roles: [], check: null, comment: null },
    })
    const rental: Table = {
      ...RENTAL,
      policies: [policy('due', 'due_at > now()'), policy('whole row', 'row_ok(rental.*)')],
    }
    const base = { ...BASE, objects: BASE.objects.map((one) => (one.id === RENTAL.id ? rental : one)) }
    const column = { tableId: RENTAL.id, columnId: 'c:due', name: 'due on' }
    const renamed = after(renameColumn(contextOf(base, base), column), base)
    const moved = after(
      renameObject(contextOf(renamed, base), { objectId: RENTAL.id, name: 'loan' }),
      renamed,
    )
    const model = after(duplicateTables(contextOf(moved, base), { tableIds: [RENTAL.id] }), moved)
    expect(table(model, 'loan_2').policies.map(({ using }) => using)).toEqual(['"due on" > now()'])
  })

  test('a copy into another model leaves out keys whose target is not there', () => {
    const elsewhere = testModel([STATUS])
    const model = after(pasteTables(contextOf(elsewhere, elsewhere), { tables: [RENTAL] }), elsewhere)
    expect(table(model, 'rental').constraints.map(({ kind }) => kind)).toEqual(['primary key', 'check'])
  })

  test('row-level security, comments', () => {
    const model = after(changeTable(contextOf(), { tableId: STORE.id, change: { hasRowSecurity: true } }))
    expect(table(model, 'store').hasRowSecurity).toBe(true)
    const commented = after(
      setComment(contextOf(), { objectId: RENTAL.id, partId: RENTAL.indexes[0]?.id ?? '', comment: 'Late' }),
    )
    expect(table(commented, 'rental').indexes[0]?.comment).toBe('Late')
    expect(
      table(after(setComment(contextOf(), { objectId: STORE.id, comment: '' })), 'store').comment,
    ).toBeNull()
  })
})

describe('columns', () => {
  const change = (columnId: string, what: ColumnChange): Edit =>
    changeColumn(contextOf(), { tableId: RENTAL.id, columnId, change: what })

  test('a rename goes through keys, indexes and what refers to it', () => {
    const model = after(renameColumn(contextOf(), { tableId: STORE.id, columnId: 'c:store', name: 'id' }))
    const key = table(model, 'rental').constraints[1]
    expect(key?.kind === 'foreign key' && key.references.columns).toEqual(['id'])
    const due = after(renameColumn(contextOf(), { tableId: RENTAL.id, columnId: 'c:due', name: 'due' }))
    expect(table(due, 'rental').indexes[0]?.elements[0]?.column).toBe('due')
  })

  test('expressions that the server printed stay, those of the draft follow', () => {
    const added = after(addCheck(contextOf(), { tableId: RENTAL.id, expression: "due_at > '2020-01-01'" }))
    const model = after(
      renameColumn(contextOf(added), { tableId: RENTAL.id, columnId: 'c:due', name: 'back at' }),
      added,
    )
    expect(
      table(model, 'rental').constraints.flatMap((one) => (one.kind === 'check' ? [one.expression] : [])),
    ).toEqual(['due_at IS NOT NULL', `"back at" > '2020-01-01'`])
  })

  test.each<readonly [string, ColumnChange, RegExp]>([
    ['c:due', { name: 'status' }, /a column named status already/],
    ['c:due', { type: 'nope' }, /no type nope/],
    ['c:due', { type: '' }, /Choose a type/],
    ['c:due', { identity: 'always' }, /smallint, integer or bigint; due_at is date/],
    [
      'c:due',
      { default: 'now()', generated: { expression: 'rental_id', kind: 'stored' } },
      /generated and cannot have a default/,
    ],
    ['c:due', { generated: { expression: ' ', kind: 'stored' } }, /Enter the expression/],
    ['c:due', { collation: '"C"' }, /date has no collation/],
    ['c:id', { isNullable: true }, /part of the primary key/],
    ['c:fk', { type: 'uuid' }, /uuid cannot refer to bigint/],
    ['c:none', { name: 'x' }, /no longer there/],
  ])('%s cannot become %j', (columnId, what, reason) => {
    expect(labelOf(change(columnId, what))).toMatch(reason)
  })

  test('an identity takes the place of a default and forbids null', () => {
    const model = after(change('c:fk', { identity: 'by default' }))
    expect(column(model, 'rental', 'store_id')).toMatchObject({
      isNullable: false,
      identity: { kind: 'by default', sequence: { schema: 'public', name: 'rental_store_id_seq' } },
    })
    const wider = after(addColumn(contextOf(), { tableId: STORE.id, name: 'n', type: 'serial' }))
    expect(column(wider, 'store', 'n')?.identity?.options.max).toBe('2147483647')
    const id = column(wider, 'store', 'n')?.id ?? ''
    const big = after(
      changeColumn(contextOf(wider), { tableId: STORE.id, columnId: id, change: { type: 'bigint' } }),
      wider,
    )
    expect(column(big, 'store', 'n')?.identity?.options.max).toBe('9223372036854775807')
  })

  test('rows are filled as the person says', () => {
    const edit = change('c:due', { isNullable: false, fill: ' current_date ' })
    expect(edit.problem === null && edit.patch.fills).toEqual([
      { columnId: 'c:due', expression: 'current_date' },
    ])
  })

  test('a name is split into columns that are filled from it', () => {
    const edit = splitColumn(contextOf(), {
      tableId: STORE.id,
      columnId: 'c:store.name',
      into: nameParts('name'),
    })
    const model = after(edit)
    expect(table(model, 'store').columns.map(({ name }) => name)).toEqual([
      'store_id',
      'name',
      'first_name',
      'last_name',
    ])
    expect(edit.problem === null && edit.patch.fills).toHaveLength(2)
  })
})

describe('partitions', () => {
  const PARENT = testTable(
    'event',
    [
      testColumn('at', 'date', { id: 'c:at', isNullable: false }),
      testColumn('kind', 'text', { id: 'c:kind' }),
    ],
    {
      partitionKey: 'RANGE (at)',
    },
  )
  const CHILD = testTable(
    'event_2026',
    PARENT.columns.map((one) => ({ ...one, id: `${one.id}.child`, isInherited: true })),
    { partitionOf: { parent: { schema: 'public', name: 'event' }, bound: 'DEFAULT' } },
  )
  const MODEL = testModel([PARENT, CHILD])
  const context = (model = MODEL): EditContext => contextOf(model, MODEL)

  test('have the columns, keys and indexes of their table', () => {
    let model = after(addColumn(context(), { tableId: PARENT.id, name: 'note' }), MODEL)
    expect(column(model, 'event_2026', 'note')?.isInherited).toBe(true)
    model = after(
      setPrimaryKey(
        { ...context(model), newId: (kind) => `${kind}:new-k${Math.random()}` },
        { tableId: PARENT.id, columnIds: ['c:at'] },
      ),
      model,
    )
    expect(table(model, 'event_2026').constraints).toMatchObject([
      { name: 'event_2026_pkey', isInherited: true },
    ])
    model = after(
      addIndex(
        { ...context(model), newId: (kind) => `${kind}:new-i${Math.random()}` },
        { tableId: PARENT.id, elements: [{ column: 'kind' }] },
      ),
      model,
    )
    expect(table(model, 'event_2026').indexes).toMatchObject([
      { name: 'event_2026_kind_idx', parent: { name: 'event_kind_idx' } },
    ])
    model = after(renameColumn(context(model), { tableId: PARENT.id, columnId: 'c:at', name: 'day' }), model)
    expect(table(model, 'event').partitionKey).toBe('RANGE (day)')
    expect(column(model, 'event_2026', 'day')).toBeDefined()
    const index = table(model, 'event').indexes[0]?.id ?? ''
    model = after(dropPart(context(model), { objectId: PARENT.id, partId: index }), model)
    expect(table(model, 'event_2026').indexes).toEqual([])
    model = after(renameObject(context(model), { objectId: PARENT.id, name: 'log' }), model)
    expect(table(model, 'event_2026').partitionOf?.parent.name).toBe('log')
    model = after(dropObjects(context(model), { objectIds: [PARENT.id] }), model)
    expect(model.objects.map(({ kind }) => kind)).toEqual(['schema'])
  })

  test('are changed at their table', () => {
    expect(labelOf(addColumn(context(), { tableId: CHILD.id }))).toMatch(/add the column to event/)
    expect(
      labelOf(renameColumn(context(), { tableId: CHILD.id, columnId: 'c:at.child', name: 'x' })),
    ).toMatch(/comes from event/)
    expect(labelOf(dropPart(context(), { objectId: CHILD.id, partId: 'c:at.child' }))).toMatch(
      /drop it there/,
    )
    expect(labelOf(setPrimaryKey(context(), { tableId: PARENT.id, columnIds: ['c:kind'] }))).toMatch(
      /at is missing/,
    )
  })

  test('keep what others need: the partition key, and keys that are referred to', () => {
    expect(labelOf(dropPart(context(), { objectId: PARENT.id, partId: 'c:at' }))).toMatch(
      /event is partitioned by at/,
    )
    const keyed = after(setPrimaryKey(context(), { tableId: PARENT.id, columnIds: ['c:at'] }), MODEL)
    const note = testTable('note', [testColumn('at', 'date', { id: 'c:note' })])
    const model = after(
      addForeignKey(
        { ...contextOf({ ...keyed, objects: [...keyed.objects, note] }), newId: (kind) => `${kind}:new-f` },
        {
          tableId: note.id,
          columnIds: ['c:note'],
          references: { tableId: CHILD.id, columnIds: ['c:at.child'] },
        },
      ),
      { ...keyed, objects: [...keyed.objects, note] },
    )
    expect(
      labelOf(setPrimaryKey(context(model), { tableId: PARENT.id, columnIds: ['c:at', 'c:kind'] })),
    ).toMatch(/note_at_fkey refers to the primary key/)
  })
})

test('a column of a table that others inherit from cannot be a new identity', () => {
  const parent = testTable('animal', [testColumn('name', 'text')])
  const child = testTable('dog', [testColumn('name', 'text', { id: 'c:dog', isInherited: true })], {
    inherits: [{ schema: 'public', name: 'animal' }],
  })
  const model = testModel([parent, child])
  const add = (type: string): Edit => addColumn(contextOf(model), { tableId: parent.id, type })
  expect(labelOf(add('serial'))).toMatch(/dog has its columns from animal/)
  expect(labelOf(add('integer'))).toBe('Add column column to animal')
})

test('any row of edits leaves the model consistent, and each is taken back exactly', () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const random = seededRandom(seed)
    const newId = countingIds()
    let model = BASE
    const labels: string[] = []
    for (let step = 0; step < 25; step += 1) {
      const edit = randomEdit(random, { model, base: BASE, newId })
      if (edit === undefined || edit.problem !== null) continue
      labels.push(edit.patch.label)
      const back = invertPatch(model, edit.patch)
      const next = applyPatch(model, edit.patch)
      expect(byId(applyPatch(next, back))).toEqual(byId(model))
      model = next
      expect(checkModel(model), `${seed}: ${labels.join('; ')}`).toEqual([])
    }
    expect(labels.length).toBeGreaterThan(3)
  }
})

/** The objects in an order of their own: what is put back comes last. */
function byId(model: SchemaModel): readonly ModelObject[] {
  return model.objects.toSorted((left, right) => (left.id < right.id ? -1 : 1))
}
