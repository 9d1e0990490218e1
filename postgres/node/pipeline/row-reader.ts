// Reads the rows of a statement whose last column is a body. A short row comes whole; of a long one the cells before the body are gathered
// first, then the body's bytes are passed on.
import type { BodyStream } from './body-stream.ts'

/** The last cell of a row: its bytes, or the way to them while they arrive. */
export type PipelineBody =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'stream'; readonly sizeBytes: number; readonly chunks: AsyncIterable<Buffer> }

export interface BodyRow {
  /** The cells before the body, in binary; null for SQL null. */
  readonly cells: readonly (Buffer | null)[]
  readonly body: PipelineBody | null
}

/** Reads a whole DataRow. The bytes are shared with the chunk that they came in. */
export function readBodyRow(bytes: Buffer, start: number): BodyRow {
  const cells = readCells(bytes, start)
  const body = cells.pop() ?? null
  return { cells, body: body === null ? null : { kind: 'bytes', bytes: body } }
}

/** All cells of a DataRow as bytes. */
export function readCells(bytes: Buffer, start: number): (Buffer | null)[] {
  const count = bytes.readUInt16BE(start)
  const cells = new Array<Buffer | null>(count)
  let offset = start + 2
  for (let index = 0; index < count; index++) {
    const length = bytes.readInt32BE(offset)
    offset += 4
    if (length < 0) cells[index] = null
    else {
      cells[index] = bytes.subarray(offset, offset + length)
      offset += length
    }
  }
  return cells
}

export interface LongRowReader {
  /** The next bytes of the DataRow's body. Gives the row once its last cell begins. */
  push(bytes: Buffer): BodyRow | undefined
  /** The row is over. */
  end(): void
  fail(error: unknown): void
}

/** Reads one long DataRow from its pieces. `openBody` makes the stream that its last cell goes to. */
export function createLongRowReader(openBody: () => BodyStream): LongRowReader {
  let head: Buffer = Buffer.alloc(0)
  let body: BodyStream | undefined
  return {
    push(bytes) {
      if (body !== undefined) {
        body.push(bytes)
        return undefined
      }
      head = head.length === 0 ? bytes : Buffer.concat([head, bytes])
      const found = readHead(head)
      if (found === undefined) return undefined
      if (found.sizeBytes < 0) return { cells: found.cells, body: null }
      body = openBody()
      const rest = head.subarray(found.bodyStart)
      if (rest.length > 0) body.push(rest)
      return {
        cells: found.cells,
        body: { kind: 'stream', sizeBytes: found.sizeBytes, chunks: body.chunks },
      }
    },
    end: () => body?.end(),
    fail: (error) => body?.fail(error),
  }
}

interface Head {
  readonly cells: (Buffer | null)[]
  /** Negative for SQL null. */
  readonly sizeBytes: number
  readonly bodyStart: number
}

/** The cells before the last one; undefined while they are not all there. */
function readHead(bytes: Buffer): Head | undefined {
  if (bytes.length < 2) return undefined
  const count = bytes.readUInt16BE(0)
  const cells: (Buffer | null)[] = []
  let offset = 2
  for (let index = 0; ; index++) {
    if (bytes.length < offset + 4) return undefined
    const length = bytes.readInt32BE(offset)
    offset += 4
    if (index === count - 1) return { cells, sizeBytes: length, bodyStart: offset }
    if (length < 0) cells.push(null)
    else {
      if (bytes.length < offset + length) return undefined
      cells.push(bytes.subarray(offset, offset + length))
      offset += length
    }
  }
}
