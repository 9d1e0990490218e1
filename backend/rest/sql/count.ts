// How many rows there are without limit: counted, or as the planner guesses.
import { sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import type { ReadPlan } from '../plan/read-plan.ts'
import type { ResponsePlan } from '../plan/plan.ts'
import type { RestConfig } from '../types.ts'
import { matchingRowsSql } from './read.ts'

/** The total of a read as an expression: null where it was not asked for, or where the planner guesses it. */
export function totalSql(read: ReadPlan, count: ResponsePlan['count'], config: RestConfig): SqlFragment {
  switch (count) {
    case 'exact':
      if (isWhole(read)) return sql`count(*)`
      return sql`(select count(*) from (${matchingRowsSql(read)}) as matching)`
    case 'estimated':
      // one more than a page can have is enough to know that the guess is wanted
      return config.maxRows === null
        ? sql`(select count(*) from (${matchingRowsSql(read)}) as matching)`
        : sql`(select count(*) from (${matchingRowsSql(read)} limit ${String(config.maxRows + 1)}::bigint) as matching)`
    case 'planned':
    case null:
      return sql`null::bigint`
  }
}

/** EXPLAIN of the rows without limit, for planned and estimated counts. */
export function plannedSql(read: ReadPlan, count: ResponsePlan['count']): SqlFragment | null {
  return count === 'planned' || count === 'estimated'
    ? sql`explain (format json) ${matchingRowsSql(read)}`
    : null
}

/** Whether the rows are all that there are: nothing is left out of them. Groups count as rows then, as in PostgREST. */
function isWhole({ root, cursor }: ReadPlan): boolean {
  return cursor === null && root.range.offset === 0 && root.range.limit === null
}
