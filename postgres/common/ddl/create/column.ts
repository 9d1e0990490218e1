// A column as CREATE TABLE and ADD COLUMN take it, and what can be said of it only afterwards.
import type { Column, RelationName, Table } from '#contract/schema/types.ts'
import { empty, fromCatalog, keyword, literal, name, sql, type SqlFragment } from '../../sql/sql.ts'
import type { Statement } from '../statement.ts'
import { qualified, shown, statement, type CompileContext } from './context.ts'
import { foreignOptions, parenthesised, splitOption, storageOptions, typeText, value } from './expression.ts'
import { sequenceOptionsSql } from './sequence-options.ts'

/** STORAGE in a column's definition came with Postgres 16; before it there is ALTER COLUMN. */
const INLINE_STORAGE_SINCE = 160000
const IDENTITIES = ['always', 'by default'] as const
const GENERATED = ['stored', 'virtual'] as const
const STORAGES = ['plain', 'external', 'extended', 'main'] as const
const COMPRESSIONS = ['pglz', 'lz4'] as const
/** Longest name in bytes. */
export const NAME_BYTES = 63

export interface ColumnOptions {
  readonly context: CompileContext
  /** Columns of a primary key that stands in the same statement: their NOT NULL goes without saying. */
  readonly impliedNotNull?: ReadonlySet<string>
  /** The default comes with a statement of its own, because it needs something that does not exist yet. */
  readonly withoutDefault?: boolean
}

/** `title text collate "de_DE" default '' not null`. */
export function columnDefinition(column: Column, table: RelationName, options: ColumnOptions): SqlFragment {
  return sql`${name(column.name)} ${typeText(column.type)}${columnStorage(column, options.context)}${foreignColumnOptions(
    column,
    table,
    options.context,
  )}${column.collation === null ? empty : sql` collate ${typeText(column.collation)}`}${columnDefault(
    column,
    table,
    options,
  )}${columnNotNull(column, options.impliedNotNull ?? new Set())}`
}

function columnStorage(column: Column, context: CompileContext): SqlFragment {
  const storage =
    column.storage === null || context.serverVersion < INLINE_STORAGE_SINCE
      ? empty
      : sql` storage ${keyword(column.storage, STORAGES)}`
  return column.compression === null
    ? storage
    : sql`${storage} compression ${keyword(column.compression, COMPRESSIONS)}`
}

function foreignColumnOptions(column: Column, table: RelationName, context: CompileContext): SqlFragment {
  const foreign = isForeign(table, context) ? column.options.filter((option) => !isPlannerOption(option)) : []
  return foreign.length === 0 ? empty : sql` options (${foreignOptions(foreign)})`
}

function isForeign(table: RelationName, context: CompileContext): boolean {
  return (context.index.byName('table', table.schema, table.name)?.foreign ?? null) !== null
}

/** Options of the planner (pg_attribute.attoptions), as against those of a foreign table's server. */
export function isPlannerOption(option: string): boolean {
  return ['n_distinct', 'n_distinct_inherited'].includes(splitOption(option)[0])
}

function columnDefault(column: Column, table: RelationName, options: ColumnOptions): SqlFragment {
  if (column.generated !== null)
    return sql` generated always as ${parenthesised(column.generated.expression)} ${keyword(column.generated.kind, GENERATED)}`
  if (column.identity !== null) return sql` ${identityClause(column, table)}`
  return column.default === null || options.withoutDefault === true
    ? empty
    : sql` default ${value(column.default)}`
}

/** `generated always as identity (start with 100)`. Throws TypeError for a column that is no identity. */
export function identityClause(column: Column, table: RelationName): SqlFragment {
  const { identity } = column
  if (identity === null) throw new TypeError(`Column ${column.name} is no identity`)
  const { sequence } = identity
  const usual = autoName([table.name, column.name], 'seq')
  const sequenceName =
    sequence.schema === table.schema && sequence.name === usual
      ? empty
      : sql` sequence name ${qualified(sequence)}`
  const options = sql`${sequenceName}${sequenceOptionsSql(identity.options)}`
  return sql`generated ${keyword(identity.kind, IDENTITIES)} as identity${
    options.text === '' ? empty : sql` (${fromCatalog(options.text.trimStart())})`
  }`
}

/** The name that Postgres gives to what belongs to the named things; null when it would have to cut it, which depends on what else there is. */
export function autoName(parts: readonly string[], suffix: string): string | null {
  const text = [...parts, suffix].join('_')
  return byteLength(text) > NAME_BYTES ? null : text
}

/** Bytes in UTF-8. */
export function byteLength(text: string): number {
  let bytes = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return bytes
}

function columnNotNull(column: Column, implied: ReadonlySet<string>): SqlFragment {
  const { notNull } = column
  if (column.isNullable || notNull?.isValidated === false) return empty
  if (notNull === null) return implied.has(column.name) || column.identity !== null ? empty : sql` not null`
  return sql`${notNull.name === null ? empty : sql` constraint ${name(notNull.name)}`} not null${
    notNull.isNoInherit ? sql` no inherit` : empty
  }`
}

/**
 * What a new column needs after it is there: statistics target, options, storage before Postgres 16, and NOT NULL that is not validated. `had` is what it has
 * by itself: a column that comes from a parent table starts with its parent's storage.
 */
export function columnSettings(
  column: Column,
  table: Table,
  { context, had }: { readonly context: CompileContext; readonly had?: Column | undefined },
): Statement[] {
  const only = table.partitionKey === null ? sql`only ` : empty
  const head = sql`alter ${table.foreign === null ? empty : sql`foreign `}table ${only}${qualified(table)}`
  const alter = sql`${head} alter column ${name(column.name)}`
  const about = { objectId: column.id, summary: `Set options of column ${column.name} of ${shown(table)}` }
  const statements: Statement[] = []
  const add = (action: SqlFragment): void => void statements.push(statement(action, about))

  const isInline = context.serverVersion >= INLINE_STORAGE_SINCE && !column.isInherited
  if (column.storage !== null && !isInline && column.storage !== had?.storage)
    add(sql`${alter} set storage ${keyword(column.storage, STORAGES)}`)
  else if (column.storage === null && (had?.storage ?? null) !== null) add(sql`${alter} set storage default`)
  if (column.isInherited && column.compression !== (had?.compression ?? null))
    add(
      sql`${alter} set compression ${column.compression === null ? sql`default` : keyword(column.compression, COMPRESSIONS)}`,
    )
  if (column.statisticsTarget !== null) add(sql`${alter} set statistics ${literal(column.statisticsTarget)}`)
  const planner = column.options.filter(isPlannerOption)
  if (planner.length > 0) add(sql`${alter} set (${storageOptions(planner)})`)
  if (!column.isNullable && column.notNull?.isValidated === false) {
    const { notNull } = column
    const named = notNull.name === null ? empty : sql`constraint ${name(notNull.name)} `
    statements.push(
      statement(
        sql`${head} add ${named}not null ${name(column.name)}${notNull.isNoInherit ? sql` no inherit` : empty} not valid`,
        { objectId: column.id, summary: `Require column ${column.name} of ${shown(table)} in new rows` },
      ),
    )
  }
  return statements
}

/** `alter table … alter column … set default …`, for a default that could not stand in CREATE TABLE. */
export function setDefault(column: Column, table: RelationName, isOnly = false): Statement {
  return statement(
    sql`alter table ${isOnly ? sql`only ` : empty}${qualified(table)} alter column ${name(column.name)} ${
      column.default === null ? sql`drop default` : sql`set default ${value(column.default)}`
    }`,
    { objectId: column.id, summary: `Set the default of column ${column.name} of ${shown(table)}` },
  )
}
