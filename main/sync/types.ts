// What the replication engine asks of its store, and the words of docs/specs/sync.md as types. main/cache implements the store over SQLite.
import type { SyncMutation, SyncRecord } from '#contract/capabilities/sync.ts'

export type SyncKind = SyncRecord['kind']
/** The kinds that a device changes itself; the others only come from the service. */
export type WritableKind = 'savedQuery' | 'connection'
export type WritableRecord = Extract<SyncMutation, { type: 'upsert' }>['record']

/** A change that the person made on this device. */
export type LocalChange =
  | { readonly type: 'upsert'; readonly record: WritableRecord }
  | { readonly type: 'delete'; readonly kind: WritableKind; readonly id: string }

/** Names one record. */
export interface RecordKey {
  readonly kind: SyncKind
  readonly id: string
}

/** A record as the device holds it: what the person sees, local changes included. */
export interface StoredRecord {
  readonly record: SyncRecord
  /** The service's version that it was last known to have; null while the service does not know it. */
  readonly version: number | null
  /** Marked by a reset (SYNC-10): goes away at its end unless a page brings it again. */
  readonly isStale: boolean
}

/** `waiting`: never sent. `attempted`: perhaps sent, never altered again until it has its answer. `rejected`: refused for good (SYNC-21). */
export type OutboxState = 'waiting' | 'attempted' | 'rejected'

/** A local change that the service has not acknowledged. */
export interface OutboxEntry {
  /** Position in the outbox; given by the store, rising. */
  readonly sequence: number
  readonly mutation: SyncMutation
  readonly state: OutboxState
  /** Why it was rejected, for the person. */
  readonly reason: string | null
}

/** Where replication stands. A new store has `{ accountId: null, cursor: null, isResetting: false }`. */
export interface SyncState {
  /** Whose records these are (SYNC-23); null until the first cycle. */
  readonly accountId: string | null
  readonly cursor: string | null
  /** Between the first and the last page after a reset (SYNC-10). */
  readonly isResetting: boolean
}

/** The operations inside a transaction. All are synchronous; a read sees the writes before it. */
export interface SyncTransaction {
  readState(): SyncState
  writeState(state: SyncState): void

  readRecord(key: RecordKey): StoredRecord | undefined
  /** The version alone, known until `removeRecord`, also for a record that the person has just removed; null when there is none. */
  readVersion(key: RecordKey): number | null
  /**
   * Inserts or replaces. `copyOf` is the id of the record that this new one is a copy of (SYNC-18): the store also copies what is kept beside a
   * record and never synced, the sealed password of a connection.
   */
  writeRecord(stored: StoredRecord, options?: { readonly copyOf: string }): void
  /** Removes the record and what is kept beside it. Nothing happens when it is not there. */
  removeRecord(key: RecordKey): void
  /** Sets `isStale` on every record that has a version. */
  markAllStale(): void
  /** Keys of records with `isStale`. */
  staleKeys(): readonly RecordKey[]

  /** Entries that are not rejected, by sequence, at most `limit`. */
  readOutbox(limit: number): readonly OutboxEntry[]
  /** Entries of one record in any state, by sequence. */
  entriesOf(key: RecordKey): readonly OutboxEntry[]
  /** Adds an entry at the end, in state `waiting`. */
  appendEntry(mutation: SyncMutation): void
  /** Overwrites the entry of the same sequence. */
  replaceEntry(entry: OutboxEntry): void
  removeEntry(sequence: number): void
}

/** A result that is no promise: a transaction cannot wait for anything. */
export type Settled<T> = T extends PromiseLike<unknown> ? never : T

/** The replicated part of the device's cache. */
export interface SyncStore {
  /** Runs `work` atomically: when it returns, all of its writes are durable; when it throws, none of them was made. Never nested. */
  transaction<T>(work: (tx: SyncTransaction) => Settled<T>): T
}

/** A conflict that was resolved in this cycle, for a notification. */
export interface ResolvedConflict {
  readonly kind: WritableKind
  readonly id: string
  /** SYNC-18, 19 and 20. `merged`: both sides had made the same change. */
  readonly resolution: 'copied' | 'kept-local' | 'kept-remote' | 'merged'
  /** Name of the copy, for `copied`. */
  readonly copyName: string | null
}

/** What a cycle did. */
export interface SyncSummary {
  readonly pushed: number
  readonly pulled: number
  readonly conflicts: readonly ResolvedConflict[]
  /** Entries that were rejected in this cycle, with the reason. */
  readonly rejected: readonly { readonly key: RecordKey; readonly reason: string }[]
}
