// ORDER BY, LIMIT and OFFSET.
import type { SqlFragment } from '#postgres/common/sql/sql.ts'
import { empty, join, sql } from '#postgres/common/sql/sql.ts'
import type { Range } from '../parse/api-request.ts'
import type { PlannedOrderTerm } from '../plan/read-plan.ts'
import type { RowName } from './field.ts'
import { fieldSql } from './field.ts'

/** ` order by …`, or nothing. */
export function orderSql(terms: readonly PlannedOrderTerm[], row: RowName): SqlFragment {
  if (terms.length === 0) return empty
  return sql` order by ${join(terms.map((term) => termSql(term, row)))}`
}

/** ` limit … offset …`, what there is of it. */
export function rangeSql({ offset, limit }: Range): SqlFragment {
  const limited = limit === null ? empty : sql` limit ${String(limit)}`
  return offset === 0 ? limited : sql`${limited} offset ${String(offset)}`
}

/** What a term orders by. */
export function orderedSql({ field, join: name }: PlannedOrderTerm, row: RowName): SqlFragment {
  return fieldSql(name === null ? row : [name], field)
}

const DIRECTION = { asc: sql` asc`, desc: sql` desc` } as const
const NULLS = { nullsfirst: sql` nulls first`, nullslast: sql` nulls last` } as const

function termSql(term: PlannedOrderTerm, row: RowName): SqlFragment {
  const { direction, nulls } = term
  return sql`${orderedSql(term, row)}${direction === null ? empty : DIRECTION[direction]}${nulls === null ? empty : NULLS[nulls]}`
}
