// ALTER TABLE … ALTER COLUMN, in three steps: what frees it from others, its type, and what it becomes. Other statements may have to run between them.
import type { Column, Table } from '#contract/schema/types.ts'
import type { Difference } from '../../diff/fields.ts'
import { empty, keyword, literal, name, sql, type SqlFragment } from '../../sql/sql.ts'
import { commentOnPart } from '../create/comments.ts'
import { identityClause, isPlannerOption } from '../create/column.ts'
import { qualified, shown, statement, type CompileContext } from '../create/context.ts'
import {
  foreignOptions,
  parenthesised,
  splitOption,
  storageOptions,
  typeText,
  value,
} from '../create/expression.ts'
import type { Statement } from '../statement.ts'
import { alterSequenceOptions } from './sequence.ts'
import { conversion, isLossy, parseType } from './type-casts.ts'

const IDENTITIES = ['always', 'by default'] as const
const STORAGES = ['plain', 'external', 'extended', 'main'] as const
const COMPRESSIONS = ['pglz', 'lz4'] as const

export interface ColumnChange {
  readonly before: Column
  readonly after: Column
  readonly table: Table
  readonly differences: readonly Difference[]
  /** The type keeps its name and is another one: it was dropped and made again, so values go through text. */
  readonly isTypeRebuilt: boolean
  /** What the default needs changes, so it is dropped first and set again last. */
  readonly isDefaultReset: boolean
  /** It holds rows of a table that is written anew, which Postgres refuses: they are JSON from the first step to the second. */
  readonly isDetoured: boolean
  readonly context: CompileContext
}

export interface ColumnSteps {
  readonly free: readonly Statement[]
  readonly type: readonly Statement[]
  readonly become: readonly Statement[]
  /** It gets another default, or loses its own for a moment: so do the columns that inherit from it. */
  readonly setsDefault: boolean
}

/** The statements that change a column. */
export function alterColumn(change: ColumnChange): ColumnSteps {
  const has = new Set(change.differences.map(({ field }) => field))
  const retypes = has.has('type') || has.has('collation') || change.isTypeRebuilt
  const way = wayOf(change)
  // Postgres turns a default along with the type only where it can do so by itself.
  const resets =
    change.after.generated === null &&
    change.before.default !== null &&
    change.before.generated === null &&
    (change.isDefaultReset || change.isDetoured || (retypes && (way !== 'none' || has.has('default'))))
  return {
    free: [
      ...freeing(change, { has, resets }),
      ...(change.isDetoured
        ? [
            alter(
              change,
              sql`type jsonb using to_jsonb(${name(change.after.name)})`,
              'Keep as JSON, for a moment,',
            ),
          ]
        : []),
    ],
    type: change.isDetoured ? [backFromJson(change)] : retypes ? [retype(change, way)] : [],
    become: becoming(change, { has, resets }),
    setsDefault: resets || has.has('default'),
  }
}

/** The fields go by their names: others may have come and gone. */
function backFromJson(change: ColumnChange): Statement {
  const type = typeText(change.after.type)
  return alter(
    change,
    sql`type ${type} using jsonb_populate_record(null::${type}, ${name(change.after.name)})`,
    'Bring back the rows in',
  )
}

function wayOf({ before, after, isTypeRebuilt }: ColumnChange): 'none' | 'cast' | 'through text' {
  return isTypeRebuilt && before.type === after.type ? 'through text' : conversion(before.type, after.type)
}

interface Steps {
  readonly has: ReadonlySet<string>
  readonly resets: boolean
}

/** `alter table shop.film alter column title …`; `summary` is what it does, before the column's name. */
export function alterColumnAction(
  table: Table,
  column: { readonly id: string; readonly name: string },
  { action, summary }: { readonly action: SqlFragment; readonly summary: string },
): Statement {
  return statement(sql`${head(table)} alter column ${name(column.name)} ${action}`, {
    objectId: column.id,
    summary: `${summary} column ${column.name} of ${shown(table)}`,
  })
}

function alter({ table, after }: ColumnChange, action: SqlFragment, summary: string): Statement {
  return alterColumnAction(table, after, { action, summary })
}

function head(table: Table): SqlFragment {
  return sql`alter ${table.foreign === null ? empty : sql`foreign `}table ${qualified(table)}`
}

function freeing(change: ColumnChange, { has, resets }: Steps): Statement[] {
  const { before, after } = change
  const statements: Statement[] = []
  if (
    resets ||
    (has.has('default') &&
      after.default === null &&
      before.default !== null &&
      before.generated === null &&
      after.generated === null)
  )
    statements.push(alter(change, sql`drop default`, 'Drop the default of'))
  if (before.generated !== null && after.generated === null)
    statements.push(alter(change, sql`drop expression`, 'Keep the values, and no longer compute, of'))
  if (before.identity !== null && after.identity === null)
    statements.push(alter(change, sql`drop identity`, 'Drop the identity of'))
  if (has.has('nullable') && after.isNullable)
    statements.push(alter(change, sql`drop not null`, 'Allow null in'))
  return statements
}

function retype(change: ColumnChange, way: 'none' | 'cast' | 'through text'): Statement {
  const { before, after, table } = change
  const collation = after.collation === null ? empty : sql` collate ${typeText(after.collation)}`
  const column = name(after.name)
  const target = typeText(typeWithoutLength(after.type))
  // One value becomes an array of one; text may be an array written out.
  const isElement = way !== 'cast' && parseType(after.type).isArray && !parseType(before.type).isArray
  const text = parseType(before.type).isArray && parseType(after.type).isArray ? sql`text[]` : sql`text`
  const using =
    way === 'none' || table.foreign !== null || after.generated !== null
      ? empty
      : isElement
        ? sql` using array[${column}]::${target}`
        : way === 'cast'
          ? sql` using ${column}::${target}`
          : sql` using ${column}::${text}::${target}`
  const isLoss = before.type !== after.type && isLossy(before.type, after.type)
  return statement(
    sql`${head(table)} alter column ${column} type ${typeText(after.type)}${collation}${using}`,
    {
      objectId: after.id,
      summary:
        before.type === after.type
          ? `Bring column ${after.name} of ${shown(table)} to its type as it is now`
          : `Change the type of column ${after.name} of ${shown(table)} from ${before.type} to ${after.type}${isLoss ? '; what does not fit is rounded or cut' : ''}`,
      isDestructive: isLoss,
    },
  )
}

/** For a cast: with the length it would cut values that are too long, without it they are an error. */
function typeWithoutLength(type: string): string {
  const { name: bare } = parseType(type)
  return ['character varying', 'character', 'bit', 'bit varying'].includes(bare)
    ? type
        .replace(/\([\d\s,]+\)/, '')
        .replace(/^character(?! varying)/, 'bpchar')
        .replace(/^bit(?! varying)/, 'varbit')
    : type
}

function becoming(change: ColumnChange, { has, resets }: Steps): Statement[] {
  const { before, after, table, context } = change
  const statements: Statement[] = []
  const push = (action: SqlFragment, summary: string): void =>
    void statements.push(alter(change, action, summary))
  if (has.has('nullable') && !after.isNullable) statements.push(...setNotNull(change))
  if (has.has('not null constraint') && !before.isNullable && !after.isNullable)
    statements.push(...alterNotNull(change))
  if (after.generated !== null && before.generated !== null && has.has('generated'))
    push(sql`set expression as ${parenthesised(after.generated.expression)}`, 'Change the expression of')
  if (after.default !== null && after.generated === null && (resets || has.has('default')))
    push(sql`set default ${value(after.default)}`, 'Set the default of')
  if (has.has('identity')) statements.push(...identity(change))
  if (has.has('storage'))
    push(
      sql`set storage ${after.storage === null ? usualStorage(change) : keyword(after.storage, STORAGES)}`,
      'Set the storage of',
    )
  if (has.has('compression'))
    push(
      sql`set compression ${after.compression === null ? sql`default` : keyword(after.compression, COMPRESSIONS)}`,
      'Set the compression of',
    )
  if (has.has('statistics target'))
    push(sql`set statistics ${literal(after.statisticsTarget ?? -1)}`, 'Set the statistics target of')
  if (has.has('options')) statements.push(...options(change))
  if (has.has('comment') && context.withComments)
    statements.push(commentOnPart('column', after, { where: qualified(table), of: shown(table) }))
  return statements
}

/** SET STORAGE DEFAULT came with Postgres 16; before it, types that may be stored elsewhere are `extended` unless they are numbers. */
function usualStorage({ after, context }: ColumnChange): SqlFragment {
  if (context.serverVersion >= 160000) return sql`default`
  return parseType(after.type).name === 'numeric' ? sql`main` : sql`extended`
}

function setNotNull(change: ColumnChange): Statement[] {
  const { after, table } = change
  const { notNull } = after
  if (notNull === null || (notNull.name === null && notNull.isValidated && !notNull.isNoInherit))
    return [alter(change, sql`set not null`, 'Require a value in')]
  const named = notNull.name === null ? empty : sql`constraint ${name(notNull.name)} `
  return [
    statement(
      sql`${head(table)} add ${named}not null ${name(after.name)}${notNull.isNoInherit ? sql` no inherit` : empty}${notNull.isValidated ? empty : sql` not valid`}`,
      { objectId: after.id, summary: `Require a value in column ${after.name} of ${shown(table)}` },
    ),
  ]
}

function alterNotNull(change: ColumnChange): Statement[] {
  const { before, after, table } = change
  const about = {
    objectId: after.id,
    summary: `Change the not-null constraint of column ${after.name} of ${shown(table)}`,
  }
  const was = before.notNull
  const is = after.notNull
  const sameInherit = (was?.isNoInherit ?? false) === (is?.isNoInherit ?? false)
  const becomesValid = was?.isValidated === false && (is?.isValidated ?? true)
  const staysValid = (was?.isValidated ?? true) === (is?.isValidated ?? true)
  if (!sameInherit || !(staysValid || becomesValid))
    return [alter(change, sql`drop not null`, 'Allow null, for a moment, in'), ...setNotNull(change)]
  const statements: Statement[] = []
  const current = was?.name ?? `${table.name}_${after.name}_not_null`
  const next = is?.name ?? current
  if (next !== current)
    statements.push(statement(sql`${head(table)} rename constraint ${name(current)} to ${name(next)}`, about))
  if (becomesValid)
    // The name may be Postgres' own choice; SET NOT NULL validates whichever it is.
    statements.push(alter(change, sql`set not null`, 'Check that there is a value in'))
  return statements
}

function identity(change: ColumnChange): Statement[] {
  const { before, after, table } = change
  if (after.identity === null) return []
  if (before.identity === null) {
    const statements: Statement[] = []
    if (after.isNullable || before.isNullable)
      statements.push(alter(change, sql`set not null`, 'Require a value in'))
    statements.push(alter(change, sql`add ${identityClause(after, table)}`, 'Make an identity of'))
    statements.push(continueIdentity(after, table))
    return statements
  }
  const statements: Statement[] = []
  if (before.identity.kind !== after.identity.kind)
    statements.push(
      alter(change, sql`set generated ${keyword(after.identity.kind, IDENTITIES)}`, 'Change the identity of'),
    )
  const { sequence } = before.identity
  const target = after.identity.sequence
  const about = {
    objectId: after.id,
    summary: `Change the sequence of column ${after.name} of ${shown(table)}`,
  }
  if (sequence.schema === target.schema && sequence.name !== target.name)
    statements.push(
      statement(sql`alter sequence ${qualified(sequence)} rename to ${name(target.name)}`, about),
    )
  statements.push(
    ...alterSequenceOptions(before.identity.options, after.identity.options).map((options_) =>
      statement(sql`alter sequence ${qualified(target)}${options_}`, about),
    ),
  )
  return statements
}

/** Lets the numbers go on behind those that the rows have. */
export function continueIdentity(column: Column, table: Table): Statement {
  const relation = qualified(table).text
  return statement(
    sql`select setval(pg_get_serial_sequence(${literal(relation)}, ${literal(column.name)}), max(${name(column.name)})) from ${qualified(table)} having max(${name(column.name)}) is not null`,
    {
      objectId: column.id,
      summary: `Go on counting column ${column.name} of ${shown(table)} behind its largest value`,
    },
  )
}

function options(change: ColumnChange): Statement[] {
  const { before, after, table } = change
  const statements: Statement[] = []
  const planner = after.options.filter(isPlannerOption)
  const gone = before.options
    .filter(isPlannerOption)
    .map((option) => splitOption(option)[0])
    .filter((key) => !planner.some((option) => splitOption(option)[0] === key))
  if (planner.length > 0)
    statements.push(alter(change, sql`set (${storageOptions(planner)})`, 'Set options of'))
  for (const key of gone) statements.push(alter(change, sql`reset (${name(key)})`, 'Reset options of'))
  if (table.foreign !== null)
    statements.push(
      ...foreignOptionChange(
        before.options.filter((option) => !isPlannerOption(option)),
        after.options.filter((option) => !isPlannerOption(option)),
      ).map((action) => alter(change, action, 'Set options of')),
    )
  return statements
}

/** `options (add a '1', set b '2', drop c)`; nothing when they are the same. */
export function foreignOptionChange(
  before: readonly string[],
  after: readonly string[],
): readonly SqlFragment[] {
  const old = new Map(before.map(splitOption))
  const wanted = new Map(after.map(splitOption))
  const pieces: SqlFragment[] = []
  for (const [key, value] of wanted) {
    const had = old.get(key)
    if (had === undefined) pieces.push(sql`add ${foreignOptions([`${key}=${value}`])}`)
    else if (had !== value) pieces.push(sql`set ${foreignOptions([`${key}=${value}`])}`)
  }
  for (const key of old.keys()) if (!wanted.has(key)) pieces.push(sql`drop ${name(key)}`)
  const [first, ...rest] = pieces
  if (first === undefined) return []
  return [sql`options (${rest.reduce((all, piece) => sql`${all}, ${piece}`, first)})`]
}
