// The door of API keys.
import type { ApiKeyId } from '#contract/capabilities/api-keys.ts'
import type { Observe } from '../monitoring/index.ts'
import { createLastUse } from './last-use.ts'
import { createKeyLookup, type KeyLookup } from './lookup.ts'
import { createApiKeysService, type ApiKeysDependencies, type ApiKeysService } from './service.ts'
import { findKeyByHash, writeLastUses } from './store.ts'

export { formatKey, hashKey, KEY_BYTES, looksLikeKey } from './key-format.ts'
export type { KeyLookup, KeyOutcome, KeyRefusal } from './lookup.ts'
export { createApiKeysRoutes } from './routes.ts'
export type { ApiKeysService } from './service.ts'

export interface ApiKeys {
  readonly service: ApiKeysService
  /** For who serves requests that come with a key. */
  readonly find: KeyLookup['find']
  /** Notes that a request was made with a key. */
  noteUse(keyId: ApiKeyId): void
  /** Writes what was noted. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** Makes the keys: their rules, and the lookup that every request goes through. */
export function createApiKeys(
  deps: Omit<ApiKeysDependencies, 'onChanged'> & { readonly observe: Observe },
): ApiKeys {
  const { db, clock, observe } = deps
  const lookup = createKeyLookup({ clock, read: (hash) => findKeyByHash(db, hash) })
  const lastUse = createLastUse({
    clock,
    write: (uses) => writeLastUses(db, uses),
    onError: (error) => observe({ type: 'api.bookkeeping-failed', what: 'last use of keys', error }),
  })
  const service = createApiKeysService({ ...deps, onChanged: (projectId) => lookup.invalidate(projectId) })
  return {
    service: {
      ...service,
      async list(actor, input) {
        // So that a person who looks sees the call they have just made.
        await lastUse.flush()
        return service.list(actor, input)
      },
    },
    find: (projectId, text) => lookup.find(projectId, text),
    noteUse: (keyId) => lastUse.note(keyId),
    flush: () => lastUse.flush(),
    close: () => lastUse.close(),
  }
}
