// Keeps results for the grid: batches in memory to a limit, then in a file per result, found by row. Memory is bounded per result and in all;
// the disk is bounded in all, and the results that were used least recently go first.
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ResultId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import { sliceBatch, type RowBatch } from './batch-slice.ts'
import { openSpool, type Spool, type SpoolEntry } from './spool.ts'

export interface ResultLimits {
  /** Batches of a result beyond this many bytes go to its file. */
  readonly memoryPerResultBytes: number
  /** Beyond this many bytes in all, results used least recently move to their files. */
  readonly memoryTotalBytes: number
  /** All files together. */
  readonly diskTotalBytes: number
  /** Results kept at a time. */
  readonly maxResults: number
}

const MEBIBYTE = 1024 * 1024
export const DEFAULT_RESULT_LIMITS: ResultLimits = {
  memoryPerResultBytes: 32 * MEBIBYTE,
  memoryTotalBytes: 128 * MEBIBYTE,
  diskTotalBytes: 16 * 1024 * MEBIBYTE,
  maxResults: 500,
}

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

export interface ResultStore {
  /** A new, empty result. `onClose` is told once when it is closed or evicted. */
  create(id: ResultId, onClose: () => void): StoredResult
  /** RESULT_GONE when it was closed or evicted. Counts as a use. */
  get(id: ResultId): StoredResult
  close(id: ResultId): Promise<void>
  readonly memoryBytes: () => number
  readonly diskBytes: () => number
  /** Closes all results and removes their files. */
  closeAll(): Promise<void>
}

/** `batch` while it is in memory, `entry` once it is in the file. In between, both. */
interface Chunk {
  readonly firstRow: number
  readonly rowCount: number
  readonly sizeBytes: number
  batch: RowBatch | undefined
  entry: SpoolEntry | undefined
}

interface Kept {
  readonly result: StoredResult
  readonly hasMemory: () => boolean
  /** Moves everything in memory to the file. */
  spill(): Promise<void>
  close(): Promise<void>
}

/** Opens the store in its folder, which is its own: files that an earlier, killed run left there are removed. */
export function createResultStore(
  directory: string,
  limits: ResultLimits = DEFAULT_RESULT_LIMITS,
): ResultStore {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  for (const name of readdirSync(directory)) if (name.endsWith('.spool')) rmSync(join(directory, name))

  /** In the order of use, the latest last. */
  const kept = new Map<ResultId, Kept>()
  let memoryBytes = 0
  let diskBytes = 0

  const touch = (id: ResultId): Kept | undefined => {
    const found = kept.get(id)
    if (found !== undefined) {
      kept.delete(id)
      kept.set(id, found)
    }
    return found
  }
  const close = async (id: ResultId): Promise<void> => {
    const found = kept.get(id)
    kept.delete(id)
    await found?.close()
  }
  const leastRecent = (except: ResultId, fits: (kept: Kept) => boolean): ResultId | undefined => {
    for (const [id, candidate] of kept) if (id !== except && fits(candidate)) return id
    return undefined
  }

  /** After `id` took more memory: brings the total back under its bound. */
  const makeRoomInMemory = async (id: ResultId): Promise<void> => {
    while (memoryBytes > limits.memoryTotalBytes) {
      const victim = leastRecent(id, (candidate) => candidate.hasMemory()) ?? id
      const found = kept.get(victim)
      if (found === undefined || !found.hasMemory()) return
      await found.spill()
    }
  }
  /** Before `id` writes `sizeBytes`: evicts others until they fit. */
  const makeRoomOnDisk = async (id: ResultId, sizeBytes: number): Promise<void> => {
    while (diskBytes + sizeBytes > limits.diskTotalBytes) {
      const victim = leastRecent(id, () => true)
      if (victim === undefined)
        throw new AppError(
          'LIMIT_REACHED',
          'The result is larger than the room that results may take on this disk.',
          {
            hint: 'Ask for fewer rows, for example with a limit, or export the result to a file.',
          },
        )
      // Not awaited: two results that make room at each other's expense would wait for each other.
      void close(victim)
    }
  }

  const create = (id: ResultId, onClose: () => void): Kept => {
    const chunks: Chunk[] = []
    let rowCount = 0
    let sizeBytes = 0
    let ownMemoryBytes = 0
    let isClosed = false
    let spool: Spool | undefined
    /** Writes and reads of the file, one after the other. */
    let fileWork: Promise<unknown> = Promise.resolve()
    /** What a write failed with, told by the append after it. */
    let writeFailure: unknown

    const inOrder = <T>(work: () => Promise<T>): Promise<T> => {
      const done = fileWork.then(work)
      fileWork = done.catch(() => undefined)
      return done
    }
    const dropFromMemory = (chunk: Chunk): void => {
      if (chunk.batch === undefined) return
      chunk.batch = undefined
      ownMemoryBytes -= chunk.sizeBytes
      memoryBytes -= chunk.sizeBytes
    }
    const write = async (chunk: Chunk): Promise<void> => {
      const { batch } = chunk
      if (batch === undefined || chunk.entry !== undefined) return
      await makeRoomOnDisk(id, chunk.sizeBytes)
      if (isClosed) return
      try {
        spool ??= await openSpool(join(directory, `${id}.spool`))
        chunk.entry = await spool.append(batch)
        if (!isClosed) diskBytes += chunk.entry.sizeBytes
      } catch (cause) {
        throw diskError(cause)
      }
      dropFromMemory(chunk)
    }
    const load = async (chunk: Chunk): Promise<RowBatch> => {
      if (chunk.batch !== undefined) return chunk.batch
      return await inOrder(async () => {
        if (chunk.batch !== undefined) return chunk.batch
        if (isClosed || chunk.entry === undefined || spool === undefined) throw gone()
        return await spool.read(chunk.entry)
      })
    }

    return {
      hasMemory: () => ownMemoryBytes > 0,
      spill: () =>
        inOrder(async () => {
          for (const chunk of chunks) if (chunk.batch !== undefined) await write(chunk)
        }),
      async close() {
        if (isClosed) return
        isClosed = true
        for (const chunk of chunks) dropFromMemory(chunk)
        for (const chunk of chunks) diskBytes -= chunk.entry?.sizeBytes ?? 0
        chunks.length = 0
        onClose()
        await inOrder(async () => await spool?.remove())
      },
      result: {
        id,
        rowCount: () => rowCount,
        sizeBytes: () => sizeBytes,
        isClosed: () => isClosed,
        async append(batch) {
          // The write before this one may still run, so that Postgres and the disk work at the same time; a third batch waits.
          if (ownMemoryBytes >= limits.memoryPerResultBytes) await fileWork
          if (isClosed) throw gone()
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
          ownMemoryBytes += bytes
          memoryBytes += bytes
          if (ownMemoryBytes > limits.memoryPerResultBytes)
            inOrder(() => write(chunk)).catch((error: unknown) => (writeFailure ??= error))
          else if (memoryBytes > limits.memoryTotalBytes) await makeRoomInMemory(id)
        },
        async read(firstRow, count) {
          if (isClosed) throw gone()
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

  return {
    create(id, onClose) {
      const made = create(id, onClose)
      kept.set(id, made)
      if (kept.size > limits.maxResults) {
        const oldest = leastRecent(id, () => true)
        if (oldest !== undefined) void close(oldest)
      }
      return made.result
    },
    get(id) {
      const found = touch(id)
      if (found === undefined) throw gone()
      return found.result
    },
    close,
    memoryBytes: () => memoryBytes,
    diskBytes: () => diskBytes,
    async closeAll() {
      await Promise.all([...kept.keys()].map((id) => close(id)))
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

function gone(): AppError {
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
