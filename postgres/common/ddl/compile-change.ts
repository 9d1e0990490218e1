// One structured change of a schema to the SQL statements that make it. Pure: names and constants are quoted by postgres/common/sql only.
import type { SchemaChange } from '#contract/capabilities/database.ts'
import { AppError } from '#contract/errors.ts'
import { empty, identifier, join, keyword, literal, sql, type SqlFragment } from '../sql/sql.ts'
import { columnSql, constraintSql, defaultSql } from './table-elements.ts'
import { typeSql } from './type-name.ts'

export interface CompiledChange {
  /** In the order in which they must run; each is one statement without parameters. */
  readonly statements: readonly string[]
  /** False for the few that Postgres refuses inside a transaction; they are always alone. */
  readonly inTransaction: boolean
}

type AlterColumn = Extract<SchemaChange, { type: 'alterColumn' }>
const METHODS = ['btree', 'hash', 'gist', 'gin', 'brin', 'spgist'] as const

/** The SQL of a change. Throws INVALID_INPUT when the change contradicts itself or changes nothing. */
export function compileChange(change: SchemaChange): CompiledChange {
  const statements = changeSql(change)
  const isConcurrent = (change.type === 'createIndex' || change.type === 'dropIndex') && change.concurrently
  return {
    statements: statements.map(({ text, values }) => {
      // A utility statement takes no parameters; one here would be a bug of this file.
      if (values.length > 0) throw new TypeError(`${change.type} was compiled with parameters`)
      return text
    }),
    inTransaction: !isConcurrent && change.type !== 'createDatabase' && change.type !== 'dropDatabase',
  }
}

function changeSql(change: SchemaChange): readonly SqlFragment[] {
  switch (change.type) {
    case 'createDatabase':
      return [sql`create database ${identifier(change.name)}`]
    case 'renameDatabase':
      return [sql`alter database ${identifier(change.name)} rename to ${identifier(change.newName)}`]
    case 'dropDatabase':
      return [sql`drop database ${identifier(change.name)}`]
    case 'createSchema':
      return [sql`create schema ${identifier(change.name)}`]
    case 'renameSchema':
      return [sql`alter schema ${identifier(change.name)} rename to ${identifier(change.newName)}`]
    case 'dropSchema':
      return [sql`drop schema ${identifier(change.name)}${cascade(change)}`]
    case 'createTable':
      return createTable(change)
    case 'renameTable':
      return [sql`alter table ${tableName(change)} rename to ${identifier(change.newName)}`]
    case 'dropTable':
      return [sql`drop table ${tableName(change)}${cascade(change)}`]
    case 'addColumn':
      return [
        sql`alter table ${tableName(change)} add column ${columnSql(change.column)}`,
        ...columnComment(change, change.column.name, change.column.comment),
      ]
    case 'alterColumn':
      return alterColumn(change)
    case 'dropColumn':
      return [
        sql`alter table ${tableName(change)} drop column ${identifier(change.column)}${cascade(change)}`,
      ]
    case 'createIndex':
      return [createIndex(change)]
    case 'renameIndex':
      return [
        sql`alter index ${identifier(change.schema, change.index)} rename to ${identifier(change.newName)}`,
      ]
    case 'dropIndex':
      return [sql`drop index ${concurrently(change)}${identifier(change.schema, change.index)}`]
    case 'addConstraint':
      return [sql`alter table ${tableName(change)} add ${constraintSql(change.constraint)}`]
    case 'renameConstraint':
      return [
        sql`alter table ${tableName(change)} rename constraint ${identifier(change.constraint)} to ${identifier(change.newName)}`,
      ]
    case 'dropConstraint':
      return [
        sql`alter table ${tableName(change)} drop constraint ${identifier(change.constraint)}${cascade(change)}`,
      ]
  }
}

interface TableRef {
  readonly schema: string
  readonly table: string
}

function tableName({ schema, table }: TableRef): SqlFragment {
  return identifier(schema, table)
}

function cascade(change: { readonly cascade: boolean }): SqlFragment {
  return change.cascade ? sql` cascade` : empty
}

function concurrently(change: { readonly concurrently: boolean }): SqlFragment {
  return change.concurrently ? sql`concurrently ` : empty
}

function createTable(change: Extract<SchemaChange, { type: 'createTable' }>): readonly SqlFragment[] {
  const elements = [...change.columns.map(columnSql), ...change.constraints.map(constraintSql)]
  const body = elements.length === 0 ? sql`()` : sql`(\n  ${join(elements, ',\n  ')}\n)`
  return [
    sql`create table ${tableName(change)} ${body}`,
    ...(change.comment === undefined
      ? []
      : [sql`comment on table ${tableName(change)} is ${literal(change.comment)}`]),
    ...change.columns.flatMap((column) => columnComment(change, column.name, column.comment)),
  ]
}

function columnComment(
  table: TableRef,
  column: string,
  comment: string | null | undefined,
): readonly SqlFragment[] {
  if (comment === undefined) return []
  const name = identifier(table.schema, table.table, column)
  return [sql`comment on column ${name} is ${literal(comment)}`]
}

function createIndex(change: Extract<SchemaChange, { type: 'createIndex' }>): SqlFragment {
  const columns = change.columns.map(
    (column) => sql`${identifier(column.name)}${column.descending ? sql` desc` : empty}`,
  )
  return sql`create ${change.isUnique ? sql`unique ` : empty}index ${concurrently(change)}${
    change.name === undefined ? empty : sql`${identifier(change.name)} `
  }on ${tableName(change)} using ${keyword(change.method, METHODS)} (${join(columns)})`
}

function alterColumn(change: AlterColumn): readonly SqlFragment[] {
  const column = identifier(change.column)
  const alter = (action: SqlFragment): SqlFragment =>
    sql`alter table ${tableName(change)} alter column ${column} ${action}`
  const statements: SqlFragment[] = []
  // The old default goes before the type changes: Postgres would try to convert it and may fail.
  if (change.default !== undefined && (change.default === null || change.newType !== undefined))
    statements.push(alter(sql`drop default`))
  if (change.newType !== undefined) {
    const type = typeSql(change.newType, { withModifiers: true })
    // The cast leaves out the length, so that a value that is too long is an error and is not cut.
    const cast = typeSql(change.newType, { withModifiers: false })
    statements.push(alter(sql`type ${type} using ${column}::${cast}`))
  }
  if (change.default !== undefined && change.default !== null)
    statements.push(alter(sql`set default ${defaultSql(change.default)}`))
  if (change.isNullable !== undefined)
    statements.push(alter(change.isNullable ? sql`drop not null` : sql`set not null`))
  statements.push(...columnComment(change, change.column, change.comment))
  if (change.newName !== undefined && change.newName !== change.column)
    statements.push(
      sql`alter table ${tableName(change)} rename column ${column} to ${identifier(change.newName)}`,
    )
  if (statements.length === 0)
    throw new AppError('INVALID_INPUT', `The change of column ${change.column} changes nothing.`)
  return statements
}
