// Constraints of tables: as they stand in CREATE TABLE, and as statements of their own.
import type { Constraint, ForeignKey, Table } from '#contract/schema/types.ts'
import { empty, keyword, name, sql, type SqlFragment } from '../../sql/sql.ts'
import type { Statement } from '../statement.ts'
import { qualified, shown, statement } from './context.ts'
import { clause, nameList, parenthesised, storageOptions } from './expression.ts'

const ACTIONS = ['no action', 'restrict', 'cascade', 'set null', 'set default'] as const
const KEYS = ['primary key', 'unique'] as const

/** `constraint film_pkey primary key (film_id)`; one without a name gets it from Postgres. NOT VALID is left to `addConstraint`: inside CREATE TABLE it means nothing. */
export function constraintDefinition(constraint: Constraint): SqlFragment {
  return sql`${constraint.name === '' ? empty : sql`constraint ${name(constraint.name)} `}${constraintBody(constraint)}`
}

function constraintBody(constraint: Constraint): SqlFragment {
  switch (constraint.kind) {
    case 'primary key':
    case 'unique':
      return keyBody(constraint)
    case 'foreign key':
      return foreignKeyBody(constraint)
    case 'check':
      return sql`check ${parenthesised(constraint.expression)}${constraint.isNoInherit ? sql` no inherit` : empty}${enforcement(constraint)}`
    case 'exclusion':
      return sql`${clause(constraint.definition)}${deferral(constraint)}`
  }
}

function keyBody(constraint: Extract<Constraint, { readonly kind: 'primary key' | 'unique' }>): SqlFragment {
  const nulls = constraint.isNullsNotDistinct ? sql` nulls not distinct` : empty
  const overlaps = constraint.isWithoutOverlaps ? sql` without overlaps` : empty
  const include = constraint.include.length === 0 ? empty : sql` include (${nameList(constraint.include)})`
  const options = constraint.options.length === 0 ? empty : sql` with (${storageOptions(constraint.options)})`
  const tablespace =
    constraint.tablespace === null ? empty : sql` using index tablespace ${name(constraint.tablespace)}`
  return sql`${keyword(constraint.kind, KEYS)}${nulls} (${nameList(constraint.columns)}${overlaps})${include}${options}${tablespace}${deferral(constraint)}`
}

function foreignKeyBody(key: ForeignKey): SqlFragment {
  const { references } = key
  const target =
    references.columns.length === 0
      ? qualified(references)
      : sql`${qualified(references)} (${periodList(references.columns, key.isPeriod)})`
  const setColumns = key.onDeleteColumns.length === 0 ? empty : sql` (${nameList(key.onDeleteColumns)})`
  return sql`foreign key (${periodList(key.columns, key.isPeriod)}) references ${target}${
    key.match === 'full' ? sql` match full` : empty
  }${key.onUpdate === 'no action' ? empty : sql` on update ${keyword(key.onUpdate, ACTIONS)}`}${
    key.onDelete === 'no action' ? empty : sql` on delete ${keyword(key.onDelete, ACTIONS)}${setColumns}`
  }${deferral(key)}${enforcement(key)}`
}

/** Column names; the last one of a temporal key is a PERIOD. */
function periodList(columns: readonly string[], isPeriod: boolean): SqlFragment {
  const last = columns.at(-1)
  if (!isPeriod || last === undefined) return nameList(columns)
  const period = sql`period ${name(last)}`
  return columns.length === 1 ? period : sql`${nameList(columns.slice(0, -1))}, ${period}`
}

function deferral(constraint: {
  readonly isDeferrable: boolean
  readonly isInitiallyDeferred: boolean
}): SqlFragment {
  if (!constraint.isDeferrable) return empty
  return constraint.isInitiallyDeferred ? sql` deferrable initially deferred` : sql` deferrable`
}

function enforcement(constraint: { readonly isEnforced: boolean }): SqlFragment {
  return constraint.isEnforced ? empty : sql` not enforced`
}

/** Whether the rows that were there have not been checked. What is not enforced is never validated, and needs no word for it. */
export function isNotValid(constraint: Constraint): boolean {
  return 'isValidated' in constraint && !constraint.isValidated && constraint.isEnforced
}

/** `alter table … add constraint …`. */
export function addConstraint(constraint: Constraint, table: Table): Statement {
  const notValid = isNotValid(constraint) ? sql` not valid` : empty
  return statement(
    sql`alter ${table.foreign === null ? empty : sql`foreign `}table ${qualified(table)} add ${constraintDefinition(constraint)}${notValid}`,
    { objectId: constraint.id, summary: `Add ${constraint.kind} ${constraint.name} to ${shown(table)}` },
  )
}
