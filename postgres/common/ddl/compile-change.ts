// One structured change of a schema to the SQL statements that make it, written by the same functions as the migrations of the designer.
import type { SchemaChange } from '#contract/capabilities/database.ts'
import { AppError } from '#contract/errors.ts'
import type { Index, ModelObject, RelationName, SchemaModel, Table } from '#contract/schema/types.ts'
import { newIndex } from '../catalog/edit/parts.ts'
import { fromCatalog, name, sql, type SqlFragment } from '../sql/sql.ts'
import { alterColumnAction } from './alter/column.ts'
import { renameObject, renamePart } from './alter/rename.ts'
import { columnDefinition } from './create/column.ts'
import { commentOn, commentOnPart } from './create/comments.ts'
import { addConstraint } from './create/constraint.ts'
import { compileContext, qualified, shown, statement, type CompileContext } from './create/context.ts'
import { createSchema } from './create/database-objects.ts'
import { createIndex } from './create/index-definition.ts'
import { createTable } from './create/table.ts'
import { dropColumn, dropConstraint, dropIndex, dropStatements } from './drop.ts'
import type { Statement } from './statement.ts'
import { bareTable, defaultText, modelColumn, modelConstraint } from './table-elements.ts'
import { typeSql } from './type-name.ts'

export interface CompiledChange {
  /** In the order in which they must run; each is one statement without parameters. */
  readonly statements: readonly string[]
  /** False for the few that Postgres refuses inside a transaction; they are always alone. */
  readonly inTransaction: boolean
}

type AlterColumn = Extract<SchemaChange, { type: 'alterColumn' }>

/** Nothing of what a change takes is written otherwise on another server. */
const SERVER_VERSION = 130000
const NOTHING: SchemaModel = { serverVersion: SERVER_VERSION, database: '', objects: [], dependencies: [] }

/** The SQL of a change. Throws INVALID_INPUT when the change contradicts itself or changes nothing. */
export function compileChange(change: SchemaChange): CompiledChange {
  const statements = changeStatements(change, compileContext(NOTHING))
  return {
    statements: statements.map(({ sql: text }) => text),
    inTransaction: statements.every(({ inTransaction }) => inTransaction),
  }
}

function changeStatements(change: SchemaChange, context: CompileContext): readonly Statement[] {
  switch (change.type) {
    case 'createDatabase':
      return [onDatabase(sql`create database ${name(change.name)}`, false)]
    case 'renameDatabase':
      return [onDatabase(sql`alter database ${name(change.name)} rename to ${name(change.newName)}`, true)]
    case 'dropDatabase':
      return [onDatabase(sql`drop database ${name(change.name)}`, false)]
    case 'createSchema':
      return [createSchema(schemaOf(change.name))]
    case 'renameSchema':
      return [renameObject(schemaOf(change.name), { schema: null, from: change.name, to: change.newName })]
    case 'dropSchema':
      return dropStatements(schemaOf(change.name)).map((one) => cascading(one, change))
    case 'createTable':
      return createTableStatements(change, context)
    case 'renameTable':
      return [
        renameObject(tableOf(change), { schema: change.schema, from: change.table, to: change.newName }),
      ]
    case 'dropTable':
      return dropStatements(tableOf(change)).map((one) => cascading(one, change))
    case 'addColumn':
      return addColumn(change, context)
    case 'alterColumn':
      return alterColumn(change)
    case 'dropColumn':
      return [cascading(dropColumn({ id: '', name: change.column }, tableOf(change)), change)]
    case 'createIndex':
      return [createIndex(indexOf(change), relationOf(change), { isConcurrent: change.concurrently })]
    case 'renameIndex': {
      const owner = bareTable({ schema: change.schema, name: change.index })
      return [renamePart('index', owner, { id: '', from: change.index, to: change.newName })]
    }
    case 'dropIndex': {
      const owner = bareTable({ schema: change.schema, name: change.index })
      return [dropIndex(bareIndex(change.index), owner, { isConcurrent: change.concurrently })]
    }
    case 'addConstraint':
      return [addConstraint(modelConstraint(change.constraint), tableOf(change))]
    case 'renameConstraint':
      return [
        renamePart('constraint', tableOf(change), { id: '', from: change.constraint, to: change.newName }),
      ]
    case 'dropConstraint': {
      // Of a constraint that is dropped only the name counts.
      const constraint = modelConstraint({ kind: 'primary key', name: change.constraint, columns: [] })
      return [cascading(dropConstraint(constraint, tableOf(change)), change)]
    }
  }
}

interface TableRef {
  readonly schema: string
  readonly table: string
}

function relationOf({ schema, table }: TableRef): RelationName {
  return { schema, name: table }
}

function tableOf(change: TableRef): Table {
  return bareTable(relationOf(change))
}

function schemaOf(schema: string): Extract<ModelObject, { readonly kind: 'schema' }> {
  return { kind: 'schema', id: '', name: schema, owner: '', comment: null, grants: [] }
}

function onDatabase(text: SqlFragment, inTransaction: boolean): Statement {
  return statement(text, { objectId: '', summary: 'Change a database', inTransaction })
}

function cascading(drop: Statement, change: { readonly cascade: boolean }): Statement {
  return change.cascade ? { ...drop, sql: sql`${fromCatalog(drop.sql)} cascade`.text } : drop
}

function createTableStatements(
  change: Extract<SchemaChange, { type: 'createTable' }>,
  context: CompileContext,
): readonly Statement[] {
  const relation = relationOf(change)
  const table: Table = {
    ...bareTable(relation),
    comment: change.comment ?? null,
    columns: change.columns.map((column) => modelColumn(column, relation)),
    // A foreign key may stand in CREATE TABLE where it comes after all else.
    constraints: change.constraints.map(modelConstraint),
  }
  const comment = change.comment === undefined ? null : commentOn(table)
  return [
    ...createTable(table, context),
    ...table.constraints.filter(({ kind }) => kind === 'foreign key').map((one) => addConstraint(one, table)),
    ...(comment === null ? [] : [comment]),
    ...table.columns
      .filter((column) => column.comment !== null)
      .map((column) => commentOnPart('column', column, { where: qualified(table), of: shown(table) })),
  ]
}

function addColumn(
  change: Extract<SchemaChange, { type: 'addColumn' }>,
  context: CompileContext,
): readonly Statement[] {
  const table = tableOf(change)
  const column = modelColumn(change.column, table)
  return [
    statement(
      sql`alter table ${qualified(table)} add column ${columnDefinition(column, table, { context })}`,
      {
        objectId: '',
        summary: `Add column ${column.name} to ${shown(table)}`,
      },
    ),
    ...(column.comment === null
      ? []
      : [commentOnPart('column', column, { where: qualified(table), of: shown(table) })]),
  ]
}

function indexOf(change: Extract<SchemaChange, { type: 'createIndex' }>): Index {
  return {
    ...bareIndex(change.name ?? ''),
    method: change.method,
    isUnique: change.isUnique,
    elements: change.columns.map((column) => ({
      column: column.name,
      expression: null,
      collation: null,
      operatorClass: null,
      isDescending: column.descending,
      isNullsFirst: column.descending,
    })),
  }
}

function bareIndex(index: string): Index {
  return newIndex({ id: '', name: index, columns: [] })
}

function alterColumn(change: AlterColumn): readonly Statement[] {
  const table = tableOf(change)
  const column = { id: '', name: change.column }
  const alter = (action: SqlFragment): Statement =>
    alterColumnAction(table, column, { action, summary: 'Change' })
  const statements: Statement[] = []
  // The old default goes before the type changes: Postgres would try to convert it and may fail.
  if (change.default !== undefined && (change.default === null || change.newType !== undefined))
    statements.push(alter(sql`drop default`))
  if (change.newType !== undefined) {
    const type = typeSql(change.newType, { withModifiers: true })
    // The cast leaves out the length, so that a value that is too long is an error and is not cut.
    const cast = typeSql(change.newType, { withModifiers: false })
    statements.push(alter(sql`type ${type} using ${name(change.column)}::${cast}`))
  }
  if (change.default !== undefined && change.default !== null)
    statements.push(alter(sql`set default ${fromCatalog(defaultText(change.default))}`))
  if (change.isNullable !== undefined)
    statements.push(alter(change.isNullable ? sql`drop not null` : sql`set not null`))
  if (change.comment !== undefined)
    statements.push(
      commentOnPart(
        'column',
        { ...column, comment: change.comment },
        { where: qualified(table), of: shown(table) },
      ),
    )
  if (change.newName !== undefined && change.newName !== change.column)
    statements.push(renamePart('column', table, { id: '', from: change.column, to: change.newName }))
  if (statements.length === 0)
    throw new AppError('INVALID_INPUT', `The change of column ${change.column} changes nothing.`)
  return statements
}
