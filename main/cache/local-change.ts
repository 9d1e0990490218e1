// A change that the person made to a synced record, as the stores hand it to the outbox.
import type { ConnectionRecord, SavedQueryRecord } from '#contract/capabilities/sync.ts'

/** Kinds of records that are written here and pushed to the service. */
export type WritableKind = 'connection' | 'savedQuery'

/** A change on this machine. */
export type LocalChange =
  | {
      readonly type: 'upsert'
      readonly record:
        | { readonly kind: 'connection'; readonly record: ConnectionRecord }
        | { readonly kind: 'savedQuery'; readonly record: SavedQueryRecord }
    }
  | { readonly type: 'delete'; readonly kind: WritableKind; readonly id: string }

/** Where the stores of synced records leave their changes. `append` is called inside the transaction that makes the change, so it must write to the same cache. */
export interface ChangeLog {
  append(change: LocalChange): void
  /** Ids of records with a change that the service has not confirmed. */
  pendingIds(kind: WritableKind): ReadonlySet<string>
}
