// Does what the service's answer to a pushed entry asks for, conflicts included. Each answer is one transaction (SYNC-22).
import type { SyncOutcome, SyncRecord } from '#contract/capabilities/sync.ts'
import { ConnectionId, SavedQueryId } from '#contract/capabilities/ids.ts'
import { keyOfMutation, saySame } from './keys.ts'
import type {
  OutboxEntry,
  RecordKey,
  ResolvedConflict,
  StoredRecord,
  SyncTransaction,
  WritableKind,
  WritableRecord,
} from './types.ts'

export interface Resolver {
  readonly now: () => Date
  /** Random UUIDs. */
  readonly newId: () => string
}

export interface AppliedOutcome {
  readonly conflict?: ResolvedConflict
  readonly rejected?: { readonly key: RecordKey; readonly reason: string }
}

const NAME_MAX: Readonly<Record<WritableKind, number>> = { savedQuery: 200, connection: 100 }

/**
 * Applies the answer to `sent`. Undefined when the outbox no longer holds that entry: the answer came twice and nothing was done.
 */
export function applyOutcome(
  tx: SyncTransaction,
  sent: OutboxEntry,
  outcome: SyncOutcome,
  resolver: Resolver,
): AppliedOutcome | undefined {
  const key = keyOfMutation(sent.mutation)
  const entries = tx.entriesOf(key)
  const index = entries.findIndex(({ mutation }) => mutation.mutationId === outcome.mutationId)
  if (index === -1) return undefined
  const successor = entries[index + 1]
  switch (outcome.type) {
    case 'applied':
      applied(tx, { sent, successor, version: outcome.version })
      return {}
    case 'rejected':
      rejected(tx, { sent, successor, reason: outcome.reason })
      return { rejected: { key, reason: outcome.reason } }
    case 'conflict': {
      for (const entry of entries) tx.removeEntry(entry.sequence)
      const conflict = resolveConflict(
        tx,
        { intent: successor ?? sent, current: outcome.current, version: outcome.version },
        resolver,
      )
      return conflict === undefined ? {} : { conflict }
    }
  }
}

interface Answered {
  readonly sent: OutboxEntry
  /** The change that was made after `sent` left. */
  readonly successor: OutboxEntry | undefined
}

function applied(tx: SyncTransaction, { sent, successor, version }: Answered & { version: number }): void {
  const key = keyOfMutation(sent.mutation)
  tx.removeEntry(sent.sequence)
  if (successor !== undefined)
    tx.replaceEntry({ ...successor, mutation: { ...successor.mutation, baseVersion: version } })
  const stored = tx.readRecord(key)
  if (stored !== undefined) tx.writeRecord({ record: stored.record, version, isStale: false })
  else if (successor === undefined) tx.removeRecord(key)
}

function rejected(tx: SyncTransaction, { sent, successor, reason }: Answered & { reason: string }): void {
  if (successor === undefined) {
    tx.replaceEntry({ ...sent, state: 'rejected', reason })
    return
  }
  // The later change takes its place: it stands on what the rejected one stood on.
  tx.removeEntry(sent.sequence)
  const { baseVersion } = sent.mutation
  if (successor.mutation.type === 'delete' && baseVersion === null) tx.removeEntry(successor.sequence)
  else tx.replaceEntry({ ...successor, mutation: { ...successor.mutation, baseVersion } })
}

interface Conflict {
  /** What the person wanted last. */
  readonly intent: OutboxEntry
  readonly current: SyncRecord | null
  readonly version: number
}

function resolveConflict(
  tx: SyncTransaction,
  { intent, current, version }: Conflict,
  resolver: Resolver,
): ResolvedConflict | undefined {
  const key = keyOfMutation(intent.mutation)
  const remote: StoredRecord | null = current && { record: current, version, isStale: false }
  if (intent.mutation.type === 'delete') {
    if (remote === null) {
      tx.removeRecord(key)
      return undefined
    }
    tx.writeRecord(remote) // SYNC-20
    return { ...key, resolution: 'kept-remote', copyName: null }
  }
  const local = intent.mutation.record
  if (remote === null) {
    tx.writeRecord({ record: local, version, isStale: false })
    tx.appendEntry({ type: 'upsert', mutationId: resolver.newId(), baseVersion: version, record: local }) // SYNC-19
    return { ...key, resolution: 'kept-local', copyName: null }
  }
  if (saySame(local, remote.record)) {
    tx.writeRecord(remote)
    return { ...key, resolution: 'merged', copyName: null }
  }
  const copy = conflictCopy(local, resolver)
  // The copy first: what is kept beside the record goes with the person's own version (SYNC-18).
  tx.writeRecord({ record: copy, version: null, isStale: false }, { copyOf: key.id })
  tx.appendEntry({ type: 'upsert', mutationId: resolver.newId(), baseVersion: null, record: copy })
  tx.writeRecord(remote)
  return { ...key, resolution: 'copied', copyName: copy.record.name }
}

function conflictCopy(local: WritableRecord, resolver: Resolver): WritableRecord {
  const name = conflictName(local.record.name, resolver.now(), NAME_MAX[local.kind])
  const id = resolver.newId()
  return local.kind === 'savedQuery'
    ? { kind: 'savedQuery', record: { ...local.record, id: SavedQueryId.parse(id), name } }
    : { kind: 'connection', record: { ...local.record, id: ConnectionId.parse(id), name } }
}

/** `name (conflict, 2026-11-22)`, the name shortened so that all of it fits `maxLength`. A name that already says so is not made longer. */
export function conflictName(name: string, at: Date, maxLength: number): string {
  const suffix = ` (conflict, ${at.toISOString().slice(0, 10)})`
  const base = name.replace(/( \(conflict, \d{4}-\d{2}-\d{2}\))+$/, '')
  let kept = base.slice(0, maxLength - suffix.length)
  // Not through the middle of a character that takes two units.
  if (/[\uD800-\uDBFF]$/.test(kept)) kept = kept.slice(0, -1)
  return `${kept.trimEnd()}${suffix}`
}
