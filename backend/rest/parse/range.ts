// Limits and offsets: of the query's parameters for each level, and of the Range header for the top level.
import type { Range } from './api-request.ts'
import { rangeNotSatisfiable } from './errors.ts'
import { parseFieldPath } from './filter.ts'

/** No limit, from the first row. */
export const ALL_ROWS: Range = { offset: 0, limit: null }

const LARGEST = Number.MAX_SAFE_INTEGER

/** A whole number; null for anything else, which is as if it were not there. Numbers that no table reaches are cut. */
function parseCount(text: string): number | null {
  if (!/^\s*-?\d+\s*$/.test(text)) return null
  return Math.max(-LARGEST, Math.min(LARGEST, Number(text)))
}

/** The rows that both ranges have; null when there are none. */
function intersect(left: Range, right: Range): Range | null {
  const offset = Math.max(left.offset, right.offset)
  const end = Math.min(endOf(left), endOf(right))
  if (end <= offset) return null
  return { offset, limit: end === Infinity ? null : end - offset }
}

function endOf({ offset, limit }: Range): number {
  return limit === null ? Infinity : offset + limit
}

/**
 * The ranges by the path of their embed, joined by dots; '' is the top level. Of repeated parameters the last one counts.
 * @throws RestError PGRST100: a path that cannot be read.
 */
export function parseRanges(
  limits: readonly (readonly [name: string, value: string])[],
  offsets: readonly (readonly [name: string, value: string])[],
): Map<string, Range> {
  const ranges = new Map<string, Range>()
  for (const [name, value] of limits) {
    ranges.set(pathOf(name), { offset: 0, limit: parseCount(value) })
  }
  const moved = new Map(offsets.map(([name, value]) => [pathOf(name), parseCount(value) ?? 0]))
  for (const [path, offset] of moved) {
    ranges.set(path, { offset, limit: ranges.get(path)?.limit ?? null })
  }
  return ranges
}

function pathOf(name: string): string {
  return name.includes('.') ? parseFieldPath(name).path.join('.') : ''
}

/** `0-9` and `10-` of a Range header; null for a lower end above the upper one. Other headers ask for all rows. */
function parseRangeHeader(text: string): Range | null {
  const match = /^([0-9]+)-([0-9]*)$/.exec(text)
  if (match === null) return ALL_ROWS
  const offset = parseCount(match[1] ?? '') ?? 0
  const last = parseCount(match[2] ?? '')
  if (last === null) return { offset, limit: null }
  return last < offset ? null : { offset, limit: last - offset + 1 }
}

/**
 * The rows of the top level: those of `limit` and `offset` that the Range header has as well. `header` is null but for GET.
 * @throws RestError PGRST103.
 */
export function topRange(asked: Range, header: string | null): Range {
  // limit=0 asks for the answer's head alone, from no row on.
  if (asked.limit !== null && asked.offset + asked.limit === 0) return { offset: 0, limit: 0 }
  const fromHeader = header === null ? ALL_ROWS : parseRangeHeader(header)
  if (fromHeader === null) throw rangeNotSatisfiable({ kind: 'lower-above-upper' })
  const range = intersect(fromHeader, asked)
  if (range === null) throw rangeNotSatisfiable({ kind: 'negative-limit' })
  return range
}

/** Whether nothing was asked of the rows. */
export function isAllRows(range: Range): boolean {
  return range.offset === 0 && range.limit === null
}
