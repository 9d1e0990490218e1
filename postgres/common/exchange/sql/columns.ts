// Columns: from the parser's to the model's.
import type { ColumnDef, Constraint, Node } from '@pgsql/types'
import { printedName } from '../../catalog/edit/qualified.ts'
import { addConstraint } from './constraints.ts'
import { collationName } from './expression.ts'
import { itemsOf, namesOf, optionsOf, valueOf } from './nodes.ts'
import { objectName, relationName } from './object-names.ts'
import { printValue, tableScope } from './printer.ts'
import { sequenceOptions } from './sequences.ts'
import { NotImported, type ColumnDraft, type ImportState, type TableDraft } from './state.ts'
import { printType, serialType } from './types.ts'

/** A column with nothing but a name and a type. */
export function plainColumn(state: ImportState, name: string, type: string): ColumnDraft {
  return {
    id: state.newId('column'),
    name,
    type,
    typeId: null,
    isNullable: true,
    notNull: null,
    default: null,
    identity: null,
    generated: null,
    collation: null,
    storage: null,
    compression: null,
    statisticsTarget: null,
    options: [],
    comment: null,
    grants: [],
    isInherited: false,
  }
}

/** A constraint of a column that has to wait until all columns are there. */
export interface WaitingConstraint {
  readonly constraint: Constraint
  readonly column: string
}

/** Adds a column; what needs other columns is returned. A column that is inherited is merged into the one that is there. */
export function addColumn(
  state: ImportState,
  table: TableDraft,
  definition: ColumnDef,
): readonly WaitingConstraint[] {
  const name = definition.colname ?? ''
  const serial = serialType(definition.typeName)
  const inherited = table.columns.find((one) => one.name === name)
  const column = inherited ?? plainColumn(state, name, '')
  if (inherited === undefined) table.columns.push(column)
  column.isInherited = table.partitionOf !== null && inherited !== undefined
  // `of a type` and partitions name columns without a type.
  if (definition.typeName !== undefined) {
    const { type, typeId } = printType(state, definition.typeName)
    column.type = serial ?? type
    column.typeId = serial === null ? typeId : null
  }
  if (definition.collClause !== undefined)
    column.collation = explicitCollation(state, namesOf(definition.collClause.collname))
  if (definition.compression !== undefined) column.compression = compressionOf(definition.compression)
  if (definition.storage_name !== undefined) column.storage = storageOf(definition.storage_name, column.type)
  if (definition.fdwoptions !== undefined)
    column.options = optionsOf(definition.fdwoptions).map(
      ({ defname, arg }) => `${defname}=${valueOf(arg) ?? ''}`,
    )
  if (serial !== null) addSerial(state, table, column)
  const nodes = (definition.constraints ?? []).flatMap((one) => ('Constraint' in one ? [one.Constraint] : []))
  return withAttributes(nodes).flatMap((constraint) => addColumnConstraint(state, table, column, constraint))
}

/** DEFERRABLE and its kin stand behind the constraint that they are for, as nodes of their own. */
function withAttributes(nodes: readonly Constraint[]): readonly Constraint[] {
  const merged: Constraint[] = []
  for (const node of nodes) {
    const last = merged.at(-1)
    const more = ATTRIBUTES[node.contype ?? '']
    if (more === undefined) merged.push({ is_enforced: true, ...node })
    else if (last !== undefined) merged[merged.length - 1] = { ...last, ...more }
  }
  return merged
}

const ATTRIBUTES: Readonly<Record<string, Partial<Constraint>>> = {
  CONSTR_ATTR_DEFERRABLE: { deferrable: true },
  CONSTR_ATTR_NOT_DEFERRABLE: { deferrable: false },
  CONSTR_ATTR_DEFERRED: { initdeferred: true, deferrable: true },
  CONSTR_ATTR_IMMEDIATE: { initdeferred: false },
  CONSTR_ATTR_ENFORCED: { is_enforced: true },
  CONSTR_ATTR_NOT_ENFORCED: { is_enforced: false },
}

function addColumnConstraint(
  state: ImportState,
  table: TableDraft,
  column: ColumnDraft,
  constraint: Constraint,
): readonly WaitingConstraint[] {
  switch (constraint.contype) {
    case 'CONSTR_NULL':
      column.isNullable = true
      return []
    case 'CONSTR_NOTNULL':
      setNotNull(table, column, constraint)
      return []
    case 'CONSTR_DEFAULT':
      setDefault(state, column, constraint.raw_expr)
      return []
    case 'CONSTR_IDENTITY':
      setIdentity(state, table, column, constraint)
      return []
    case 'CONSTR_GENERATED':
    case 'CONSTR_CHECK':
    case 'CONSTR_PRIMARY':
    case 'CONSTR_UNIQUE':
    case 'CONSTR_FOREIGN':
      return [{ constraint, column: column.name }]
    default:
      return []
  }
}

/** What had to wait. Something that cannot be printed is told of and left out; the rest of the table stays. */
export function addWaiting(
  state: ImportState,
  table: TableDraft,
  waiting: readonly WaitingConstraint[],
): void {
  const generated = waiting.filter(({ constraint }) => constraint.contype === 'CONSTR_GENERATED')
  for (const { constraint, column: name } of generated) {
    const column = table.columns.find((one) => one.name === name)
    if (column !== undefined)
      orTell(state, constraint.location, () => {
        column.generated = {
          expression: printValue(constraint.raw_expr, tableScope(state, table), column.type),
          // Postgres 18 makes them virtual where nothing is said; older ones know stored ones only.
          kind: constraint.generated_kind === 'v' ? 'virtual' : 'stored',
        }
      })
  }
  for (const one of waiting)
    if (!generated.includes(one))
      orTell(state, one.constraint.location, () => addConstraint(state, table, one.constraint, one.column))
}

/** Does it, or notes why it cannot be done. */
export function orTell(state: ImportState, location: number | undefined, work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof NotImported)) throw error
    state.notes.push({ message: error.message, location: error.location ?? location ?? null })
  }
}

/** NOT NULL, with a name where it is not the usual one. */
export function setNotNull(table: TableDraft, column: ColumnDraft, constraint: Constraint | null): void {
  column.isNullable = false
  const name = constraint?.conname
  const usual = objectName(table.name, column.name, 'not_null')
  const isValidated = constraint?.skip_validation !== true
  const isNoInherit = constraint?.is_no_inherit === true
  if (isValidated && !isNoInherit && (name === undefined || name === usual)) return
  column.notNull = { name: name === undefined || name === usual ? null : name, isValidated, isNoInherit }
}

/** SET DEFAULT; without an expression, DROP DEFAULT. */
export function setDefault(state: ImportState, column: ColumnDraft, node: Node | undefined): void {
  if (node === undefined) {
    column.default = null
    return
  }
  const isNull = 'A_Const' in node && node.A_Const.isnull === true
  if (isNull) column.default = null
  else
    orTell(state, undefined, () => {
      column.default = printValue(node, tableScope(state, null), column.type)
    })
}

/** GENERATED … AS IDENTITY. */
export function setIdentity(
  state: ImportState,
  table: TableDraft,
  column: ColumnDraft,
  constraint: Constraint,
): void {
  const named = optionsOf(constraint.options).find(({ defname }) => defname === 'sequence_name')
  const names = named === undefined ? [] : namesOf(itemsOf(named.arg))
  column.isNullable = false
  column.identity = {
    kind: constraint.generated_when === 'd' ? 'by default' : 'always',
    sequence: {
      schema: names.at(-2) ?? table.schema,
      name: names.at(-1) ?? relationName(state, table, column.name, 'seq'),
    },
    options: sequenceOptions(state, constraint.options, { type: column.type }),
  }
}

function addSerial(state: ImportState, table: TableDraft, column: ColumnDraft): void {
  const name = relationName(state, table, column.name, 'seq')
  const id = state.newId('sequence')
  state.put({
    kind: 'sequence',
    id,
    schema: table.schema,
    name,
    owner: table.owner,
    comment: null,
    options: sequenceOptions(state, [], { type: column.type }),
    ownedBy: { schema: table.schema, name: table.name, column: column.name },
    isUnlogged: table.isUnlogged,
    grants: [],
  })
  column.isNullable = false
  column.default = `nextval('${printedName(table.schema, name).replaceAll("'", "''")}'::regclass)`
}

function explicitCollation(state: ImportState, names: readonly string[]): string | null {
  const name = collationName({ state }, names)
  return name === 'pg_catalog."default"' ? null : name
}

/** Null where it is what a type of variable length has anyway. */
export function storageOf(name: string, type: string): ColumnDraft['storage'] {
  const word = name.toLowerCase()
  if (word === 'main' || word === 'external') return word
  if (word === 'plain') return FIXED.has(type) ? null : 'plain'
  if (word === 'extended') return type.startsWith('numeric') ? 'extended' : null
  return null
}

const FIXED = new Set([
  'integer', 'bigint', 'smallint', 'boolean', 'date', 'uuid', 'real', 'double precision', 'timestamp with time zone', 'timestamp without time zone',
]) // prettier-ignore

/** Null where it is the server's own. */
export function compressionOf(name: string): ColumnDraft['compression'] {
  const word = name.toLowerCase()
  return word === 'pglz' || word === 'lz4' ? word : null
}
