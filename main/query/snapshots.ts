// Results kept for when the database is out of reach: the first rows of the last good run of each statement that only reads.
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type { ResultColumn } from '#contract/capabilities/query.ts'
import type { ResultSnapshot, ResultSnapshotStore, SnapshotBatch } from '../cache/index.ts'
import type { StoredResult } from './result-store.ts'
import { statementKey } from './statement-key.ts'

export const SNAPSHOT_MAX_ROWS = 2_000
export const SNAPSHOT_MAX_BYTES = 1024 * 1024

/** What is known of a result that is to be kept. */
export interface SnapshotSource {
  readonly connectionId: ConnectionId
  readonly sql: string
  readonly command: string
  readonly columns: readonly ResultColumn[]
  readonly result: StoredResult
  /** Rows of the whole result as far as known. */
  readonly rowCount: number
  readonly isComplete: boolean
}

export interface Snapshots {
  /** Keeps the first rows of a result. */
  keep(source: SnapshotSource, takenAt: string): Promise<void>
  find(connectionId: ConnectionId, sql: string): ResultSnapshot | undefined
}

/** Snapshots over their store. */
export function createSnapshots(store: ResultSnapshotStore): Snapshots {
  return {
    async keep({ result, ...source }, takenAt) {
      const kept: SnapshotBatch[] = []
      let sizeBytes = 0
      let rows = 0
      for (const { rowCount, bodies } of await result.read(0, SNAPSHOT_MAX_ROWS)) {
        sizeBytes += bodies.reduce((sum, body) => sum + body.byteLength, 0)
        if (sizeBytes > SNAPSHOT_MAX_BYTES) break
        rows += rowCount
        kept.push({ rowCount, bodies })
      }
      // Rows too large to keep even one batch of: a snapshot without rows would look like an empty result.
      if (rows === 0 && source.rowCount > 0) return
      store.put(source.connectionId, statementKey(source.sql), {
        takenAt,
        command: source.command,
        rowCount: source.rowCount,
        isComplete: source.isComplete && rows === source.rowCount,
        columns: source.columns,
        batches: kept,
      })
    },
    find: (connectionId, sql) => store.get(connectionId, statementKey(sql)),
  }
}
