// The months of usage_event and usage_hour: made when the first event of a month comes, dropped when nothing of a month is kept any more.
import { z } from 'zod'
import { identifier, literal, sql } from '#postgres/common/sql/sql.ts'
import type { Tx } from '../db/database.ts'
import type { UsageEvent } from './types.ts'

const TABLES = ['usage_event', 'usage_hour'] as const
type PartitionedTable = (typeof TABLES)[number]

export interface Partitions {
  /** Makes the months that events need, as far as it is not known that they are there. Gives those it looked at, to be told to `made`. */
  ensure(tx: Tx, events: readonly UsageEvent[]): Promise<readonly Date[]>
  /** Remembers months, once their transaction has committed. */
  made(months: readonly Date[]): void
  /** Drops the months that end at `before` or earlier. Gives their tables. */
  drop(tx: Tx, table: PartitionedTable, before: Date): Promise<readonly string[]>
}

/** Makes it. */
export function createPartitions(): Partitions {
  const known = new Set<number>()
  return {
    async ensure(tx, events) {
      const wanted = new Set(events.map(({ windowStart }) => monthOf(windowStart).getTime()))
      const missing = [...wanted].filter((month) => !known.has(month)).map((month) => new Date(month))
      for (const month of missing)
        for (const table of TABLES)
          await tx.query(sql`
            create table if not exists ${identifier(nameOf(table, month))} partition of ${identifier(table)}
            for values from (${literal(month.toISOString())}) to (${literal(nextMonth(month).toISOString())})`)
      return missing
    },
    made(months) {
      for (const month of months) known.add(month.getTime())
    },
    async drop(tx, table, before) {
      const rows = await tx.query(sql`
        select child.relname as name from pg_catalog.pg_inherits
          join pg_catalog.pg_class child on child.oid = inhrelid
          join pg_catalog.pg_class parent on parent.oid = inhparent
         where parent.relname = ${table} and child.relname < ${nameOf(table, monthOf(before))} order by 1`)
      const names = rows.map((row) => z.object({ name: z.string() }).parse(row).name)
      for (const name of names) await tx.query(sql`drop table ${identifier(name)}`)
      if (names.length > 0) known.clear()
      return names
    },
  }
}

function monthOf(at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth()))
}

function nextMonth(month: Date): Date {
  return new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1))
}

/** `usage_event_2026_11`: sorts by time. */
function nameOf(table: PartitionedTable, month: Date): string {
  return `${table}_${month.toISOString().slice(0, 7).replace('-', '_')}`
}
