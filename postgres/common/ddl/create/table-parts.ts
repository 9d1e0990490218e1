// Triggers, rules and policies: each with the state that it is left in.
import type { Policy, Rule, Table, Trigger, View } from '#contract/schema/types.ts'
import { empty, join, keyword, name, sql, type SqlFragment } from '../../sql/sql.ts'
import type { Statement } from '../statement.ts'
import { qualified, shown, statement, type CompileContext } from './context.ts'
import { definition, parenthesised } from './expression.ts'
import { roleSql } from './grants.ts'

type Enabled = Trigger['enabled']
const COMMANDS = ['all', 'select', 'insert', 'update', 'delete'] as const

/** CREATE TRIGGER and, where it does not simply fire, ALTER TABLE … DISABLE TRIGGER. One that comes from the partitioned table has its state only. */
export function createTrigger(
  trigger: Trigger,
  relation: Table | View,
  context: CompileContext,
): Statement[] {
  const summary = `Create trigger ${trigger.name} on ${shown(relation)}`
  const created = trigger.isInherited
    ? []
    : [statement(definition(trigger.definition), { objectId: trigger.id, summary })]
  return trigger.enabled === startingState(trigger, relation, context)
    ? created
    : [...created, setTriggerState(trigger, relation)]
}

/** A partition's copy starts like the partitioned table's trigger. */
function startingState(trigger: Trigger, relation: Table | View, context: CompileContext): Enabled {
  if (!trigger.isInherited || relation.kind !== 'table' || relation.partitionOf === null) return 'origin'
  const { parent } = relation.partitionOf
  const triggers = context.index.byName('table', parent.schema, parent.name)?.triggers
  return triggers?.find((one) => one.name === trigger.name)?.enabled ?? 'origin'
}

/** `alter table … disable trigger …`. */
export function setTriggerState(trigger: Trigger, relation: Table | View): Statement {
  return statement(
    sql`alter table ${qualified(relation)} ${stateSql(trigger.enabled)} trigger ${name(trigger.name)}`,
    { objectId: trigger.id, summary: `Set when trigger ${trigger.name} of ${shown(relation)} fires` },
  )
}

/** CREATE RULE and, where it does not simply apply, ALTER TABLE … DISABLE RULE. */
export function createRule(rule: Rule, relation: Table | View): Statement[] {
  const summary = `Create rule ${rule.name} on ${shown(relation)}`
  const created = statement(definition(rule.definition), { objectId: rule.id, summary })
  return rule.enabled === 'origin' ? [created] : [created, setRuleState(rule, relation)]
}

/** `alter table … disable rule …`. */
export function setRuleState(rule: Rule, relation: Table | View): Statement {
  return statement(
    sql`alter table ${qualified(relation)} ${stateSql(rule.enabled)} rule ${name(rule.name)}`,
    { objectId: rule.id, summary: `Set when rule ${rule.name} of ${shown(relation)} applies` },
  )
}

/** `disable`, `enable`, `enable always`, `enable replica`. */
export function stateSql(enabled: Enabled): SqlFragment {
  switch (enabled) {
    case 'origin':
      return sql`enable`
    case 'disabled':
      return sql`disable`
    case 'replica':
      return sql`enable replica`
    case 'always':
      return sql`enable always`
  }
}

/** CREATE POLICY. */
export function createPolicy(policy: Policy, table: Table): Statement {
  const kind = policy.isPermissive ? empty : sql` as restrictive`
  const command = policy.command === 'all' ? empty : sql` for ${keyword(policy.command, COMMANDS)}`
  const roles = policy.roles.length === 0 ? empty : sql` to ${join(policy.roles.map(roleSql))}`
  const using = policy.using === null ? empty : sql`\n  using ${parenthesised(policy.using)}`
  const check = policy.check === null ? empty : sql`\n  with check ${parenthesised(policy.check)}`
  return statement(
    sql`create policy ${name(policy.name)} on ${qualified(table)}${kind}${command}${roles}${using}${check}`,
    { objectId: policy.id, summary: `Create policy ${policy.name} on ${shown(table)}` },
  )
}
