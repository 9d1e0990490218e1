// The file of one result: batches appended one after the other, read back by where they were written.
import { open, rm, type FileHandle } from 'node:fs/promises'
import type { RowBatch } from './batch-slice.ts'

/** Where a batch is in the file. */
export interface SpoolEntry {
  readonly offset: number
  readonly sizeBytes: number
  readonly rowCount: number
}

export interface Spool {
  /** Appends a batch. One call at a time. Rejects with the error of the file system, ENOSPC most of all. */
  append(batch: RowBatch): Promise<SpoolEntry>
  read(entry: SpoolEntry): Promise<RowBatch>
  readonly sizeBytes: () => number
  /** Closes and removes the file. */
  remove(): Promise<void>
}

/** Makes the file, readable by this user only. */
export async function openSpool(path: string): Promise<Spool> {
  const file: FileHandle = await open(path, 'wx+', 0o600)
  let end = 0
  return {
    async append(batch) {
      const head = Buffer.allocUnsafe(4 + batch.bodies.length * 4)
      head.writeUInt32LE(batch.bodies.length, 0)
      batch.bodies.forEach((body, index) => head.writeUInt32LE(body.byteLength, 4 + index * 4))
      const sizeBytes = batch.bodies.reduce((sum, body) => sum + body.byteLength, head.byteLength)
      const offset = end
      await writeAll(file, [head, ...batch.bodies], offset)
      end += sizeBytes
      return { offset, sizeBytes, rowCount: batch.rowCount }
    },
    async read(entry) {
      const bytes = Buffer.allocUnsafeSlow(entry.sizeBytes)
      let filled = 0
      while (filled < entry.sizeBytes) {
        const { bytesRead } = await file.read(bytes, filled, entry.sizeBytes - filled, entry.offset + filled)
        if (bytesRead === 0) throw new Error('The file of a result is shorter than what was written to it.')
        filled += bytesRead
      }
      const bodyCount = bytes.readUInt32LE(0)
      let start = 4 + bodyCount * 4
      const bodies = Array.from({ length: bodyCount }, (_, index) => {
        const length = bytes.readUInt32LE(4 + index * 4)
        start += length
        return bytes.subarray(start - length, start)
      })
      return { rowCount: entry.rowCount, bodies }
    },
    sizeBytes: () => end,
    async remove() {
      await file.close()
      await rm(path, { force: true })
    },
  }
}

async function writeAll(file: FileHandle, parts: readonly Uint8Array[], offset: number): Promise<void> {
  let position = offset
  let rest = [...parts]
  while (rest.length > 0) {
    let { bytesWritten } = await file.writev(rest, position)
    position += bytesWritten
    // A nearly full disk takes a part; the next write then says ENOSPC.
    while (rest[0] !== undefined && bytesWritten >= rest[0].byteLength) {
      bytesWritten -= rest[0].byteLength
      rest = rest.slice(1)
    }
    if (rest[0] !== undefined && bytesWritten > 0) rest[0] = rest[0].subarray(bytesWritten)
  }
}
