// Triggers, event triggers, rules and policies.
import type {
  AlterPolicyStmt,
  CreateEventTrigStmt,
  CreatePolicyStmt,
  CreateTrigStmt,
  RuleStmt,
} from '@pgsql/types'
import { printedName } from '../../catalog/edit/qualified.ts'
import { readableName } from '../../sql/readable-name.ts'
import { childrenOf, qualifiedText } from './inherit.ts'
import { itemsOf, namesOf, optionsOf, qualifiedOf, printedLiteral } from './nodes.ts'
import { printExpression, printValue, rowScope, tableScope } from './printer.ts'
import { roleNames } from './roles.ts'
import { NotImported, type ImportState, type TableDraft, type ViewDraft } from './state.ts'
import { written, type StatementContext } from './statement-text.ts'
import { tableOf } from './tables.ts'

/** Bits of pg_trigger.tgtype. */
const BEFORE = 2
const INSTEAD = 64
const EVENTS = [
  [4, 'INSERT'],
  [8, 'DELETE'],
  [16, 'UPDATE'],
  [32, 'TRUNCATE'],
] as const

function ownerOf(state: ImportState, relation: CreateTrigStmt['relation']): TableDraft | ViewDraft {
  const found = state.relation(relation?.schemaname, relation?.relname ?? '')
  if (found === undefined || found.kind === 'sequence')
    throw new NotImported(`There is no table ${relation?.relname ?? ''}.`, relation?.location ?? null)
  return found
}

export function createTrigger(state: ImportState, statement: CreateTrigStmt): void {
  const owner = ownerOf(state, statement.relation)
  const name = statement.trigname ?? ''
  const definition = triggerText(state, owner, statement)
  const trigger = {
    id: state.newId('trigger'),
    name,
    definition,
    enabled: 'origin' as const,
    isInherited: false,
    comment: null,
  }
  owner.triggers = [...owner.triggers.filter((one) => one.name !== name), trigger]
  if (owner.kind !== 'table' || owner.partitionKey === null || statement.row !== true) return
  const clone = (table: TableDraft): void => {
    table.triggers.push({
      ...trigger,
      id: state.newId('trigger'),
      isInherited: true,
      definition: definition.replace(` ON ${qualifiedText(owner)} `, ` ON ${qualifiedText(table)} `),
    })
    for (const child of childrenOf(state, table)) clone(child)
  }
  for (const child of childrenOf(state, owner)) clone(child)
}

/** As pg_get_triggerdef() prints it. */
function triggerText(state: ImportState, owner: TableDraft | ViewDraft, statement: CreateTrigStmt): string {
  const timing =
    statement.timing === BEFORE ? 'BEFORE' : statement.timing === INSTEAD ? 'INSTEAD OF' : 'AFTER'
  const columns = namesOf(statement.columns)
  const events = EVENTS.filter(([bit]) => ((statement.events ?? 0) & bit) !== 0).map(([bit, word]) =>
    bit === 16 && columns.length > 0 ? `UPDATE OF ${columns.map(readableName).join(', ')}` : word,
  )
  const { schema: given, name: routine } = qualifiedOf(statement.funcname)
  const schema = state.routines(given, routine)[0]?.schema ?? given
  const { constrrel } = statement
  const from = state.relation(constrrel?.schemaname, constrrel?.relname ?? '')
  const transitions = (statement.transitionRels ?? []).flatMap((one) =>
    'TriggerTransition' in one
      ? [
          `${one.TriggerTransition.isNew === true ? 'NEW' : 'OLD'} TABLE AS ${readableName(one.TriggerTransition.name ?? '')}`,
        ]
      : [],
  )
  const when =
    statement.whenClause === undefined
      ? ''
      : `WHEN (${printExpression(statement.whenClause, rowScope(state, owner)).sql}) `
  return [
    `CREATE ${statement.isconstraint === true ? 'CONSTRAINT ' : ''}TRIGGER ${readableName(statement.trigname ?? '')} ${timing} ${events.join(' OR ')} ON ${qualifiedText(owner)} `,
    from === undefined ? '' : `FROM ${qualifiedText(from)} `,
    statement.isconstraint !== true
      ? ''
      : `${statement.deferrable === true ? '' : 'NOT '}DEFERRABLE INITIALLY ${statement.initdeferred === true ? 'DEFERRED' : 'IMMEDIATE'} `,
    transitions.length === 0 ? '' : `REFERENCING ${transitions.sort((a, b) => (a < b ? 1 : -1)).join(' ')} `,
    statement.row === true ? 'FOR EACH ROW ' : 'FOR EACH STATEMENT ',
    when,
    `EXECUTE FUNCTION ${schema === null || schema === 'pg_catalog' ? readableName(routine) : printedName(schema, routine)}(${namesOf(statement.args).map(printedLiteral).join(', ')})`,
  ].join('')
}

export function createEventTrigger(state: ImportState, statement: CreateEventTrigStmt): void {
  const { schema, name } = qualifiedOf(statement.funcname)
  const tags = optionsOf(statement.whenclause).flatMap(({ defname, arg }) =>
    defname === 'tag' ? namesOf(itemsOf(arg)) : [],
  )
  state.put({
    kind: 'eventTrigger',
    id: state.newId('eventTrigger'),
    name: statement.trigname ?? '',
    owner: state.owner,
    comment: null,
    event: statement.eventname ?? '',
    tags,
    function: { schema: state.routines(schema, name)[0]?.schema ?? schema ?? 'public', name },
    enabled: 'origin',
  })
}

/** In the words of the person, with names qualified. */
export function createRule(context: StatementContext, statement: RuleStmt): void {
  const { state, text } = context
  const owner = ownerOf(state, statement.relation)
  const name = statement.rulename ?? ''
  const whole = written(context, { start: 0, end: text.length }, statement)
  const definition = `${whole.replace(/^create\s+(or\s+replace\s+)?/i, 'CREATE ')};`
  owner.rules = [
    ...owner.rules.filter((one) => one.name !== name),
    { id: state.newId('rule'), name, definition, enabled: 'origin', comment: null },
  ]
}

type Command = 'all' | 'select' | 'insert' | 'update' | 'delete'
const COMMANDS: Readonly<Record<string, Command>> = {
  all: 'all',
  select: 'select',
  insert: 'insert',
  update: 'update',
  delete: 'delete',
}

export function createPolicy(state: ImportState, statement: CreatePolicyStmt): void {
  const table = tableOf(state, statement.table)
  table.policies.push({
    id: state.newId('policy'),
    name: statement.policy_name ?? '',
    command: COMMANDS[statement.cmd_name ?? ''] ?? 'all',
    isPermissive: statement.permissive === true,
    roles: policyRoles(state, statement.roles),
    using:
      statement.qual === undefined ? null : printValue(statement.qual, tableScope(state, table), 'boolean'),
    check:
      statement.with_check === undefined
        ? null
        : printValue(statement.with_check, tableScope(state, table), 'boolean'),
    comment: null,
  })
}

export function alterPolicy(state: ImportState, statement: AlterPolicyStmt): void {
  const table = tableOf(state, statement.table)
  const policy = table.policies.find((one) => one.name === statement.policy_name)
  if (policy === undefined) throw new NotImported(`There is no policy ${statement.policy_name ?? ''}.`)
  if (statement.roles !== undefined) policy.roles = policyRoles(state, statement.roles)
  if (statement.qual !== undefined)
    policy.using = printValue(statement.qual, tableScope(state, table), 'boolean')
  if (statement.with_check !== undefined)
    policy.check = printValue(statement.with_check, tableScope(state, table), 'boolean')
}

/** PUBLIC among them makes the others mean nothing. */
function policyRoles(state: ImportState, nodes: CreatePolicyStmt['roles']): string[] {
  const names = roleNames(nodes, state.owner)
  return names.includes(null) ? [] : names.flatMap((one) => one ?? [])
}
