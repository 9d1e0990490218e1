// Keys of test sessions: a data API lets nobody pass without a key, and of those that were made only hashes are kept. These live in memory and end
// with their session. Service processes do not share them.
import { randomUUID } from 'node:crypto'
import { ApiKeyId, type ApiKey } from '#contract/capabilities/api-keys.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { formatKey, hashKey, KEY_BYTES, type KeyLookup } from '../api-keys/index.ts'
import type { Clock } from '../clock.ts'

export interface TestKeys {
  /** A publishable key of the project until `expiresAt`. */
  open(projectId: ProjectId, expiresAt: Date): string
  /** Finds these keys, and all others by `next`. */
  findBefore(next: KeyLookup['find']): KeyLookup['find']
  forgetProject(projectId: ProjectId): void
}

const MAX_KEYS = 5_000
const PREFIX_LENGTH = 'nbl_publishable_'.length + 4

/** Makes the store. */
export function createTestKeys(deps: {
  readonly clock: Clock
  readonly randomBytes: (count: number) => Uint8Array
}): TestKeys {
  const { clock, randomBytes } = deps
  const keys = new Map<string, { readonly key: ApiKey; readonly expiresAt: number }>()

  const dropExpired = (): void => {
    const now = clock.now().getTime()
    for (const [hash, { expiresAt }] of keys) if (expiresAt <= now) keys.delete(hash)
  }

  return {
    open(projectId, expiresAt) {
      dropExpired()
      const [oldest] = keys.keys()
      if (keys.size >= MAX_KEYS && oldest !== undefined) keys.delete(oldest)
      const text = formatKey('publishable', randomBytes(KEY_BYTES))
      keys.set(nameOf(text), {
        expiresAt: expiresAt.getTime(),
        key: {
          id: ApiKeyId.parse(randomUUID()),
          projectId,
          name: 'test session',
          kind: 'publishable',
          prefix: text.slice(0, PREFIX_LENGTH),
          scope: { access: 'read-write', schemas: null },
          createdAt: clock.now().toISOString(),
          expiresAt: expiresAt.toISOString(),
          lastUsedAt: null,
          revokedAt: null,
          replacedBy: null,
        },
      })
      return text
    },
    findBefore: (next) => async (projectId, text) => {
      if (keys.size === 0 || text.length > 100) return next(projectId, text)
      const found = keys.get(nameOf(text))
      if (found === undefined) return next(projectId, text)
      if (found.key.projectId !== projectId) return { kind: 'unknown', key: null }
      if (found.expiresAt <= clock.now().getTime()) return { kind: 'expired', key: null }
      return { kind: 'valid', key: found.key }
    },
    forgetProject(projectId) {
      for (const [hash, { key }] of keys) if (key.projectId === projectId) keys.delete(hash)
    },
  }
}

function nameOf(text: string): string {
  return hashKey(text).toString('latin1')
}
