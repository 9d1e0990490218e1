// The service's side of sync for one account, in memory: what backend/sync does without its database. Both pass testing/conformance/sync-service.ts.
import { AccountId } from '../contract/capabilities/ids.ts'
import {
  type SyncChange,
  SyncMutation,
  type SyncOutcome,
  type SyncRecord,
} from '../contract/capabilities/sync.ts'
import type { SyncClient } from '../main/sync/index.ts'

export interface MemorySyncService extends SyncClient {
  /** Changes a record from outside, as the service does with projects; null removes it. */
  put(key: { readonly kind: SyncRecord['kind']; readonly id: string }, record: SyncRecord | null): void
  /** Forgets all tombstones there are now: older cursors are answered with a reset. */
  forgetTombstones(): void
  /** What is there now. */
  records(): SyncRecord[]
}

interface Entry {
  readonly version: number
  readonly kind: SyncRecord['kind']
  readonly id: string
  readonly record: SyncRecord | null
}

const ACCOUNT = AccountId.parse('10000000-0000-4000-8000-000000000000')

/** Makes an empty service. */
export function createMemorySyncService(options: { readonly accountId?: string } = {}): MemorySyncService {
  const accountId = options.accountId === undefined ? ACCOUNT : AccountId.parse(options.accountId)
  const entries = new Map<string, Entry>()
  const effects = new Map<string, number>()
  let version = 0
  let floor = 0

  const write = (
    { kind, id }: { kind: SyncRecord['kind']; id: string },
    record: SyncRecord | null,
  ): number => {
    version += 1
    entries.set(`${kind} ${id}`, { version, kind, id, record: structuredClone(record) })
    return version
  }

  const apply = (mutation: SyncMutation): SyncOutcome => {
    const { mutationId } = mutation
    const before = effects.get(mutationId)
    if (before !== undefined) return { type: 'applied', mutationId, version: before }
    if (mutation.type === 'upsert' && JSON.stringify(mutation.record).includes('\\u0000'))
      return { type: 'rejected', mutationId, reason: 'It contains a NUL character, which cannot be stored.' }
    const key =
      mutation.type === 'upsert'
        ? { kind: mutation.record.kind, id: mutation.record.record.id }
        : { kind: mutation.kind, id: mutation.id }
    const entry = entries.get(`${key.kind} ${key.id}`)
    const standing = entry?.version ?? 0
    const current = entry?.record ?? null
    if (mutation.type === 'delete' && current === null)
      return { type: 'applied', mutationId, version: standing }
    if ((mutation.baseVersion ?? 0) !== standing)
      return { type: 'conflict', mutationId, version: standing, current: structuredClone(current) }
    const made = write(key, mutation.type === 'upsert' ? mutation.record : null)
    effects.set(mutationId, made)
    return { type: 'applied', mutationId, version: made }
  }

  return {
    async pull({ cursor, limit = 200 }) {
      // `version.since`: see backend/sync/cursor.ts. An unreadable one is NaN and fits nothing.
      const [known = 0, begun = known] = cursor === null ? [] : cursor.split('.').map(Number)
      const isGood = known === 0 || (Math.max(known, begun) >= floor && known <= version)
      const after = isGood ? known : 0
      const since = after === 0 ? version : begun
      const rest = [...entries.values()]
        .filter((entry) => entry.version > after && (after > 0 || entry.record !== null))
        .sort((a, b) => a.version - b.version)
      const page = rest.slice(0, Number(limit))
      const hasMore = page.length < rest.length
      return structuredClone({
        accountId,
        changes: page.map(({ version, kind, id, record }): SyncChange =>
          record === null ? { type: 'delete', version, kind, id } : { type: 'upsert', version, record },
        ),
        cursor: `${hasMore ? page.at(-1)?.version : version}.${since}`,
        hasMore,
        reset: !isGood,
      })
    },
    push: async ({ mutations }) => ({
      outcomes: mutations.map((mutation) => apply(SyncMutation.parse(mutation))),
    }),
    put: (key, record) => void write(key, record),
    forgetTombstones() {
      for (const [key, entry] of entries) {
        if (entry.record !== null) continue
        floor = Math.max(floor, entry.version)
        entries.delete(key)
      }
    },
    records: () => [...entries.values()].flatMap(({ record }) => (record === null ? [] : [record])),
  }
}
