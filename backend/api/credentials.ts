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

/**
 * Reads `apikey: <key>` and `authorization: Bearer <key or token>`. A bearer that repeats the key is the key; a key that stands alone may stand in
 * either. Anything else than a bearer in `authorization` is not for us.
 */
export function readCredentials(headers: IncomingHttpHeaders): Credentials {
  const apikey = one(headers['apikey'])
  const bearer = bearerOf(headers.authorization)
  if (apikey === '') {
    return bearer !== '' && looksLikeKey(bearer)
      ? { kind: 'key', key: bearer, hasToken: false }
      : { kind: 'none' }
  }
  if (bearer === '' || bearer === apikey) return { kind: 'key', key: apikey, hasToken: false }
  if (looksLikeKey(bearer)) return { kind: 'conflict' }
  return { kind: 'key', key: apikey, hasToken: true }
}

function one(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value.trim() : ''
}

function bearerOf(authorization: string | undefined): string {
  if (authorization === undefined) return ''
  const match = /^bearer +(\S+) *$/i.exec(authorization)
  return match?.[1] ?? ''
}
