// The first rows of the last result of each statement, kept for when the database is out of reach. Bounded per connection and in all.
import { z } from 'zod'
import { ResultColumn } from '#contract/capabilities/query.ts'
import type { Cache } from './database.ts'

/** Statements kept per connection. */
export const SNAPSHOTS_PER_CONNECTION = 200
/** Bytes kept in all. */
export const SNAPSHOTS_MAX_BYTES = 128 * 1024 * 1024

/** One column batch of a snapshot. */
export interface SnapshotBatch {
  readonly rowCount: number
  readonly bodies: readonly Uint8Array[]
}

export interface ResultSnapshot {
  /** ISO 8601. */
  readonly takenAt: string
  readonly command: string
  /** Rows of the result as it was, of which the batches may hold only the first. */
  readonly rowCount: number
  /** Whether the batches hold every row. */
  readonly isComplete: boolean
  readonly columns: readonly ResultColumn[]
  readonly batches: readonly SnapshotBatch[]
}

export interface ResultSnapshotStore {
  get(connectionId: string, statementHash: string): ResultSnapshot | undefined
  put(connectionId: string, statementHash: string, snapshot: ResultSnapshot): void
}

export interface SnapshotLimits {
  readonly perConnection: number
  readonly maxBytes: number
}

const Row = z.object({
  taken_at: z.string(),
  command: z.string(),
  row_count: z.number(),
  is_complete: z.number(),
  columns: z.string(),
  batches: z.instanceof(Uint8Array),
})

/** The store over an open cache. */
export function createResultSnapshotStore(
  cache: Cache,
  limits: SnapshotLimits = { perConnection: SNAPSHOTS_PER_CONNECTION, maxBytes: SNAPSHOTS_MAX_BYTES },
): ResultSnapshotStore {
  const { sqlite } = cache
  const select = sqlite.prepare(
    `select taken_at, command, row_count, is_complete, columns, batches
     from result_snapshot where connection_id = ? and statement_hash = ?`,
  )
  const upsert = sqlite.prepare(
    `insert or replace into result_snapshot
       (connection_id, statement_hash, taken_at, command, row_count, is_complete, columns, batches, size_bytes)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const trimConnection = sqlite.prepare(
    `delete from result_snapshot where connection_id = :connectionId and statement_hash in (
       select statement_hash from result_snapshot where connection_id = :connectionId
       order by taken_at desc limit -1 offset :kept)`,
  )
  const sumBytes = sqlite.prepare('select coalesce(sum(size_bytes), 0) as bytes from result_snapshot')
  const dropOldest = sqlite.prepare(
    `delete from result_snapshot where rowid in (select rowid from result_snapshot order by taken_at limit 20)`,
  )
  const Sum = z.object({ bytes: z.number() })

  return {
    get(connectionId, statementHash) {
      const found = select.get(connectionId, statementHash)
      if (found === undefined) return undefined
      const row = Row.parse(found)
      return {
        takenAt: row.taken_at,
        command: row.command,
        rowCount: row.row_count,
        isComplete: row.is_complete === 1,
        columns: z.array(ResultColumn).parse(JSON.parse(row.columns)),
        batches: unframeBatches(row.batches),
      }
    },
    put(connectionId, statementHash, snapshot) {
      const bytes = frameBatches(snapshot.batches)
      sqlite
        .transaction(() => {
          upsert.run(
            connectionId,
            statementHash,
            snapshot.takenAt,
            snapshot.command,
            snapshot.rowCount,
            snapshot.isComplete ? 1 : 0,
            JSON.stringify(snapshot.columns),
            bytes,
            bytes.byteLength,
          )
          trimConnection.run({ connectionId, kept: limits.perConnection })
          while (Sum.parse(sumBytes.get()).bytes > limits.maxBytes) if (dropOldest.run().changes === 0) break
        })
        .immediate()
    },
  }
}

/** Batch after batch: row count, number of bodies, length of each body (Uint32, little endian), then the bodies. */
function frameBatches(batches: readonly SnapshotBatch[]): Buffer {
  const parts: Uint8Array[] = []
  for (const batch of batches) {
    const head = Buffer.alloc(8 + batch.bodies.length * 4)
    head.writeUInt32LE(batch.rowCount, 0)
    head.writeUInt32LE(batch.bodies.length, 4)
    batch.bodies.forEach((body, index) => head.writeUInt32LE(body.byteLength, 8 + index * 4))
    parts.push(head, ...batch.bodies)
  }
  return Buffer.concat(parts)
}

function unframeBatches(bytes: Uint8Array): SnapshotBatch[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const batches: SnapshotBatch[] = []
  let offset = 0
  while (offset < view.byteLength) {
    const rowCount = view.readUInt32LE(offset)
    const bodyCount = view.readUInt32LE(offset + 4)
    const lengths = Array.from({ length: bodyCount }, (_, index) => view.readUInt32LE(offset + 8 + index * 4))
    offset += 8 + bodyCount * 4
    const bodies = lengths.map((length) => {
      const body = view.subarray(offset, offset + length)
      offset += length
      return body
    })
    batches.push({ rowCount, bodies })
  }
  return batches
}
