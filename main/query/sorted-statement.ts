// A statement run again in another order. The server sorts: the host may hold only the first rows.
import type { SortKey } from '#contract/capabilities/query.ts'
import type { StatementClass } from '#postgres/common/script/index.ts'

const SORTABLE_VERBS: ReadonlySet<string> = new Set(['select', 'values', 'with', 'table'])

/** Whether a statement may stand inside another select: it only reads and gives rows. */
export function isSortable(kind: StatementClass): boolean {
  return SORTABLE_VERBS.has(kind.verb) && kind.returnsRows !== false && !kind.isWrite
}

/** The statement wrapped so that its rows come ordered by the keys, by position because names may repeat. Only for statements that are sortable. */
export function sortedStatement(sql: string, keys: readonly SortKey[]): string {
  const bare = sql.replace(/[\s;]+$/, '')
  if (keys.length === 0) return bare
  const order = keys.map((key) => `${key.column + 1}${key.descending ? ' desc nulls last' : ''}`).join(', ')
  // The line break ends a comment that the statement may end with.
  return `select * from (${bare}\n) as "result" order by ${order}`
}
