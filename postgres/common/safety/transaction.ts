// Which statements Postgres refuses inside a transaction, and which must be committed before what follows can use them.
import type { SyntaxNode } from '../script/parsed-statement.ts'

/** Why a statement cannot stand in a transaction, by what has to be mended when it stops halfway. */
export type Outside =
  | {
      readonly kind: 'create index'
      readonly schema: string | null
      readonly table: string
      readonly index: string | null
    }
  | { readonly kind: 'drop index'; readonly names: readonly (readonly string[])[] }
  | { readonly kind: 'reindex' }
  | { readonly kind: 'detach'; readonly parent: readonly string[]; readonly partition: readonly string[] }
  | { readonly kind: 'create database'; readonly name: string }
  | { readonly kind: 'drop database'; readonly name: string }
  /** Can simply be run again: VACUUM, ALTER SYSTEM and the like. */
  | { readonly kind: 'other' }

/** What the statement is when Postgres refuses it in a transaction; null when it may stand in one. */
export function outsideTransaction(tree: SyntaxNode): Outside | null {
  if ('IndexStmt' in tree) {
    const { concurrent, relation, idxname } = tree.IndexStmt
    if (concurrent !== true) return null
    return {
      kind: 'create index',
      schema: relation?.schemaname ?? null,
      table: relation?.relname ?? '',
      index: idxname ?? null,
    }
  }
  if ('DropStmt' in tree) {
    if (tree.DropStmt.concurrent !== true) return null
    return { kind: 'drop index', names: (tree.DropStmt.objects ?? []).map(namesOf) }
  }
  if ('ReindexStmt' in tree) return isReindexOutside(tree.ReindexStmt) ? { kind: 'reindex' } : null
  if ('AlterTableStmt' in tree) return detachOf(tree.AlterTableStmt)
  if ('CreatedbStmt' in tree) return { kind: 'create database', name: tree.CreatedbStmt.dbname ?? '' }
  if ('DropdbStmt' in tree) return { kind: 'drop database', name: tree.DropdbStmt.dbname ?? '' }
  return isOutside(tree) ? { kind: 'other' } : null
}

/** ALTER TYPE … ADD VALUE: the value cannot be used before it is committed. */
export function addsEnumValue(tree: SyntaxNode): boolean {
  return (
    'AlterEnumStmt' in tree &&
    tree.AlterEnumStmt.newVal !== undefined &&
    tree.AlterEnumStmt.oldVal === undefined
  )
}

/** BEGIN, COMMIT, SAVEPOINT and their kin; undefined for anything else. */
export function transactionControl(tree: SyntaxNode): string | undefined {
  if (!('TransactionStmt' in tree)) return undefined
  return (tree.TransactionStmt.kind ?? 'TRANS_STMT_BEGIN').replace('TRANS_STMT_', '').replaceAll('_', ' ')
}

/** The parts of a name given as a list or a single string. */
export function namesOf(node: SyntaxNode): string[] {
  if ('List' in node) return (node.List.items ?? []).flatMap(namesOf)
  return 'String' in node ? [node.String.sval ?? ''] : []
}

function isOutside(tree: SyntaxNode): boolean {
  if ('VacuumStmt' in tree) return tree.VacuumStmt.is_vacuumcmd === true
  // CLUSTER without a table goes through all of them.
  if ('ClusterStmt' in tree) return tree.ClusterStmt.relation === undefined
  if ('AlterDatabaseStmt' in tree)
    return (tree.AlterDatabaseStmt.options ?? []).some(
      (option) => 'DefElem' in option && option.DefElem.defname === 'tablespace',
    )
  // They make or drop replication slots unless told not to, and cannot then be rolled back.
  if ('CreateSubscriptionStmt' in tree)
    return isOn(tree.CreateSubscriptionStmt.options, ['connect', 'create_slot'])
  return (
    'AlterSystemStmt' in tree ||
    'CreateTableSpaceStmt' in tree ||
    'DropTableSpaceStmt' in tree ||
    'DropSubscriptionStmt' in tree ||
    'AlterSubscriptionStmt' in tree
  )
}

/** Whether none of the options is switched off. */
function isOn(options: readonly SyntaxNode[] | undefined, names: readonly string[]): boolean {
  return !(options ?? []).some((option) => {
    if (!('DefElem' in option) || !names.includes(option.DefElem.defname ?? '')) return false
    const { arg } = option.DefElem
    if (arg === undefined) return false
    if ('Boolean' in arg) return arg.Boolean.boolval !== true
    return 'String' in arg && ['false', 'off', '0'].includes((arg.String.sval ?? '').toLowerCase())
  })
}

function isReindexOutside(statement: {
  readonly kind?: string
  readonly params?: readonly SyntaxNode[]
}): boolean {
  if (
    ['REINDEX_OBJECT_SCHEMA', 'REINDEX_OBJECT_SYSTEM', 'REINDEX_OBJECT_DATABASE'].includes(
      statement.kind ?? '',
    )
  )
    return true
  return (statement.params ?? []).some(
    (param) => 'DefElem' in param && param.DefElem.defname === 'concurrently',
  )
}

function detachOf(
  statement: Extract<SyntaxNode, { AlterTableStmt: unknown }>['AlterTableStmt'],
): Outside | null {
  for (const command of statement.cmds ?? []) {
    if (!('AlterTableCmd' in command)) continue
    const { subtype, def } = command.AlterTableCmd
    if (subtype !== 'AT_DetachPartition' || def === undefined || !('PartitionCmd' in def)) continue
    if (def.PartitionCmd.concurrent !== true) continue
    return {
      kind: 'detach',
      parent: relationNames(statement.relation),
      partition: relationNames(def.PartitionCmd.name),
    }
  }
  return null
}

function relationNames(
  relation: { readonly schemaname?: string; readonly relname?: string } | undefined,
): string[] {
  return [...(relation?.schemaname === undefined ? [] : [relation.schemaname]), relation?.relname ?? '']
}
