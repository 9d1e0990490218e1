// Writes to a mocked table: what a database would refuse by its key and its columns is refused; other constraints are not known.
import { isInteger, type Row } from './rows-values.ts'
import { RowsError } from './rows-errors.ts'
import type { MockTable } from './types.ts'

export type { Row } from './rows-values.ts'

/** More rows than a mock is for: requests may not fill the memory. */
const MOST_ROWS = 100_000

export interface Table {
  readonly name: string
  /** Types by name of column, in order. */
  readonly types: ReadonlyMap<string, string>
  readonly primaryKey: readonly string[]
  /** Replaced as a whole by each write. */
  rows: readonly Row[]
}

/** A copy that writes may change. */
export function copyTable({ name, columns, primaryKey, rows }: MockTable): Table {
  return {
    name,
    types: new Map(columns.map((column) => [column.name, column.type])),
    primaryKey: [...primaryKey],
    rows: rows.map((row) => ({ ...row })),
  }
}

/** The rows that an insert would write; `commit` writes them. Throws RowsError for what the table cannot take. */
export function insertRows(
  table: Table,
  given: readonly unknown[],
  resolution: 'merge-duplicates' | 'ignore-duplicates' | null,
): { readonly written: readonly Row[]; readonly commit: () => void } {
  const after = new Map(table.rows.map((row, index) => [keyOf(table, row) ?? `#${String(index)}`, row]))
  const written: Row[] = []
  const next = nextKey(table)
  for (const one of given) {
    const values = checkedRow(table, one)
    const row: Row = { ...blank(table), ...generatedKey(table, values, next), ...values }
    const key = keyOf(table, row)
    const known = key === null ? undefined : after.get(key)
    if (known === undefined) {
      after.set(key ?? `#${String(after.size)}+`, row)
      written.push(row)
    } else if (resolution === null) throw duplicate(table, row)
    else if (resolution === 'merge-duplicates' && key !== null) {
      const merged = { ...known, ...values }
      after.set(key, merged)
      written.push(merged)
    }
  }
  if (after.size > MOST_ROWS)
    throw new RowsError(413, {
      code: 'MOCK',
      message: `A table of a mock server has ${String(MOST_ROWS)} rows at most.`,
    })
  return { written, commit: () => void (table.rows = [...after.values()]) }
}

/** The rows as they are after. */
export function updateRows(table: Table, found: readonly Row[], given: unknown): readonly Row[] {
  const values = checkedRow(table, given)
  const chosen = new Set(found)
  const changed: Row[] = []
  const rows = table.rows.map((row) => {
    if (!chosen.has(row)) return row
    const after = { ...row, ...values }
    changed.push(after)
    return after
  })
  const isRekeyed = table.primaryKey.some((name) => Object.hasOwn(values, name))
  const seen = new Set<string>()
  for (const row of isRekeyed ? rows : []) {
    const key = keyOf(table, row)
    if (key !== null && seen.has(key)) throw duplicate(table, row)
    if (key !== null) seen.add(key)
  }
  table.rows = rows
  return changed
}

/** The rows as they were before. */
export function deleteRows(table: Table, found: readonly Row[]): readonly Row[] {
  const chosen = new Set(found)
  table.rows = table.rows.filter((row) => !chosen.has(row))
  return found
}

function checkedRow(table: Table, given: unknown): Row {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new RowsError(400, { code: 'PGRST102', message: 'All object keys must match' })
  const row: Row = { ...given }
  for (const name of Object.keys(row))
    if (!table.types.has(name))
      throw new RowsError(400, {
        code: 'PGRST204',
        message: `Could not find the '${name}' column of '${table.name}' in the schema cache`,
      })
  return row
}

function blank(table: Table): Row {
  return Object.fromEntries([...table.types.keys()].map((name) => [name, null]))
}

/** A number or a UUID for a key that was not given; 23502 for keys of other types, and for a null. */
function generatedKey(table: Table, values: Row, next: () => number | bigint): Row {
  const missing = table.primaryKey.filter((name) => (values[name] ?? null) === null)
  return Object.fromEntries(
    missing.map((name) => {
      const type = Object.hasOwn(values, name) ? '' : (table.types.get(name) ?? '')
      if (isInteger(type) && table.primaryKey.length === 1) return [name, next()]
      if (/^uuid$/i.test(type)) return [name, crypto.randomUUID()]
      throw new RowsError(400, {
        code: '23502',
        message: `null value in column "${name}" of relation "${table.name}" violates not-null constraint`,
      })
    }),
  )
}

/** Counts on from the largest key. */
function nextKey({ rows, primaryKey: [name = ''] }: Table): () => number | bigint {
  let largest: number | bigint = 0
  for (const row of rows) {
    const value = row[name]
    if ((typeof value === 'number' || typeof value === 'bigint') && value > largest) largest = value
  }
  return () => (typeof largest === 'bigint' ? ++largest : ++largest)
}

/** Null for a table without a key. */
function keyOf({ primaryKey }: Table, row: Row): string | null {
  return primaryKey.length === 0 ? null : JSON.stringify(primaryKey.map((name) => String(row[name])))
}

function duplicate(table: Table, row: Row): RowsError {
  const values = table.primaryKey.map((name) => String(row[name])).join(', ')
  return new RowsError(409, {
    code: '23505',
    message: `duplicate key value violates unique constraint "${table.name}_pkey"`,
    details: `Key (${table.primaryKey.join(', ')})=(${values}) already exists.`,
  })
}
