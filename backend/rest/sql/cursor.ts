// Pages by cursor: the rows after a row, and the key of the row that a page ends with.
import type { SqlFragment } from '#postgres/common/sql/sql.ts'
import { empty, identifier, join, sql } from '#postgres/common/sql/sql.ts'
import type { CursorKey, CursorPlan, PlannedOrderTerm } from '../plan/read-plan.ts'
import type { RowName } from './field.ts'
import { orderedSql } from './order.ts'

/** Whether a row comes after the cursor's row in the order of its keys; null for the first page. */
export function afterSql({ keys, after }: CursorPlan, row: RowName): SqlFragment | null {
  if (after === null) return null
  const steps = keys.map(({ term, isNullable }, index): Step => {
    return { key: orderedSql(term, row), term, isNullable, value: after[index] ?? null }
  })
  return rowComparison(steps) ?? behind(steps) ?? sql`false`
}

/** The key of a row, as text of a JSON array: every value as Postgres prints it. */
export function keySql(keys: readonly CursorKey[], row: RowName): SqlFragment {
  return sql`json_build_array(${join(keys.map(({ term }) => sql`cast(${orderedSql(term, row)} as text)`))})::text`
}

/** A page in parts: a CTE of its rows with their keys, the rows without, and the key of the last one of a full page. */
export interface PageParts {
  readonly page: SqlFragment
  readonly rows: SqlFragment
  readonly next: SqlFragment
}

/** Splits the rows of `selected`, whose columns are `columns` and the key behind them. `limit` is how many make a full page. */
export function pageSql(
  name: SqlFragment,
  selected: SqlFragment,
  { columns, limit }: { readonly columns: readonly string[]; readonly limit: number },
): PageParts {
  // Columns go by their place: a result may have one name twice.
  const places = columns.map((_, index) => identifier(String(index + 1)))
  const shown = columns.map((column, index) => sql`${places[index] ?? empty} as ${identifier(column)}`)
  return {
    page: sql`${name}(${join([...places, KEY])}) as (${selected})`,
    rows: sql`select ${join(shown)} from ${name}`,
    next: limit === 0 ? sql`null::text` : sql`(select ${KEY} from ${name} offset ${String(limit - 1)})`,
  }
}

const KEY = identifier('key')

interface Step {
  readonly key: SqlFragment
  readonly term: PlannedOrderTerm
  readonly isNullable: boolean
  readonly value: string | null
}

/** `(a, b) > ($1, $2)`: what an index on them answers at once. Only for one direction and no nulls. */
function rowComparison(steps: readonly Step[]): SqlFragment | null {
  const [first, ...others] = steps
  if (first === undefined) return null
  const isPlain = steps.every(
    ({ isNullable, value, term }) =>
      !isNullable && value !== null && isDescending(term) === isDescending(first.term),
  )
  if (!isPlain) return null
  const operator = isDescending(first.term) ? sql`<` : sql`>`
  if (others.length === 0) return sql`${first.key} ${operator} ${first.value}`
  const keys = join(steps.map(({ key }) => key))
  const values = join(steps.map(({ value }) => sql`${value}`))
  return sql`(${keys}) ${operator} (${values})`
}

/** `a > $1 or (a = $1 and …)`; null when no row can be behind. */
function behind([step, ...others]: readonly Step[]): SqlFragment | null {
  if (step === undefined) return null
  const further = furtherSql(step)
  const rest = behind(others)
  const equal = step.value === null ? sql`${step.key} is null` : sql`${step.key} = ${step.value}`
  const tied = rest === null ? null : sql`(${equal} and ${rest})`
  const parts = [further, tied].filter((part) => part !== null)
  if (parts.length === 0) return null
  return sql`(${join(parts, ' or ')})`
}

/** What comes after the value of one key, nulls where the order puts them; null when nothing can. */
function furtherSql({ key, term, isNullable, value }: Step): SqlFragment | null {
  const areNullsLast = term.nulls === null ? !isDescending(term) : term.nulls === 'nullslast'
  if (value === null) return areNullsLast ? null : sql`${key} is not null`
  const further = isDescending(term) ? sql`${key} < ${value}` : sql`${key} > ${value}`
  return isNullable && areNullsLast ? sql`${further} or ${key} is null` : further
}

function isDescending({ direction }: PlannedOrderTerm): boolean {
  return direction === 'desc'
}
