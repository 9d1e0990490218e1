// One statement after another, into the state.
import type { AlterEventTrigStmt, Node } from '@pgsql/types'
import { alterTable } from './alter-table.ts'
import { drop } from './drops.ts'
import { commentedOf } from './find-object.ts'
import { alterDefaultPrivileges, grant } from './grants.ts'
import { createIndex } from './indexes.ts'
import { constantOf, namesOf, valueOf } from './nodes.ts'
import {
  alterPublication,
  castName,
  createExtension,
  createPublication,
  createSchema,
  keepOther,
  transformName,
} from './others.ts'
import { readableName } from '../../sql/readable-name.ts'
import { rename, setOwner, setSchema } from './renames.ts'
import { alterFunction, createAggregate, createFunction } from './routines.ts'
import { alterSequence, createSequence } from './sequences.ts'
import { NotImported, type ImportState } from './state.ts'
import type { StatementContext } from './statement-text.ts'
import { createForeignTable, createTable } from './tables.ts'
import { alterPolicy, createEventTrigger, createPolicy, createRule, createTrigger } from './triggers.ts'
import {
  alterDomain,
  alterEnum,
  createComposite,
  createDomain,
  createEnum,
  createRange,
} from './type-statements.ts'
import { printType } from './types.ts'
import { createTableAs, createView } from './views.ts'

/** No part of a schema: passed over without a word. */
const PASSED_OVER = new Set(
  `SelectStmt InsertStmt UpdateStmt DeleteStmt MergeStmt TransactionStmt CopyStmt VacuumStmt ClusterStmt ReindexStmt LockStmt CheckPointStmt
  DiscardStmt ListenStmt NotifyStmt UnlistenStmt ExplainStmt PrepareStmt ExecuteStmt DeallocateStmt DeclareCursorStmt FetchStmt ClosePortalStmt
  TruncateStmt CallStmt ConstraintsSetStmt VariableShowStmt LoadStmt RefreshMatViewStmt CreateRoleStmt AlterRoleStmt AlterRoleSetStmt DropRoleStmt
  GrantRoleStmt CreatedbStmt AlterDatabaseStmt AlterDatabaseSetStmt DropdbStmt CreateTableSpaceStmt DropTableSpaceStmt AlterSystemStmt
  CreateSubscriptionStmt AlterSubscriptionStmt DropSubscriptionStmt CreateUserMappingStmt AlterUserMappingStmt DropUserMappingStmt SecLabelStmt
  DropOwnedStmt ReassignOwnedStmt AlterExtensionStmt AlterObjectDependsStmt AlterTypeStmt`.split(/\s+/),
)

/** Does what the statement says. Throws NotImported. */
export function runStatement(context: StatementContext, tree: Node): void {
  const { state } = context
  if ('CreateStmt' in tree) createTable(state, tree.CreateStmt)
  else if ('CreateForeignTableStmt' in tree) createForeignTable(state, tree.CreateForeignTableStmt)
  else if ('AlterTableStmt' in tree) alterTable(state, tree.AlterTableStmt)
  else if ('IndexStmt' in tree) createIndex(state, tree.IndexStmt)
  else if ('CreateSchemaStmt' in tree) {
    createSchema(state, tree.CreateSchemaStmt)
    const before = state.searchPath
    state.searchPath = [tree.CreateSchemaStmt.schemaname ?? '', ...before]
    for (const one of tree.CreateSchemaStmt.schemaElts ?? []) runStatement(context, one)
    state.searchPath = before
  } else if ('CreateEnumStmt' in tree) createEnum(state, tree.CreateEnumStmt)
  else if ('AlterEnumStmt' in tree) alterEnum(state, tree.AlterEnumStmt)
  else if ('CompositeTypeStmt' in tree) createComposite(state, tree.CompositeTypeStmt)
  else if ('CreateRangeStmt' in tree) createRange(state, tree.CreateRangeStmt)
  else if ('CreateDomainStmt' in tree) createDomain(state, tree.CreateDomainStmt)
  else if ('AlterDomainStmt' in tree) alterDomain(state, tree.AlterDomainStmt)
  else if ('CreateSeqStmt' in tree) createSequence(state, tree.CreateSeqStmt)
  else if ('AlterSeqStmt' in tree) alterSequence(state, tree.AlterSeqStmt)
  else if ('ViewStmt' in tree) createView(context, tree.ViewStmt)
  else if ('CreateTableAsStmt' in tree) createTableAs(context, tree.CreateTableAsStmt)
  else if ('CreateFunctionStmt' in tree) createFunction(context, tree.CreateFunctionStmt)
  else if ('AlterFunctionStmt' in tree) alterFunction(state, tree.AlterFunctionStmt)
  else if ('CreateTrigStmt' in tree) createTrigger(state, tree.CreateTrigStmt)
  else if ('CreatePolicyStmt' in tree) createPolicy(state, tree.CreatePolicyStmt)
  else if ('AlterPolicyStmt' in tree) alterPolicy(state, tree.AlterPolicyStmt)
  else if ('RuleStmt' in tree) createRule(context, tree.RuleStmt)
  else if ('CommentStmt' in tree) {
    const { objtype, object, comment } = tree.CommentStmt
    if (objtype === 'OBJECT_DATABASE' || objtype === 'OBJECT_ROLE' || objtype === 'OBJECT_TABLESPACE') return
    if (
      objtype === 'OBJECT_EXTENSION' &&
      state.extension(namesOf(object === undefined ? [] : [object])[0] ?? '') === undefined
    )
      return
    commentedOf(state, objtype, object).comment = comment === undefined || comment === '' ? null : comment
  } else if ('GrantStmt' in tree) grant(state, tree.GrantStmt)
  else if ('AlterDefaultPrivilegesStmt' in tree)
    alterDefaultPrivileges(state, tree.AlterDefaultPrivilegesStmt)
  else if ('DropStmt' in tree) drop(state, tree.DropStmt)
  else if ('RenameStmt' in tree) rename(state, tree.RenameStmt)
  else if ('AlterObjectSchemaStmt' in tree) setSchema(state, tree.AlterObjectSchemaStmt)
  else if ('AlterOwnerStmt' in tree) setOwner(state, tree.AlterOwnerStmt)
  else if ('VariableSetStmt' in tree) setVariable(state, tree.VariableSetStmt)
  else if ('CreateExtensionStmt' in tree) createExtension(state, tree.CreateExtensionStmt)
  else if ('CreatePublicationStmt' in tree) createPublication(state, tree.CreatePublicationStmt)
  else if ('AlterPublicationStmt' in tree) alterPublication(state, tree.AlterPublicationStmt)
  else if ('CreateEventTrigStmt' in tree) createEventTrigger(state, tree.CreateEventTrigStmt)
  else if ('AlterEventTrigStmt' in tree) alterEventTrigger(state, tree.AlterEventTrigStmt)
  else if (runOther(context, tree)) return
  else {
    const [kind = ''] = Object.keys(tree)
    if (kind === 'SelectStmt' || PASSED_OVER.has(kind)) return selectConfig(state, tree)
    if (kind === 'DoStmt') throw new NotImported('A DO block is not run: what it would make is missing.')
    throw new NotImported(
      `${kind.replace(/Stmt$/, '').replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')} is not imported.`,
    )
  }
}

const DEFINED: Readonly<Record<string, string>> = {
  OBJECT_COLLATION: 'collation',
  OBJECT_OPERATOR: 'operator',
  OBJECT_TSCONFIGURATION: 'text search configuration',
  OBJECT_TSDICTIONARY: 'text search dictionary',
  OBJECT_TSPARSER: 'text search parser',
  OBJECT_TSTEMPLATE: 'text search template',
  OBJECT_TYPE: 'type',
}

/** Objects that the model keeps as they are written. False for anything else. */
function runOther(context: StatementContext, tree: Node): boolean {
  const { state } = context
  const named = (name: string | undefined): Node[] => [{ String: { sval: name ?? '' } }]
  if ('DefineStmt' in tree) {
    const { kind = '', defnames, definition } = tree.DefineStmt
    if (kind === 'OBJECT_AGGREGATE') createAggregate(context, tree.DefineStmt)
    else if (DEFINED[kind] === undefined) return false
    else {
      const name = namesOf(defnames)
      const sides = ['leftarg', 'rightarg'].map((side) => {
        const option = (definition ?? []).find((one) => 'DefElem' in one && one.DefElem.defname === side)
        const arg = option !== undefined && 'DefElem' in option ? option.DefElem.arg : undefined
        return arg !== undefined && 'TypeName' in arg ? printType(state, arg.TypeName).type : 'none'
      })
      const identity = `${readableName(name.at(-2) ?? state.currentSchema)}.${name.at(-1) ?? ''} (${sides.join(', ')})`
      keepOther(context, tree, {
        what: DEFINED[kind],
        names: defnames,
        ...(kind === 'OBJECT_OPERATOR' ? { identity } : {}),
      })
    }
  } else if ('CreateOpClassStmt' in tree)
    keepOther(context, tree, {
      what: 'operator class',
      names: tree.CreateOpClassStmt.opclassname,
      suffix: ` using ${tree.CreateOpClassStmt.amname ?? ''}`,
    })
  else if ('CreateOpFamilyStmt' in tree)
    keepOther(context, tree, {
      what: 'operator family',
      names: tree.CreateOpFamilyStmt.opfamilyname,
      suffix: ` using ${tree.CreateOpFamilyStmt.amname ?? ''}`,
    })
  else if ('CreateCastStmt' in tree) {
    const name = castName(state, tree.CreateCastStmt.sourcetype, tree.CreateCastStmt.targettype)
    keepOther(context, tree, { what: 'cast', names: named(name), isGlobal: true, identity: `cast ${name}` })
  } else if ('CreateTransformStmt' in tree) {
    const { type_name: type, lang } = tree.CreateTransformStmt
    keepOther(context, tree, {
      what: 'transform',
      names: named(transformName(state, type, lang)),
      isGlobal: true,
      identity: `transform for ${printType(state, type).type} language ${readableName(lang ?? '')}`,
    })
  } else if ('CreateFdwStmt' in tree)
    keepOther(context, tree, {
      what: 'foreign data wrapper',
      names: named(tree.CreateFdwStmt.fdwname),
      isGlobal: true,
    })
  else if ('CreateForeignServerStmt' in tree)
    keepOther(context, tree, {
      what: 'server',
      names: named(tree.CreateForeignServerStmt.servername),
      isGlobal: true,
    })
  else if ('CreatePLangStmt' in tree)
    keepOther(context, tree, { what: 'language', names: named(tree.CreatePLangStmt.plname), isGlobal: true })
  else if ('CreateAmStmt' in tree)
    keepOther(context, tree, {
      what: 'access method',
      names: named(tree.CreateAmStmt.amname),
      isGlobal: true,
    })
  else if ('CreateConversionStmt' in tree)
    keepOther(context, tree, { what: 'conversion', names: tree.CreateConversionStmt.conversion_name })
  else if ('CreateStatsStmt' in tree)
    keepOther(context, tree, { what: 'statistics', names: tree.CreateStatsStmt.defnames })
  else if ('AlterTSConfigurationStmt' in tree)
    appendTo(context, 'text search configuration', namesOf(tree.AlterTSConfigurationStmt.cfgname))
  else if ('AlterStatsStmt' in tree) appendTo(context, 'statistics', namesOf(tree.AlterStatsStmt.defnames))
  else return false
  return true
}

/** Statements that complete an object are kept behind the one that makes it. */
function appendTo({ state, text }: StatementContext, what: string, names: readonly string[]): void {
  const found = state.others(what).find((one) => one.name === names.at(-1))
  if (found !== undefined) found.definition += `;\n${text}`
}

function alterEventTrigger(state: ImportState, { trigname, tgenabled }: AlterEventTrigStmt): void {
  const found = state.ofKind('eventTrigger').find((one) => one.name === trigname)
  if (found === undefined) throw new NotImported(`There is no event trigger ${trigname ?? ''}.`)
  found.enabled =
    tgenabled === 'D' ? 'disabled' : tgenabled === 'R' ? 'replica' : tgenabled === 'A' ? 'always' : 'origin'
}

function setVariable(
  state: ImportState,
  { name, args, kind }: { readonly name?: string; readonly args?: readonly Node[]; readonly kind?: string },
): void {
  const values = (args ?? []).map((one) => valueOf(one) ?? '')
  if (name === 'search_path') state.searchPath = kind === 'VAR_SET_VALUE' ? pathOf(values) : ['public']
  if (name === 'role' || name === 'session_authorization') state.owner = values[0] ?? state.owner
}

/** `"$user"` names a schema that is hardly ever there. Without a path, as pg_dump sets it, all names are qualified. */
function pathOf(values: readonly string[]): readonly string[] {
  return values
    .flatMap((one) => one.split(','))
    .map((one) => one.trim().replaceAll('"', ''))
    .filter((one) => one !== '' && one !== '$user')
}

/** pg_dump's way to empty the search path: `SELECT pg_catalog.set_config('search_path', '', false)`. */
function selectConfig(state: ImportState, tree: Node): void {
  if (!('SelectStmt' in tree)) return
  const [target] = tree.SelectStmt.targetList ?? []
  const call = target !== undefined && 'ResTarget' in target ? target.ResTarget.val : undefined
  if (call === undefined || !('FuncCall' in call) || namesOf(call.FuncCall.funcname).at(-1) !== 'set_config')
    return
  const [name, value] = call.FuncCall.args ?? []
  if (constantOf(name) === 'search_path') state.searchPath = pathOf([constantOf(value) ?? ''])
}
