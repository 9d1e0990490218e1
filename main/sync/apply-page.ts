// Stores one page of what was pulled.
import type { SyncChange } from '#contract/capabilities/sync.ts'
import { keyOfChange } from './keys.ts'
import type { SyncKind, SyncTransaction } from './types.ts'

export interface PulledPage {
  readonly accountId: string
  readonly changes: readonly SyncChange[]
  readonly cursor: string
  readonly hasMore: boolean
  readonly reset: boolean
}

/**
 * Applies a page that was pulled with `requestCursor` and moves the cursor. Returns the kinds of the records that changed; undefined when the
 * page came late or twice and nothing was done (SYNC-8).
 */
export function applyPage(
  tx: SyncTransaction,
  requestCursor: string | null,
  page: PulledPage,
): ReadonlySet<SyncKind> | undefined {
  const state = tx.readState()
  if (state.cursor !== requestCursor) return undefined
  const changed = new Set<SyncKind>()
  // A first page brings everything that is there and no tombstones: what was pushed before it may have been deleted elsewhere since.
  const startsAnew = page.reset || requestCursor === null
  if (startsAnew) tx.markAllStale()
  for (const change of page.changes) if (applyChange(tx, change)) changed.add(keyOfChange(change).kind)
  const isResetting = startsAnew || state.isResetting
  if (isResetting && !page.hasMore) {
    for (const key of tx.staleKeys()) {
      if (tx.entriesOf(key).length > 0) continue
      tx.removeRecord(key)
      changed.add(key.kind)
    }
  }
  tx.writeState({
    accountId: page.accountId,
    cursor: page.cursor,
    isResetting: isResetting && page.hasMore,
  })
  return changed
}

/** SYNC-9. Returns whether it was applied. */
function applyChange(tx: SyncTransaction, change: SyncChange): boolean {
  const key = keyOfChange(change)
  if (tx.entriesOf(key).length > 0) return false
  const stored = tx.readRecord(key)
  const isNews =
    stored === undefined || stored.isStale || stored.version === null || stored.version < change.version
  if (!isNews) return false
  if (change.type === 'upsert')
    tx.writeRecord({ record: change.record, version: change.version, isStale: false })
  else tx.removeRecord(key)
  return true
}
