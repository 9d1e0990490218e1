// Edits of the indexes of tables and materialised views.
import type { Index, IndexElement, Table, View } from '#contract/schema/types.ts'
import { createLexer } from '../../script/lexer.ts'
import { isSortable } from './column-type.ts'
import { childrenOf } from './follow.ts'
import { makeEdit, refuse, type Edit, type EditContext, type ModelEdit } from './model-edit.ts'
import { autoName, checkName, relationNames } from './names.ts'
import { newIndex } from './parts.ts'

/** What can be said about an index; what is left out is as usual, or stays. */
export interface IndexChange {
  /** `btree`, `hash`, `gin`, `gist`, `spgist`, `brin`, or one of an extension. */
  readonly method?: string
  readonly elements?: readonly IndexElementInput[]
  readonly include?: readonly string[]
  readonly isUnique?: boolean
  readonly isNullsNotDistinct?: boolean
  /** A condition; null or blank for all rows. */
  readonly where?: string | null
}

/** A column by its name, or an expression. */
export interface IndexElementInput extends Partial<Omit<IndexElement, 'column' | 'expression'>> {
  readonly column?: string
  readonly expression?: string
}

/** Adds an index. */
export function addIndex(
  context: EditContext,
  input: IndexChange & { readonly tableId: string; readonly name?: string },
): Edit {
  return makeEdit(context, (edit) => {
    const relation = needRelation(edit, input.tableId)
    const index = withChange(edit, relation, {
      before: newIndex({ id: edit.newId('index'), name: '', columns: [] }),
      change: input,
    })
    const name = input.name ?? freeIndexName(edit, relation, index)
    checkIndexName(edit, relation, name)
    addToFamily(edit, relation, { ...index, name })
    return { label: `Add index ${name} to ${relation.name}`, objectId: relation.id, partId: index.id }
  })
}

/** Changes an index: Postgres makes it anew. */
export function changeIndex(
  context: EditContext,
  input: { readonly tableId: string; readonly indexId: string; readonly change: IndexChange },
): Edit {
  return makeEdit(context, (edit) => {
    const relation = needRelation(edit, input.tableId)
    const before = relation.indexes.find(({ id }) => id === input.indexId)
    if (before === undefined) return refuse('The index is no longer there.')
    if (before.parent !== null) refuse(`${before.name} belongs to ${before.parent.name}: change it there.`)
    const after = withChange(edit, relation, { before, change: input.change })
    changeInFamily(edit, relation, before.id, (index) => ({
      ...after,
      id: index.id,
      name: index.name,
      parent: index.parent,
    }))
    return { label: `Change index ${before.name}`, objectId: relation.id, partId: before.id }
  })
}

/** A plain index over columns of a table, as part of another edit. */
export function indexOver(edit: ModelEdit, tableId: string, columns: readonly string[]): void {
  const table = edit.need('table', tableId)
  const index = newIndex({ id: edit.newId('index'), name: '', columns })
  addToFamily(edit, table, { ...index, name: freeIndexName(edit, table, index) })
}

/** Refuses a name that another relation of the schema has. */
export function checkIndexName(
  edit: ModelEdit,
  { schema }: Table | View,
  name: string,
  except?: string,
): void {
  checkName(name)
  if (relationNames(edit, schema, except).has(name))
    refuse(`${name} is taken in schema ${schema}. Choose another name.`)
}

function needRelation(edit: ModelEdit, id: string): Table | View {
  const object = edit.get(id)
  if (object?.kind === 'table' || (object?.kind === 'view' && object.isMaterialized)) return object
  return refuse('Only tables and materialised views have indexes.')
}

function freeIndexName(edit: ModelEdit, relation: Table | View, index: Index): string {
  const columns = indexNameColumns(index)
  return autoName(edit, { schema: relation.schema, table: relation.name, columns, label: 'idx' })
}

/** What Postgres names an index after: its columns, the functions that it calls, null for any other expression. */
export function indexNameColumns({ elements, include }: Index): readonly (string | null)[] {
  return [...elements.map(({ column, expression }) => column ?? functionName(expression ?? '')), ...include]
}

/** The function that the expression is a call of: Postgres names the index after it. Null for any other expression. */
function functionName(expression: string): string | null {
  const lexer = createLexer(expression)
  let name: string | null = null
  let depth = 0
  for (lexer.next(); lexer.kind !== 'end'; lexer.next()) {
    const token = expression.slice(lexer.start, lexer.end)
    if (lexer.kind === 'space') continue
    if (lexer.kind === 'close') {
      depth -= 1
      // What follows the call makes it something else.
      if (depth === 0 && expression.slice(lexer.end).trim() !== '') return null
    } else if (lexer.kind === 'open') {
      if (name === null) return null
      depth += 1
    } else if (depth === 0) {
      if (lexer.kind === 'word') name = token.toLowerCase()
      else if (lexer.kind === 'identifier') name = token.slice(1, -1).replaceAll('""', '"')
      else if (token !== '.') return null
    }
  }
  return name
}

function withChange(
  edit: ModelEdit,
  relation: Table | View,
  { before, change }: { readonly before: Index; readonly change: IndexChange },
): Index {
  const after: Index = {
    ...before,
    method: change.method ?? before.method,
    elements: change.elements?.map(elementOf) ?? before.elements,
    include: change.include ?? before.include,
    isUnique: change.isUnique ?? before.isUnique,
    isNullsNotDistinct: change.isNullsNotDistinct ?? before.isNullsNotDistinct,
    where: change.where === undefined ? before.where : blankAsNull(change.where),
  }
  if (after.elements.length === 0) refuse('Choose the columns of the index.')
  const names = new Set<string>(relation.columns.map(({ name }) => name))
  for (const name of [...after.elements.map(({ column }) => column), ...after.include])
    if (name !== null && !names.has(name)) refuse(`${relation.name} has no column ${name}.`)
  if (after.method === 'btree')
    for (const { column } of after.elements) {
      const type = relation.columns.find(({ name }) => name === column)?.type
      if (type !== undefined && !isSortable(edit.model, type))
        refuse(`${column ?? ''} is ${type}, which has no order. Choose another method, such as gist or gin.`)
    }
  if (after.isUnique && after.method !== 'btree') refuse(`An index by ${after.method} cannot be unique.`)
  if (after.include.length > 0 && !['btree', 'gist', 'spgist'].includes(after.method))
    refuse(`An index by ${after.method} cannot include further columns.`)
  if (after.elements.length > 1 && ['hash', 'spgist'].includes(after.method))
    refuse(`An index by ${after.method} is over one column.`)
  if (after.isNullsNotDistinct && !after.isUnique) refuse('Nulls not distinct is for unique indexes.')
  if (after.isNullsNotDistinct && edit.model.serverVersion < 150000)
    refuse('Nulls not distinct needs Postgres 15.')
  if (after.method !== 'btree' && after.elements.some((one) => one.isDescending || one.isNullsFirst))
    refuse(`An index by ${after.method} has no order.`)
  return after
}

function elementOf({ column, expression, ...rest }: IndexElementInput): IndexElement {
  const text = expression?.trim() ?? ''
  if (column === undefined && text === '') return refuse('Enter the expression of the index.')
  const isDescending = rest.isDescending ?? false
  return {
    column: column ?? null,
    expression: column === undefined ? text : null,
    collation: rest.collation ?? null,
    operatorClass: rest.operatorClass ?? null,
    isDescending,
    isNullsFirst: rest.isNullsFirst ?? isDescending,
  }
}

function blankAsNull(text: string | null): string | null {
  const trimmed = text?.trim() ?? ''
  return trimmed === '' ? null : trimmed
}

/** Partitions get an index of their own for each index of their parent. */
function addToFamily(edit: ModelEdit, relation: Table | View, index: Index): void {
  edit.put({ ...relation, indexes: [...relation.indexes, index] })
  if (relation.kind !== 'table') return
  for (const child of childrenOf(edit, relation)) {
    if (child.partitionOf === null) continue
    addToFamily(edit, child, {
      ...index,
      id: edit.newId('index'),
      name: freeIndexName(edit, child, index),
      parent: { schema: relation.schema, name: index.name },
      comment: null,
      isClustered: false,
    })
  }
}

function changeInFamily(
  edit: ModelEdit,
  relation: Table | View,
  indexId: string,
  change: (index: Index) => Index,
): void {
  const at = relation.indexes.findIndex(({ id }) => id === indexId)
  const before = relation.indexes[at]
  if (before === undefined) return
  edit.put({ ...relation, indexes: relation.indexes.with(at, change(before)) })
  if (relation.kind !== 'table') return
  for (const child of childrenOf(edit, relation)) {
    const attached = child.indexes.find(
      ({ parent }) => parent?.schema === relation.schema && parent.name === before.name,
    )
    if (attached !== undefined) changeInFamily(edit, child, attached.id, change)
  }
}
