// One kept result: its batches in memory to a limit, the others in its file, found by row. Writing goes on behind the one who appends.
import type { ResultId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import { sliceBatch, type RowBatch } from './batch-slice.ts'
import { openSpool, type Spool, type SpoolEntry } from './spool.ts'

/** Rows of a window with their place in the result. */
export interface WindowBatch extends RowBatch {
  readonly firstRow: number
}

export interface StoredResult {
  readonly id: ResultId
  readonly rowCount: () => number
  readonly sizeBytes: () => number
  /** Adds rows at the end. One call at a time. Rejects with LIMIT_REACHED when the disk, or the room given to results, is full; RESULT_GONE once closed. */
  append(batch: RowBatch): Promise<void>
  /** Rows [firstRow, firstRow + rowCount), fewer at the end. RESULT_GONE once closed. */
  read(firstRow: number, rowCount: number): Promise<WindowBatch[]>
  readonly isClosed: () => boolean
}

/** What the results of a store share. */
export interface ResultRoom {
  readonly memoryPerResultBytes: number
  addMemory(bytes: number): void
  addDisk(bytes: number): void
  /** Brings memory back under its bound after `id` took more. */
  makeRoomInMemory(id: ResultId): Promise<void>
  /** Evicts others until `id` may write so many bytes. Rejects with LIMIT_REACHED. */
  makeRoomOnDisk(id: ResultId, sizeBytes: number): Promise<void>
}

/** A result as its store sees it. */
export interface KeptResult {
  readonly result: StoredResult
  readonly hasMemory: () => boolean
  /** Moves everything in memory to the file. */
  spill(): Promise<void>
  close(): Promise<void>
}

/** `batch` while it is in memory, `entry` once it is in the file. */
interface Chunk {
  readonly firstRow: number
  readonly rowCount: number
  readonly sizeBytes: number
  batch: RowBatch | undefined
  entry: SpoolEntry | undefined
}

/** Part of the result's memory that may wait for the disk before the one who appends waits too. */
const WAITING_PART = 1 / 4
/** Part of the result's memory that one write takes: many small writes would cost more in handing over than in writing. */
const WRITE_PART = 1 / 16

/** A new, empty result whose file will be at `path`. */
export function createKeptResult(
  id: ResultId,
  path: string,
  room: ResultRoom,
  onClose: () => void,
): KeptResult {
  const chunks: Chunk[] = []
  let rowCount = 0
  let sizeBytes = 0
  let memoryBytes = 0
  let isClosed = false
  let spool: Spool | undefined
  /** Chunks that wait for the file, and the writer while it works. */
  let waiting: Chunk[] = []
  let waitingBytes = 0
  let writer: Promise<void> | undefined
  let writeFailure: unknown
  /** Told after each write. */
  let onProgress: (() => void)[] = []
  const reads = new Set<Promise<unknown>>()

  const changeMemory = (bytes: number): void => {
    memoryBytes += bytes
    room.addMemory(bytes)
  }
  const dropFromMemory = (chunk: Chunk): void => {
    if (chunk.batch === undefined) return
    chunk.batch = undefined
    changeMemory(-chunk.sizeBytes)
  }
  const takeGroup = (): Chunk[] => {
    let bytes = 0
    const count = waiting.findIndex(
      (chunk) => (bytes += chunk.sizeBytes) >= room.memoryPerResultBytes * WRITE_PART,
    )
    return waiting.splice(0, count === -1 ? waiting.length : count + 1)
  }
  const writeGroup = async (group: readonly Chunk[]): Promise<void> => {
    const bytes = group.reduce((sum, chunk) => sum + chunk.sizeBytes, 0)
    try {
      await room.makeRoomOnDisk(id, bytes)
      const batches = group.flatMap((chunk) => chunk.batch ?? [])
      if (isClosed || batches.length !== group.length) return
      spool ??= await openSpool(path)
      const entries = await spool.append(batches)
      if (isClosed) return
      group.forEach((chunk, index) => {
        chunk.entry = entries[index]
        room.addDisk(chunk.entry?.sizeBytes ?? 0)
        dropFromMemory(chunk)
      })
    } finally {
      waitingBytes -= bytes
      const told = onProgress
      onProgress = []
      for (const tell of told) tell()
    }
  }
  const write = async (): Promise<void> => {
    try {
      while (waiting.length > 0 && !isClosed) await writeGroup(takeGroup())
    } catch (error) {
      // The chunks stay in memory, where they can still be read.
      writeFailure ??= diskError(error)
      waiting = []
      waitingBytes = 0
    } finally {
      writer = undefined
    }
  }
  const enqueue = (chunk: Chunk): void => {
    waiting.push(chunk)
    waitingBytes += chunk.sizeBytes
    writer ??= write()
  }
  const load = async (chunk: Chunk): Promise<RowBatch> => {
    if (chunk.batch !== undefined) return chunk.batch
    if (isClosed || chunk.entry === undefined || spool === undefined) throw resultGone()
    const reading = spool.read(chunk.entry)
    reads.add(reading)
    try {
      return await reading
    } finally {
      reads.delete(reading)
    }
  }

  return {
    hasMemory: () => memoryBytes > 0 && writeFailure === undefined,
    async spill() {
      const isWaiting = new Set(waiting)
      for (const chunk of chunks)
        if (chunk.batch !== undefined && chunk.entry === undefined && !isWaiting.has(chunk)) enqueue(chunk)
      await writer
    },
    async close() {
      if (isClosed) return
      isClosed = true
      for (const chunk of chunks) {
        dropFromMemory(chunk)
        room.addDisk(-(chunk.entry?.sizeBytes ?? 0))
      }
      chunks.length = 0
      waiting = []
      onClose()
      await writer
      await Promise.allSettled(reads)
      await spool?.remove()
    },
    result: {
      id,
      rowCount: () => rowCount,
      sizeBytes: () => sizeBytes,
      isClosed: () => isClosed,
      async append(batch) {
        // Postgres and the disk work at the same time, until the disk is too far behind.
        while (waitingBytes > room.memoryPerResultBytes * WAITING_PART && !isClosed)
          await new Promise<void>((resolve) => onProgress.push(resolve))
        if (isClosed) throw resultGone()
        if (writeFailure !== undefined) throw writeFailure
        const bytes = batch.bodies.reduce((sum, body) => sum + body.byteLength, 0)
        const chunk: Chunk = {
          firstRow: rowCount,
          rowCount: batch.rowCount,
          sizeBytes: bytes,
          batch,
          entry: undefined,
        }
        chunks.push(chunk)
        rowCount += batch.rowCount
        sizeBytes += bytes
        changeMemory(bytes)
        if (memoryBytes - waitingBytes > room.memoryPerResultBytes) enqueue(chunk)
        else await room.makeRoomInMemory(id)
      },
      async read(firstRow, count) {
        if (isClosed) throw resultGone()
        const lastRow = Math.min(firstRow + count, rowCount)
        const found: WindowBatch[] = []
        for (let index = findChunk(chunks, firstRow); index < chunks.length; index++) {
          const chunk = chunks[index]
          if (chunk === undefined || chunk.firstRow >= lastRow) break
          const from = Math.max(firstRow - chunk.firstRow, 0)
          const slice = sliceBatch(await load(chunk), from, lastRow - chunk.firstRow)
          if (slice.rowCount > 0) found.push({ ...slice, firstRow: chunk.firstRow + from })
        }
        return found
      },
    },
  }
}

/** Index of the chunk that has the row, by halving; the number of chunks when it is beyond them. */
function findChunk(chunks: readonly Chunk[], row: number): number {
  let low = 0
  let high = chunks.length
  while (low < high) {
    const middle = (low + high) >> 1
    const chunk = chunks[middle]
    if (chunk !== undefined && chunk.firstRow + chunk.rowCount <= row) low = middle + 1
    else high = middle
  }
  return low
}

/** The error for a result that was closed or evicted. */
export function resultGone(): AppError {
  return new AppError('RESULT_GONE', 'This result is no longer kept. Run the statement again.')
}

function diskError(cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return cause
  return new AppError('LIMIT_REACHED', 'The disk is full, so no more rows of this result can be kept.', {
    hint: 'Free some space and run the statement again, or ask for fewer rows.',
    cause,
  })
}
