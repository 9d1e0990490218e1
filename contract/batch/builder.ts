// Collects rows into column bodies. Cells are copied straight from the network's bytes: no string and no object is made per cell.
import { bytesOffset, nullsOffset } from './layout.ts'

export interface EncodedBatch {
  /** One per column: see layout.ts. */
  readonly bodies: Uint8Array<ArrayBuffer>[]
  readonly rowCount: number
}

export interface BatchBuilder {
  /** Appends source[start, end) as the next row's cell of a column. Each column gets one cell, or null, per row. */
  appendBytes(column: number, source: Uint8Array, start: number, end: number): void
  appendNull(column: number): void
  /** Ends the row; columns that got no cell are null. */
  endRow(): void
  readonly rowCount: () => number
  /** Bytes of cells so far. */
  readonly sizeBytes: () => number
  /** The bodies of what was appended; the builder is empty after it. */
  finish(): EncodedBatch
}

/** Cells shorter than this are copied byte by byte, which is faster than the view that a bulk copy needs. */
const BULK_COPY_BYTES = 32
const INITIAL_ROWS = 256
const INITIAL_BYTES = 2048

class Column {
  bytes = new Uint8Array(INITIAL_BYTES)
  used = 0
  offsets = new Uint32Array(INITIAL_ROWS)
  nulls = new Uint8Array(INITIAL_ROWS >> 3)
  /** Rows that have a cell here. */
  rows = 0

  append(source: Uint8Array, start: number, end: number): void {
    if (this.rows === this.offsets.length) this.growRows()
    this.offsets[this.rows++] = this.used
    const length = end - start
    const needed = this.used + length
    if (needed > this.bytes.length) this.growBytes(needed)
    if (length < BULK_COPY_BYTES) {
      const bytes = this.bytes
      let to = this.used
      for (let from = start; from < end; from++) bytes[to++] = source[from] ?? 0
    } else {
      this.bytes.set(source.subarray(start, end), this.used)
    }
    this.used = needed
  }

  appendNull(): void {
    if (this.rows === this.offsets.length) this.growRows()
    const row = this.rows++
    this.offsets[row] = this.used
    this.nulls[row >> 3] = (this.nulls[row >> 3] ?? 0) | (1 << (row & 7))
  }

  finish(): Uint8Array<ArrayBuffer> {
    const rows = this.rows
    const body = new Uint8Array(bytesOffset(rows) + this.used)
    const view = new DataView(body.buffer)
    // Element by element: the byte order of the layout is fixed, that of the machine is not.
    for (let row = 0; row < rows; row++) view.setUint32(row * 4, this.offsets[row] ?? 0, true)
    view.setUint32(rows * 4, this.used, true)
    body.set(this.nulls.subarray(0, (rows + 7) >> 3), nullsOffset(rows))
    body.set(this.bytes.subarray(0, this.used), bytesOffset(rows))
    this.nulls.fill(0)
    this.rows = 0
    this.used = 0
    return body
  }

  private growRows(): void {
    const offsets = new Uint32Array(this.offsets.length * 2)
    offsets.set(this.offsets)
    this.offsets = offsets
    const nulls = new Uint8Array(this.nulls.length * 2)
    nulls.set(this.nulls)
    this.nulls = nulls
  }

  private growBytes(needed: number): void {
    const bytes = new Uint8Array(Math.max(needed, this.bytes.length * 2))
    bytes.set(this.bytes.subarray(0, this.used))
    this.bytes = bytes
  }
}

/** Makes a builder for rows of `columnCount` cells. */
export function createBatchBuilder(columnCount: number): BatchBuilder {
  const columns = Array.from({ length: columnCount }, () => new Column())
  let rows = 0
  let size = 0
  return {
    appendBytes(column, source, start, end) {
      columns[column]?.append(source, start, end)
      size += end - start
    },
    appendNull(column) {
      columns[column]?.appendNull()
    },
    endRow() {
      rows++
      for (const column of columns) if (column.rows < rows) column.appendNull()
    },
    rowCount: () => rows,
    sizeBytes: () => size,
    finish() {
      const batch = { bodies: columns.map((column) => column.finish()), rowCount: rows }
      rows = 0
      size = 0
      return batch
    },
  }
}
