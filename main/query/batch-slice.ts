// Cuts rows out of a column batch, for windows that begin or end inside one. The layout is contract/batch/layout.ts.
import { bytesOffset, nullsOffset } from '#contract/batch/layout.ts'

/** Column bodies with their number of rows. */
export interface RowBatch {
  readonly rowCount: number
  readonly bodies: readonly Uint8Array[]
}

/** Rows [from, to) of a batch as a batch of its own; the batch itself where that is all of it. */
export function sliceBatch(batch: RowBatch, from: number, to: number): RowBatch {
  if (from <= 0 && to >= batch.rowCount) return batch
  const first = Math.min(Math.max(from, 0), batch.rowCount)
  const rowCount = Math.max(Math.min(to, batch.rowCount) - first, 0)
  return { rowCount, bodies: batch.bodies.map((body) => sliceBody(body, batch.rowCount, first, rowCount)) }
}

function sliceBody(body: Uint8Array, rowsBefore: number, first: number, rowCount: number): Uint8Array {
  const source = new DataView(body.buffer, body.byteOffset, body.byteLength)
  const start = source.getUint32(first * 4, true)
  const end = source.getUint32((first + rowCount) * 4, true)
  const slice = new Uint8Array(bytesOffset(rowCount) + end - start)
  const target = new DataView(slice.buffer)
  for (let row = 0; row <= rowCount; row++)
    target.setUint32(row * 4, source.getUint32((first + row) * 4, true) - start, true)
  const nullsBefore = nullsOffset(rowsBefore)
  const nulls = nullsOffset(rowCount)
  for (let row = 0; row < rowCount; row++) {
    const from = first + row
    if (((body[nullsBefore + (from >> 3)] ?? 0) >> (from & 7)) & 1)
      slice[nulls + (row >> 3)] = (slice[nulls + (row >> 3)] ?? 0) | (1 << (row & 7))
  }
  const text = bytesOffset(rowsBefore)
  slice.set(body.subarray(text + start, text + end), bytesOffset(rowCount))
  return slice
}
