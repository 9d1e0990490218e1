// What a request asks of a table: filters, order, page and columns, read with the same readers as the explorer's form.
import type { Condition, FieldRef, Filter, OrderTerm } from '#api-client/common/postgrest/form.ts'
import {
  readConditions,
  readOperation,
  readOrder,
  readParameterName,
  readSelect,
} from '#api-client/common/postgrest/read-text.ts'
import { columnMissing, notMocked, RowsError, unreadable } from './rows-errors.ts'
import { compareFilter, compareValues, valueAt, type Row } from './rows-values.ts'

export interface QueriedTable {
  readonly name: string
  /** Types by name of column. */
  readonly types: ReadonlyMap<string, string>
}

export interface PickedField {
  readonly field: FieldRef
  readonly alias: string
}

export interface RowsQuery {
  readonly where: readonly Condition[]
  readonly order: readonly OrderTerm[]
  readonly limit: number | null
  readonly offset: number
  /** Null for all columns. */
  readonly select: readonly PickedField[] | null
}

interface Asked {
  readonly method: string
  readonly query: string
  readonly headers: Readonly<Record<string, string | undefined>>
}

/** Throws RowsError as PostgREST would, or for what a mock cannot do. */
export function readQuery(table: QueriedTable, { method, query, headers }: Asked): RowsQuery {
  const where: Condition[] = []
  let order: readonly OrderTerm[] = []
  let select: readonly PickedField[] | null = null
  let limit: number | null = null
  let offset = 0
  for (const [name, value] of new URLSearchParams(query)) {
    if (name === 'select') select = readColumns(table, value)
    else if (name === 'order') order = readTerms(table, value)
    else if (name === 'limit') limit = count(value)
    else if (name === 'offset') offset = count(value) ?? 0
    // Said by writes: the columns are those of the rows, conflicts are those of the key.
    else if (name === 'columns' || name === 'on_conflict' || name === 'apikey') continue
    else where.push(readCondition(table, name, value))
  }
  const range = method === 'GET' ? readRange(headers['range']) : null
  if (limit !== null && limit < 0) throw notSatisfiable('Limit should be greater than or equal to zero.')
  const end = Math.min(
    limit === null ? Infinity : offset + limit,
    range === null || range.end === null ? Infinity : range.end,
  )
  const from = Math.max(0, offset, range?.from ?? 0)
  return { where, order, select, offset: from, limit: end === Infinity ? null : Math.max(0, end - from) }
}

function count(text: string): number | null {
  return /^-?\d{1,15}$/.test(text.trim()) ? Number(text) : null
}

function readRange(
  header: string | undefined,
): { readonly from: number; readonly end: number | null } | null {
  const match = /^(?:items=)?(\d{1,15})-(\d{0,15})$/.exec(header?.trim() ?? '')
  if (match === null) return null
  const from = Number(match[1])
  const end = match[2] === '' ? null : Number(match[2]) + 1
  if (end !== null && end <= from)
    throw notSatisfiable(
      'The lower boundary must be lower than or equal to the upper boundary in the Range header.',
    )
  return { from, end }
}

function notSatisfiable(details: string): RowsError {
  return new RowsError(416, { code: 'PGRST103', message: 'Requested range not satisfiable', details })
}

function readColumns(table: QueriedTable, text: string): readonly PickedField[] | null {
  const items = readSelect(text)
  if (items === null) throw unreadable('select parameter', text)
  const picked = items.flatMap((item): PickedField[] => {
    if (item.kind === 'embed') throw notMocked(`relations (${item.target})`)
    if (item.aggregate !== '' || item.cast !== '') throw notMocked('casts and aggregates')
    if (item.field.name === '*')
      return [...table.types.keys()].map((name) => ({ field: { name, path: [] }, alias: '' }))
    requireColumn(table, item.field)
    return [{ field: item.field, alias: item.alias }]
  })
  return picked.length === 0 ? null : picked
}

function readTerms(table: QueriedTable, text: string): readonly OrderTerm[] {
  const terms = text === '' ? [] : readOrder(text)
  if (terms === null) throw unreadable('order', text)
  for (const term of terms) {
    if (term.relation !== '') throw notMocked('an order by a relation')
    requireColumn(table, term.field)
  }
  return terms
}

function readCondition(table: QueriedTable, name: string, value: string): Condition {
  const group = /^(not\.)?(and|or)$/.exec(name)
  if (group !== null) {
    const conditions = readConditions(value)
    if (conditions === null) throw unreadable('logic tree', value)
    const connective = group[2] === 'or' ? 'or' : 'and'
    return checked(table, { kind: 'group', connective, isNegated: group[1] !== undefined, conditions })
  }
  const read = readParameterName(name)
  if (read === null) throw unreadable('filter', `${name}=${value}`)
  if (read.path.length > 0) throw notMocked(`filters of relations (${name})`)
  const filter = readOperation(read.field, value)
  if (filter === null) throw unreadable('filter', value)
  return checked(table, filter)
}

const OPERATORS = new Set<Filter['operator']>([
  ...(['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'like', 'ilike', 'in', 'is', 'isdistinct'] as const),
])

function checked(table: QueriedTable, condition: Condition): Condition {
  if (condition.kind === 'group') {
    for (const one of condition.conditions) checked(table, one)
    return condition
  }
  requireColumn(table, condition.field)
  if (!OPERATORS.has(condition.operator)) throw notMocked(`the operator ${condition.operator}`)
  if (condition.quantifier !== '') throw notMocked(`${condition.operator}(${condition.quantifier})`)
  return condition
}

function requireColumn(table: QueriedTable, { name }: FieldRef): void {
  if (!table.types.has(name)) throw columnMissing(table.name, name)
}

/** Whether all conditions hold of a row; those that are neither true nor false do not. */
export function matches(table: QueriedTable, row: Row, where: readonly Condition[]): boolean {
  return where.every((condition) => holds(table, row, condition) === true)
}

/** With SQL's third value. */
function holds(table: QueriedTable, row: Row, condition: Condition): boolean | null {
  const found =
    condition.kind === 'filter'
      ? compareFilter(valueAt(row, condition.field), typeAt(table, condition.field), condition)
      : grouped(
          condition.connective,
          condition.conditions.map((one) => holds(table, row, one)),
        )
  return condition.isNegated && found !== null ? !found : found
}

function grouped(connective: 'and' | 'or', parts: readonly (boolean | null)[]): boolean | null {
  const decisive = connective === 'or'
  if (parts.includes(decisive)) return decisive
  return parts.includes(null) ? null : !decisive
}

/** What `->>` gives is text. */
function typeAt(table: QueriedTable, { name, path }: FieldRef): string {
  const last = path.at(-1)
  if (last === undefined) return table.types.get(name) ?? 'text'
  return last.arrow === '->>' ? 'text' : 'jsonb'
}

/** In the order that was asked for; nulls are last, and first when descending. */
export function sorted(
  rows: readonly Row[],
  { table, order }: { readonly table: QueriedTable; readonly order: readonly OrderTerm[] },
): Row[] {
  if (order.length === 0) return [...rows]
  return rows.toSorted((a, b) => {
    for (const { field, direction, nulls } of order) {
      const [left, right] = [valueAt(a, field), valueAt(b, field)]
      const isDescending = direction === 'desc'
      const nullsFirst = nulls === '' ? isDescending : nulls === 'nullsfirst'
      const byNull = Number(left === null) - Number(right === null)
      if (byNull !== 0) return nullsFirst ? -byNull : byNull
      if (left === null) continue
      const compared = compareValues(left, right, typeAt(table, field))
      if (compared !== 0) return isDescending ? -compared : compared
    }
    return 0
  })
}

/** The columns that were asked for. */
export function projected(row: Row, select: readonly PickedField[] | null): Row {
  if (select === null) return row
  return Object.fromEntries(
    select.map(({ field, alias }) => {
      const steps = field.path.filter((step) => !step.isIndex)
      return [alias === '' ? (steps.at(-1)?.key ?? field.name) : alias, valueAt(row, field)]
    }),
  )
}
