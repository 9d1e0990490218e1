// The rows that a run would take, as far as a form shows them.
import type { DataRows } from '#api-client/node/run/data.ts'
import type { DataPreview } from '#contract/requests/run.ts'

const MOST_ROWS = 50
const MOST_COLUMNS = 100
const MOST_LETTERS = 200

/** The first rows, under the columns that these have. */
export function previewOf(rows: DataRows | null): DataPreview {
  const count = rows?.count ?? 0
  const shown = Array.from({ length: Math.min(count, MOST_ROWS) }, (_, index) => rows?.row(index) ?? [])
  const columns = [...new Set(shown.flatMap((row) => row.map(({ name }) => name)))].slice(0, MOST_COLUMNS)
  return {
    columns,
    rows: shown.map((row) => {
      const values = new Map(row.map(({ name, value }) => [name, value]))
      return columns.map((name) => values.get(name)?.slice(0, MOST_LETTERS) ?? null)
    }),
    total: count,
  }
}
