// Cursor pagination (docs/specs/rest.md, an extension of ours): the order of a page made unique, and the cursor that says after which row the next
// one begins.
import type { CursorRequest } from '../parse/api-request.ts'
import { cursorUnusable, encodeCursor } from '../parse/cursor.ts'
import type { Table } from '../types.ts'
import { cursorNeedsKey, cursorNeedsRows } from './errors.ts'
import { planOrderedField } from './field.ts'
import type { CursorKey, CursorPlan, PlannedOrderTerm, ReadNode } from './read-plan.ts'
import { hasGroups } from './select.ts'

/**
 * Plans a page of `root`, whose columns are called `columns`: the rows' order, with the primary key behind it, and where the page begins.
 * Throws NDB100 for a cursor of another request, NDB101 without a primary key, NDB102 for offsets and groups.
 */
export function planCursor(
  request: CursorRequest,
  root: ReadNode,
  table: Table,
  columns: readonly string[],
): CursorPlan {
  if (root.range.offset > 0) throw cursorNeedsRows('an offset')
  if (hasGroups(root)) throw cursorNeedsRows('aggregates')
  if (table.primaryKey.length === 0) throw cursorNeedsKey(table.name)
  const given = new Set(root.order.filter(isOwnColumn).map(({ field }) => field.name))
  const terms = [
    ...root.order,
    ...table.primaryKey.filter((name) => !given.has(name)).map((name) => ascending(name, table)),
  ]
  const order = describe(table, terms)
  if (request.after !== null && request.after.check !== checkOf(order, request.after.values)) {
    throw cursorUnusable('It belongs to another order or relation, or was changed.')
  }
  return {
    keys: terms.map((term): CursorKey => ({ term, isNullable: isNullable(term, table) })),
    columns,
    order,
    after: request.after?.values ?? null,
  }
}

/** The cursor of the row whose key Postgres gave as `key`: a JSON array of texts and nulls, in the plan's order. */
export function cursorAfter({ order }: CursorPlan, key: string): string {
  const json: unknown = JSON.parse(key)
  const values = (Array.isArray(json) ? json : []).map((value) => (value === null ? null : String(value)))
  return encodeCursor({ check: checkOf(order, values), values })
}

function isOwnColumn({ field, join }: PlannedOrderTerm): boolean {
  return join === null && field.jsonPath.length === 0
}

function isNullable(term: PlannedOrderTerm, table: Table): boolean {
  if (!isOwnColumn(term)) return true
  // Views do not say that a column is never null, but a key never is.
  return (
    !table.primaryKey.includes(term.field.name) && (table.columns.get(term.field.name)?.isNullable ?? true)
  )
}

function ascending(name: string, table: Table): PlannedOrderTerm {
  return {
    field: planOrderedField({ name, jsonPath: [] }, table),
    join: null,
    direction: null,
    nulls: null,
  }
}

/** What a cursor must have been made for. */
function describe({ schema, name }: Table, terms: readonly PlannedOrderTerm[]): string {
  return JSON.stringify([
    schema,
    name,
    terms.map(({ field, join, direction, nulls }) => [join, field.name, field.jsonPath, direction, nulls]),
  ])
}

/** 32 bits (FNV-1a): tells a cursor that was cut, mistyped or taken elsewhere. What it lets through can do no more than a filter can. */
function checkOf(order: string, values: readonly (string | null)[]): string {
  const text = `${order}${JSON.stringify(values)}`
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  }
  return (hash >>> 0).toString(36)
}
