// ORDER BY, and how it and GROUP BY refer to columns of the query.
import type { Node } from '@pgsql/types'
import { constantOf, namesOf } from './nodes.ts'
import type { Scope } from './scope.ts'
import { NotImported } from './state.ts'

/** A column that a query gives. */
export interface Target {
  readonly sql: string
  readonly expression: string
  readonly name: string
  readonly type: string | null
}

/** A number stands for a column of the query, a name for one of its names. */
export function reference(node: Node, targets: readonly Target[], scope: Scope): string {
  const number = 'A_Const' in node && node.A_Const.ival !== undefined ? Number(constantOf(node)) : null
  const byNumber = number === null ? undefined : targets[number - 1]
  if (byNumber !== undefined) return byNumber.expression
  const names = 'ColumnRef' in node ? namesOf(node.ColumnRef.fields) : []
  const byName = names.length === 1 ? targets.find(({ name }) => name === names[0]) : undefined
  const { sql } = byName === undefined ? scope.printer.expression(node, scope) : { sql: byName.expression }
  return sql
}

/** What stands behind ORDER BY. */
export function printOrder(
  nodes: readonly Node[] | undefined,
  scope: Scope,
  targets: readonly Target[] = [],
): string {
  return (nodes ?? [])
    .map((node) => {
      if (!('SortBy' in node)) throw new NotImported('An order is expected here.')
      const { sortby_dir, sortby_nulls, node: by } = node.SortBy
      if (by === undefined || sortby_dir === 'SORTBY_USING')
        throw new NotImported('ORDER BY USING cannot be printed.')
      const sql = reference(by, targets, scope)
      const isDescending = sortby_dir === 'SORTBY_DESC'
      const nulls =
        sortby_nulls === 'SORTBY_NULLS_FIRST' && !isDescending
          ? ' NULLS FIRST'
          : sortby_nulls === 'SORTBY_NULLS_LAST' && isDescending
            ? ' NULLS LAST'
            : ''
      return `${/^[\w."]+$/.test(sql) || sql.startsWith('(') || targets.length === 0 ? sql : `(${sql})`}${isDescending ? ' DESC' : ''}${nulls}`
    })
    .join(', ')
}
