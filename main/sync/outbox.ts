// What enters the outbox when the person changes something, and what leaves it for a push.
import type { SyncMutation } from '#contract/capabilities/sync.ts'
import { keyOfMutation } from './keys.ts'
import type { LocalChange, OutboxEntry, SyncTransaction } from './types.ts'

/** Entries of one push, at most (SYNC-13). */
export const PUSH_MAX_ENTRIES = 50
/** Characters of JSON after which a push is closed (SYNC-13). */
export const PUSH_MAX_CHARACTERS = 4_000_000

/**
 * Notes a local change in the outbox (SYNC-11, SYNC-12). To be called in the transaction that writes or removes the record, as long as the store
 * still knows the record's version. `newId` gives random UUIDs.
 */
export function noteLocalChange(tx: SyncTransaction, change: LocalChange, newId: () => string): void {
  const key = keyOfMutation(change)
  const entries = tx.entriesOf(key)
  const last = entries.at(-1)
  if (last === undefined) {
    tx.appendEntry(toMutation(change, newId(), tx.readVersion(key)))
    return
  }
  if (last.state === 'attempted') {
    // Its base is the answer of the entry before it, filled in when that comes.
    tx.appendEntry(toMutation(change, newId(), null))
    return
  }
  const { baseVersion } = last.mutation
  if (change.type === 'delete' && baseVersion === null && entries.length === 1) {
    tx.removeEntry(last.sequence)
    return
  }
  const mutation = toMutation(change, newId(), baseVersion)
  tx.replaceEntry({ sequence: last.sequence, mutation, state: 'waiting', reason: null })
}

function toMutation(change: LocalChange, mutationId: string, baseVersion: number | null): SyncMutation {
  return change.type === 'upsert'
    ? { type: 'upsert', mutationId, baseVersion, record: change.record }
    : { type: 'delete', mutationId, baseVersion, kind: change.kind, id: change.id }
}

/**
 * The entries of the next push, marked as attempted: from the front of the outbox, one per record, within the limits (SYNC-12, SYNC-13).
 * Empty when nothing waits.
 */
export function takeBatch(
  tx: SyncTransaction,
  maxEntries: number = PUSH_MAX_ENTRIES,
): readonly OutboxEntry[] {
  const batch: OutboxEntry[] = []
  const records = new Set<string>()
  let characters = 0
  for (const entry of tx.readOutbox(maxEntries)) {
    const { kind, id } = keyOfMutation(entry.mutation)
    const record = `${kind} ${id}`
    characters += JSON.stringify(entry.mutation).length
    if (records.has(record) || (batch.length > 0 && characters > PUSH_MAX_CHARACTERS)) break
    records.add(record)
    batch.push({ ...entry, state: 'attempted' })
    if (entry.state !== 'attempted') tx.replaceEntry({ ...entry, state: 'attempted' })
  }
  return batch
}
