// Keeps results for the grid: batches in memory to a limit, then in a file per result, found by row. Memory is bounded per result and in all;
// the disk is bounded in all, and the results that were used least recently go first.
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ResultId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import {
  createKeptResult,
  resultGone,
  type KeptResult,
  type ResultRoom,
  type StoredResult,
} from './kept-result.ts'

export type { StoredResult, WindowBatch } from './kept-result.ts'

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

/** Opens the store in its folder, which is its own: files that an earlier, killed run left there are removed. */
export function createResultStore(
  directory: string,
  limits: ResultLimits = DEFAULT_RESULT_LIMITS,
): ResultStore {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  for (const name of readdirSync(directory)) if (name.endsWith('.spool')) rmSync(join(directory, name))

  /** In the order of use, the latest last. */
  const kept = new Map<ResultId, KeptResult>()
  let memoryBytes = 0
  let diskBytes = 0

  const touch = (id: ResultId): KeptResult | undefined => {
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
  const leastRecent = (except: ResultId, fits: (kept: KeptResult) => boolean): ResultId | undefined => {
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

  const room: ResultRoom = {
    memoryPerResultBytes: limits.memoryPerResultBytes,
    addMemory: (bytes) => (memoryBytes += bytes),
    addDisk: (bytes) => (diskBytes += bytes),
    makeRoomInMemory,
    makeRoomOnDisk,
  }

  return {
    create(id, onClose) {
      const made = createKeptResult(id, join(directory, `${id}.spool`), room, onClose)
      kept.set(id, made)
      if (kept.size > limits.maxResults) {
        const oldest = leastRecent(id, () => true)
        if (oldest !== undefined) void close(oldest)
      }
      return made.result
    },
    get(id) {
      const found = touch(id)
      if (found === undefined) throw resultGone()
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
