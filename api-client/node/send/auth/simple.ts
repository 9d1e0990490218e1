// Authentications that are said with the request and are never asked about: basic, bearer, API key, and none.
import { NO_CREDENTIALS } from './types.ts'
import type { Authenticator, Credentials, Unauthorised } from './types.ts'

/** Says the same each time, or what `credentials` makes of the request. */
export function sayingAlways(
  credentials: Credentials | ((request: Unauthorised, signal: AbortSignal) => Promise<Credentials>),
  hidden: readonly string[] = [],
): Authenticator {
  return {
    authorize: (request, signal) =>
      typeof credentials === 'function' ? credentials(request, signal) : Promise.resolve(credentials),
    challenged: () => Promise.resolve(false),
    hidden: () => hidden,
    insight: () => null,
  }
}

export function nobody(): Authenticator {
  return sayingAlways(NO_CREDENTIALS)
}

/** RFC 7617, in UTF-8. */
export function basicCredentials(username: string, password: string): Credentials {
  const text = Buffer.from(`${username}:${password}`).toString('base64')
  return authorization(`Basic ${text}`)
}

/** `Bearer …`, or only the token where the prefix is empty. */
export function authorization(value: string): Credentials {
  return { headers: [{ name: 'Authorization', value: value.trim() }], query: [] }
}

/** A key or token in a header of its own, or in the query. */
export function placed(placement: 'header' | 'query', name: string, value: string): Credentials {
  return placement === 'header'
    ? { headers: [{ name, value }], query: [] }
    : { headers: [], query: [{ name, value }] }
}
