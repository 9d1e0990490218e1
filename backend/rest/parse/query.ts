// The query string: which parameter is what, each read by its own grammar.
import type { At, Cursor, Filter, LogicTree, OrderTerm, QueryParameters, Range } from './api-request.ts'
import { isCursor, parseCursor } from './cursor.ts'
import { parseFilter, parseFilterOrArgument } from './filter.ts'
import { nameList } from './grammar.ts'
import { parseLogic } from './logic.ts'
import { parseOrder } from './order.ts'
import { canonicalQuery, parsePairs } from './query-string.ts'
import type { Pair } from './query-string.ts'
import { parseRanges } from './range.ts'
import { read } from './read.ts'
import { parseSelect } from './select.ts'

/** The parameters, and what `columns=` says, which belongs to the body. */
export interface ParsedQuery {
  readonly parameters: Omit<QueryParameters, 'ranges'> & { readonly ranges: Map<string, Range> }
  readonly columns: readonly string[] | null
  /** Where the page before ended, where that was said. */
  readonly cursor: Cursor | null
}

/** What some kinds of requests take, and others read as filters. */
export interface Takes {
  /** Arguments of a function: what begins like no filter is one. */
  readonly arguments: boolean
  readonly cursor: boolean
}

type Given = readonly [name: string, value: string]

interface Sorted {
  readonly orders: Given[]
  readonly logic: Given[]
  readonly limits: Given[]
  readonly offsets: Given[]
  readonly others: Given[]
  readonly cursors: string[]
  readonly reserved: ReadonlyMap<string, string | null>
}

const RESERVED: ReadonlySet<string> = new Set(['select', 'columns', 'on_conflict'])

/** Puts each parameter with its kind: by its name, or by the last word of its path. */
function sort(pairs: readonly Pair[], takesCursor: boolean): Sorted {
  const reserved = new Map<string, string | null>()
  const sorted: Sorted = { orders: [], logic: [], limits: [], offsets: [], others: [], cursors: [], reserved }
  const byLastWord: Readonly<Record<string, Given[]>> = {
    order: sorted.orders,
    and: sorted.logic,
    or: sorted.logic,
    limit: sorted.limits,
    offset: sorted.offsets,
  }
  for (const [name, value] of pairs) {
    if (RESERVED.has(name)) {
      // The first one counts, even where it has no value.
      if (!reserved.has(name)) reserved.set(name, value)
      continue
    }
    if (value === null) continue
    if (takesCursor && isCursor(name, value)) {
      sorted.cursors.push(value)
      continue
    }
    const lastWord = name.slice(name.lastIndexOf('.') + 1)
    const list = Object.hasOwn(byLastWord, lastWord) ? byLastWord[lastWord] : undefined
    const given: Given = [name, value]
    if (list === undefined) sorted.others.push(given)
    else list.push(given)
  }
  return sorted
}

function parseNames(sorted: Sorted, name: string): readonly string[] | null {
  const text = sorted.reserved.get(name) ?? null
  return text === null ? null : read(nameList, `failed to parse ${name} parameter (${text})`, text)
}

/** Filters, and for calls by GET the arguments among them. */
function parseFilters(
  given: readonly Given[],
  mayBeArguments: boolean,
): { readonly filters: readonly At<Filter>[]; readonly values: readonly Given[] } {
  if (!mayBeArguments) return { filters: given.map(([name, value]) => parseFilter(name, value)), values: [] }
  const filters: At<Filter>[] = []
  const values: Given[] = []
  for (const [name, value] of given) {
    const found = parseFilterOrArgument(name, value)
    if (found.kind === 'filter') filters.push(found.filter)
    else values.push([found.name, value])
  }
  return { filters, values }
}

/**
 * Reads a query string.
 * @throws RestError PGRST100, 22021, NDB100.
 */
export function parseQuery(query: string, takes: Takes): ParsedQuery {
  const pairs = parsePairs(query)
  const sorted = sort(pairs, takes.cursor)
  // In this order, since the first error is the one that is told.
  const order: readonly At<readonly OrderTerm[]>[] = sorted.orders.map((given) => parseOrder(...given))
  const logic: readonly At<LogicTree>[] = sorted.logic.map((given) => parseLogic(...given))
  const columns = parseNames(sorted, 'columns')
  const select = parseSelect(sorted.reserved.get('select') ?? '*')
  const { filters, values } = parseFilters(sorted.others, takes.arguments)
  const onConflict = parseNames(sorted, 'on_conflict')
  const [cursor] = sorted.cursors
  return {
    parameters: {
      canonical: canonicalQuery(pairs),
      arguments: values,
      select,
      filters,
      logic,
      order,
      ranges: parseRanges(sorted.limits, sorted.offsets),
      onConflict,
      filterFields: new Set(sorted.others.map(([name]) => name)),
    },
    columns: columns === null ? null : [...new Set(columns)].sort(),
    cursor: cursor === undefined ? null : parseCursor(cursor),
  }
}
