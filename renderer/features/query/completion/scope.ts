// Which relations and columns a name at the caret may mean: FROM items, CTEs, targets of writes, and those of the queries around.
import type { CatalogTable } from '#contract/capabilities/catalog.ts'
import type { Group, Item } from './blocks.ts'
import { blockAt, isDistinctFrom, isOperator, isWord, nameOf, pathTo, splitBlocks } from './blocks.ts'
import type { CatalogIndex, NamedColumn } from './catalog-index.ts'
import { CLAUSE_WORDS } from './keywords.ts'
import { plain, readOutputs } from './outputs.ts'

export interface ScopeRelation {
  /** What a column is qualified with: the alias, else the name. */
  readonly name: string
  readonly columns: readonly NamedColumn[]
  /** Where it comes from, in words: `customer`, `overdue (with)`, `subquery`. */
  readonly source: string
  /** The table of the catalog, where it is one. */
  readonly table: CatalogTable | undefined
}

export interface CommonTable {
  readonly name: string
  readonly columns: readonly NamedColumn[]
}

export interface Scope {
  /** Of the query that the caret is in. */
  readonly relations: readonly ScopeRelation[]
  /** Of the queries around it that it can see. */
  readonly outer: readonly ScopeRelation[]
  readonly commonTables: ReadonlyMap<string, CommonTable>
  /** The target of an insert, update, delete or merge. */
  readonly target: ScopeRelation | undefined
  /** Names that the select list gives, for `order by` and `group by`. */
  readonly outputs: readonly NamedColumn[]
}

type CommonTables = ReadonlyMap<string, CommonTable>
const MAX_DEPTH = 12
const QUERY_STARTS = ['select', 'with', 'insert', 'update', 'delete', 'merge', 'values', 'table']

/** Resolves the scope at `offset` of a statement. */
export function resolveScope(root: Group, offset: number, index: CatalogIndex): Scope {
  const path = pathTo(root, offset)
  let commonTables: CommonTables = new Map()
  let local: { relations: ScopeRelation[]; target: ScopeRelation | undefined; block: Item[] } | undefined
  let outer: ScopeRelation[] = []
  for (const [depth, group] of path.entries()) {
    const block = blockAt(group, offset)
    const isQuery = depth === 0 || isQueryGroup(group)
    if (!isQuery) continue
    if (local !== undefined) {
      const parent = path[depth - 1]
      const isIsolated = parent !== undefined && isFromItemOrCommonTable(parent, group)
      outer = isIsolated ? [] : [...local.relations, ...outer]
    }
    // A set operation's later blocks still see the CTEs that stand before the first one.
    const first = splitBlocks(group.items)[0] ?? []
    commonTables = readCommonTables(first, commonTables, index, depth)
    local = { ...readRelations(block, commonTables, index, depth), block }
  }
  const scope = local ?? { relations: [], target: undefined, block: [] }
  return {
    relations: scope.relations,
    outer,
    commonTables,
    target: scope.target,
    outputs: readOutputs(scope.block, scope.relations, index),
  }
}

/** Whether what is in the parentheses is a query and not an expression or a list. */
export function isQueryGroup(group: Group): boolean {
  const first = group.items[0]
  if (first?.kind === 'group') return isQueryGroup(first)
  return isWord(first, ...QUERY_STARTS)
}

/** A FROM item without LATERAL and a CTE's body do not see what stands beside them. */
function isFromItemOrCommonTable(parent: Group, group: Group): boolean {
  const at = parent.items.indexOf(group)
  const before = parent.items[at - 1]
  return (
    isWord(before, 'from', 'join', 'as', 'materialized') ||
    (isOperator(before, ',') && isInFrom(parent.items, at))
  )
}

function isInFrom(items: readonly Item[], at: number): boolean {
  for (let i = at - 1; i >= 0; i--) {
    if (isWord(items[i], 'from')) return true
    if (isWord(items[i], 'select', 'where', 'group', 'order', 'having', 'set', 'values', 'returning'))
      return false
  }
  return false
}

/** Reads `with a as (…), b (x, y) as (…)` at the start of a block. */
function readCommonTables(
  block: readonly Item[],
  known: CommonTables,
  index: CatalogIndex,
  depth: number,
): CommonTables {
  const withAt = block.findIndex((item) => isWord(item, 'with'))
  if (withAt === -1 || depth > MAX_DEPTH) return known
  const tables = new Map(known)
  let at = withAt + 1
  if (isWord(block[at], 'recursive')) at++
  while (at < block.length) {
    const name = nameOf(block[at])
    if (name === undefined) break
    at++
    let names: string[] | undefined
    const list = block[at]
    if (list?.kind === 'group') {
      names = list.items.flatMap((item) => nameOf(item) ?? [])
      at++
    }
    if (!isWord(block[at], 'as')) break
    at++
    while (isWord(block[at], 'not', 'materialized')) at++
    const body = block[at]
    if (body?.kind !== 'group') break
    tables.set(name, { name, columns: rename(columnsOfQuery(body.items, tables, index, depth + 1), names) })
    at++
    if (!isOperator(block[at], ',')) break
    at++
  }
  return tables
}

function rename(
  columns: readonly NamedColumn[],
  names: readonly string[] | undefined,
): readonly NamedColumn[] {
  if (names === undefined || names.length === 0) return columns
  return names.map((name, at) => ({ name, type: columns[at]?.type ?? '', isKey: false, comment: null }))
}

/** The columns that a query gives, as far as they can be told without the server. */
function columnsOfQuery(
  items: readonly Item[],
  known: CommonTables,
  index: CatalogIndex,
  depth: number,
): readonly NamedColumn[] {
  if (depth > MAX_DEPTH) return []
  const first = splitBlocks(items)[0] ?? []
  const single = first.length === 1 ? first[0] : undefined
  if (single?.kind === 'group') return columnsOfQuery(single.items, known, index, depth + 1)
  const tables = readCommonTables(first, known, index, depth)
  if (isWord(first[0], 'values')) {
    const row = first[1]
    const count = row?.kind === 'group' ? row.items.filter((item) => isOperator(item, ',')).length + 1 : 0
    return Array.from({ length: count }, (_, at) => plain(`column${at + 1}`))
  }
  const { relations } = readRelations(first, tables, index, depth)
  return readOutputs(first, relations, index)
}

/** Reads every FROM item, join and write target of a block. */
function readRelations(
  block: readonly Item[],
  tables: CommonTables,
  index: CatalogIndex,
  depth: number,
): { relations: ScopeRelation[]; target: ScopeRelation | undefined } {
  const relations: ScopeRelation[] = []
  let target: ScopeRelation | undefined
  let isInsert = false
  let isInFromList = false
  for (let at = 0; at < block.length; at++) {
    const item = block[at]
    const isTarget =
      (isWord(item, 'into') && isWord(block[at - 1], 'insert', 'merge')) ||
      (isWord(item, 'update') && !isWord(block[at - 1], 'for', 'do', 'key')) ||
      (isWord(item, 'from') && isWord(block[at - 1], 'delete'))
    const isFrom =
      isTarget ||
      (isWord(item, 'from') && !isDistinctFrom(block, at)) ||
      isWord(item, 'join') ||
      (isWord(item, 'using') && target !== undefined && !isInsert && block[at + 1]?.kind !== 'group') ||
      (isOperator(item, ',') && isInFromList)
    if (isWord(item, 'where', 'group', 'order', 'having', 'set', 'limit', 'returning', 'values', 'window'))
      isInFromList = false
    if (!isFrom) continue
    if (!isTarget) isInFromList = true
    const read = readFromItem(block, at + 1, { tables, index, depth })
    if (read === undefined) continue
    relations.push(...read.relations)
    if (isTarget) {
      target = read.relations[0]
      isInsert = isWord(block[at - 1], 'insert')
    }
    at = read.next - 1
  }
  if (isInsert && target !== undefined)
    relations.push({ ...target, name: 'excluded', source: 'row to insert' })
  return { relations, target }
}

interface Surroundings {
  readonly tables: CommonTables
  readonly index: CatalogIndex
  readonly depth: number
}

function readFromItem(
  block: readonly Item[],
  from: number,
  around: Surroundings,
): { relations: ScopeRelation[]; next: number } | undefined {
  let at = from
  while (isWord(block[at], 'only', 'lateral')) at++
  const item = block[at]
  if (item?.kind === 'group') {
    if (isQueryGroup(item)) {
      const columns = columnsOfQuery(item.items, around.tables, around.index, around.depth + 1)
      return named(block, at + 1, { name: '', columns, source: 'subquery', table: undefined })
    }
    // Joins in parentheses: from (a join b on …)
    const inner = readRelations(
      [fromWord(item), ...item.items],
      around.tables,
      around.index,
      around.depth + 1,
    )
    return { relations: inner.relations, next: at + 1 }
  }
  let name = nameOf(item)
  if (name === undefined || (item?.kind === 'leaf' && item.token.kind === 'word' && CLAUSE_WORDS.has(name)))
    return undefined
  let schema: string | undefined
  at++
  while (isOperator(block[at], '.')) {
    const next = nameOf(block[at + 1])
    if (next === undefined) return undefined
    schema = name
    name = next
    at += 2
  }
  const call = block[at]
  if (call?.kind === 'group' && !isWord(block[from - 1], 'into')) {
    return named(block, at + 1, {
      name,
      columns: columnsOfCall(name, around),
      source: `${name}()`,
      table: undefined,
    })
  }
  if (isOperator(block[at], '*')) at++
  const common = schema === undefined ? around.tables.get(name) : undefined
  if (common !== undefined)
    return named(block, at, { name, columns: common.columns, source: `${name} (with)`, table: undefined })
  const table = around.index.relation(name, schema)
  const columns = table === undefined ? [] : around.index.columnsOf(table)
  return named(block, at, { name, columns, source: name, table })
}

/** A leaf that stands for the word FROM, to read a parenthesised join with the same code. */
function fromWord(group: Group): Item {
  return {
    kind: 'leaf',
    token: { kind: 'word', text: 'from', start: group.start, end: group.start + 1, isClosed: true },
  }
}

/** Reads `[as] alias [(a, b)]` after a FROM item. */
function named(
  block: readonly Item[],
  from: number,
  relation: ScopeRelation,
): { relations: ScopeRelation[]; next: number } {
  let at = from
  if (isWord(block[at], 'with') && isWord(block[at + 1], 'ordinality')) at += 2
  const hasAs = isWord(block[at], 'as')
  if (hasAs) at++
  const item = block[at]
  const alias = nameOf(item)
  const isAlias =
    alias !== undefined && item?.kind === 'leaf' && (item.token.kind === 'quoted' || !CLAUSE_WORDS.has(alias))
  if (!isAlias) return { relations: relation.name === '' ? [] : [relation], next: at }
  at++
  const list = block[at]
  const names = list?.kind === 'group' && !isQueryGroup(list) ? list.items : undefined
  if (names !== undefined) at++
  const columnNames = names
    ?.filter((_, position) => position === 0 || isOperator(names[position - 1], ','))
    .flatMap((entry) => nameOf(entry) ?? [])
  return {
    relations: [{ ...relation, name: alias, columns: rename(relation.columns, columnNames) }],
    next: at,
  }
}

/** Columns of `returns table (a integer, b text)` and of `returns setof some_table`. */
function columnsOfCall(name: string, around: Surroundings): readonly NamedColumn[] {
  const returns = around.index.routinesNamed(name)[0]?.returns
  if (returns === undefined || returns === null) return [plain(name)]
  const list = /^TABLE\((.*)\)$/is.exec(returns)?.[1]
  if (list !== undefined) {
    return list.split(',').map((part) => {
      const [column = '', ...type] = part.trim().split(/\s+/)
      return { ...plain(column), type: type.join(' ') }
    })
  }
  const set = /^SETOF\s+(?:(\w+)\.)?(\w+)$/i.exec(returns)
  const table = set?.[2] === undefined ? undefined : around.index.relation(set[2], set[1])
  return table === undefined ? [plain(name)] : around.index.columnsOf(table)
}
