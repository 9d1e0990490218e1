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
  /** Appends batches in one write. One call at a time. Rejects with the error of the file system, ENOSPC most of all. */
  append(batches: readonly RowBatch[]): Promise<SpoolEntry[]>
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
    async append(batches) {
      const parts: Uint8Array[] = []
      let offset = end
      const entries = batches.map((batch): SpoolEntry => {
        const head = Buffer.allocUnsafe(4 + batch.bodies.length * 4)
        head.writeUInt32LE(batch.bodies.length, 0)
        batch.bodies.forEach((body, index) => head.writeUInt32LE(body.byteLength, 4 + index * 4))
        parts.push(head, ...batch.bodies)
        const sizeBytes = batch.bodies.reduce((sum, body) => sum + body.byteLength, head.byteLength)
        offset += sizeBytes
        return { offset: offset - sizeBytes, sizeBytes, rowCount: batch.rowCount }
      })
      await writeAll(file, parts, end)
      end = offset
      return entries
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

/** Systems take a limited number of buffers in one write. */
const MAX_PARTS = 512

async function writeAll(file: FileHandle, parts: readonly Uint8Array[], offset: number): Promise<void> {
  let position = offset
  let rest = parts
  while (rest.length > 0) {
    let { bytesWritten } = await file.writev(rest.slice(0, MAX_PARTS), position)
    position += bytesWritten
    let whole = 0
    for (const part of rest) {
      if (bytesWritten < part.byteLength) break
      bytesWritten -= part.byteLength
      whole++
    }
    // A nearly full disk takes a part; the next write then says ENOSPC.
    const cut = bytesWritten > 0 ? rest[whole] : undefined
    rest = cut === undefined ? rest.slice(whole) : [cut.subarray(bytesWritten), ...rest.slice(whole + 1)]
  }
}
