// What a partition or an inheriting table gets from its parents by itself, and so how its CREATE must be written.
import type { Column, Constraint, Index, Table } from '#contract/schema/types.ts'
import { autoName } from './column.ts'
import type { CompileContext } from './context.ts'

/** From Postgres 17 on a partition's column is an identity through its parent's. */
const PARTITION_IDENTITY_SINCE = 170000

/**
 * How a table is made. `partition of` copies all from the parent; `attach` makes a table that stands alone and attaches it, for a partition whose columns lie
 * in another order or whose keys have names that Postgres would not choose; `inherit` does the same for inheritance.
 */
export type TableForm = 'plain' | 'inherits' | 'inherit' | 'partition of' | 'attach'

/** The table that a partition belongs to, where the model has it. */
export function parentOf(table: Table, context: CompileContext): Table | undefined {
  const parent = table.partitionOf?.parent
  return parent && context.index.byName('table', parent.schema, parent.name)
}

export function formOf(table: Table, context: CompileContext): TableForm {
  if (table.partitionOf !== null) return needsAttach(table, context) ? 'attach' : 'partition of'
  if (table.inherits.length === 0) return 'plain'
  return needsInherit(table, context) ? 'inherit' : 'inherits'
}

function needsAttach(table: Table, context: CompileContext): boolean {
  const parent = parentOf(table, context)
  if (parent === undefined || table.columns.length === 0) return false
  if (!sameOrder(table.columns, parent.columns)) return true
  if (table.constraints.some((one) => one.isInherited && !isAutoConstraint(one, table, parent))) return true
  const { schema, name } = parent
  const isParentThere = (context.existing?.byName('table', schema, name) ?? undefined) !== undefined
  return (
    isParentThere &&
    table.indexes.some((index) => index.parent !== null && !isAutoIndex(index, table, parent))
  )
}

/** Whether Postgres would make it like this by itself when the table becomes a partition. */
function isAutoConstraint(constraint: Constraint, table: Table, parent: Table): boolean {
  switch (constraint.kind) {
    case 'primary key':
      return constraint.name === autoName([table.name], 'pkey')
    case 'unique':
      return constraint.name === autoName([table.name, ...constraint.columns], 'key')
    case 'exclusion':
      return false
    case 'check':
    case 'foreign key':
      return parent.constraints.some(({ name }) => name === constraint.name)
  }
}

/** Whether an index of a partition is as Postgres makes it when the parent gets its index: named by its columns, without anything of its own. */
export function isAutoIndex(index: Index, table: Table, parent: Table | undefined): boolean {
  if (index.parent === null || index.comment !== null || index.isClustered || !index.isValid) return false
  if (table.replicaIdentity.index === index.name) return false
  const { name } = index.parent
  const model = parent?.indexes.find((one) => one.name === name)
  if (model === undefined || parent === undefined || attachesByHand(model, parent)) return false
  const columns = index.elements.map(({ column }) => column)
  const names = [...columns, ...index.include].filter((column) => column !== null)
  return (
    !columns.includes(null) &&
    index.name === autoName([table.name, ...names], 'idx') &&
    model.tablespace === index.tablespace &&
    model.options.join() === index.options.join()
  )
}

/**
 * Whether the partitions' indexes must be attached one by one: Postgres would take the first that fits, so with twins perhaps the wrong one; and an index that lacks
 * some partition stays as it is.
 */
export function attachesByHand(index: Index, table: Table): boolean {
  if (table.partitionKey === null) return false
  return (
    !index.isValid || table.indexes.some((one) => one.id !== index.id && columnsOf(one) === columnsOf(index))
  )
}

function columnsOf({ method, elements }: Index): string {
  return JSON.stringify([method, ...elements.map(({ column, expression }) => [column, expression])])
}

function sameOrder(left: readonly Column[], right: readonly Column[]): boolean {
  return left.length === right.length && left.every((column, at) => column.name === right[at]?.name)
}

/** INHERITS puts the parents' columns first; a child that has declared all of its columns itself may have them in another order. */
function needsInherit(table: Table, context: CompileContext): boolean {
  if (table.columns.some(({ isInherited }) => isInherited)) return false
  const parents = table.inherits.map(({ schema, name }) => context.index.byName('table', schema, name))
  if (parents.includes(undefined)) return false
  const inherited = parents.flatMap((parent) => parent?.columns.map(({ name }) => name) ?? [])
  const expected = [...new Set([...inherited, ...table.columns.map(({ name }) => name)])]
  return expected.some((name, at) => name !== table.columns[at]?.name)
}

/** The column of a parent that gives this one its type, default and storage. */
export function inheritedColumn(column: Column, table: Table, context: CompileContext): Column | undefined {
  const parents = table.partitionOf === null ? table.inherits : [table.partitionOf.parent]
  const found = parents
    .map(({ schema, name }) => context.index.byName('table', schema, name))
    .flatMap((parent) => parent?.columns.filter(({ name }) => name === column.name) ?? [])
  return found.find((one) => one.default !== null) ?? found[0]
}

/** The column without what a partition has through its parent. */
export function withoutParentIdentity(column: Column, table: Table, context: CompileContext): Column {
  if (column.identity === null || table.partitionOf === null) return column
  if (context.serverVersion < PARTITION_IDENTITY_SINCE) return column
  const parent = inheritedColumn(column, table, context)
  return parent?.identity ? { ...column, identity: null } : column
}
