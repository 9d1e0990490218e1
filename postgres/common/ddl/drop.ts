// DROP, for objects and for their parts. Never CASCADE: what depends is dropped by statements of its own, which a person can read.
import type {
  Constraint,
  DomainType,
  Index,
  ModelObject,
  Policy,
  Rule,
  Table,
  Trigger,
  View,
} from '#contract/schema/types.ts'
import { empty, fromCatalog, name, sql } from '../sql/sql.ts'
import { objectSql } from './create/comments.ts'
import { describe, qualified, shown, statement } from './create/context.ts'
import { defaultPrivilegeStatements, builtInGrants } from './create/grants.ts'
import type { Statement } from './statement.ts'

/** DROP of the object. Rows of a table and the position of a sequence are lost with it. Default privileges go back to the built-in ones, in several statements. */
export function dropStatements(object: ModelObject): Statement[] {
  if (object.kind === 'defaultPrivileges')
    return defaultPrivilegeStatements(
      { ...object, grants: object.schema === null ? builtInGrants(object.objects) : [] },
      object.grants,
    )
  return [
    statement(sql`drop ${objectSql(object)}`, {
      objectId: object.id,
      summary: `Drop ${describe(object)}`,
      isDestructive: (object.kind === 'table' && object.foreign === null) || object.kind === 'sequence',
    }),
  ]
}

/** `alter table … drop column …`. */
export function dropColumn(column: { readonly id: string; readonly name: string }, table: Table): Statement {
  return statement(sql`alter ${tableSql(table)} drop column ${name(column.name)}`, {
    objectId: column.id,
    summary: `Drop column ${column.name} from ${shown(table)}`,
    isDestructive: true,
  })
}

/** `alter table … drop constraint …`. */
export function dropConstraint(constraint: Constraint, table: Table): Statement {
  return statement(sql`alter ${tableSql(table)} drop constraint ${name(constraint.name)}`, {
    objectId: constraint.id,
    summary: `Drop ${constraint.kind} ${constraint.name} from ${shown(table)}`,
  })
}

/** `alter domain … drop constraint …`. */
export function dropDomainConstraint(
  constraint: DomainType['constraints'][number],
  domain: DomainType,
): Statement {
  return statement(sql`alter domain ${qualified(domain)} drop constraint ${name(constraint.name)}`, {
    objectId: constraint.id,
    summary: `Drop check ${constraint.name} from ${shown(domain)}`,
  })
}

/** `drop index …`; concurrently it lets others go on, and cannot run in a transaction. */
export function dropIndex(
  index: Index,
  relation: Table | View,
  options: { readonly isConcurrent?: boolean } = {},
): Statement {
  const concurrently = options.isConcurrent === true ? sql`concurrently ` : empty
  return statement(sql`drop index ${concurrently}${name(relation.schema, index.name)}`, {
    objectId: index.id,
    summary: `Drop index ${index.name} from ${shown(relation)}`,
    inTransaction: options.isConcurrent !== true,
  })
}

/** `drop trigger … on …`, and the same for rules and policies. */
export function dropTrigger(trigger: Trigger, relation: Table | View): Statement {
  return dropOn('trigger', trigger, relation)
}

export function dropRule(rule: Rule, relation: Table | View): Statement {
  return dropOn('rule', rule, relation)
}

export function dropPolicy(policy: Policy, table: Table): Statement {
  return dropOn('policy', policy, table)
}

/** `alter table … detach partition …`: the rows stay in the table that was a partition. */
export function detachPartition(table: Table): Statement {
  if (table.partitionOf === null) throw new TypeError(`${table.name} is no partition`)
  const { parent } = table.partitionOf
  return statement(sql`alter table ${qualified(parent)} detach partition ${qualified(table)}`, {
    objectId: table.id,
    summary: `Detach partition ${shown(table)} from ${shown(parent)}`,
  })
}

function tableSql(table: Table) {
  return table.foreign === null ? sql`table ${qualified(table)}` : sql`foreign table ${qualified(table)}`
}

function dropOn(
  what: 'trigger' | 'rule' | 'policy',
  part: { readonly id: string; readonly name: string },
  relation: Table | View,
): Statement {
  return statement(sql`drop ${fromCatalog(what)} ${name(part.name)} on ${qualified(relation)}`, {
    objectId: part.id,
    summary: `Drop ${what} ${part.name} from ${shown(relation)}`,
  })
}
