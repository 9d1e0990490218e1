// Edits of a table's columns. What a parent table does to its columns happens in the tables that inherit from it, as in Postgres. The order of columns cannot be
// changed: Postgres keeps it for good, new ones come last.
import type { ModelPatch } from '#contract/capabilities/designs.ts'
import type { Column, SchemaModel, Table } from '#contract/schema/types.ts'
import { canReference, isArray, resolveType } from './column-type.ts'
import { childrenOf, followColumn, withRenamedColumn } from './follow.ts'
import { followGeneratedNames } from './generated-names.ts'
import { makeEdit, refuse, type Edit, type EditContext, type ModelEdit } from './model-edit.ts'
import { autoName, checkPartName, freeName } from './names.ts'
import { followColumnInTexts } from './written-text.ts'
import { isSequenceType, newColumn, newIdentity, newSequenceOptions } from './parts.ts'

/** What can be changed about a column; what is left out stays. */
export interface ColumnChange {
  readonly name?: string
  /** As a person writes it: `int`, `varchar(20)[]`, `mood`. */
  readonly type?: string
  readonly isNullable?: boolean
  /** An SQL expression; null or blank for none. */
  readonly default?: string | null
  readonly identity?: 'always' | 'by default' | null
  readonly generated?: { readonly expression: string; readonly kind: 'stored' | 'virtual' } | null
  /** Qualified and quoted; null for that of the type. */
  readonly collation?: string | null
  readonly storage?: Column['storage']
  readonly compression?: Column['compression']
  readonly comment?: string | null
  /** What rows get that are null now: an SQL expression. */
  readonly fill?: string
}

/** Adds a column at the end of a table; without a name or type it is a text column with a free name. */
export function addColumn(context: EditContext, input: ColumnChange & { readonly tableId: string }): Edit {
  return makeEdit(context, (edit) => {
    const table = edit.need('table', input.tableId)
    if (table.partitionOf !== null)
      refuse(`${table.name} is a partition: add the column to ${table.partitionOf.parent.name}.`)
    const taken = new Set(table.columns.map(({ name }) => name))
    const start = newColumn({
      id: edit.newId('column'),
      name: freeName('column', taken),
      type: 'text',
      typeId: null,
    })
    const change: ColumnChange = { ...input, name: input.name ?? start.name }
    const column = applyChange(edit, table, { before: start, change })
    if (column.identity !== null) checkNewIdentity(edit, table)
    addToFamily(edit, table, column)
    return {
      label: `Add column ${column.name} to ${table.name}`,
      objectId: table.id,
      partId: column.id,
      fills: fillsOf(column.id, input.fill),
    }
  })
}

/** Postgres gives a new identity column to partitions from 17 on, and to tables that inherit never. */
function checkNewIdentity(edit: ModelEdit, table: Table): void {
  const [child] = childrenOf(edit, table)
  if (child === undefined || (child.partitionOf !== null && edit.model.serverVersion >= 170000)) return
  refuse(
    `${child.name} has its columns from ${table.name}, so a new column there cannot be an identity. Add a plain column.`,
  )
}

function addToFamily(edit: ModelEdit, table: Table, column: Column): void {
  checkPartName(table.columns, column.name, { what: 'column' })
  edit.put({ ...table, columns: [...table.columns, column] })
  for (const child of childrenOf(edit, table)) {
    if (child.columns.some(({ name }) => name === column.name)) continue
    addToFamily(edit, child, {
      ...column,
      id: edit.newId('column'),
      // A partition's rows take their value from the parent's identity; it is none of its own.
      identity: null,
      grants: [],
      isInherited: true,
    })
  }
}

/** Changes a column. Its keys, indexes and what refers to it follow a new name. */
export function changeColumn(
  context: EditContext,
  input: { readonly tableId: string; readonly columnId: string; readonly change: ColumnChange },
): Edit {
  return makeEdit(context, (edit) => {
    const table = edit.need('table', input.tableId)
    const before = columnOf(table, input.columnId)
    const after = applyChange(edit, table, { before, change: input.change })
    if (after.isInherited && isStructural(before, after))
      refuse(`${before.name} comes from ${parentName(table)}: change it there.`)
    if (after.name !== before.name)
      checkPartName(table.columns, after.name, { what: 'column', except: before.id })
    if (after.type !== before.type) checkReferences(edit, table, { before, after })
    const key = table.constraints.find(({ kind }) => kind === 'primary key')
    if (after.isNullable && key?.kind === 'primary key' && key.columns.includes(before.name))
      refuse(`${before.name} is part of the primary key and cannot be null.`)
    replaceInFamily(edit, table, { before, after })
    return {
      label: labelOf(table, before, after),
      objectId: table.id,
      partId: before.id,
      fills: fillsOf(before.id, input.change.fill),
    }
  })
}

/** Gives a column another name. */
export function renameColumn(
  context: EditContext,
  input: { readonly tableId: string; readonly columnId: string; readonly name: string },
): Edit {
  const { tableId, columnId, name } = input
  return changeColumn(context, { tableId, columnId, change: { name } })
}

/** Adds columns that existing rows get from another one, by expressions over it: a full name into first and last name. The old column stays. */
export function splitColumn(
  context: EditContext,
  input: {
    readonly tableId: string
    readonly columnId: string
    /** `expression` is SQL over the table's columns. */
    readonly into: readonly { readonly name: string; readonly expression: string }[]
  },
): Edit {
  return makeEdit(context, (edit) => {
    const table = edit.need('table', input.tableId)
    const source = columnOf(table, input.columnId)
    const fills: { columnId: string; expression: string }[] = []
    for (const { name, expression } of input.into) {
      const column = {
        ...newColumn({ id: edit.newId('column'), name, type: source.type, typeId: source.typeId }),
        isNullable: source.isNullable,
        collation: source.collation,
      }
      addToFamily(edit, edit.need('table', table.id), column)
      fills.push({ columnId: column.id, expression })
    }
    return { label: `Split ${table.name}.${source.name}`, objectId: table.id, fills }
  })
}

/** The expressions that split a text column at its first blank. */
export function nameParts(
  quotedColumn: string,
): readonly { readonly name: string; readonly expression: string }[] {
  return [
    { name: 'first_name', expression: `split_part(${quotedColumn}, ' ', 1)` },
    {
      name: 'last_name',
      expression: `ltrim(substr(${quotedColumn}, length(split_part(${quotedColumn}, ' ', 1)) + 1))`,
    },
  ]
}

function columnOf(table: Table, columnId: string): Column {
  return table.columns.find(({ id }) => id === columnId) ?? refuse('The column is no longer there.')
}

interface Replacement {
  readonly before: Column
  readonly after: Column
}

function applyChange(
  edit: ModelEdit,
  table: Table,
  { before, change }: { readonly before: Column; readonly change: ColumnChange },
): Column {
  let after = change.type === undefined ? before : withType(edit.model, table, before, change)
  if (change.name !== undefined) after = { ...after, name: change.name }
  if (change.default !== undefined) {
    const text = change.default?.trim() ?? ''
    after = { ...after, default: text === '' ? null : text }
  }
  if (change.generated !== undefined) after = { ...after, generated: generatedOf(edit, change.generated) }
  if (change.identity !== undefined) after = withIdentity(edit, table, after, change.identity)
  if (change.isNullable !== undefined)
    after = { ...after, isNullable: change.isNullable, notNull: change.isNullable ? null : after.notNull }
  if (change.collation !== undefined) after = { ...after, collation: change.collation }
  if (change.storage !== undefined) after = { ...after, storage: change.storage }
  if (change.compression !== undefined) after = { ...after, compression: change.compression }
  if (change.comment !== undefined)
    after = { ...after, comment: change.comment === '' ? null : change.comment }
  if (after.identity?.sequence === UNNAMED)
    after = { ...after, identity: { ...after.identity, sequence: sequenceName(edit, table, after) } }
  checkColumn(after)
  return after
}

function withType(model: SchemaModel, table: Table, before: Column, change: ColumnChange): Column {
  const resolved = resolveType(model, change.type ?? '', table.schema)
  if (resolved.problem !== null) return refuse(resolved.problem)
  const { type, typeId, isSerial } = resolved
  const after: Column = {
    ...before,
    type,
    typeId,
    collation: isText(type) ? before.collation : null,
    storage: type === before.type ? before.storage : null,
    compression: type === before.type ? before.compression : null,
    ...(before.identity === null || !isSequenceType(type)
      ? {}
      : { identity: { ...before.identity, options: retyped(before.identity, before.type, type) } }),
  }
  if (!isSerial || before.identity !== null) return after
  return { ...after, isNullable: false, default: null, identity: newIdentity('by default', UNNAMED, type) }
}

const UNNAMED = { schema: '', name: '' }

/** The sequence follows the type where its limits were those of the old type. */
function retyped(
  { options }: NonNullable<Column['identity']>,
  from: string,
  to: string,
): NonNullable<Column['identity']>['options'] {
  const [old, next] = [newSequenceOptions(from), newSequenceOptions(to)]
  return { ...options, type: next.type, max: options.max === old.max ? next.max : options.max }
}

function withIdentity(edit: ModelEdit, table: Table, column: Column, kind: ColumnChange['identity']): Column {
  if (kind === null || kind === undefined) return { ...column, identity: null }
  if (column.identity !== null) return { ...column, identity: { ...column.identity, kind } }
  return {
    ...column,
    isNullable: false,
    default: null,
    identity: newIdentity(kind, sequenceName(edit, table, column), column.type),
  }
}

function sequenceName(edit: ModelEdit, table: Table, column: Column): { schema: string; name: string } {
  const { schema } = table
  return { schema, name: autoName(edit, { schema, table: table.name, columns: [column.name], label: 'seq' }) }
}

function generatedOf(edit: ModelEdit, generated: ColumnChange['generated']): Column['generated'] {
  if (generated === null || generated === undefined) return null
  const expression = generated.expression.trim()
  if (expression === '') return refuse('Enter the expression that the column is generated from.')
  if (generated.kind === 'virtual' && edit.model.serverVersion < 180000)
    return refuse('Virtual generated columns need Postgres 18. Choose stored.')
  return { expression, kind: generated.kind }
}

/** Refuses what Postgres does not take together. */
function checkColumn(column: Column): void {
  const { name, type, generated, identity } = column
  if (generated !== null && column.default !== null)
    refuse(`${name} is generated and cannot have a default as well. Remove one of the two.`)
  if (generated !== null && identity !== null)
    refuse(`${name} is generated and cannot be an identity as well.`)
  if (identity !== null && column.default !== null)
    refuse(`${name} is an identity and cannot have a default as well. Remove one of the two.`)
  if (identity !== null && !isSequenceType(type))
    refuse(`An identity column is a smallint, integer or bigint; ${name} is ${type}.`)
  if (identity !== null && column.isNullable) refuse(`${name} is an identity and cannot be null.`)
  if (column.collation !== null && !isText(type) && column.typeId === null && !type.includes('.'))
    refuse(`${type} has no collation.`)
}

function isText(type: string): boolean {
  const element = isArray(type) ? type.slice(0, -2) : type
  return /^(text|character|bpchar|name|citext)/.test(element)
}

function isStructural(before: Column, after: Column): boolean {
  return (
    before.name !== after.name ||
    before.type !== after.type ||
    before.collation !== after.collation ||
    JSON.stringify(before.generated) !== JSON.stringify(after.generated) ||
    (!before.isNullable && after.isNullable)
  )
}

function parentName(table: Table): string {
  return table.partitionOf?.parent.name ?? table.inherits.map(({ name }) => name).join(' or ')
}

/** A foreign key holds only between types that compare: refuses a type that would break one. */
function checkReferences(edit: ModelEdit, table: Table, { before, after }: Replacement): void {
  for (const other of edit.objects()) {
    if (other.kind !== 'table') continue
    for (const constraint of other.constraints) {
      if (constraint.kind !== 'foreign key') continue
      const { references } = constraint
      const isTarget = references.schema === table.schema && references.name === table.name
      if (!isTarget && other.id !== table.id) continue
      const target = edit.relation(references)
      constraint.columns.forEach((columnName, at) => {
        const from = other.columns.find(({ name }) => name === columnName)
        const to = target?.columns.find(({ name }) => name === references.columns[at])
        if (from === undefined || to === undefined || (from.id !== before.id && to.id !== before.id)) return
        const [fromType, toType] = [
          from.id === before.id ? after.type : from.type,
          to.id === before.id ? after.type : to.type,
        ]
        if (!canReference(edit.model, fromType, toType))
          refuse(
            `${constraint.name} joins ${other.name}.${from.name} to ${references.name}.${to.name}: ${fromType} cannot refer to ${toType}. Drop the foreign key first.`,
          )
      })
    }
  }
}

/** Puts the column into the table and, as Postgres does, into those that inherit it. */
function replaceInFamily(edit: ModelEdit, table: Table, { before, after }: Replacement): void {
  const renamed = before.name === after.name ? table : withRenamedColumn(table, before.name, after.name)
  edit.put({
    ...renamed,
    columns: renamed.columns.map((column) => (column.id === before.id ? after : column)),
  })
  if (before.name !== after.name) {
    followColumn(edit, table, before.name, after.name)
    followColumnInTexts(edit, table, before.name, after.name)
    followGeneratedNames(edit, table)
  }
  for (const child of childrenOf(edit, table)) {
    const inherited = child.columns.find(({ name }) => name === before.name)
    if (inherited === undefined) continue
    const next = handedDown(inherited, { before, after }, child.partitionOf !== null)
    if (next.name !== inherited.name)
      checkPartName(child.columns, next.name, { what: `column in ${child.name}` })
    replaceInFamily(edit, child, { before: inherited, after: next })
  }
}

function handedDown(column: Column, { before, after }: Replacement, isPartition: boolean): Column {
  const next = { ...column, name: after.name }
  if (before.type !== after.type)
    Object.assign(next, { type: after.type, typeId: after.typeId, collation: after.collation })
  if (before.default !== after.default) next.default = after.default
  if (before.isNullable !== after.isNullable) next.isNullable = after.isNullable
  if (JSON.stringify(before.generated) !== JSON.stringify(after.generated)) next.generated = after.generated
  if (isPartition && before.identity !== after.identity) next.identity = after.identity
  return next
}

function fillsOf(columnId: string, fill: string | undefined): NonNullable<ModelPatch['fills']> {
  return fill === undefined || fill.trim() === '' ? [] : [{ columnId, expression: fill.trim() }]
}

function labelOf(table: Table, before: Column, after: Column): string {
  const column = `${table.name}.${before.name}`
  if (before.name !== after.name) return `Rename ${column} to ${after.name}`
  if (before.type !== after.type) return `Change type of ${column} to ${after.type}`
  if (before.isNullable !== after.isNullable)
    return after.isNullable ? `Allow null in ${column}` : `Forbid null in ${column}`
  if (before.default !== after.default)
    return after.default === null ? `Remove default of ${column}` : `Set default of ${column}`
  if (before.comment !== after.comment) return `Comment on ${column}`
  if (before.identity !== after.identity)
    return after.identity === null ? `Remove identity of ${column}` : `Make ${column} an identity`
  return `Change ${column}`
}
