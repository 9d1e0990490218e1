// Which key a request comes with, and whether a token of a user stands beside it. Pure: nothing is looked up here.
import type { IncomingHttpHeaders } from 'node:http'
import { looksLikeKey } from '../api-keys/index.ts'

export type Credentials =
  | { readonly kind: 'none' }
  /** `apikey` and `authorization` hold two different keys: whose rights were meant cannot be told. */
  | { readonly kind: 'conflict' }
  | {
      readonly kind: 'key'
      /** As it was sent. */
      readonly key: string
      /** Whether `authorization` holds a token, whose role then counts instead of the key's. */
      readonly hasToken: boolean
    }

const BEARER = /^bearer(?:$| +)/i

/**
 * Reads `apikey: <key>` and `authorization: Bearer <key or token>`. A bearer that repeats the key is the key; a key that stands alone may stand in
 * either. Anything else than a bearer in `authorization` is not for us. A bearer that is neither goes on to the engine as a token, however broken it
 * is: a secret key must not act for itself because the user's token beside it was cut.
 */
export function readCredentials(headers: IncomingHttpHeaders): Credentials {
  const { apikey } = headers
  const key = typeof apikey === 'string' ? apikey.trim() : ''
  const bearer = bearerOf(headers.authorization)
  if (key === '') {
    return bearer !== undefined && looksLikeKey(bearer)
      ? { kind: 'key', key: bearer, hasToken: false }
      : { kind: 'none' }
  }
  if (bearer === undefined || bearer === key) return { kind: 'key', key, hasToken: false }
  if (looksLikeKey(bearer)) return { kind: 'conflict' }
  return { kind: 'key', key, hasToken: true }
}

/** What follows the scheme; undefined where the scheme is another or there is none. */
function bearerOf(authorization: string | undefined): string | undefined {
  const scheme = authorization === undefined ? null : BEARER.exec(authorization)
  return scheme === null ? undefined : authorization?.slice(scheme[0].length).trim()
}
