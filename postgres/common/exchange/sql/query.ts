// Queries as pg_get_viewdef() prints them: columns qualified where more than one relation stands in FROM, `*` written out. What is not known here throws
// NotImported; a view then keeps the text that the person wrote.
import type { Node, SelectStmt, WindowDef } from '@pgsql/types'
import { readableName } from '../../sql/readable-name.ts'
import { printWindow } from './call.ts'
import { countEntries, printFrom, type FromItem } from './from-item.ts'
import { printOrder, reference, type Target } from './order.ts'
import { withType } from './printed.ts'
import { namesOf, textOf } from './nodes.ts'
import type { PrintedQuery, Scope, ScopeColumn } from './scope.ts'
import { NotImported } from './state.ts'

/** Prints a query whose columns get these names: those of a view. Throws NotImported. */
export function printNamedQuery(
  select: SelectStmt,
  outer: Scope,
  parent: Scope | null,
  names: readonly string[],
): PrintedQuery {
  if (names.length === 0) return printQuery(select, outer, parent)
  let at = 0
  const targets = (select.targetList ?? []).map((node) => {
    const name = names[at]
    at += 1
    return 'ResTarget' in node && name !== undefined ? { ResTarget: { ...node.ResTarget, name } } : node
  })
  const printed = printQuery(
    select.targetList === undefined ? select : { ...select, targetList: targets },
    outer,
    parent,
  )
  return {
    ...printed,
    columns: printed.columns.map((column, index) => ({ ...column, name: names[index] ?? column.name })),
  }
}

/** Prints a query. `parent` is what it may refer to from outside; null at the top. Throws NotImported. */
export function printQuery(select: SelectStmt, outer: Scope, parent: Scope | null = null): PrintedQuery {
  const { withClause } = select
  if (withClause !== undefined) return printWith(select, outer, parent)
  if (select.op !== undefined && select.op !== 'SETOP_NONE') return printSetOperation(select, outer, parent)
  if (select.valuesLists !== undefined) return printValues(select, outer)
  const base: Scope = { ...outer, relations: [], parent }
  const items: FromItem[] = []
  for (const node of select.fromClause ?? []) {
    const before = items.flatMap(({ relations }) => relations)
    items.push(printFrom(node, { ...base, relations: before, isQualified: true }))
  }
  const relations = items.flatMap((item) => item.relations)
  const scope: Scope = {
    ...base,
    relations,
    isQualified: parent !== null || countEntries(select.fromClause ?? []) !== 1,
  }
  const targets = (select.targetList ?? []).flatMap((node) => printTarget(node, scope))
  const order = select.sortClause
  const distinct =
    select.distinctClause === undefined
      ? ''
      : select.distinctClause.some((one) => Object.keys(one).length > 0)
        ? `DISTINCT ON (${select.distinctClause.map((one) => reference(one, targets, scope)).join(', ')}) `
        : 'DISTINCT '
  const parts = [
    ` SELECT ${distinct}${targets.map(({ sql }) => sql).join(',\n    ')}`,
    items.length === 0 ? '' : `   FROM ${items.map(({ sql }) => sql).join(',\n    ')}`,
    select.whereClause === undefined
      ? ''
      : `  WHERE ${scope.printer.expression(select.whereClause, scope).sql}`,
    select.groupClause === undefined
      ? ''
      : `  GROUP BY ${select.groupDistinct === true ? 'DISTINCT ' : ''}${select.groupClause.map((one) => printGroup(one, targets, scope)).join(', ')}`,
    select.havingClause === undefined
      ? ''
      : ` HAVING ${scope.printer.expression(select.havingClause, scope).sql}`,
    select.windowClause === undefined
      ? ''
      : `  WINDOW ${select.windowClause.flatMap((one) => ('WindowDef' in one ? [`${readableName(one.WindowDef.name ?? '')} AS ${printWindow(unnamed(one.WindowDef), scope)}`] : [])).join(', ')}`,
    order === undefined ? '' : `  ORDER BY ${printOrder(order, scope, targets)}`,
    ...printEnd(select, scope),
  ]
  return {
    sql: parts.filter((one) => one !== '').join('\n'),
    columns: targets.map(({ name, type }) => ({ name, type })),
  }
}

function printTarget(node: Node, scope: Scope): readonly Target[] {
  if (!('ResTarget' in node)) throw new NotImported('A column of a query is expected here.')
  const { val, name } = node.ResTarget
  if (val !== undefined && 'ColumnRef' in val && (val.ColumnRef.fields ?? []).some((one) => 'A_Star' in one))
    return expandStar(namesOf(val.ColumnRef.fields), scope)
  const given = scope.printer.expression(val, scope)
  const printed = withType(given, 'text')
  const own = name ?? printed.name
  const isHidden = scope.areNamesHidden === true && own === '?column?'
  const isPlain = isHidden || (given.form === 'column' && given.name === own)
  return [
    {
      sql: isPlain ? printed.sql : `${printed.sql} AS ${readableName(own)}`,
      expression: printed.sql,
      name: own,
      type: printed.type,
    },
  ]
}

function expandStar(names: readonly string[], scope: Scope): readonly Target[] {
  const alias = names.at(-1)
  const from = scope.relations.filter((one) => alias === undefined || one.alias === alias)
  if (from.length === 0 || from.some(({ columns }) => columns.length === 0))
    throw new NotImported('The columns that * stands for are not known.')
  const seen = new Set<string>()
  return from.flatMap((relation) =>
    relation.columns.flatMap(({ name, type }) => {
      if (scope.relations.some((one) => one.isJoin === true) && alias === undefined && seen.has(name))
        return []
      seen.add(name)
      const sql =
        (scope.isQualified && relation.isJoin !== true
          ? `${readableName(relation.shown ?? relation.alias)}.`
          : '') + readableName(name)
      return [{ sql, expression: sql, name, type }]
    }),
  )
}

function unnamed({ name: _, ...window }: WindowDef): WindowDef {
  return window
}

function printGroup(node: Node, targets: readonly Target[], scope: Scope): string {
  if (!('GroupingSet' in node)) {
    const sql = reference(node, targets, scope)
    return /^[\w."]+$/.test(sql) || sql.startsWith('(') ? sql : `(${sql})`
  }
  const inner = (node.GroupingSet.content ?? []).map((one) => printGroup(one, targets, scope)).join(', ')
  switch (node.GroupingSet.kind) {
    case 'GROUPING_SET_ROLLUP':
      return `ROLLUP(${inner})`
    case 'GROUPING_SET_CUBE':
      return `CUBE(${inner})`
    case 'GROUPING_SET_SETS':
      return `GROUPING SETS (${inner})`
    default:
      return '()'
  }
}

function printEnd(select: SelectStmt, scope: Scope): readonly string[] {
  if (select.lockingClause !== undefined) throw new NotImported('FOR UPDATE cannot be printed.')
  const { limitOffset, limitCount, limitOption } = select
  const withTies = limitOption === 'LIMIT_OPTION_WITH_TIES'
  const count = limitCount === undefined ? null : scope.printer.expression(limitCount, scope).sql
  return [
    limitOffset === undefined ? '' : ` OFFSET ${scope.printer.expression(limitOffset, scope).sql}`,
    count === null ? '' : withTies ? ` FETCH FIRST ${count} ROWS WITH TIES` : ` LIMIT ${count}`,
  ]
}

function printSetOperation(select: SelectStmt, outer: Scope, parent: Scope | null): PrintedQuery {
  const { larg, rarg } = select
  if (larg === undefined || rarg === undefined) throw new NotImported('Two queries are expected here.')
  const left = printQuery(larg, outer, parent)
  const right = printQuery(rarg, { ...outer, areNamesHidden: true }, parent)
  const word = (select.op ?? '').replace('SETOP_', '')
  const scope: Scope = { ...outer, relations: [{ alias: '', columns: left.columns, isJoin: true }], parent }
  const isNested = (one: SelectStmt): boolean =>
    one.op !== undefined && one.op !== 'SETOP_NONE' && one.op !== select.op
  const wrap = (one: SelectStmt, sql: string): string =>
    isNested(one) || one.sortClause !== undefined || one.limitCount !== undefined ? `(${sql})` : sql
  const order =
    select.sortClause === undefined
      ? ''
      : `\n  ORDER BY ${printOrder(
          select.sortClause,
          scope,
          left.columns.map(({ name, type }, at) => ({
            sql: name,
            expression: readableName(name) || String(at + 1),
            name,
            type,
          })),
        )}`
  const end = printEnd(select, scope)
    .filter((one) => one !== '')
    .map((one) => `\n${one}`)
    .join('')
  return {
    sql: `${wrap(larg, left.sql)}\n${word}${select.all === true ? ' ALL' : ''}\n${wrap(rarg, right.sql)}${order}${end}`,
    columns: left.columns,
  }
}

function printValues(select: SelectStmt, outer: Scope): PrintedQuery {
  const rows = (select.valuesLists ?? []).map((row) =>
    ('List' in row ? (row.List.items ?? []) : []).map((one) =>
      withType(outer.printer.expression(one, { ...outer, relations: [] }), 'text'),
    ),
  )
  const sql = ` VALUES ${rows.map((row) => `(${row.map((one) => one.sql).join(',')})`).join(', ')}`
  return { sql, columns: (rows[0] ?? []).map(({ type }, at) => ({ name: `column${at + 1}`, type })) }
}

function printWith(select: SelectStmt, outer: Scope, parent: Scope | null): PrintedQuery {
  const queries = new Map(outer.queries)
  const isRecursive = select.withClause?.recursive === true
  const printed: string[] = []
  for (const node of select.withClause?.ctes ?? []) {
    if (!('CommonTableExpr' in node)) continue
    const {
      ctename = '',
      ctequery,
      aliascolnames,
      ctematerialized,
      search_clause,
      cycle_clause,
    } = node.CommonTableExpr
    if (
      ctequery === undefined ||
      !('SelectStmt' in ctequery) ||
      search_clause !== undefined ||
      cycle_clause !== undefined
    )
      throw new NotImported('This WITH query cannot be printed.')
    const names = (aliascolnames ?? []).map((one) => textOf(one) ?? '')
    const named = (columns: readonly ScopeColumn[]): readonly ScopeColumn[] =>
      columns.map((one, at) => ({ ...one, name: names[at] ?? one.name }))
    const { larg } = ctequery.SelectStmt
    if (isRecursive && larg !== undefined)
      queries.set(ctename, named(printQuery(larg, { ...outer, queries }, parent).columns))
    const inner = printQuery(
      ctequery.SelectStmt,
      { ...outer, queries, areNamesHidden: false },
      parent ?? { ...outer, relations: [] },
    )
    queries.set(ctename, named(inner.columns))
    const how =
      ctematerialized === 'CTEMaterializeAlways'
        ? 'MATERIALIZED '
        : ctematerialized === 'CTEMaterializeNever'
          ? 'NOT MATERIALIZED '
          : ''
    printed.push(
      `${readableName(ctename)}${names.length > 0 ? `(${names.map(readableName).join(', ')})` : ''} AS ${how}(\n${inner.sql}\n)`,
    )
  }
  const { withClause: _, ...bare } = select
  const rest = printQuery(bare, { ...outer, queries }, parent)
  return { ...rest, sql: ` WITH ${isRecursive ? 'RECURSIVE ' : ''}${printed.join(', ')}\n${rest.sql}` }
}
