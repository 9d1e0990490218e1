// ALTER TABLE … ALTER COLUMN.
import type { AlterTableCmd } from '@pgsql/types'
import { changed, changedOptionList } from './option-lists.ts'
import { compressionOf, orTell, setDefault, setIdentity, setNotNull, storageOf } from './columns.ts'
import { collationName } from './expression.ts'
import { childrenOf } from './inherit.ts'
import { constantOf, namesOf, storageOptions, valueOf } from './nodes.ts'
import { printValue, tableScope } from './printer.ts'
import { sequenceOptions } from './sequences.ts'
import { NotImported, type ColumnDraft, type ImportState, type TableDraft } from './state.ts'
import { printType } from './types.ts'

/** Does it; false where it is no change of a column. */
export function alterColumn(state: ImportState, table: TableDraft, command: AlterTableCmd): boolean {
  const { subtype = '', name } = command
  if (!SUBTYPES.has(subtype)) return false
  // A partitioned or inherited column changes with its parent's.
  for (const child of command.recurse === false ? [] : childrenOf(state, table))
    if (SHARED.has(subtype) && child.columns.some((one) => one.name === name))
      alterColumn(state, child, command)
  const column = table.columns.find((one) => one.name === name)
  if (column === undefined) throw new NotImported(`Table ${table.name} has no column ${name ?? ''}.`)
  change(state, table, column, command)
  return true
}

const SHARED = new Set(['AT_SetNotNull', 'AT_AlterColumnType', 'AT_ColumnDefault'])
const SUBTYPES = new Set(
  `AT_ColumnDefault AT_DropNotNull AT_SetNotNull AT_SetExpression AT_DropExpression AT_SetStatistics AT_SetOptions AT_ResetOptions AT_SetStorage
  AT_SetCompression AT_AlterColumnType AT_AlterColumnGenericOptions AT_AddIdentity AT_SetIdentity AT_DropIdentity`.split(
    /\s+/,
  ),
)

function change(
  state: ImportState,
  table: TableDraft,
  column: ColumnDraft,
  { subtype, def }: AlterTableCmd,
): void {
  switch (subtype) {
    case 'AT_ColumnDefault':
      return setDefault(state, column, def)
    case 'AT_DropNotNull':
      column.isNullable = true
      column.notNull = null
      return
    case 'AT_SetNotNull':
      if (column.isNullable) setNotNull(table, column, null)
      return
    case 'AT_SetExpression':
      orTell(state, undefined, () => {
        const expression = printValue(def, tableScope(state, table), column.type)
        if (column.generated !== null) column.generated.expression = expression
      })
      return
    case 'AT_DropExpression':
      column.generated = null
      return
    case 'AT_SetStatistics': {
      const target = Number(constantOf(def) ?? valueOf(def) ?? -1)
      column.statisticsTarget = target < 0 ? null : target
      return
    }
    case 'AT_SetOptions':
    case 'AT_ResetOptions':
      column.options = changed(
        column.options,
        storageOptions(def !== undefined && 'List' in def ? def.List.items : undefined),
        subtype === 'AT_ResetOptions',
      )
      return
    case 'AT_SetStorage':
      column.storage = storageOf(valueOf(def) ?? '', column.type)
      return
    case 'AT_SetCompression':
      column.compression = compressionOf(valueOf(def) ?? '')
      return
    case 'AT_AlterColumnType': {
      if (def === undefined || !('ColumnDef' in def)) return
      Object.assign(column, printType(state, def.ColumnDef.typeName))
      const { collClause } = def.ColumnDef
      column.collation =
        collClause === undefined ? null : collationName({ state }, namesOf(collClause.collname))
      return
    }
    case 'AT_AlterColumnGenericOptions':
      column.options = changedOptionList(column.options, def)
      return
    case 'AT_AddIdentity':
      if (def !== undefined && 'Constraint' in def) setIdentity(state, table, column, def.Constraint)
      return
    case 'AT_SetIdentity': {
      if (column.identity === null) return
      const options = def !== undefined && 'List' in def ? (def.List.items ?? []) : []
      column.identity.options = sequenceOptions(state, options, { before: column.identity.options })
      const kind = options.flatMap((one) =>
        'DefElem' in one && one.DefElem.defname === 'generated' ? [one.DefElem.arg] : [],
      )[0]
      if (kind !== undefined && 'Integer' in kind)
        column.identity.kind = kind.Integer.ival === 'd'.charCodeAt(0) ? 'by default' : 'always'
      return
    }
    case 'AT_DropIdentity':
      column.identity = null
      return
    default:
      return
  }
}
