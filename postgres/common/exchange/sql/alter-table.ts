// ALTER TABLE, and ALTER VIEW, INDEX, SEQUENCE and TYPE where the parser gives them the same form.
import type { AlterTableCmd, AlterTableStmt } from '@pgsql/types'
import { alterColumn } from './alter-column.ts'
import { addColumn, addWaiting, plainColumn, setNotNull } from './columns.ts'
import { addConstraint } from './constraints.ts'
import { dropColumn, dropConstraint } from './drop-parts.ts'
import { indexOf } from './indexes.ts'
import {
  childrenOf,
  inheritColumns,
  inheritConstraint,
  inheritParts,
  partitionBound,
  partitionsOf,
} from './inherit.ts'
import { storageOptions, textOf, valueOf } from './nodes.ts'
import { changed, changedOptionList, listOf } from './option-lists.ts'
import { roleName } from './roles.ts'
import {
  NotImported,
  type ImportState,
  type RelationDraft,
  type TableDraft,
  type ViewDraft,
} from './state.ts'
import { tableOf } from './tables.ts'
import { printType } from './types.ts'

/** Does all that it says, one after another. Throws NotImported. */
export function alterTable(state: ImportState, statement: AlterTableStmt): void {
  const { relation, objtype, missing_ok } = statement
  const name = relation?.relname ?? ''
  const commands = (statement.cmds ?? []).flatMap((one) =>
    'AlterTableCmd' in one ? [one.AlterTableCmd] : [],
  )
  if (objtype === 'OBJECT_INDEX') return alterIndex(state, statement, commands)
  if (objtype === 'OBJECT_TYPE') return alterType(state, statement, commands)
  const found = state.relation(relation?.schemaname, name)
  if (found === undefined) {
    if (missing_ok === true) return
    throw new NotImported(
      `There is no ${objtype === 'OBJECT_VIEW' ? 'view' : 'table'} ${name}.`,
      relation?.location ?? null,
    )
  }
  for (const command of commands)
    if (found.kind === 'table') alterOne(state, found, command)
    else alterOther(found, command)
}

const ENABLED = {
  AT_EnableTrig: 'origin',
  AT_EnableAlwaysTrig: 'always',
  AT_EnableReplicaTrig: 'replica',
  AT_DisableTrig: 'disabled',
  AT_EnableRule: 'origin',
  AT_EnableAlwaysRule: 'always',
  AT_EnableReplicaRule: 'replica',
  AT_DisableRule: 'disabled',
} as const

function alterOne(state: ImportState, table: TableDraft, command: AlterTableCmd): void {
  const { subtype, name = '', def } = command
  switch (subtype) {
    case 'AT_AddColumn': {
      if (def === undefined || !('ColumnDef' in def)) return
      if (command.missing_ok === true && table.columns.some((one) => one.name === def.ColumnDef.colname))
        return
      addWaiting(state, table, addColumn(state, table, def.ColumnDef))
      for (const child of childrenOf(state, table)) inheritColumns(state, child, table)
      return
    }
    case 'AT_DropColumn':
      return dropColumn(state, table, name)
    case 'AT_AddConstraint': {
      if (def === undefined || !('Constraint' in def)) return
      if (def.Constraint.contype === 'CONSTR_NOTNULL') {
        const column = table.columns.find((one) => one.name === textOf(def.Constraint.keys?.[0]))
        if (column !== undefined) setNotNull(table, column, def.Constraint)
        return
      }
      const made = addConstraint(state, table, def.Constraint)
      const isPassedOn = made !== null && !(made.kind === 'check' && made.isNoInherit)
      if (isPassedOn && (table.partitionKey !== null || made.kind === 'check'))
        for (const child of childrenOf(state, table)) inheritConstraint(state, child, made)
      return
    }
    case 'AT_DropConstraint':
      return dropConstraint(state, table, name)
    case 'AT_ValidateConstraint': {
      const constraint = table.constraints.find((one) => one.name === name)
      if (constraint?.kind === 'check' || constraint?.kind === 'foreign key') constraint.isValidated = true
      for (const { notNull } of table.columns) if (notNull?.name === name) notNull.isValidated = true
      return
    }
    case 'AT_AlterConstraint': {
      const change = def !== undefined && 'ATAlterConstraint' in def ? def.ATAlterConstraint : undefined
      const constraint = table.constraints.find((one) => one.name === change?.conname)
      if (change?.alterDeferrability === true && constraint !== undefined && constraint.kind !== 'check') {
        constraint.isDeferrable = change.deferrable === true
        constraint.isInitiallyDeferred = change.initdeferred === true
      }
      if (change?.alterEnforceability === true && constraint?.kind === 'foreign key')
        constraint.isEnforced = constraint.isValidated = change.is_enforced === true
      return
    }
    case 'AT_EnableRowSecurity':
    case 'AT_DisableRowSecurity':
      table.hasRowSecurity = subtype === 'AT_EnableRowSecurity'
      return
    case 'AT_ForceRowSecurity':
    case 'AT_NoForceRowSecurity':
      table.isRowSecurityForced = subtype === 'AT_ForceRowSecurity'
      return
    case 'AT_SetLogged':
    case 'AT_SetUnLogged':
      table.isUnlogged = subtype === 'AT_SetUnLogged'
      return
    case 'AT_EnableTrig':
    case 'AT_EnableAlwaysTrig':
    case 'AT_EnableReplicaTrig':
    case 'AT_DisableTrig':
      for (const trigger of table.triggers) if (trigger.name === name) trigger.enabled = ENABLED[subtype]
      return
    case 'AT_EnableTrigAll':
    case 'AT_EnableTrigUser':
    case 'AT_DisableTrigAll':
    case 'AT_DisableTrigUser':
      for (const trigger of table.triggers)
        trigger.enabled = subtype.startsWith('AT_Enable') ? 'origin' : 'disabled'
      return
    case 'AT_EnableRule':
    case 'AT_EnableAlwaysRule':
    case 'AT_EnableReplicaRule':
    case 'AT_DisableRule':
      for (const rule of table.rules) if (rule.name === name) rule.enabled = ENABLED[subtype]
      return
    case 'AT_ReplicaIdentity': {
      const identity = def !== undefined && 'ReplicaIdentityStmt' in def ? def.ReplicaIdentityStmt : undefined
      const kind = { f: 'full', n: 'nothing', i: 'index', d: 'default' } as const
      const code = identity?.identity_type
      table.replicaIdentity = {
        kind: code === 'f' || code === 'n' || code === 'i' ? kind[code] : 'default',
        index: identity?.name ?? null,
      }
      return
    }
    case 'AT_ClusterOn':
      for (const index of table.indexes) index.isClustered = index.name === name
      return
    case 'AT_DropCluster':
      for (const index of table.indexes) index.isClustered = false
      return
    case 'AT_AddInherit': {
      if (def === undefined || !('RangeVar' in def)) return
      const parent = tableOf(state, def.RangeVar)
      table.inherits.push({ schema: parent.schema, name: parent.name })
      return inheritColumns(state, table, parent)
    }
    case 'AT_DropInherit': {
      if (def === undefined || !('RangeVar' in def)) return
      const parent = tableOf(state, def.RangeVar)
      table.inherits = table.inherits.filter(
        (one) => one.schema !== parent.schema || one.name !== parent.name,
      )
      for (const column of table.columns) column.isInherited = false
      for (const constraint of table.constraints) constraint.isInherited = false
      return
    }
    case 'AT_AttachPartition': {
      const partition = def !== undefined && 'PartitionCmd' in def ? def.PartitionCmd : undefined
      return attach(state, table, tableOf(state, partition?.name), partition)
    }
    case 'AT_DetachPartition': {
      const partition = def !== undefined && 'PartitionCmd' in def ? def.PartitionCmd : undefined
      return detach(tableOf(state, partition?.name))
    }
    case 'AT_GenericOptions':
      if (table.foreign !== null) table.foreign.options = changedOptionList(table.foreign.options, def)
      return
    case 'AT_AddOf':
    case 'AT_DropOf':
      return
    default:
      if (alterShared(table, command)) return
      if (alterColumn(state, table, command)) return
      throw new NotImported(`${subtype ?? 'This change of a table'} is not imported.`)
  }
}

/** What tables, views and sequences have alike. False where it is something else. */
function alterShared(object: RelationDraft, command: AlterTableCmd): boolean {
  const { subtype, name, newowner, def } = command
  switch (subtype) {
    case 'AT_ChangeOwner':
      object.owner = roleName(newowner) ?? object.owner
      return true
    case 'AT_SetTableSpace':
      if (object.kind !== 'sequence') object.tablespace = name === 'pg_default' ? null : (name ?? null)
      return true
    case 'AT_SetAccessMethod':
      if (object.kind !== 'sequence') object.accessMethod = name === 'heap' ? null : (name ?? null)
      return true
    case 'AT_SetRelOptions':
    case 'AT_ResetRelOptions':
      if (object.kind === 'sequence') return false
      object.options = changed(object.options, storageOptions(listOf(def)), subtype === 'AT_ResetRelOptions')
      return true
    default:
      return false
  }
}

function alterOther(object: Exclude<RelationDraft, TableDraft>, command: AlterTableCmd): void {
  if (alterShared(object, command)) return
  const { subtype, name } = command
  if (object.kind === 'sequence' && (subtype === 'AT_SetLogged' || subtype === 'AT_SetUnLogged'))
    object.isUnlogged = subtype === 'AT_SetUnLogged'
  else if (object.kind === 'view' && subtype === 'AT_ColumnDefault') {
    const column = object.columns.find((one) => one.name === name)
    if (column !== undefined) column.default = valueOf(command.def)
  } else if (object.kind === 'view' && CHANGES_OF_MATERIALIZED.has(subtype ?? '')) {
    if (subtype === 'AT_ClusterOn')
      for (const index of object.indexes) index.isClustered = index.name === name
  } else throw new NotImported(`${subtype ?? 'This change'} is not imported.`)
}

const CHANGES_OF_MATERIALIZED = new Set([
  'AT_SetStatistics',
  'AT_SetStorage',
  'AT_SetCompression',
  'AT_ClusterOn',
  'AT_DropCluster',
])

function attach(
  state: ImportState,
  parent: TableDraft,
  table: TableDraft,
  command: { readonly bound?: Parameters<typeof partitionBound>[2] } | undefined,
): void {
  if (command?.bound === undefined) return
  table.partitionOf = {
    parent: { schema: parent.schema, name: parent.name },
    bound: partitionBound(state, parent, command.bound),
  }
  for (const column of table.columns)
    column.isInherited = parent.columns.some(({ name }) => name === column.name)
  inheritColumns(state, table, parent)
  inheritParts(state, table, parent)
}

function detach(table: TableDraft): void {
  table.partitionOf = null
  for (const column of table.columns) column.isInherited = false
  for (const constraint of table.constraints) constraint.isInherited = false
  for (const index of table.indexes) index.parent = null
  table.triggers = table.triggers.filter(({ isInherited }) => !isInherited)
}

function alterIndex(
  state: ImportState,
  { relation, missing_ok }: AlterTableStmt,
  commands: readonly AlterTableCmd[],
): void {
  const name = relation?.relname ?? ''
  if (missing_ok === true && state.indexOwner(relation?.schemaname, name) === undefined) return
  const { owner, index, constraint } = indexOf(state, relation?.schemaname, name)
  for (const { subtype, def, name: given } of commands)
    switch (subtype) {
      case 'AT_AttachPartition': {
        const partition = def !== undefined && 'PartitionCmd' in def ? def.PartitionCmd.name : undefined
        attachIndex(state, owner, name, indexOf(state, partition?.schemaname, partition?.relname ?? ''))
        break
      }
      case 'AT_SetRelOptions':
      case 'AT_ResetRelOptions': {
        const isReset = subtype === 'AT_ResetRelOptions'
        if (index !== undefined) index.options = changed(index.options, storageOptions(listOf(def)), isReset)
        else if (constraint?.kind === 'primary key' || constraint?.kind === 'unique')
          constraint.options = changed(constraint.options, storageOptions(listOf(def)), isReset)
        break
      }
      case 'AT_SetTableSpace':
        if (index !== undefined) index.tablespace = given ?? null
        break
      case 'AT_ChangeOwner':
      case 'AT_SetStatistics':
        break
      default:
        throw new NotImported(`${subtype ?? 'This change of an index'} is not imported.`)
    }
}

function attachIndex(
  state: ImportState,
  owner: TableDraft | ViewDraft,
  name: string,
  child: ReturnType<typeof indexOf>,
): void {
  if (child.index !== undefined) {
    child.index.parent = { schema: owner.schema, name }
    // The one that was made for the parent's is this one.
    if (owner.kind === 'table' && partitionsOf(state, owner).length > 0)
      child.owner.indexes = child.owner.indexes.filter(
        (one) => one === child.index || one.parent?.name !== name || one.parent.schema !== owner.schema,
      )
  }
  if (child.constraint !== undefined) child.constraint.isInherited = true
}

/** ALTER TYPE of a composite type: its attributes. */
function alterType(
  state: ImportState,
  { relation }: AlterTableStmt,
  commands: readonly AlterTableCmd[],
): void {
  const type = state.type(relation?.schemaname, relation?.relname ?? '')
  if (type?.kind !== 'composite') throw new NotImported(`There is no type ${relation?.relname ?? ''}.`)
  for (const { subtype, name, def, newowner } of commands) {
    const column = def !== undefined && 'ColumnDef' in def ? def.ColumnDef : undefined
    if (subtype === 'AT_ChangeOwner') type.owner = roleName(newowner) ?? type.owner
    else if (subtype === 'AT_DropColumn') type.attributes = type.attributes.filter((one) => one.name !== name)
    else if (subtype === 'AT_AddColumn' && column !== undefined) {
      const { id, collation, comment } = plainColumn(state, '', '')
      type.attributes.push({
        id,
        name: column.colname ?? '',
        ...printType(state, column.typeName),
        collation,
        comment,
      })
    } else if (subtype === 'AT_AlterColumnType') {
      const attribute = type.attributes.find((one) => one.name === name)
      if (attribute !== undefined) Object.assign(attribute, printType(state, column?.typeName))
    } else throw new NotImported(`${subtype ?? 'This change of a type'} is not imported.`)
  }
}
