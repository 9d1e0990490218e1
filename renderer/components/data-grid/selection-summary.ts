// Count, sum and average of a selection, for the status bar.
import type { RangeBounds } from './range-selection.ts'
import { cellCount } from './range-selection.ts'
import type { GridColumn, SelectionSummary } from './types.ts'

/** Cells summed at most: beyond that the person gets the count alone. */
const MAX_SUMMED = 100_000

interface Cells {
  cell(row: number, column: number): string | null | undefined
}

/** Summarises a range. NULLs do not count towards the average, as in SQL. */
export function summarise(
  bounds: RangeBounds,
  columns: readonly GridColumn[],
  cells: Cells,
): SelectionSummary {
  const count = cellCount(bounds)
  const rowCount = bounds.lastRow - bounds.firstRow + 1
  const none: SelectionSummary = { rowCount, cellCount: count, sum: null, average: null }
  const chosen = columns.slice(bounds.firstColumn, bounds.lastColumn + 1)
  if (count > MAX_SUMMED || chosen.some((column) => column.kind !== 'number')) return none
  let sum = 0
  let values = 0
  for (let row = bounds.firstRow; row <= bounds.lastRow; row++) {
    for (let column = bounds.firstColumn; column <= bounds.lastColumn; column++) {
      const value = cells.cell(row, column)
      if (value === undefined) return none
      if (value === null) continue
      const number = Number(value)
      if (Number.isNaN(number)) return none
      sum += number
      values += 1
    }
  }
  return values === 0 ? none : { rowCount, cellCount: count, sum, average: sum / values }
}
