// The rows that a run would take, as far as a form shows them.
import type { DataRow } from '#api-client/node/run/data.ts'
import type { DataPreview } from '#contract/requests/run.ts'

const MOST_ROWS = 50
const MOST_COLUMNS = 100
const MOST_LETTERS = 200

/** The first rows under the columns of all of them. */
export function previewOf(rows: readonly DataRow[]): DataPreview {
  const shown = rows.slice(0, MOST_ROWS)
  const columns = [...new Set(shown.flatMap((row) => row.map(({ name }) => name)))].slice(0, MOST_COLUMNS)
  return {
    columns,
    rows: shown.map((row) => {
      const values = new Map(row.map(({ name, value }) => [name, value]))
      return columns.map((name) => values.get(name)?.slice(0, MOST_LETTERS) ?? null)
    }),
    total: rows.length,
  }
}
