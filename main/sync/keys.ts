// Which record a change, a mutation or a record is about, and when two records say the same.
import type { SyncChange, SyncMutation, SyncRecord } from '#contract/capabilities/sync.ts'
import type { RecordKey, WritableKind } from './types.ts'

/** The key of a record. */
export function keyOfRecord({ kind, record }: SyncRecord): RecordKey {
  return { kind, id: record.id }
}

/** The key of what a mutation or local change is about. */
export function keyOfMutation(
  mutation:
    | Pick<Extract<SyncMutation, { type: 'upsert' }>, 'type' | 'record'>
    | Pick<Extract<SyncMutation, { type: 'delete' }>, 'type' | 'kind' | 'id'>,
): { readonly kind: WritableKind; readonly id: string } {
  return mutation.type === 'upsert'
    ? { kind: mutation.record.kind, id: mutation.record.record.id }
    : { kind: mutation.kind, id: mutation.id }
}

/** The key of what a pulled change is about. */
export function keyOfChange(change: SyncChange): RecordKey {
  return change.type === 'upsert' ? keyOfRecord(change.record) : { kind: change.kind, id: change.id }
}

/** Whether two records are equal but for `updatedAt` (SYNC-18). */
export function saySame(a: SyncRecord, b: SyncRecord): boolean {
  return a.kind === b.kind && canonical(a.record) === canonical(b.record)
}

function canonical(record: object): string {
  const entries = Object.entries(record).filter(([name]) => name !== 'updatedAt')
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}
