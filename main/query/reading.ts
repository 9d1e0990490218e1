// Moves the rows of an open cursor into a result: up to a limit at once, and on from there when somebody asks for more. Between two moves the portal
// waits at the server, and with it the tab's session.
import { BATCH_MAX_BYTES, BATCH_MAX_ROWS } from '#contract/limits.ts'
import type { Cursor } from '#postgres/node/session.ts'
import type { RowBatch } from './batch-slice.ts'
import type { StoredResult } from './result-store.ts'

export interface ReadingLimits {
  /** Rows that are read without being asked for. */
  readonly maxRows: number
  /** Bytes that are read without being asked for. */
  readonly maxBytes: number
}

export const DEFAULT_READING_LIMITS: ReadingLimits = {
  maxRows: 5_000_000,
  maxBytes: 4 * 1024 * 1024 * 1024,
}
/** So that the first rows are on screen at once, the first batch is small. */
export const FIRST_BATCH_ROWS = 200

/** `suspended`: there may be more rows, nobody reads them now. `ended`: there were more, and they can no longer be read. */
export type ReadingState = 'reading' | 'suspended' | 'complete' | 'ended'

export interface Reading {
  readonly state: () => ReadingState
  /** Reads until the limits. `onBatch` is told of each batch once it is kept. Rejects with what the statement failed with. */
  start(onBatch: (batch: RowBatch, firstRow: number) => void): Promise<void>
  /** Reads on until the result has `rowCount` rows or there are no more. Does nothing unless suspended. */
  extend(rowCount: number): Promise<void>
  /** Stops for good and frees the session. Never rejects. */
  end(): Promise<void>
}

interface ReadingSource {
  readonly cursor: Cursor
  readonly result: StoredResult
  readonly limits: ReadingLimits
  /** Called once when the session is free of the cursor; `isWhole` when the statement came to its end. Never rejects. */
  readonly onFree: (isWhole: boolean) => Promise<void>
}

/** A reading that has not begun. */
export function createReading({ cursor, result, limits, onFree }: ReadingSource): Reading {
  let state: ReadingState = 'suspended'
  let isStopping = false
  let isFree = false
  let work: Promise<unknown> = Promise.resolve()

  const free = async (to: ReadingState): Promise<void> => {
    state = to
    if (isFree) return
    isFree = true
    await cursor.close()
    await cursor.finished
    await onFree(to === 'complete')
  }
  const readWhile = async (
    wantsMore: () => boolean,
    onBatch: (batch: RowBatch, firstRow: number) => void,
  ): Promise<void> => {
    state = 'reading'
    try {
      while (!isStopping && wantsMore()) {
        const firstRow = result.rowCount()
        const maxRows = firstRow === 0 ? FIRST_BATCH_ROWS : BATCH_MAX_ROWS
        const batch = await cursor.readBatch({ maxRows, maxBytes: BATCH_MAX_BYTES })
        if (batch === undefined) return await free(cursor.completion() === undefined ? 'ended' : 'complete')
        await result.append(batch)
        onBatch(batch, firstRow)
      }
      if (isStopping) await free('ended')
      else state = 'suspended'
    } catch (error) {
      await free('ended')
      throw error
    }
  }
  const enqueue = (next: () => Promise<void>): Promise<void> => {
    const done = work.then(next)
    work = done.catch(() => undefined)
    return done
  }

  return {
    state: () => state,
    start: (onBatch) =>
      enqueue(() =>
        readWhile(() => result.rowCount() < limits.maxRows && result.sizeBytes() < limits.maxBytes, onBatch),
      ),
    extend: (rowCount) =>
      enqueue(async () => {
        if (state !== 'suspended') return
        await readWhile(
          () => result.rowCount() < rowCount,
          () => undefined,
        )
      }),
    async end() {
      isStopping = true
      // A read that waits for the server ends when the cursor is closed.
      const closing = state === 'reading' ? cursor.close() : undefined
      await closing
      await enqueue(async () => {
        if (state !== 'complete') await free('ended')
      }).catch(() => undefined)
    },
  }
}
