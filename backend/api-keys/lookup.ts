// From the text of a key to the key, as fast as every request needs it: a bounded cache in memory by hash, from which a key is gone the moment it is
// changed in this process. Changes by another process are seen when an entry gets old.
import { timingSafeEqual } from 'node:crypto'
import type { ApiKey } from '#contract/capabilities/api-keys.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import type { Clock } from '../clock.ts'
import { hashKey, isWellFormedKey } from './key-format.ts'

const MAX_ENTRIES = 10_000
const MAX_AGE_MS = 30_000
/** Letters of the longest text that is looked at. */
const MAX_LENGTH = 100

export type KeyRefusal = 'malformed' | 'unknown' | 'expired' | 'revoked'

/** What a text is worth as a key of a project. */
export type KeyOutcome =
  { readonly kind: 'valid'; readonly key: ApiKey } | { readonly kind: KeyRefusal; readonly key: null }

export interface KeyLookup {
  /** Looks at a key. One of another project is as unknown as one that was never made. Throws what the database throws. */
  find(projectId: ProjectId, text: string): Promise<KeyOutcome>
  /** Forgets everything that is known of a project's keys: called when one of them has changed. */
  invalidate(projectId: ProjectId): void
}

interface Entry {
  readonly hash: Buffer
  readonly key: ApiKey
  /** In milliseconds, as Date has them; null for no end. */
  readonly expiresAt: number | null
  readonly loadedAt: number
}

/** Makes the lookup over a way to read a key by its hash. */
export function createKeyLookup(deps: {
  readonly clock: Clock
  readonly read: (hash: Uint8Array) => Promise<ApiKey | undefined>
  readonly maxEntries?: number
}): KeyLookup {
  const { clock, maxEntries = MAX_ENTRIES } = deps
  const entries = new Map<string, Entry>()
  const loading = new Map<string, Promise<Entry | undefined>>()
  /** Counts changes: what was read before one of them is not kept. */
  let changes = 0

  const load = async (id: string, hash: Buffer): Promise<Entry | undefined> => {
    const before = changes
    const key = await deps.read(hash)
    if (key === undefined) return undefined
    const entry = {
      hash,
      key,
      expiresAt: key.expiresAt === null ? null : Date.parse(key.expiresAt),
      loadedAt: clock.now().getTime(),
    }
    if (before === changes) {
      const [oldest] = entries.keys()
      if (entries.size >= maxEntries && oldest !== undefined) entries.delete(oldest)
      entries.set(id, entry)
    }
    return entry
  }

  const loadOnce = (id: string, hash: Buffer): Promise<Entry | undefined> => {
    const underWay = loading.get(id)
    if (underWay !== undefined) return underWay
    const loaded = load(id, hash).finally(() => {
      // After a change another load may have begun under the same name.
      if (loading.get(id) === loaded) loading.delete(id)
    })
    loading.set(id, loaded)
    return loaded
  }

  return {
    async find(projectId, text) {
      if (text.length > MAX_LENGTH) return { kind: 'malformed', key: null }
      const hash = hashKey(text)
      const id = hash.toString('latin1')
      const now = clock.now().getTime()
      let entry = entries.get(id)
      if (entry === undefined || now - entry.loadedAt >= MAX_AGE_MS) {
        // Looked at last: a key that is remembered is well formed.
        if (!isWellFormedKey(text)) return { kind: 'malformed', key: null }
        entries.delete(id)
        entry = await loadOnce(id, hash)
      }
      if (entry === undefined || !timingSafeEqual(entry.hash, hash)) return { kind: 'unknown', key: null }
      const { key } = entry
      if (key.projectId !== projectId) return { kind: 'unknown', key: null }
      if (key.revokedAt !== null) return { kind: 'revoked', key: null }
      if (entry.expiresAt !== null && entry.expiresAt <= now) return { kind: 'expired', key: null }
      return { kind: 'valid', key }
    },
    invalidate(projectId) {
      changes += 1
      loading.clear()
      for (const [id, { key }] of entries) if (key.projectId === projectId) entries.delete(id)
    },
  }
}
