// Rows to column bodies, for those who have rows: tests, snapshots, results made here. The cursor uses the builder itself.
import { createBatchBuilder } from './builder.ts'

const encoder = new TextEncoder()

/** Encodes rows: one body per column (layout.ts). A row shorter than `columnCount` ends in nulls. */
export function encodeBatch(
  rows: readonly (readonly (Uint8Array | string | null)[])[],
  columnCount: number,
): Uint8Array<ArrayBuffer>[] {
  const builder = createBatchBuilder(columnCount)
  for (const row of rows) {
    for (let column = 0; column < columnCount; column++) {
      const cell = row[column] ?? null
      if (cell === null) {
        builder.appendNull(column)
        continue
      }
      const bytes = typeof cell === 'string' ? encoder.encode(cell) : cell
      builder.appendBytes(column, bytes, 0, bytes.byteLength)
    }
    builder.endRow()
  }
  return builder.finish().bodies
}
