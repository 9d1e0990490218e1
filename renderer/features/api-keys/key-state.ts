// What state a key is in, and how its scope is said.
import type { ApiKey } from '#contract/capabilities/api-keys.ts'
import type { BadgeTone } from '../../components/badge.tsx'

export interface KeyState {
  readonly isValid: boolean
  readonly word: string
  readonly tone: BadgeTone
}

/** The state at a moment. A key that was replaced is valid until it expires. */
export function stateOf(key: Pick<ApiKey, 'revokedAt' | 'expiresAt' | 'replacedBy'>, now: Date): KeyState {
  if (key.revokedAt !== null) return { isValid: false, word: 'Revoked', tone: 'neutral' }
  if (key.expiresAt !== null && new Date(key.expiresAt) <= now)
    return { isValid: false, word: key.replacedBy === null ? 'Expired' : 'Replaced', tone: 'neutral' }
  if (key.replacedBy !== null) return { isValid: true, word: 'Being replaced', tone: 'warning' }
  return { isValid: true, word: 'Active', tone: 'success' }
}

/** `Read and write`, `Read only in public, shop`. */
export function scopeWord({ access, schemas }: ApiKey['scope']): string {
  const what = access === 'read' ? 'Read only' : 'Read and write'
  return schemas === null ? what : `${what} in ${schemas.join(', ')}`
}

/** `in 12 days`, `in 3 h`, `today`: how long a moment is away; for moments to come. */
export function formatUntil(moment: string, now: Date): string {
  const minutes = Math.max(0, (new Date(moment).getTime() - now.getTime()) / 60_000)
  if (minutes < 60) return `in ${Math.ceil(minutes)} min`
  if (minutes < 48 * 60) return `in ${Math.round(minutes / 60)} h`
  return `in ${Math.round(minutes / 1440)} days`
}
