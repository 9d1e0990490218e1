// Edits of foreign keys, and of tables that join two others.
import type { Column, ForeignKey, ForeignKeyAction, SchemaModel, Table } from '#contract/schema/types.ts'
import { indexModel } from '../find.ts'
import { canReference } from './column-type.ts'
import { addToFamily, changeInFamily, needColumns } from './constraints.ts'
import { columnsById } from './follow.ts'
import { indexOver } from './indexes.ts'
import { makeEdit, refuse, type Edit, type EditContext } from './model-edit.ts'
import { autoName, checkPartName, checkRelationName, freeName } from './names.ts'
import { newColumn, newForeignKey, newKey, newTable } from './parts.ts'
import { takenNames } from './tables.ts'

export interface ForeignKeyInput {
  readonly tableId: string
  readonly columnIds: readonly string[]
  readonly references: { readonly tableId: string; readonly columnIds: readonly string[] }
  readonly onUpdate?: ForeignKeyAction
  readonly onDelete?: ForeignKeyAction
  readonly isDeferrable?: boolean
  readonly isInitiallyDeferred?: boolean
  /** Also an index over the columns, unless one begins with them: without it each delete in the other table scans this one. */
  readonly withIndex?: boolean
  readonly name?: string
}

/** Makes columns refer to a key of a table. */
export function addForeignKey(context: EditContext, input: ForeignKeyInput): Edit {
  return makeEdit(context, (edit) => {
    const reason = foreignKeyProblem(edit.model, input)
    if (reason !== null) refuse(reason)
    const table = edit.need('table', input.tableId)
    const target = edit.need('table', input.references.tableId)
    const names = needColumns(table, input.columnIds).map(({ name }) => name)
    const targetNames = needColumns(target, input.references.columnIds).map(({ name }) => name)
    const name =
      input.name ?? autoName(edit, { schema: table.schema, table: table.name, columns: names, label: 'fkey' })
    checkPartName(table.constraints, name, { what: 'constraint' })
    const key: ForeignKey = {
      ...newForeignKey({
        id: edit.newId('constraint'),
        name,
        columns: names,
        references: { schema: target.schema, name: target.name, columns: targetNames },
      }),
      onUpdate: input.onUpdate ?? 'no action',
      onDelete: input.onDelete ?? 'no action',
      isDeferrable: input.isDeferrable === true || input.isInitiallyDeferred === true,
      isInitiallyDeferred: input.isInitiallyDeferred === true,
    }
    addToFamily(edit, table, key)
    if (input.withIndex === true && !hasIndexOver(table, names)) indexOver(edit, table.id, names)
    return {
      label: `Make ${table.name}.${names.join(', ')} refer to ${target.name}`,
      objectId: table.id,
      partId: key.id,
    }
  })
}

/** Why these columns cannot refer to those, in words; null when they can. */
export function foreignKeyProblem(
  model: SchemaModel,
  input: Pick<ForeignKeyInput, 'tableId' | 'columnIds' | 'references'>,
): string | null {
  const index = indexModel(model)
  const [table, target] = [index.byId(input.tableId), index.byId(input.references.tableId)]
  if (table?.kind !== 'table' || target?.kind !== 'table') return 'A foreign key is between two tables.'
  if (table.foreign !== null || target.foreign !== null) return 'A foreign table cannot have foreign keys.'
  if (target.isUnlogged && !table.isUnlogged)
    return `${target.name} is unlogged: only unlogged tables can refer to it.`
  const from = columnsById(table, input.columnIds)
  const to = columnsById(target, input.references.columnIds)
  if (from.length === 0 || from.length !== to.length) return 'Both sides need the same number of columns.'
  for (const [at, column] of from.entries()) {
    const other = to[at]
    if (column === undefined || other === undefined) return 'The column is no longer there.'
    if (column.id === other.id) return 'A column cannot refer to itself.'
    if (!canReference(model, column.type, other.type)) return `${column.type} cannot refer to ${other.type}.`
    if (column.generated?.kind === 'virtual') return `${column.name} is a virtual column.`
  }
  const names = to.map((column) => column?.name ?? '')
  if (!isUniqueTogether(target, names))
    return `${names.join(', ')} of ${target.name} is not unique. Make it a key first.`
  if (
    table.constraints.some(
      (one) =>
        one.kind === 'foreign key' &&
        one.references.schema === target.schema &&
        one.references.name === target.name &&
        one.columns.join('\0') === from.map((column) => column?.name ?? '').join('\0') &&
        one.references.columns.join('\0') === names.join('\0'),
    )
  )
    return 'This foreign key is there already.'
  return null
}

/** Whether the columns, in whatever order, are a key or have a plain unique index. */
function isUniqueTogether(table: Table, columns: readonly string[]): boolean {
  const wanted = [...columns].sort().join('\0')
  const isWanted = (names: readonly (string | null)[]): boolean => [...names].sort().join('\0') === wanted
  return (
    table.constraints.some(
      (one) =>
        (one.kind === 'primary key' || one.kind === 'unique') && !one.isDeferrable && isWanted(one.columns),
    ) ||
    table.indexes.some(
      (one) => one.isUnique && one.where === null && isWanted(one.elements.map(({ column }) => column)),
    )
  )
}

/** Whether an index or key begins with these columns. */
export function hasIndexOver(table: Table, columns: readonly string[]): boolean {
  const wanted = [...columns].sort().join('\0')
  const begins = (names: readonly (string | null)[]): boolean =>
    [...names.slice(0, columns.length)].sort().join('\0') === wanted
  return (
    table.constraints.some(
      (one) => (one.kind === 'primary key' || one.kind === 'unique') && begins(one.columns),
    ) || table.indexes.some((one) => one.where === null && begins(one.elements.map(({ column }) => column)))
  )
}

/** Changes what a foreign key does, and when it is checked. */
export function changeForeignKey(
  context: EditContext,
  input: {
    readonly tableId: string
    readonly constraintId: string
    readonly change: Partial<
      Pick<ForeignKey, 'onUpdate' | 'onDelete' | 'isDeferrable' | 'isInitiallyDeferred' | 'match'>
    >
  },
): Edit {
  return makeEdit(context, (edit) => {
    const table = edit.need('table', input.tableId)
    const key = table.constraints.find(({ id }) => id === input.constraintId)
    if (key?.kind !== 'foreign key') return refuse('The foreign key is no longer there.')
    if (key.isInherited) refuse(`${key.name} comes from a parent table: change it there.`)
    const next = { ...key, ...input.change }
    if (input.change.onDelete !== undefined && !input.change.onDelete.startsWith('set'))
      next.onDeleteColumns = []
    if (input.change.isDeferrable === false) next.isInitiallyDeferred = false
    else if (next.isInitiallyDeferred) next.isDeferrable = true
    changeInFamily(edit, table, key.name, (one) =>
      one.kind === 'foreign key' ? { ...next, id: one.id, isInherited: one.isInherited } : one,
    )
    return { label: `Change foreign key ${key.name}`, objectId: table.id, partId: key.id }
  })
}

/** Joins two tables many to many: a table between them whose key is both of theirs. */
export function addJunction(
  context: EditContext,
  input: { readonly leftId: string; readonly rightId: string; readonly name?: string },
): Edit {
  return makeEdit(context, (edit) => {
    const left = edit.need('table', input.leftId)
    const right = edit.need('table', input.rightId)
    const name = input.name ?? freeName(`${left.name}_${right.name}`, takenNames(edit, left.schema))
    checkRelationName(edit, left.schema, name)
    const sides = [left, right].map((side) => ({ side, key: primaryKeyOf(side) }))
    const taken = new Set<string>()
    const columns: Column[] = []
    const keys: ForeignKey[] = []
    for (const [at, { side, key }] of sides.entries()) {
      const own = key.map((column) => {
        const wanted =
          column.name.startsWith(side.name) || key.length > 1 ? column.name : `${side.name}_${column.name}`
        const chosen = freeName(
          taken.has(wanted) ? `${at === 0 ? 'left' : 'other'}_${wanted}` : wanted,
          taken,
        )
        taken.add(chosen)
        return {
          ...newColumn({ id: edit.newId('column'), name: chosen, type: column.type, typeId: column.typeId }),
          isNullable: false,
          collation: column.collation,
        }
      })
      columns.push(...own)
      const names = own.map((column) => column.name)
      keys.push({
        ...newForeignKey({
          id: edit.newId('constraint'),
          name: autoName(edit, { schema: left.schema, table: name, columns: names, label: 'fkey' }),
          columns: names,
          references: { schema: side.schema, name: side.name, columns: key.map((column) => column.name) },
        }),
        onDelete: 'cascade',
      })
    }
    const primary = newKey({
      id: edit.newId('constraint'),
      name: autoName(edit, { schema: left.schema, table: name, columns: [], label: 'pkey' }),
      kind: 'primary key',
      columns: columns.map((column) => column.name),
    })
    const table = newTable({ id: edit.newId('table'), schema: left.schema, name, owner: left.owner })
    // A table that is logged cannot refer to one that is not.
    const isUnlogged = left.isUnlogged || right.isUnlogged
    edit.put({ ...table, isUnlogged, columns, constraints: [primary, ...keys] })
    // The primary key serves the left side; deletes on the right look for the second column.
    indexOver(edit, table.id, keys[1]?.columns ?? [])
    return { label: `Join ${left.name} and ${right.name} by ${name}`, objectId: table.id }
  })
}

function primaryKeyOf(table: Table): readonly Column[] {
  const key = table.constraints.find(({ kind }) => kind === 'primary key')
  const columns = key?.kind === 'primary key' ? key.columns : []
  if (columns.length === 0) refuse(`${table.name} has no primary key to refer to. Add one first.`)
  return columns.flatMap((name) => table.columns.filter((column) => column.name === name))
}
