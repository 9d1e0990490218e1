// The parts of a table as SQL: columns, defaults and constraints.
import type { z } from 'zod'
import type { ColumnDefault, ColumnInput, ConstraintInput } from '#contract/capabilities/database.ts'
import { AppError } from '#contract/errors.ts'
import { empty, identifier, join, keyword, literal, sql, type SqlFragment } from '../sql/sql.ts'
import { typeSql } from './type-name.ts'

const ACTIONS = ['no action', 'restrict', 'cascade', 'set null', 'set default'] as const
const OPERATORS = ['=', '<>', '<', '<=', '>', '>='] as const
const IDENTITIES = ['always', 'by default'] as const

/** A column as `create table` and `add column` take it. Throws INVALID_INPUT when it has both a default and an identity. */
export function columnSql(column: ColumnInput): SqlFragment {
  if (column.identity !== undefined && column.default !== undefined)
    throw new AppError('INVALID_INPUT', `Column ${column.name} cannot have both a default and an identity.`)
  return sql`${identifier(column.name)} ${typeSql(column.type, { withModifiers: true })}${
    column.default === undefined ? empty : sql` default ${defaultSql(column.default)}`
  }${column.isNullable ? empty : sql` not null`}${
    column.identity === undefined
      ? empty
      : sql` generated ${keyword(column.identity, IDENTITIES)} as identity`
  }`
}

/** The expression of a default. */
export function defaultSql(value: z.output<typeof ColumnDefault>): SqlFragment {
  if (value.kind === 'literal') return literal(value.value)
  return value.name === 'current_date' ? sql`current_date` : sql`${identifier('pg_catalog', value.name)}()`
}

/** A table constraint, with its name if it has one. Throws INVALID_INPUT when a foreign key names a different number of columns on its two sides. */
export function constraintSql(constraint: ConstraintInput): SqlFragment {
  const name = constraint.name === undefined ? empty : sql`constraint ${identifier(constraint.name)} `
  return sql`${name}${constraintBody(constraint)}`
}

function constraintBody(constraint: ConstraintInput): SqlFragment {
  switch (constraint.kind) {
    case 'primary key':
      return sql`primary key (${columnList(constraint.columns)})`
    case 'unique':
      return sql`unique ${constraint.nullsNotDistinct ? sql`nulls not distinct ` : empty}(${columnList(constraint.columns)})`
    case 'foreign key': {
      const { columns, references, onDelete, onUpdate } = constraint
      if (columns.length !== references.columns.length)
        throw new AppError(
          'INVALID_INPUT',
          `A foreign key of ${columns.length} columns cannot refer to ${references.columns.length}.`,
        )
      const target = identifier(references.schema, references.table)
      return sql`foreign key (${columnList(columns)}) references ${target} (${columnList(references.columns)})${
        onDelete === 'no action' ? empty : sql` on delete ${keyword(onDelete, ACTIONS)}`
      }${onUpdate === 'no action' ? empty : sql` on update ${keyword(onUpdate, ACTIONS)}`}`
    }
    case 'check':
      return sql`check (${identifier(constraint.column)} ${keyword(constraint.operator, OPERATORS)} ${literal(constraint.value)})`
  }
}

function columnList(columns: readonly string[]): SqlFragment {
  return join(columns.map((column) => identifier(column)))
}
