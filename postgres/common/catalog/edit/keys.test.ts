// Edits of keys, indexes and checks, and drops with what goes along.
import { describe, expect, test } from 'vitest'
import {
  STORE,
  STATUS,
  RENTAL,
  BASE,
  contextOf,
  after,
  find,
  table,
  column,
  labelOf,
} from '#testing/edit-model.ts'
import { addCheck, addUnique, changeCheck, setPrimaryKey } from './constraints.ts'
import { dropImpact, dropObjects, dropPart } from './drop.ts'
import { usedBy } from './used-by.ts'
import { addForeignKey, addJunction, changeForeignKey, foreignKeyProblem } from './foreign-keys.ts'
import { addIndex, changeIndex } from './indexes.ts'
import type { Edit } from './model-edit.ts'
import { addSequence } from './objects.ts'
import { renamePart } from './rename-part.ts'

describe('keys', () => {
  test('a foreign key is refused with the reason', () => {
    const problem = (columnId: string, target: string): string | null =>
      foreignKeyProblem(BASE, {
        tableId: RENTAL.id,
        columnIds: [columnId],
        references: { tableId: STORE.id, columnIds: [target] },
      })
    expect(problem('c:due', 'c:store')).toBe('date cannot refer to bigint.')
    expect(problem('c:fk', 'c:store')).toBe('This foreign key is there already.')
    expect(problem('c:fk', 'c:store.name')).toBe('bigint cannot refer to text.')
    expect(problem('c:id', 'c:store')).toBeNull()
  })

  test('a foreign key brings an index unless one begins with its columns', () => {
    const model = after(
      addForeignKey(contextOf(), {
        tableId: RENTAL.id,
        columnIds: ['c:id'],
        references: { tableId: STORE.id, columnIds: ['c:store'] },
        withIndex: true,
      }),
    )
    expect(table(model, 'rental').indexes).toHaveLength(1)
    const key = table(model, 'rental').constraints.at(-1)
    const next = after(
      changeForeignKey(contextOf(model), {
        tableId: RENTAL.id,
        constraintId: key?.id ?? '',
        change: { onDelete: 'cascade', isInitiallyDeferred: true },
      }),
      model,
    )
    expect(table(next, 'rental').constraints.at(-1)).toMatchObject({
      onDelete: 'cascade',
      isDeferrable: true,
    })
  })

  test('many to many makes a table whose key is both keys', () => {
    const model = after(addJunction(contextOf(), { leftId: RENTAL.id, rightId: STORE.id }))
    const junction = table(model, 'rental_store')
    expect(junction.columns.map(({ name }) => name)).toEqual(['rental_id', 'store_id'])
    expect(junction.constraints.map(({ name }) => name)).toEqual([
      'rental_store_pkey',
      'rental_store_rental_id_fkey',
      'rental_store_store_id_fkey',
    ])
    expect(junction.indexes.map(({ name }) => name)).toEqual(['rental_store_store_id_idx'])
    expect(
      labelOf(
        addJunction(contextOf(after(setPrimaryKey(contextOf(), { tableId: RENTAL.id, columnIds: [] }))), {
          leftId: RENTAL.id,
          rightId: STORE.id,
        }),
      ),
    ).toMatch(/rental has no primary key/)
  })

  test('a primary key takes the place of the one before, not while something refers to it', () => {
    const model = after(setPrimaryKey(contextOf(), { tableId: RENTAL.id, columnIds: ['c:due', 'c:id'] }))
    expect(table(model, 'rental').constraints.at(-1)).toMatchObject({
      name: 'rental_pkey',
      columns: ['due_at', 'rental_id'],
    })
    expect(column(model, 'rental', 'due_at')?.isNullable).toBe(false)
    expect(labelOf(setPrimaryKey(contextOf(), { tableId: STORE.id, columnIds: ['c:store.name'] }))).toMatch(
      /rental_store_id_fkey refers to/,
    )
  })

  test('unique constraints and checks are named as Postgres names them', () => {
    let model = after(addUnique(contextOf(), { tableId: RENTAL.id, columnIds: ['c:due', 'c:fk'] }))
    expect(table(model, 'rental').constraints.at(-1)?.name).toBe('rental_due_at_store_id_key')
    model = after(addCheck(contextOf(), { tableId: RENTAL.id, expression: 'due_at > now()' }))
    expect(table(model, 'rental').constraints.at(-1)?.name).toBe('rental_due_at_check1')
    model = after(addCheck(contextOf(), { tableId: RENTAL.id, expression: 'store_id > rental_id' }))
    expect(table(model, 'rental').constraints.at(-1)?.name).toBe('rental_check')
    expect(labelOf(addUnique(contextOf(), { tableId: RENTAL.id, columnIds: [] }))).toMatch(
      /Choose the columns/,
    )
    expect(labelOf(addUnique(contextOf(), { tableId: RENTAL.id, columnIds: ['c:where'] }))).toMatch(
      /where is point, which has no order/,
    )
    const check = RENTAL.constraints[2]?.id ?? ''
    expect(
      table(
        after(changeCheck(contextOf(), { tableId: RENTAL.id, constraintId: check, expression: 'true' })),
        'rental',
      ).constraints[2],
    ).toMatchObject({ expression: 'true' })
  })

  test('indexes', () => {
    const add = (rest: Partial<Parameters<typeof addIndex>[1]>): Edit =>
      addIndex(contextOf(), { tableId: RENTAL.id, elements: [{ column: 'due_at' }], ...rest })
    expect(labelOf(add({}))).toBe('Add index rental_due_at_idx1 to rental')
    expect(
      labelOf(add({ elements: [{ expression: 'lower(x)' }, { expression: "upper(x) || 'a'" }] })),
    ).toContain('rental_lower_expr_idx')
    expect(labelOf(add({ elements: [] }))).toMatch(/Choose the columns/)
    expect(labelOf(add({ elements: [{ column: 'gone' }] }))).toMatch(/no column gone/)
    expect(labelOf(add({ method: 'hash', isUnique: true }))).toMatch(/cannot be unique/)
    expect(labelOf(add({ elements: [{ column: 'where' }] }))).toMatch(/has no order/)
    expect(labelOf(add({ elements: [{ column: 'where' }], method: 'gist' }))).toMatch(/^Add index/)
    const model = after(
      changeIndex(contextOf(), {
        tableId: RENTAL.id,
        indexId: RENTAL.indexes[0]?.id ?? '',
        change: { isUnique: true, where: ' true ' },
      }),
    )
    expect(table(model, 'rental').indexes[0]).toMatchObject({
      isUnique: true,
      where: 'true',
      name: 'rental_due_at_idx',
    })
  })

  test('parts get other names', () => {
    const rename = (partId: string, name: string): Edit =>
      renamePart(contextOf(), { objectId: RENTAL.id, partId, name })
    expect(table(after(rename(RENTAL.constraints[0]?.id ?? '', 'pk')), 'rental').constraints[0]?.name).toBe(
      'pk',
    )
    expect(table(after(rename(RENTAL.indexes[0]?.id ?? '', 'late')), 'rental').indexes[0]?.name).toBe('late')
    expect(labelOf(rename(RENTAL.indexes[0]?.id ?? '', 'store'))).toMatch(/taken/)
    expect(labelOf(rename(RENTAL.constraints[0]?.id ?? '', 'rental_store_id_fkey'))).toMatch(
      /a constraint named/,
    )
    expect(labelOf(rename('gone', 'x'))).toMatch(/cannot be renamed/)
  })
})

describe('drops', () => {
  test('list what goes along, and take it out', () => {
    expect(dropImpact(BASE, [STORE.id]).map(({ what, name }) => `${what} ${name}`)).toEqual([
      'foreign key rental.rental_store_id_fkey',
    ])
    expect(dropImpact(BASE, ['c:due']).map(({ what }) => what)).toEqual(['index', 'view'])
    const model = after(dropObjects(contextOf(), { objectIds: [STORE.id] }))
    expect(table(model, 'rental').constraints.map(({ kind }) => kind)).toEqual(['primary key', 'check'])
    const without = after(dropPart(contextOf(), { objectId: RENTAL.id, partId: 'c:due' }))
    expect(without.objects.some(({ name }) => name === 'overdue')).toBe(false)
  })

  test('a check of the draft goes with the column that it names', () => {
    const added = after(addCheck(contextOf(), { tableId: RENTAL.id, expression: "status <> 'paid'" }))
    const model = after(dropPart(contextOf(added), { objectId: RENTAL.id, partId: 'c:status' }), added)
    expect(table(model, 'rental').constraints.map(({ kind }) => kind)).toEqual([
      'primary key',
      'foreign key',
      'check',
    ])
  })

  test('a type takes its columns along', () => {
    const model = after(dropObjects(contextOf(), { objectIds: [STATUS.id] }))
    expect(column(model, 'rental', 'status')).toBeUndefined()
  })

  test('a sequence takes only the default that calls it', () => {
    const made = after(addSequence(contextOf(), { schema: 'public', name: 's' }))
    const sequence = find(made, 'sequence', 's')
    const used = {
      ...made,
      dependencies: [...made.dependencies, ['c:due', sequence.id] as const],
      objects: made.objects.map((object) =>
        object.id === RENTAL.id
          ? {
              ...RENTAL,
              columns: RENTAL.columns.map((one) =>
                one.id === 'c:due' ? { ...one, default: "nextval('s')" } : one,
              ),
            }
          : object,
      ),
    }
    expect(dropImpact(used, [sequence.id])).toMatchObject([{ name: 'rental.due_at', isDefaultOnly: true }])
    const model = after(dropObjects(contextOf(used), { objectIds: [sequence.id] }), used)
    expect(column(model, 'rental', 'due_at')?.default).toBeNull()
  })

  test('users of a thing are named', () => {
    expect(usedBy(BASE, STORE.id).map(({ name }) => name)).toEqual(['rental.rental_store_id_fkey'])
    expect(usedBy(BASE, STATUS.id).map(({ name }) => name)).toEqual(['rental.status'])
  })
})
