// Edits of a table's constraints: keys, unique constraints, checks, foreign keys.
import type { Column, Constraint, ForeignKey, Table } from '#contract/schema/types.ts'
import { isSortable } from './column-type.ts'
import { childrenOf, columnsById } from './follow.ts'
import { makeEdit, refuse, type Edit, type EditContext, type ModelEdit } from './model-edit.ts'
import { autoName, checkPartName } from './names.ts'
import { newKey, type Key } from './parts.ts'
import { namesIn } from '../../diff/sql-text.ts'

interface KeyInput {
  readonly tableId: string
  readonly columnIds: readonly string[]
  /** Chosen as Postgres would, when left out. */
  readonly name?: string
}

/** Makes these columns the primary key, in place of one that is there. No columns: drops it, with the foreign keys that rest on it. */
export function setPrimaryKey(context: EditContext, input: KeyInput): Edit {
  return makeEdit(context, (edit) => {
    const table = edit.need('table', input.tableId)
    refusePartition(table, 'primary key')
    const before = table.constraints.find(({ kind }) => kind === 'primary key')
    const columns = needColumns(table, input.columnIds)
    if (before !== undefined) {
      const fromElsewhere = referencesToFamily(edit, table, keyColumns(before))
      if (fromElsewhere.length > 0)
        refuse(
          `${fromElsewhere.map(({ name }) => name).join(', ')} refers to the primary key. Drop it first.`,
        )
    }
    const rest = table.constraints.filter((one) => one !== before)
    if (columns.length === 0) {
      edit.put({ ...table, constraints: rest })
      dropFromPartitions(edit, table, before)
      return { label: `Drop primary key of ${table.name}`, objectId: table.id }
    }
    checkPartitionKey(table, columns)
    checkSortable(edit, columns)
    const name =
      input.name ??
      before?.name ??
      autoName(edit, { schema: table.schema, table: table.name, columns: [], label: 'pkey' })
    checkPartName(rest, name, { what: 'constraint' })
    const key = newKey({
      id: edit.newId('constraint'),
      name,
      kind: 'primary key',
      columns: columns.map((one) => one.name),
    })
    dropFromPartitions(edit, table, before)
    addKeyToFamily(edit, { ...table, constraints: rest }, key)
    return {
      label: `Make ${columns.map((one) => one.name).join(', ')} the primary key of ${table.name}`,
      objectId: table.id,
      partId: key.id,
    }
  })
}

/** Makes the columns unique together. */
export function addUnique(
  context: EditContext,
  input: KeyInput & { readonly isNullsNotDistinct?: boolean },
): Edit {
  return makeEdit(context, (edit) => {
    const table = edit.need('table', input.tableId)
    refusePartition(table, 'unique constraint', true)
    const columns = needColumns(table, input.columnIds)
    if (columns.length === 0) refuse('Choose the columns that are unique together.')
    checkPartitionKey(table, columns)
    checkSortable(edit, columns)
    if (input.isNullsNotDistinct === true && edit.model.serverVersion < 150000)
      refuse('Nulls not distinct needs Postgres 15.')
    const names = columns.map((one) => one.name)
    const same = table.constraints.find(
      (one) =>
        (one.kind === 'primary key' || one.kind === 'unique') && one.columns.join('\0') === names.join('\0'),
    )
    if (same !== undefined) refuse(`${same.name} makes ${names.join(', ')} unique already.`)
    const name =
      input.name ?? autoName(edit, { schema: table.schema, table: table.name, columns: names, label: 'key' })
    checkPartName(table.constraints, name, { what: 'constraint' })
    const key = {
      ...newKey({ id: edit.newId('constraint'), name, kind: 'unique', columns: names }),
      isNullsNotDistinct: input.isNullsNotDistinct === true,
    }
    addKeyToFamily(edit, table, key)
    return { label: `Make ${names.join(', ')} of ${table.name} unique`, objectId: table.id, partId: key.id }
  })
}

/** Adds a condition that every row has to meet. */
export function addCheck(
  context: EditContext,
  input: { readonly tableId: string; readonly expression: string; readonly name?: string },
): Edit {
  return makeEdit(context, (edit) => {
    const table = edit.need('table', input.tableId)
    const expression = needExpression(input.expression)
    const name = input.name ?? checkName(edit, table, expression)
    checkPartName(table.constraints, name, { what: 'constraint' })
    const check: Constraint = {
      kind: 'check',
      id: edit.newId('constraint'),
      name,
      comment: null,
      isInherited: false,
      expression,
      isNoInherit: false,
      isValidated: true,
      isEnforced: true,
    }
    addToFamily(edit, table, check)
    return { label: `Add check ${name} to ${table.name}`, objectId: table.id, partId: check.id }
  })
}

/** Named after the column where only one is in it, as Postgres does. */
function checkName(edit: ModelEdit, table: Table, expression: string): string {
  const words = namesIn(expression)
  const used = table.columns.filter(({ name }) => words.has(name)).map(({ name }) => name)
  const columns = used.length === 1 ? used : []
  return autoName(edit, { schema: table.schema, table: table.name, columns, label: 'check' })
}

/** Changes the condition of a check. */
export function changeCheck(
  context: EditContext,
  input: { readonly tableId: string; readonly constraintId: string; readonly expression: string },
): Edit {
  return makeEdit(context, (edit) => {
    const table = edit.need('table', input.tableId)
    const check = table.constraints.find(({ id }) => id === input.constraintId)
    if (check?.kind !== 'check') return refuse('The check is no longer there.')
    if (check.isInherited) refuse(`${check.name} comes from a parent table: change it there.`)
    const expression = needExpression(input.expression)
    changeInFamily(edit, table, check.name, (one) => (one.kind === 'check' ? { ...one, expression } : one))
    return { label: `Change check ${check.name}`, objectId: table.id, partId: check.id }
  })
}

function keyColumns(constraint: Constraint): readonly string[] {
  return 'columns' in constraint ? constraint.columns : []
}

function referencesTo(edit: ModelEdit, table: Table, columns: readonly string[]): readonly ForeignKey[] {
  const wanted = [...columns].sort().join('\0')
  const found: ForeignKey[] = []
  for (const other of edit.objects())
    if (other.kind === 'table')
      for (const one of other.constraints)
        if (
          one.kind === 'foreign key' &&
          one.references.schema === table.schema &&
          one.references.name === table.name &&
          [...one.references.columns].sort().join('\0') === wanted
        )
          found.push(one)
  return found
}

/** The table's columns of these ids. Refuses one that is gone or named twice. */
export function needColumns(table: Table, ids: readonly string[]): readonly Column[] {
  const columns = columnsById(table, ids)
  if (new Set(ids).size < ids.length) refuse('A column is named twice.')
  return columns.map((column) => column ?? refuse('The column is no longer there.'))
}

function needExpression(text: string): string {
  const expression = text.trim()
  return expression === '' ? refuse('Enter a condition, such as price > 0.') : expression
}

function refusePartition(table: Table, what: string, isAllowed = false): void {
  if (table.partitionOf !== null && !isAllowed)
    refuse(`${table.name} is a partition: set the ${what} on ${table.partitionOf.parent.name}.`)
}

/** Refuses columns whose values have no order. */
function checkSortable(edit: ModelEdit, columns: readonly Column[]): void {
  for (const { name, type } of columns)
    if (!isSortable(edit.model, type))
      refuse(`${name} is ${type}, which has no order and cannot be in a key.`)
}

/** A key of a partitioned table has all columns by which it is partitioned. */
function checkPartitionKey(table: Table, columns: readonly Column[]): void {
  if (table.partitionKey === null) return
  const words = namesIn(table.partitionKey)
  const missing = table.columns.filter(
    (column) => words.has(column.name) && !columns.some(({ id }) => id === column.id),
  )
  if (missing.length > 0)
    refuse(
      `A key of a partitioned table has all columns of its partition key; ${missing.map(({ name }) => name).join(', ')} is missing.`,
    )
}

/** Puts the key into the table and its partitions, and forbids nulls where it is the primary key. */
function addKeyToFamily(edit: ModelEdit, table: Table, key: Key): void {
  const isKey = (column: Column): boolean => key.kind === 'primary key' && key.columns.includes(column.name)
  edit.put({
    ...table,
    constraints: [...table.constraints, key],
    columns: table.columns.map((column) =>
      isKey(column) && column.isNullable ? { ...column, isNullable: false } : column,
    ),
  })
  for (const child of childrenOf(edit, table)) {
    if (child.partitionOf === null) continue
    if (key.kind === 'primary key' && child.constraints.some(({ kind }) => kind === 'primary key')) continue
    const label = key.kind === 'primary key' ? 'pkey' : 'key'
    const columns = key.kind === 'primary key' ? [] : key.columns
    const name = autoName(edit, { schema: child.schema, table: child.name, columns, label })
    addKeyToFamily(edit, child, { ...key, id: edit.newId('constraint'), name, isInherited: true })
  }
}

/** Foreign keys that refer to the table's key, or to what a partition has from it. */
function referencesToFamily(
  edit: ModelEdit,
  table: Table,
  columns: readonly string[],
): readonly Constraint[] {
  const partitions = childrenOf(edit, table).filter(({ partitionOf }) => partitionOf !== null)
  return [
    ...referencesTo(edit, table, columns),
    ...partitions.flatMap((one) => referencesToFamily(edit, one, columns)),
  ]
}

function dropFromPartitions(edit: ModelEdit, table: Table, key: Constraint | undefined): void {
  if (key === undefined) return
  for (const child of childrenOf(edit, table)) {
    if (child.partitionOf === null) continue
    const same = child.constraints.find(
      (one) =>
        one.isInherited && one.kind === key.kind && keyColumns(one).join('\0') === keyColumns(key).join('\0'),
    )
    if (same === undefined) continue
    edit.put({ ...child, constraints: child.constraints.filter((one) => one !== same) })
    dropFromPartitions(edit, child, same)
  }
}

/** A check goes to all that inherit, a foreign key to partitions only; both keep their name. */
export function addToFamily(edit: ModelEdit, table: Table, constraint: Constraint): void {
  edit.put({ ...table, constraints: [...table.constraints, constraint] })
  for (const child of childrenOf(edit, table)) {
    if (constraint.kind === 'foreign key' && child.partitionOf === null) continue
    if (child.constraints.some(({ name }) => name === constraint.name)) continue
    addToFamily(edit, child, { ...constraint, id: edit.newId('constraint'), isInherited: true })
  }
}

/** Changes a constraint and those that tables have from it by inheritance. */
export function changeInFamily(
  edit: ModelEdit,
  table: Table,
  name: string,
  change: (constraint: Constraint) => Constraint,
): void {
  const at = table.constraints.findIndex((one) => one.name === name)
  const before = table.constraints[at]
  if (before === undefined) return
  edit.put({ ...table, constraints: table.constraints.with(at, change(before)) })
  for (const child of childrenOf(edit, table))
    if (child.constraints.some((one) => one.name === name && one.isInherited))
      changeInFamily(edit, child, name, change)
}
