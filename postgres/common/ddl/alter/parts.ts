// ALTER of constraints, indexes, triggers, rules and policies, where Postgres can change them in place; and which must be made again.
import type { Constraint, Index, Policy, Rule, Table, Trigger, View } from '#contract/schema/types.ts'
import type { Difference } from '../../diff/fields.ts'
import { empty, fromCatalog, join, name, sql, type SqlFragment } from '../../sql/sql.ts'
import { commentOnPart } from '../create/comments.ts'
import { qualified, shown, statement, type CompileContext } from '../create/context.ts'
import { definition, parenthesised } from '../create/expression.ts'
import { roleSql } from '../create/grants.ts'
import { setRuleState, setTriggerState } from '../create/table-parts.ts'
import type { Statement } from '../statement.ts'
import { optionChange } from './table.ts'

type Fields = readonly Difference[]

export interface PartContext {
  readonly differences: Fields
  readonly context: CompileContext
}

function fieldsOf(differences: Fields): ReadonlySet<string> {
  return new Set(differences.map(({ field }) => field))
}

/** Whether a constraint can only be dropped and made again. */
export function isConstraintRemade(before: Constraint, after: Constraint, differences: Fields): boolean {
  const has = fieldsOf(differences)
  if (has.has('definition')) return true
  if (has.has('deferral') && after.kind !== 'foreign key') return true
  if (has.has('enforced') && after.kind !== 'foreign key') return true
  return (
    has.has('validated') &&
    'isValidated' in after &&
    !after.isValidated &&
    !has.has('enforced') &&
    before.kind === after.kind
  )
}

/** ALTER CONSTRAINT, VALIDATE CONSTRAINT, and ALTER INDEX of the index behind a key. */
export function alterConstraint(
  after: Constraint,
  table: Table,
  { differences, context, before }: PartContext & { readonly before: Constraint },
): Statement[] {
  const has = fieldsOf(differences)
  const about = { objectId: after.id, summary: `Change ${after.kind} ${after.name} of ${shown(table)}` }
  const alter = (action: SqlFragment): Statement =>
    statement(sql`alter table ${qualified(table)} ${action}`, about)
  const statements: Statement[] = []
  if (after.kind === 'foreign key') {
    if (has.has('deferral'))
      statements.push(
        alter(
          sql`alter constraint ${name(after.name)} ${after.isDeferrable ? sql`deferrable` : sql`not deferrable`}${
            after.isDeferrable
              ? after.isInitiallyDeferred
                ? sql` initially deferred`
                : sql` initially immediate`
              : empty
          }`,
        ),
      )
    if (has.has('enforced'))
      statements.push(
        alter(
          sql`alter constraint ${name(after.name)} ${after.isEnforced ? sql`enforced` : sql`not enforced`}`,
        ),
      )
  }
  if (has.has('validated') && 'isValidated' in after && after.isValidated && !has.has('enforced'))
    statements.push(alter(sql`validate constraint ${name(after.name)}`))
  if ((after.kind === 'primary key' || after.kind === 'unique') && before.kind === after.kind) {
    const index = (action: SqlFragment): Statement =>
      statement(sql`alter index ${name(table.schema, after.name)} ${action}`, about)
    if (has.has('options')) statements.push(...optionChange(before.options, after.options).map(index))
    if (has.has('tablespace'))
      statements.push(index(sql`set tablespace ${name(after.tablespace ?? 'pg_default')}`))
  }
  if (has.has('comment') && context.withComments)
    statements.push(commentOnPart('constraint', after, { where: qualified(table), of: shown(table) }))
  return statements
}

const REMADE_INDEX = ['method', 'columns', 'include', 'unique', 'nulls not distinct', 'condition', 'valid']

/** Whether an index can only be dropped and made again. */
export function isIndexRemade(before: Index, differences: Fields): boolean {
  const has = fieldsOf(differences)
  return REMADE_INDEX.some((field) => has.has(field)) || (has.has('parent') && before.parent !== null)
}

/** ALTER INDEX: storage, tablespace, the partitioned index that it belongs to; whether the table is clustered by it. */
export function alterIndex(
  after: Index,
  relation: Table | View,
  { differences, context, before }: PartContext & { readonly before: Index },
): Statement[] {
  const has = fieldsOf(differences)
  const about = { objectId: after.id, summary: `Change index ${after.name} of ${shown(relation)}` }
  const alter = (action: SqlFragment): Statement =>
    statement(sql`alter index ${name(relation.schema, after.name)} ${action}`, about)
  const statements: Statement[] = []
  if (has.has('options')) statements.push(...optionChange(before.options, after.options).map(alter))
  if (has.has('tablespace'))
    statements.push(alter(sql`set tablespace ${name(after.tablespace ?? 'pg_default')}`))
  if (has.has('parent') && after.parent !== null)
    statements.push(
      statement(
        sql`alter index ${qualified(after.parent)} attach partition ${name(relation.schema, after.name)}`,
        about,
      ),
    )
  if (has.has('clustered')) {
    const kind = fromCatalog(relation.kind === 'view' ? 'materialized view' : 'table')
    const action = after.isClustered ? sql`cluster on ${name(after.name)}` : sql`set without cluster`
    // Another index that becomes the one to cluster by takes the mark from this one.
    const isTaken = relation.indexes.some((one) => one.isClustered && one.id !== after.id)
    if (after.isClustered || !isTaken)
      statements.push(statement(sql`alter ${kind} ${qualified(relation)} ${action}`, about))
  }
  if (has.has('comment') && context.withComments)
    statements.push(commentOnPart('index', after, { where: name(relation.schema), of: shown(relation) }))
  return statements
}

/** When a trigger fires, and its comment. */
export function alterTrigger(
  after: Trigger,
  relation: Table | View,
  { differences, context }: PartContext,
): Statement[] {
  const has = fieldsOf(differences)
  return [
    ...(has.has('enabled') ? [setTriggerState(after, relation)] : []),
    ...(has.has('comment') && context.withComments
      ? [commentOnPart('trigger', after, { where: qualified(relation), of: shown(relation) })]
      : []),
  ]
}

/** CREATE OR REPLACE RULE, when it applies, and its comment. */
export function alterRule(
  after: Rule,
  relation: Table | View,
  { differences, context }: PartContext,
): Statement[] {
  const has = fieldsOf(differences)
  const replaced = after.definition.replace(/^\s*create\s+(or\s+replace\s+)?rule/i, 'create or replace rule')
  return [
    ...(has.has('definition')
      ? [
          statement(definition(replaced), {
            objectId: after.id,
            summary: `Change rule ${after.name} of ${shown(relation)}`,
          }),
        ]
      : []),
    ...(has.has('enabled') ? [setRuleState(after, relation)] : []),
    ...(has.has('comment') && context.withComments
      ? [commentOnPart('rule', after, { where: qualified(relation), of: shown(relation) })]
      : []),
  ]
}

/** Whether a policy can only be dropped and made again. */
export function isPolicyRemade(before: Policy, after: Policy, differences: Fields): boolean {
  const has = fieldsOf(differences)
  return (
    has.has('command') ||
    has.has('permissive') ||
    (before.using !== null && after.using === null) ||
    (before.check !== null && after.check === null)
  )
}

/** ALTER POLICY. */
export function alterPolicy(after: Policy, table: Table, { differences, context }: PartContext): Statement[] {
  const has = fieldsOf(differences)
  const roles = has.has('roles')
    ? sql` to ${after.roles.length === 0 ? sql`public` : join(after.roles.map(roleSql))}`
    : empty
  const using = has.has('using') && after.using !== null ? sql` using ${parenthesised(after.using)}` : empty
  const check =
    has.has('check') && after.check !== null ? sql` with check ${parenthesised(after.check)}` : empty
  const statements: Statement[] = []
  if (has.has('roles') || has.has('using') || has.has('check'))
    statements.push(
      statement(sql`alter policy ${name(after.name)} on ${qualified(table)}${roles}${using}${check}`, {
        objectId: after.id,
        summary: `Change policy ${after.name} of ${shown(table)}`,
      }),
    )
  if (has.has('comment') && context.withComments)
    statements.push(commentOnPart('policy', after, { where: qualified(table), of: shown(table) }))
  return statements
}
