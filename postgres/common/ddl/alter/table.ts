// ALTER TABLE, columns and constraints aside: storage, row security, partitions, inheritance, foreign options.
import type { RelationName, Table } from '#contract/schema/types.ts'
import type { Difference } from '../../diff/fields.ts'
import { empty, fromCatalog, join, name, sql, type SqlFragment } from '../../sql/sql.ts'
import { qualified, shown, statement } from '../create/context.ts'
import { splitOption, storageOptions, typeText } from '../create/expression.ts'
import { attachPartition, inheritFrom, replicaIdentity } from '../create/table.ts'
import { detachPartition } from '../drop.ts'
import type { Statement } from '../statement.ts'
import { foreignOptionChange } from './column.ts'
import { fillerFor } from './filler.ts'

export interface TableSteps {
  /** Takes it from its parents. */
  readonly free: readonly Statement[]
  readonly change: readonly Statement[]
  /** Gives it to its parents, when columns and keys are as these need them. */
  readonly attach: readonly Statement[]
  /** What needs its indexes. */
  readonly settle: readonly Statement[]
}

/** The statements that change a table itself. */
export function alterTable(before: Table, after: Table, differences: readonly Difference[]): TableSteps {
  const has = new Set(differences.map(({ field }) => field))
  const alter = (action: SqlFragment, summary: string): Statement =>
    statement(
      sql`alter ${after.foreign === null ? empty : sql`foreign `}table ${qualified(after)} ${action}`,
      { objectId: after.id, summary },
    )
  const free: Statement[] = []
  const change: Statement[] = []
  const attach: Statement[] = []
  const settle: Statement[] = []
  if (has.has('partition of')) {
    if (before.partitionOf !== null)
      free.push(...leaveParents({ ...after, partitionOf: before.partitionOf }, []))
    if (after.partitionOf !== null) attach.push(attachPartition(after))
  }
  if (has.has('inherits')) {
    const key = (parent: { schema: string; name: string }): string => `${parent.schema}\0${parent.name}`
    const kept = commonStart(before.inherits.map(key), after.inherits.map(key))
    free.push(...leaveParents({ ...after, partitionOf: null }, before.inherits.slice(kept)))
    for (const parent of after.inherits.slice(kept)) attach.push(inheritFrom(after, parent))
  }
  if (has.has('unlogged'))
    change.push(
      alter(
        after.isUnlogged ? sql`set unlogged` : sql`set logged`,
        after.isUnlogged ? `Keep ${shown(after)} out of the log; a crash empties it` : `Log ${shown(after)}`,
      ),
    )
  if (has.has('access method'))
    change.push(
      alter(
        sql`set access method ${name(after.accessMethod ?? 'heap')}`,
        `Store ${shown(after)} another way`,
      ),
    )
  if (has.has('tablespace'))
    change.push(
      alter(
        sql`set tablespace ${name(after.tablespace ?? 'pg_default')}`,
        `Move ${shown(after)} to another tablespace`,
      ),
    )
  if (has.has('options'))
    change.push(
      ...optionChange(before.options, after.options).map((action) =>
        alter(action, `Set options of ${shown(after)}`),
      ),
    )
  if (has.has('foreign options') && before.foreign !== null && after.foreign !== null)
    change.push(
      ...foreignOptionChange(before.foreign.options, after.foreign.options).map((action) =>
        alter(action, `Set options of ${shown(after)}`),
      ),
    )
  if (has.has('row security'))
    settle.push(
      alter(
        after.hasRowSecurity ? sql`enable row level security` : sql`disable row level security`,
        `Turn ${after.hasRowSecurity ? 'on' : 'off'} row-level security of ${shown(after)}`,
      ),
    )
  if (has.has('row security forced'))
    settle.push(
      alter(
        after.isRowSecurityForced ? sql`force row level security` : sql`no force row level security`,
        after.isRowSecurityForced
          ? `Hold the owner of ${shown(after)} to row-level security`
          : `Free the owner of ${shown(after)} from row-level security`,
      ),
    )
  if (has.has('replica identity'))
    settle.push(
      alter(sql`replica identity ${replicaIdentity(after)}`, `Set the replica identity of ${shown(after)}`),
    )
  return { free, change, attach, settle }
}

/** DETACH PARTITION, or NO INHERIT for each of these parents. */
export function leaveParents(table: Table, parents: readonly RelationName[]): readonly Statement[] {
  if (table.partitionOf !== null) return [detachPartition(table)]
  return parents.map((parent) =>
    statement(
      sql`alter ${table.foreign === null ? empty : sql`foreign `}table ${qualified(table)} no inherit ${qualified(parent)}`,
      { objectId: table.id, summary: `Let ${shown(table)} no longer inherit from ${shown(parent)}` },
    ),
  )
}

function commonStart(left: readonly string[], right: readonly string[]): number {
  let at = 0
  while (at < left.length && at < right.length && left[at] === right[at]) at++
  return at
}

/** SET (…) and RESET (…) that lead from some storage parameters to others. */
export function optionChange(before: readonly string[], after: readonly string[]): readonly SqlFragment[] {
  const had = new Map(before.map(splitOption))
  const wanted = new Map(after.map(splitOption))
  const changed = after.filter((option) => {
    const [key, value] = splitOption(option)
    return had.get(key) !== value
  })
  const gone = [...had.keys()].filter((key) => !wanted.has(key))
  return [
    ...(changed.length === 0 ? [] : [sql`set (${storageOptions(changed)})`]),
    ...gone.map((key) => sql`reset (${name(...key.split('.'))})`),
  ]
}

/** How the rows of a table come to the one that takes its place. */
export interface RowCopy {
  readonly from: Table
  readonly to: Table
  /** The schema that the old table stands in. */
  readonly aside: string
  /** Whether columns that must not be null and were not there get the plainest value of their type. */
  readonly fillsColumns: boolean
}

/** Copies the rows of a table that was moved aside into the one that takes its place. Rows are kept as rows even where nothing of their values is. */
export function copyRows({ from, to, aside, fillsColumns }: RowCopy): Statement {
  const old = new Map(from.columns.map((column) => [column.id, column]))
  const pairs = to.columns.flatMap((column) => {
    if (column.generated !== null) return []
    const source = old.get(column.id) ?? from.columns.find((one) => one.name === column.name)
    if (source !== undefined)
      return [
        {
          target: name(column.name),
          source:
            source.type === column.type
              ? name(column.name)
              : sql`${name(column.name)}::text::${typeText(column.type)}`,
        },
      ]
    const filler = fillsColumns ? fillerFor(column) : null
    return filler === null ? [] : [{ target: name(column.name), source: fromCatalog(filler) }]
  })
  const targets = pairs.length === 0 ? empty : sql` (${join(pairs.map(({ target }) => target))})`
  const sources = pairs.length === 0 ? empty : sql` ${join(pairs.map(({ source }) => source))}`
  const overriding = to.columns.some(({ identity }) => identity !== null)
    ? sql` overriding system value`
    : empty
  // What inherits from it stays where it is, with its own rows.
  const only = from.partitionKey === null ? sql`only ` : empty
  const lost = lostColumns(from, to)
  return statement(
    sql`insert into ${qualified(to)}${targets}${overriding} select${sources} from ${only}${name(aside, from.name)}`,
    {
      objectId: to.id,
      summary: `Copy the rows of ${shown(to)}${lost.length === 0 ? '' : `, without ${lost.join(', ')}`}`,
    },
  )
}

/** The names of the columns whose values a copy leaves behind. Computed ones lose nothing. */
export function lostColumns(from: Table, to: Table): readonly string[] {
  const kept = new Set(
    to.columns.flatMap(({ id, name: column, generated }) => (generated === null ? [id, `\0${column}`] : [])),
  )
  return from.columns.flatMap(({ id, name: column, generated }) =>
    generated !== null || kept.has(id) || kept.has(`\0${column}`) ? [] : [column],
  )
}
