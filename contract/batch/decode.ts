// Reads column bodies: a cell's text is decoded when it is asked for, which is when it is painted.
import { AppError } from '../errors.ts'
import { bytesOffset, nullsOffset } from './layout.ts'

export interface ColumnBatch {
  readonly rowCount: number
  readonly columnCount: number
  /** The text of a cell; null for SQL null. Throws RangeError outside the batch. */
  cell(row: number, column: number): string | null
  isNull(row: number, column: number): boolean
  /** The UTF-8 bytes of a cell, a view; empty for null. Throws RangeError outside the batch. */
  bytes(row: number, column: number): Uint8Array
  /** Memory that the bodies take. */
  readonly sizeBytes: number
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Wraps bodies as they came. Their layout is checked (sizes and offsets, not the text), so that a malformed one is an error here and not
 * nonsense later. Throws INVALID_INPUT.
 */
export function decodeBatch(bodies: readonly Uint8Array[], rowCount: number): ColumnBatch {
  if (!Number.isInteger(rowCount) || rowCount < 0) throw malformed('its row count is not a count')
  const columns = bodies.map((body) => {
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
    checkLayout(view, rowCount)
    return { body, view }
  })
  const textStart = bytesOffset(rowCount)
  const nullsStart = nullsOffset(rowCount)

  const at = (row: number, column: number): { readonly body: Uint8Array; readonly view: DataView } => {
    const found = columns[column]
    if (found === undefined || !(row >= 0 && row < rowCount))
      throw new RangeError(`There is no cell at row ${row}, column ${column}.`)
    return found
  }
  const bytes = (row: number, column: number): Uint8Array => {
    const { body, view } = at(row, column)
    return body.subarray(
      textStart + view.getUint32(row * 4, true),
      textStart + view.getUint32(row * 4 + 4, true),
    )
  }
  const isNull = (row: number, column: number): boolean =>
    ((at(row, column).view.getUint8(nullsStart + (row >> 3)) >> (row & 7)) & 1) === 1

  return {
    rowCount,
    columnCount: bodies.length,
    bytes,
    isNull,
    cell: (row, column) => (isNull(row, column) ? null : decoder.decode(bytes(row, column))),
    sizeBytes: bodies.reduce((sum, body) => sum + body.byteLength, 0),
  }
}

function checkLayout(view: DataView, rowCount: number): void {
  const textStart = bytesOffset(rowCount)
  if (view.byteLength < textStart) throw malformed('a column is shorter than its offsets')
  const length = view.byteLength - textStart
  let previous = 0
  for (let row = 0; row <= rowCount; row++) {
    const offset = view.getUint32(row * 4, true)
    if (offset < previous || offset > length) throw malformed('its offsets are not in order')
    previous = offset
  }
  if (view.getUint32(0, true) !== 0 || previous !== length)
    throw malformed('its offsets do not cover its text')
}

function malformed(why: string): AppError {
  return new AppError('INVALID_INPUT', `A column batch could not be read: ${why}.`)
}
