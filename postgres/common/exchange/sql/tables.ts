// CREATE TABLE in all its forms.
import type { Constraint, CreateForeignTableStmt, CreateStmt, RangeVar, TableLikeClause } from '@pgsql/types'
import { addColumn, addWaiting, orTell, plainColumn, setNotNull, type WaitingConstraint } from './columns.ts'
import { addConstraint } from './constraints.ts'
import { grantedByDefault } from './default-privileges.ts'
import { inheritColumns, inheritParts, partitionBound, partitionKey } from './inherit.ts'
import { elementsName } from './index-elements.ts'
import { optionsOf, storageOptions, textOf, valueOf } from './nodes.ts'
import { columnsPart, relationName } from './object-names.ts'
import { sequenceOptions } from './sequences.ts'
import { NotImported, type ImportState, type TableDraft } from './state.ts'
import { printType } from './types.ts'

/** A table without anything in it. */
export function emptyTable(
  state: ImportState,
  { schema, name }: { readonly schema: string; readonly name: string },
): TableDraft {
  return {
    kind: 'table',
    id: state.newId('table'),
    schema,
    name,
    owner: state.owner,
    comment: null,
    grants: grantedByDefault(state, 'tables', schema),
    isUnlogged: false,
    columns: [],
    constraints: [],
    indexes: [],
    triggers: [],
    rules: [],
    policies: [],
    hasRowSecurity: false,
    isRowSecurityForced: false,
    partitionKey: null,
    partitionOf: null,
    inherits: [],
    foreign: null,
    replicaIdentity: { kind: 'default', index: null },
    options: [],
    tablespace: null,
    accessMethod: null,
    estimatedRows: null,
    sizeBytes: null,
  }
}

/** The table that a statement means. Throws NotImported when there is none. */
export function tableOf(state: ImportState, relation: RangeVar | undefined): TableDraft {
  const found = state.relation(relation?.schemaname, relation?.relname ?? '')
  if (found?.kind !== 'table')
    throw new NotImported(`There is no table ${relation?.relname ?? ''}.`, relation?.location ?? null)
  return found
}

/** CREATE TABLE. Temporary ones are no part of the schema. */
export function createTable(state: ImportState, statement: CreateStmt): TableDraft | null {
  const { relation } = statement
  const schema = relation?.schemaname ?? state.currentSchema
  const name = relation?.relname ?? ''
  if (relation?.relpersistence === 't') return null
  if (state.relation(schema, name) !== undefined) {
    if (statement.if_not_exists === true) return null
    throw new NotImported(`There are two tables ${name}: the first counts.`, relation?.location ?? null)
  }
  const table = emptyTable(state, { schema, name })
  table.isUnlogged = relation?.relpersistence === 'u'
  table.options = storageOptions(statement.options).filter((one) => !one.startsWith('oids='))
  table.tablespace = statement.tablespacename ?? null
  table.accessMethod = statement.accessMethod === 'heap' ? null : (statement.accessMethod ?? null)
  const parents = (statement.inhRelations ?? []).flatMap((one) =>
    'RangeVar' in one ? [tableOf(state, one.RangeVar)] : [],
  )
  const [parent] = parents
  if (statement.partbound !== undefined && parent !== undefined)
    table.partitionOf = {
      parent: { schema: parent.schema, name: parent.name },
      bound: partitionBound(state, parent, statement.partbound),
    }
  else table.inherits = parents.map((one) => ({ schema: one.schema, name: one.name }))
  for (const one of parents) inheritColumns(state, table, one)
  state.put(table)
  addOfType(state, table, statement)
  addElements(state, table, statement)
  if (statement.partspec !== undefined) table.partitionKey = partitionKey(state, table, statement.partspec)
  if (table.partitionOf !== null && parent !== undefined) inheritParts(state, table, parent)
  return table
}

function addElements(state: ImportState, table: TableDraft, statement: CreateStmt): void {
  const waiting: WaitingConstraint[] = []
  const constraints: Constraint[] = []
  const likes: TableLikeClause[] = []
  for (const node of [...(statement.tableElts ?? []), ...(statement.constraints ?? [])])
    if ('ColumnDef' in node) waiting.push(...addColumn(state, table, node.ColumnDef))
    else if ('TableLikeClause' in node) {
      likes.push(node.TableLikeClause)
      addLikeColumns(state, table, node.TableLikeClause)
    } else if ('Constraint' in node) constraints.push(node.Constraint)
  for (const one of constraints)
    if (one.contype === 'CONSTR_NOTNULL') {
      const column = table.columns.find(({ name }) => name === textOf(one.keys?.[0]))
      if (column !== undefined) setNotNull(table, column, one)
    }
  // Postgres makes checks first, then keys, foreign keys last: the names that it makes up depend on it.
  const rank = ({ contype }: Constraint): number =>
    contype === 'CONSTR_FOREIGN' ? 2 : contype === 'CONSTR_CHECK' ? 0 : 1
  const all = [...waiting, ...constraints.map((constraint) => ({ constraint, column: null }))]
  addWaiting(
    state,
    table,
    waiting.filter(({ constraint }) => constraint.contype === 'CONSTR_GENERATED'),
  )
  for (const { constraint, column } of all.toSorted((a, b) => rank(a.constraint) - rank(b.constraint)))
    if (constraint.contype !== 'CONSTR_GENERATED')
      orTell(state, constraint.location, () =>
        // A new table has no rows that NOT VALID could be for.
        addConstraint(
          state,
          table,
          { ...constraint, skip_validation: constraint.is_enforced === false },
          column,
        ),
      )
  for (const like of likes) addLikeParts(state, table, like)
}

function addOfType(state: ImportState, table: TableDraft, { ofTypename }: CreateStmt): void {
  if (ofTypename === undefined) return
  const { typeId } = printType(state, ofTypename)
  const type = state.ofKind('composite').find(({ id }) => id === typeId)
  for (const attribute of type?.attributes ?? []) {
    const column = plainColumn(state, attribute.name, attribute.type)
    column.typeId = attribute.typeId
    column.collation = attribute.collation
    table.columns.push(column)
  }
}

/** Bits of TableLikeOption. */
const LIKE = {
  comments: 1,
  compression: 2,
  constraints: 4,
  defaults: 8,
  generated: 16,
  identity: 32,
  indexes: 64,
  storage: 256,
}

function likeSource(
  state: ImportState,
  like: TableLikeClause,
): { readonly source: TableDraft; has(what: keyof typeof LIKE): boolean } {
  const source = tableOf(state, like.relation)
  return { source, has: (what) => ((like.options ?? 0) & LIKE[what]) !== 0 }
}

function addLikeColumns(state: ImportState, table: TableDraft, like: TableLikeClause): void {
  const { source, has } = likeSource(state, like)
  for (const from of source.columns) {
    const column = plainColumn(state, from.name, from.type)
    table.columns.push(column)
    column.typeId = from.typeId
    column.collation = from.collation
    column.isNullable = from.isNullable
    column.notNull = from.notNull === null || from.notNull.name === null ? null : { ...from.notNull }
    if (has('defaults')) column.default = from.default
    if (has('generated') && from.generated !== null) column.generated = { ...from.generated }
    if (has('storage')) column.storage = from.storage
    if (has('compression')) column.compression = from.compression
    if (has('comments')) column.comment = from.comment
    if (has('identity') && from.identity !== null)
      column.identity = {
        kind: from.identity.kind,
        sequence: { schema: table.schema, name: relationName(state, table, from.name, 'seq') },
        options: { ...sequenceOptions(state, [], { type: from.type }), ...from.identity.options },
      }
  }
}

function addLikeParts(state: ImportState, table: TableDraft, like: TableLikeClause): void {
  const { source, has } = likeSource(state, like)
  for (const constraint of source.constraints) {
    const copy = { ...structuredClone(constraint), id: state.newId('constraint'), isInherited: false }
    if (!has('comments')) copy.comment = null
    if (copy.kind === 'check') {
      if (has('constraints')) table.constraints.push(copy)
    } else if (copy.kind !== 'foreign key' && has('indexes')) {
      const columns = copy.kind === 'exclusion' ? [/\((\w+)/.exec(copy.definition)?.[1] ?? ''] : copy.columns
      const label = copy.kind === 'primary key' ? 'pkey' : copy.kind === 'unique' ? 'key' : 'excl'
      copy.name = relationName(state, table, copy.kind === 'primary key' ? '' : columnsPart(columns), label)
      table.constraints.push(copy)
      state.addIndexName(table, copy.name)
    }
  }
  if (!has('indexes')) return
  for (const index of source.indexes) {
    const parts = elementsName(index.elements.map(({ column }) => (column === null ? {} : { name: column })))
    const copy = {
      ...structuredClone(index),
      id: state.newId('index'),
      name: relationName(state, table, columnsPart(parts), 'idx'),
      parent: null,
      isClustered: false,
    }
    if (!has('comments')) copy.comment = null
    table.indexes.push(copy)
    state.addIndexName(table, copy.name)
  }
}

/** CREATE FOREIGN TABLE. */
export function createForeignTable(
  state: ImportState,
  { base, servername, options }: CreateForeignTableStmt,
): void {
  const table = base === undefined ? null : createTable(state, base)
  if (table !== null) {
    table.replicaIdentity = { kind: 'nothing', index: null }
    table.foreign = {
      server: servername ?? '',
      options: optionsOf(options).map(({ defname, arg }) => `${defname}=${valueOf(arg) ?? ''}`),
    }
  }
}
