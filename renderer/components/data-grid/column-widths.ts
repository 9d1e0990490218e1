// How wide a column starts: its header or its longest value of the first rows, within bounds.
import { displayCell } from './cell-display.ts'
import type { GridColumn } from './types.ts'
import type { WindowSource } from './window-source.ts'

/** Advance of one character of the data font at 12 px. */
const DATA_CHARACTER_PX = 7.2
const NAME_CHARACTER_PX = 6.9
const TYPE_CHARACTER_PX = 6
const PADDING_PX = 19
const MIN_PX = 64
/** The first rows have the small numbers. */
const MIN_NUMBER_PX = 88
const MAX_PX = 420
const SAMPLE_ROWS = 200

/** Width in pixels that a column needs for its header and the rows that are loaded now. */
export function columnWidth(column: GridColumn, position: number, source: WindowSource): number {
  const header =
    column.name.length * NAME_CHARACTER_PX + column.type.length * TYPE_CHARACTER_PX + PADDING_PX + 10
  let longest = 0
  for (let row = 0; row < Math.min(SAMPLE_ROWS, source.totalRows); row++) {
    const value = source.cell(row, position)
    if (value === undefined) break
    const characters = displayCell(value, column.kind).pieces.reduce(
      (sum, piece) => sum + piece.text.length,
      0,
    )
    if (characters > longest) longest = characters
  }
  const wanted = Math.max(header, longest * DATA_CHARACTER_PX + PADDING_PX)
  return Math.round(Math.min(MAX_PX, Math.max(column.kind === 'number' ? MIN_NUMBER_PX : MIN_PX, wanted)))
}

/** Width of the row numbers for so many rows. */
export function rowNumberWidth(totalRows: number): number {
  return Math.max(44, String(totalRows).length * 6.6 + 22)
}
