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

const BEARER = /^bearer(?:$|\s+)/i
/** What a proxy before us, or a browser, may add for itself. */
const OF_OTHERS = /^(?:basic|digest|negotiate|ntlm)(?:$|\s)/i

/**
 * Reads `apikey: <key>` and `authorization: Bearer <key or token>`. A bearer that repeats the key is the key; a key that stands alone may stand in
 * either. A password in `authorization` is not for us. Everything else there goes on to the engine as a token, however broken it is: a secret key must
 * not act for itself because the user's token beside it was cut, or came without its scheme.
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
  const beside = bearer ?? otherOf(headers.authorization)
  if (beside === undefined || beside === key) return { kind: 'key', key, hasToken: false }
  if (looksLikeKey(beside)) return { kind: 'conflict' }
  return { kind: 'key', key, hasToken: true }
}

/** What follows the scheme; undefined where the scheme is another or there is none. */
function bearerOf(authorization: string | undefined): string | undefined {
  const scheme = authorization === undefined ? null : BEARER.exec(authorization)
  return scheme === null ? undefined : authorization?.slice(scheme[0].length).trim()
}

/** What stands there without being a bearer or a password; undefined where nothing does. */
function otherOf(authorization: string | undefined): string | undefined {
  const text = authorization?.trim() ?? ''
  return text === '' || OF_OTHERS.test(text) ? undefined : text
}
