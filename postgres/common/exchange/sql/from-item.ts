// What stands in FROM: relations, joins, queries and functions, as Postgres prints them.
import type { Alias, JoinExpr, Node, RangeFunction } from '@pgsql/types'
import { printedName } from '../../catalog/edit/qualified.ts'
import { readableName } from '../../sql/readable-name.ts'
import { namesOf } from './nodes.ts'
import type { Printed } from './printed.ts'
import type { Scope, ScopeColumn, ScopeRelation } from './scope.ts'
import { NotImported } from './state.ts'
import { printType } from './types.ts'

/** An entry of FROM, and what its columns can be named by. */
export interface FromItem {
  readonly sql: string
  readonly relations: readonly ScopeRelation[]
}

/** Relations and joins in FROM. */
export function countEntries(nodes: readonly Node[]): number {
  let count = 0
  for (const node of nodes)
    count +=
      'JoinExpr' in node
        ? 1 + countEntries([node.JoinExpr.larg, node.JoinExpr.rarg].filter((one) => one !== undefined))
        : 1
  return count
}

/** One entry of FROM. Throws NotImported. */
export function printFrom(node: Node, scope: Scope): FromItem {
  if ('RangeVar' in node) {
    const { schemaname, relname = '', alias } = node.RangeVar
    const query = schemaname === undefined ? scope.queries.get(relname) : undefined
    const relation = query === undefined ? scope.state.relation(schemaname, relname) : undefined
    if (query === undefined && relation === undefined && schemaname === undefined)
      throw new NotImported(`There is no relation ${relname}.`)
    const name =
      query !== undefined ? readableName(relname) : printedName(relation?.schema ?? schemaname ?? '', relname)
    const columns = query ?? (relation?.kind === 'table' || relation?.kind === 'view' ? relation.columns : [])
    const only = node.RangeVar.inh === true ? '' : 'ONLY '
    return withAlias(`${only}${name}`, { alias, fallback: relname, columns, scope })
  }
  if ('JoinExpr' in node) return printJoin(node.JoinExpr, scope)
  if ('RangeSubselect' in node) {
    const { subquery, alias, lateral } = node.RangeSubselect
    if (subquery === undefined || !('SelectStmt' in subquery))
      throw new NotImported('Only queries can stand here.')
    const inner = scope.printer.query(
      subquery.SelectStmt,
      { ...scope, areNamesHidden: false },
      lateral === true ? scope : (scope.parent ?? { ...scope, relations: [] }),
    )
    return withAlias(`${lateral === true ? 'LATERAL ' : ''}(${inner.sql})`, {
      alias,
      fallback: 'unnamed_subquery',
      columns: inner.columns,
      scope,
    })
  }
  if ('RangeFunction' in node) return printFunction(node.RangeFunction, scope)
  throw new NotImported(`${Object.keys(node)[0] ?? 'This'} cannot be printed.`)
}

function withAlias(
  sql: string,
  {
    alias,
    fallback,
    columns,
    scope,
  }: {
    readonly alias?: Alias | undefined
    readonly fallback: string
    readonly columns: readonly ScopeColumn[]
    readonly scope: Scope
  },
): FromItem {
  const own = alias?.aliasname ?? fallback
  const given = namesOf(alias?.colnames)
  const named = columns.map((column, at) => ({ ...column, name: given[at] ?? column.name }))
  const list = given.length === 0 ? '' : `(${named.map(({ name }) => readableName(name)).join(', ')})`
  const shown = unusedAlias(own, scope.parent)
  const isQuery = sql.startsWith('(') || sql.startsWith('LATERAL (')
  const isPlain = shown === fallback && list === '' && !isQuery
  return {
    sql:
      isPlain || (alias?.aliasname === undefined && isQuery) ? sql : `${sql} ${readableName(shown)}${list}`,
    relations: [{ alias: own, shown, columns: named }],
  }
}

/** `film_1` where an outer query has a `film`. */
function unusedAlias(own: string, parent: Scope | null): string {
  const taken = new Set<string>()
  for (let at = parent; at !== null; at = at.parent)
    for (const { alias, shown } of at.relations) taken.add(shown ?? alias)
  let name = own
  for (let number = 1; taken.has(name); number += 1) name = `${own}_${number}`
  return name
}

const JOINS: Readonly<Record<string, string>> = {
  JOIN_LEFT: 'LEFT JOIN',
  JOIN_RIGHT: 'RIGHT JOIN',
  JOIN_FULL: 'FULL JOIN',
}

function printJoin(join: JoinExpr, scope: Scope): FromItem {
  if (
    join.larg === undefined ||
    join.rarg === undefined ||
    join.alias !== undefined ||
    join.isNatural === true
  )
    throw new NotImported('This join cannot be printed.')
  const left = printFrom(join.larg, scope)
  const right = printFrom(join.rarg, { ...scope, relations: [...scope.relations, ...left.relations] })
  const relations = [...left.relations, ...right.relations]
  const inner: Scope = { ...scope, relations, isQualified: true }
  const using = namesOf(join.usingClause)
  const hasCondition = join.quals !== undefined || using.length > 0
  const word = JOINS[join.jointype ?? ''] ?? (hasCondition ? 'JOIN' : 'CROSS JOIN')
  const on =
    join.quals !== undefined
      ? ` ON (${scope.printer.expression(join.quals, inner).sql})`
      : using.length > 0
        ? ` USING (${using.map(readableName).join(', ')})`
        : ''
  // What is merged belongs to neither side.
  const merged = using.map((name) => ({
    name,
    type: relations.flatMap(({ columns }) => columns).find((one) => one.name === name)?.type ?? null,
  }))
  return {
    sql: `(${left.sql}\n     ${word} ${right.sql}${on})`,
    relations:
      using.length === 0
        ? relations
        : [
            ...left.relations,
            ...right.relations.map((one) => ({
              ...one,
              columns: one.columns.filter(
                ({ name }) => join.jointype !== 'JOIN_FULL' || !merged.some((each) => each.name === name),
              ),
            })),
          ],
  }
}

function printFunction(range: RangeFunction, scope: Scope): FromItem {
  const [first] = range.functions ?? []
  const call = first !== undefined && 'List' in first ? first.List.items?.[0] : undefined
  if (range.is_rowsfrom === true || call === undefined) throw new NotImported('ROWS FROM cannot be printed.')
  const printed: Printed = scope.printer.expression(call, scope)
  const own = range.alias?.aliasname ?? printed.name
  const given = namesOf(range.alias?.colnames)
  const defined = (range.coldeflist ?? []).flatMap((one) => ('ColumnDef' in one ? [one.ColumnDef] : []))
  const columns: ScopeColumn[] =
    defined.length > 0
      ? defined.map((one) => ({ name: one.colname ?? '', type: printType(scope.state, one.typeName).type }))
      : given.length > 0
        ? given.map((name) => ({ name, type: given.length === 1 ? printed.type : null }))
        : [{ name: own, type: printed.type }]
  const list =
    defined.length > 0
      ? `(${columns.map(({ name, type }) => `${readableName(name)} ${type ?? ''}`).join(', ')})`
      : `(${columns.map(({ name }) => readableName(name)).join(', ')})`
  const ordinality = range.ordinality === true ? ' WITH ORDINALITY' : ''
  return {
    sql: `${range.lateral === true ? 'LATERAL ' : ''}${printed.sql}${ordinality} ${range.alias === undefined && defined.length === 0 ? readableName(own) : `${defined.length > 0 ? 'AS ' : ''}${readableName(own)}`}${list}`,
    relations: [{ alias: own, columns }],
  }
}
