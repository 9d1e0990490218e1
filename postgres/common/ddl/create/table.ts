// CREATE TABLE in all its forms, and what is set on a table afterwards.
import type { Column, Constraint, Table, View } from '#contract/schema/types.ts'
import { empty, join, keyword, name, sql, type SqlFragment } from '../../sql/sql.ts'
import type { Statement } from '../statement.ts'
import { columnDefinition, columnSettings, setDefault, type ColumnOptions } from './column.ts'
import { addConstraint, constraintDefinition, isNotValid } from './constraint.ts'
import { describe, qualified, shown, statement, type CompileContext } from './context.ts'
import { clause, foreignOptions, parenthesised, storageOptions, value } from './expression.ts'
import { formOf, inheritedColumn, withoutParentIdentity, type TableForm } from './inherited.ts'

export interface CreateTableOptions {
  /** Ids of columns whose defaults come later, and of constraints that come later, because they need something that does not exist yet. */
  readonly later?: ReadonlySet<string>
}

/**
 * CREATE TABLE with columns, keys, checks and exclusions; what of these CREATE cannot say comes in statements after it. Foreign keys, indexes, triggers, rules,
 * policies, comments and grants are statements of their own.
 */
export function createTable(
  table: Table,
  context: CompileContext,
  options: CreateTableOptions = {},
): Statement[] {
  const form = formOf(table, context)
  const later = options.later ?? new Set<string>()
  const about = { objectId: table.id, summary: `Create ${describe(table)}` }
  const all = table.constraints
    .filter((one) => isInCreate(one, form, later))
    .sort((left, right) => CONSTRAINT_ORDER.indexOf(left.kind) - CONSTRAINT_ORDER.indexOf(right.kind))
  const added = all.filter(needsStatement)
  const constraints = all.filter((one) => !added.includes(one))
  const head = sql`create ${
    table.foreign !== null ? sql`foreign ` : table.isUnlogged ? sql`unlogged ` : empty
  }table ${qualified(table)}`
  const elements =
    form === 'partition of'
      ? partitionElements(table, constraints, { context, later })
      : columnElements(table, constraints, { context, later, form })
  const partition =
    form === 'partition of' && table.partitionOf !== null
      ? sql` partition of ${qualified(table.partitionOf.parent)}`
      : empty
  const body =
    elements.length > 0
      ? sql` (\n  ${join(elements, ',\n  ')}\n)`
      : form === 'partition of'
        ? empty
        : sql` ()`
  const bound =
    form === 'partition of' && table.partitionOf !== null ? sql` ${clause(table.partitionOf.bound)}` : empty
  return [
    statement(sql`${head}${partition}${body}${bound}${tableClauses(table, form)}`, about),
    ...afterCreate(table, form, { context, later }),
    ...added.map((constraint) => addConstraint(constraint, table)),
  ]
}

/** The key comes first, as people write it. */
const CONSTRAINT_ORDER = ['primary key', 'unique', 'exclusion', 'check']

function isInCreate(constraint: Constraint, form: TableForm, later: ReadonlySet<string>): boolean {
  if (constraint.kind === 'foreign key' || later.has(constraint.id)) return false
  // A table that is attached must already have what it will inherit.
  return !constraint.isInherited || form === 'attach' || form === 'inherit'
}

/** What CREATE TABLE cannot have: checks that are not valid, and a key over the columns of another, which it would silently make one of. */
function needsStatement(constraint: Constraint, at: number, all: readonly Constraint[]): boolean {
  if (isNotValid(constraint)) return true
  return isKey(constraint) && all.slice(0, at).some((one) => isKey(one) && sameList(one, constraint))
}

function isKey(
  constraint: Constraint,
): constraint is Extract<Constraint, { kind: 'primary key' | 'unique' }> {
  return constraint.kind === 'primary key' || constraint.kind === 'unique'
}

function sameList(one: { readonly columns: readonly string[] }, other: typeof one): boolean {
  return one.columns.join('\0') === other.columns.join('\0')
}

interface ElementOptions {
  readonly context: CompileContext
  readonly later: ReadonlySet<string>
}

function columnElements(
  table: Table,
  constraints: readonly Constraint[],
  { context, later, form }: ElementOptions & { readonly form: TableForm },
): SqlFragment[] {
  const primaryKey = constraints.find(({ kind }) => kind === 'primary key')
  const impliedNotNull = new Set(primaryKey?.kind === 'primary key' ? primaryKey.columns : [])
  const columns =
    form === 'inherits' ? table.columns.filter(({ isInherited }) => !isInherited) : table.columns
  return [
    ...columns.map((column) => {
      const options: ColumnOptions = { context, impliedNotNull, withoutDefault: later.has(column.id) }
      const own = form === 'attach' ? withoutParentIdentity(column, table, context) : column
      const mustBeSaid = own !== column && own.notNull === null && !impliedNotNull.has(own.name)
      const notNull = mustBeSaid ? { name: null, isValidated: true, isNoInherit: false } : own.notNull
      return columnDefinition({ ...own, notNull }, table, options)
    }),
    ...constraints.map(constraintDefinition),
  ]
}

/** What a partition has otherwise than its parent. */
function partitionElements(
  table: Table,
  constraints: readonly Constraint[],
  { context, later }: ElementOptions,
): SqlFragment[] {
  const columns = table.columns.flatMap((column) => {
    const parent = inheritedColumn(column, table, context)
    const differences = parent === undefined ? [] : partitionColumn(column, parent, later)
    return differences.length === 0 ? [] : [sql`${name(column.name)} ${join(differences, ' ')}`]
  })
  return [...columns, ...constraints.map(constraintDefinition)]
}

function partitionColumn(column: Column, parent: Column, later: ReadonlySet<string>): SqlFragment[] {
  const pieces: SqlFragment[] = []
  if (column.generated !== null) {
    if (column.generated.expression !== parent.generated?.expression)
      pieces.push(
        sql`generated always as ${parenthesised(column.generated.expression)} ${keyword(column.generated.kind, ['stored', 'virtual'])}`,
      )
  } else if (column.default !== parent.default && !later.has(column.id))
    pieces.push(column.default === null ? sql`default null` : sql`default ${value(column.default)}`)
  const { notNull } = column
  if (
    !column.isNullable &&
    (parent.isNullable || (notNull?.name ?? null) !== (parent.notNull?.name ?? null))
  ) {
    const named = notNull?.name ?? null
    pieces.push(sql`${named === null ? empty : sql`constraint ${name(named)} `}not null`)
  }
  return pieces
}

function tableClauses(table: Table, form: TableForm): SqlFragment {
  const inherits = form === 'inherits' ? sql`\ninherits (${join(table.inherits.map(qualified))})` : empty
  const partitionBy = table.partitionKey === null ? empty : sql`\npartition by ${clause(table.partitionKey)}`
  const method = table.accessMethod === null ? empty : sql`\nusing ${name(table.accessMethod)}`
  const options = table.options.length === 0 ? empty : sql`\nwith (${storageOptions(table.options)})`
  const tablespace = table.tablespace === null ? empty : sql`\ntablespace ${name(table.tablespace)}`
  const server =
    table.foreign === null
      ? empty
      : sql`\nserver ${name(table.foreign.server)}${
          table.foreign.options.length === 0
            ? empty
            : sql` options (${foreignOptions(table.foreign.options)})`
        }`
  return sql`${inherits}${partitionBy}${server}${method}${options}${tablespace}`
}

function afterCreate(table: Table, form: TableForm, { context, later }: ElementOptions): Statement[] {
  const statements: Statement[] = []
  for (const column of table.columns) {
    const had = column.isInherited ? inheritedColumn(column, table, context) : undefined
    if (form === 'inherits' && had !== undefined) statements.push(...overrides(column, had, { table, later }))
    const starts = form === 'partition of' || form === 'inherits' ? had : undefined
    // A table that stands alone until it is attached has no parent's storage.
    const own = starts === undefined ? { ...column, isInherited: false } : column
    statements.push(...columnSettings(own, table, { context, had: starts }))
  }
  return statements
}

/** What an inheriting table has changed of a column that it did not declare. */
function overrides(
  column: Column,
  had: Column,
  { table, later }: { readonly table: Table; readonly later: ReadonlySet<string> },
): Statement[] {
  const statements: Statement[] = []
  const isPlain = column.generated === null && column.identity === null
  if (isPlain && column.default !== had.default && !later.has(column.id))
    statements.push(setDefault(column, table, true))
  if (!column.isNullable && had.isNullable && column.notNull?.isValidated !== false)
    statements.push(
      statement(sql`alter table only ${qualified(table)} alter column ${name(column.name)} set not null`, {
        objectId: column.id,
        summary: `Require column ${column.name} of ${shown(table)}`,
      }),
    )
  return statements
}

/** ATTACH PARTITION or INHERIT, for a table that was made to stand alone; nothing for the others. To run when it has its columns, keys and indexes. */
export function attachStatements(table: Table, context: CompileContext): Statement[] {
  const form = formOf(table, context)
  if (form === 'attach') return [attachPartition(table)]
  if (form === 'inherit') return table.inherits.map((parent) => inheritFrom(table, parent))
  return []
}

/** `alter table … attach partition …`. Throws TypeError for what is no partition. */
export function attachPartition(table: Table): Statement {
  if (table.partitionOf === null) throw new TypeError(`${table.name} is no partition`)
  const { parent, bound } = table.partitionOf
  return statement(
    sql`alter table ${qualified(parent)} attach partition ${qualified(table)} ${clause(bound)}`,
    { objectId: table.id, summary: `Attach partition ${shown(table)} to ${shown(parent)}` },
  )
}

/** `alter table … inherit …`. */
export function inheritFrom(table: Table, parent: Table['inherits'][number]): Statement {
  return statement(sql`alter table ${qualified(table)} inherit ${qualified(parent)}`, {
    objectId: table.id,
    summary: `Let ${shown(table)} inherit from ${shown(parent)}`,
  })
}

/** Row security, replica identity and the index to cluster by. To run when the table has its indexes and keys. */
export function tableSettings(table: Table): Statement[] {
  const statements: Statement[] = []
  const alter = (action: SqlFragment, summary: string): void =>
    void statements.push(
      statement(sql`alter table ${qualified(table)} ${action}`, { objectId: table.id, summary }),
    )
  if (table.hasRowSecurity)
    alter(sql`enable row level security`, `Turn on row-level security of ${shown(table)}`)
  if (table.isRowSecurityForced)
    alter(sql`force row level security`, `Hold the owner of ${shown(table)} to row-level security`)
  // A foreign table has none, whatever the catalog says.
  if (table.replicaIdentity.kind !== 'default' && table.foreign === null)
    alter(sql`replica identity ${replicaIdentity(table)}`, `Set the replica identity of ${shown(table)}`)
  for (const index of table.indexes) if (index.isClustered) statements.push(clusterOn(table, index.name))
  return statements
}

/** `alter table … cluster on …`: which index CLUSTER takes from now on. It moves no rows. */
export function clusterOn(relation: Table | View, index: string): Statement {
  const kind = relation.kind === 'view' ? sql`materialized view` : sql`table`
  return statement(sql`alter ${kind} ${qualified(relation)} cluster on ${name(index)}`, {
    objectId: relation.id,
    summary: `Cluster ${shown(relation)} by ${index}`,
  })
}

/** What comes after REPLICA IDENTITY. */
export function replicaIdentity({ replicaIdentity: identity }: Table): SqlFragment {
  return identity.kind === 'index' && identity.index !== null
    ? sql`using index ${name(identity.index)}`
    : keyword(identity.kind, ['default', 'full', 'nothing', 'index'])
}
