// Parts of a table as the HTTP API takes them, in the form of the model: so that one compiler writes them for the API and for the designer.
import type { z } from 'zod'
import type { ColumnDefault, ColumnInput, ConstraintInput } from '#contract/capabilities/database.ts'
import { AppError } from '#contract/errors.ts'
import type { Column, Constraint, RelationName, Table } from '#contract/schema/types.ts'
import { newTable } from '../catalog/edit/parts.ts'
import { keyword, literal, name, sql } from '../sql/sql.ts'
import { autoName } from './create/column.ts'
import { defaultSequenceOptions } from './create/sequence-options.ts'
import { typeSql } from './type-name.ts'

const OPERATORS = ['=', '<>', '<', '<=', '>', '>='] as const

/** A table of which nothing but the name is known. */
export function bareTable({ schema, name: table }: RelationName): Table {
  return newTable({ id: '', schema, name: table, owner: '' })
}

/** The column in the form of the model. Throws INVALID_INPUT when it has both a default and an identity. */
export function modelColumn(column: ColumnInput, table: RelationName): Column {
  if (column.identity !== undefined && column.default !== undefined)
    throw new AppError('INVALID_INPUT', `Column ${column.name} cannot have both a default and an identity.`)
  return {
    id: '',
    name: column.name,
    type: typeSql(column.type, { withModifiers: true }).text,
    typeId: null,
    isNullable: column.isNullable,
    notNull: null,
    default: column.default === undefined ? null : defaultText(column.default),
    identity:
      column.identity === undefined
        ? null
        : {
            kind: column.identity,
            sequence: {
              schema: table.schema,
              // Names too long to be put together are cut by Postgres in its own way; these are cut here.
              name: autoName([table.name, column.name], 'seq') ?? `${column.name.slice(0, 14)}_seq`,
            },
            options: defaultSequenceOptions('bigint'),
          },
    generated: null,
    collation: null,
    storage: null,
    compression: null,
    statisticsTarget: null,
    options: [],
    comment: column.comment ?? null,
    grants: [],
    isInherited: false,
  }
}

/** The expression of a default. */
export function defaultText(value: z.output<typeof ColumnDefault>): string {
  if (value.kind === 'literal') return literal(value.value).text
  return value.name === 'current_date' ? 'current_date' : sql`${name('pg_catalog', value.name)}()`.text
}

/** The constraint in the form of the model; without a name Postgres gives it one. Throws INVALID_INPUT when a foreign key names a different number of columns on its two sides. */
export function modelConstraint(constraint: ConstraintInput): Constraint {
  const head = { id: '', name: constraint.name ?? '', comment: null, isInherited: false }
  const deferral = { isDeferrable: false, isInitiallyDeferred: false }
  switch (constraint.kind) {
    case 'primary key':
    case 'unique':
      return {
        ...head,
        ...deferral,
        kind: constraint.kind,
        columns: constraint.columns,
        include: [],
        isNullsNotDistinct: constraint.kind === 'unique' && constraint.nullsNotDistinct,
        isWithoutOverlaps: false,
        options: [],
        tablespace: null,
      }
    case 'foreign key': {
      const { columns, references, onDelete, onUpdate } = constraint
      if (columns.length !== references.columns.length)
        throw new AppError(
          'INVALID_INPUT',
          `A foreign key of ${columns.length} columns cannot refer to ${references.columns.length}.`,
        )
      return {
        ...head,
        ...deferral,
        kind: 'foreign key',
        columns,
        references: { schema: references.schema, name: references.table, columns: references.columns },
        match: 'simple',
        onUpdate,
        onDelete,
        onDeleteColumns: [],
        isPeriod: false,
        isValidated: true,
        isEnforced: true,
      }
    }
    case 'check':
      return {
        ...head,
        kind: 'check',
        expression:
          sql`${name(constraint.column)} ${keyword(constraint.operator, OPERATORS)} ${literal(constraint.value)}`
            .text,
        isNoInherit: false,
        isValidated: true,
        isEnforced: true,
      }
  }
}
