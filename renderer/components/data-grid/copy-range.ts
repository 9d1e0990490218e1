// The rows of a range as text for the clipboard.
import { createCopyWriter, type CopyFormat } from './copy-formats.ts'
import type { RangeBounds } from './range-selection.ts'
import type { CopiedRows, GridColumn } from './types.ts'
import type { WindowSource } from './window-source.ts'

/** More than this is an export, not a copy. */
const MAX_COPY_ROWS = 100_000

export interface CopyRangeOptions {
  readonly source: Pick<WindowSource, 'read'>
  readonly columns: readonly GridColumn[]
  readonly range: RangeBounds
  readonly format: CopyFormat
  /** In front of the column list of an INSERT. */
  readonly tableName: string | undefined
  /** Rows taken at most; the first ones are. */
  readonly maxRows?: number
}

/** Reads the rows of a range, fetching what is missing, and writes them in a format. Throws what reading throws. */
export async function copyRange({
  source,
  columns,
  range,
  format,
  tableName,
  maxRows = MAX_COPY_ROWS,
}: CopyRangeOptions): Promise<CopiedRows & { readonly text: string }> {
  const selectedRows = range.lastRow - range.firstRow + 1
  const chosen = columns.slice(range.firstColumn, range.lastColumn + 1)
  const writer = createCopyWriter({
    format,
    columns: chosen,
    withHeader: format === 'csv',
    ...(tableName === undefined ? {} : { tableName }),
  })
  let rows = 0
  for await (const row of source.read(range.firstRow, range.firstRow + Math.min(selectedRows, maxRows))) {
    writer.add(chosen.map((_, at) => row.cell(range.firstColumn + at)))
    rows += 1
  }
  return { text: writer.finish(), rows, selectedRows }
}
