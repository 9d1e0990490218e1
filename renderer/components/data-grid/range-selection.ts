// The rectangle of cells that the person selected: pure, in row and column numbers of the result.

/** A cell: row of the result, column of the result (both from 0). */
export interface CellPosition {
  readonly row: number
  readonly column: number
}

/** From where it was started (`anchor`) to where it was dragged (`head`). Whole rows keep every column. */
export interface RangeSelection {
  readonly anchor: CellPosition
  readonly head: CellPosition
  readonly kind: 'cells' | 'rows'
}

/** The same, in order: inclusive on both ends. */
export interface RangeBounds {
  readonly firstRow: number
  readonly lastRow: number
  readonly firstColumn: number
  readonly lastColumn: number
}

/** The bounds of a selection in a result of `columnCount` columns. */
export function boundsOf(selection: RangeSelection, columnCount: number): RangeBounds {
  const { anchor, head, kind } = selection
  return {
    firstRow: Math.min(anchor.row, head.row),
    lastRow: Math.max(anchor.row, head.row),
    firstColumn: kind === 'rows' ? 0 : Math.min(anchor.column, head.column),
    lastColumn: kind === 'rows' ? columnCount - 1 : Math.max(anchor.column, head.column),
  }
}

/** Whether a cell lies within. */
export function isInBounds(bounds: RangeBounds | undefined, row: number, column: number): boolean {
  return (
    bounds !== undefined &&
    row >= bounds.firstRow &&
    row <= bounds.lastRow &&
    column >= bounds.firstColumn &&
    column <= bounds.lastColumn
  )
}

/** How many cells lie within. */
export function cellCount(bounds: RangeBounds): number {
  return (bounds.lastRow - bounds.firstRow + 1) * (bounds.lastColumn - bounds.firstColumn + 1)
}

export type Direction = 'up' | 'down' | 'left' | 'right'

/** Moves the head one step (or to the edge), staying inside the result. The anchor stays. */
export function extend(
  selection: RangeSelection,
  direction: Direction,
  limits: { readonly rowCount: number; readonly columnCount: number; readonly toEdge: boolean },
): RangeSelection {
  const { row, column } = selection.head
  const lastRow = Math.max(0, limits.rowCount - 1)
  const lastColumn = Math.max(0, limits.columnCount - 1)
  const step = limits.toEdge ? Number.MAX_SAFE_INTEGER : 1
  const moved = {
    up: { row: Math.max(0, row - step), column },
    down: { row: Math.min(lastRow, row + step), column },
    left: { row, column: Math.max(0, column - step) },
    right: { row, column: Math.min(lastColumn, column + step) },
  }[direction]
  return { ...selection, head: moved }
}

/** What is selected now, for those who paint cells and those who handle keys. */
export interface SelectionModel {
  current: RangeSelection | undefined
  bounds: RangeBounds | undefined
}
