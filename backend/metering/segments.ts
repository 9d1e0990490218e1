// Reads spool files: the one that is written to, those before it, and those of processes that are gone.
import { open, readdir, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { isErrnoException } from './errno.ts'
import { SPOOL_SUFFIX } from './spool.ts'
import { createLineReader } from './spool-format.ts'
import type { SpooledEvent } from './types.ts'

const CHUNK_BYTES = 1024 * 1024
const NEWLINE = 0x0a

/** Lines that were read together. */
export interface Chunk {
  readonly events: readonly SpooledEvent[]
  /** Bytes of the file up to the end of these lines. */
  readonly position: number
  /** Lines that are not as they were written: skipped. */
  readonly damaged: number
}

export interface SegmentReader {
  /** The next lines, complete ones of at most `limit` bytes of the file; undefined when there are none. */
  next(limit: number): Promise<Chunk | undefined>
}

/** Names of the spool files, the oldest of each process first. */
export async function listSegments(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory)
  return names.filter((name) => name.endsWith(SPOOL_SUFFIX)).sort()
}

/** Removes a file that is read to its end. */
export async function removeSegment(directory: string, segment: string): Promise<void> {
  await unlink(join(directory, segment)).catch((error: unknown) => {
    if (!isErrnoException(error, 'ENOENT')) throw error
  })
}

/** Keeps a file that could not be read in whole, for a person to look at. It is not read again. */
export async function setSegmentAside(directory: string, segment: string): Promise<void> {
  await rename(join(directory, segment), join(directory, `${segment}.damaged`))
}

/** Reads a file from its start; what lies before `from` is read for its declarations only. */
export function createSegmentReader(directory: string, segment: string, from: number): SegmentReader {
  const lines = createLineReader()
  let position = 0

  /** Complete lines; empty when there are none. A chunk without any end of a line is no work of ours and passed over. */
  const read = async (limit: number): Promise<Buffer> => {
    const file = await open(join(directory, segment), 'r')
    try {
      const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, limit - position))
      const { bytesRead } = await file.read(buffer, 0, buffer.byteLength, position)
      const end = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE) + 1
      return buffer.subarray(0, end === 0 && bytesRead === CHUNK_BYTES ? CHUNK_BYTES : end)
    } finally {
      await file.close()
    }
  }

  return {
    async next(limit) {
      const bytes = limit > position ? await read(limit) : Buffer.alloc(0)
      if (bytes.byteLength === 0) return undefined
      const events: SpooledEvent[] = []
      let damaged = 0
      for (let start = 0; start < bytes.byteLength;) {
        const newline = bytes.indexOf(NEWLINE, start)
        const end = newline === -1 ? bytes.byteLength : newline
        const found = lines.read(bytes.toString('utf8', start, end))
        const isKnown = position + end < from
        if (found === undefined) damaged += isKnown ? 0 : 1
        else if (!isKnown) events.push(...found)
        start = end + 1
      }
      position += bytes.byteLength
      return { events, position, damaged }
    },
  }
}
