// Tokens of OAuth 2: kept, refreshed before they expire, and fetched once however many requests wait for them.
import { createHash } from 'node:crypto'
import { SendError } from '../failure.ts'
import { withSignal } from '../network.ts'
import type { OAuth2Auth, StoredToken, TokenStore } from '../types.ts'
import { authorization, placed } from './simple.ts'
import type { Authenticator } from './types.ts'

/** A token that expires this soon is refreshed before it is used. */
const EARLY_MS = 30_000

/** Asks authorization servers. */
export interface TokenFetcher {
  fetch(auth: OAuth2Auth, signal: AbortSignal): Promise<StoredToken>
  refresh(auth: OAuth2Auth, refreshToken: string, signal: AbortSignal): Promise<StoredToken>
}

export interface TokenRequests {
  readonly store: TokenStore
  readonly fetcher: TokenFetcher
  readonly now: () => number
  /** Fetches under way, by token. */
  readonly pending: Map<string, Promise<StoredToken>>
}

/** The name under which a token is kept: a hash of whose token it is, from whom, and for what. */
export function tokenKey(auth: OAuth2Auth): string {
  const { flow, authorizationUrl, accessTokenUrl, clientId, clientSecret, username, scope, audience } = auth
  return createHash('sha256')
    .update(
      JSON.stringify([
        flow,
        authorizationUrl,
        accessTokenUrl,
        clientId,
        clientSecret,
        username,
        scope,
        audience,
      ]),
    )
    .digest('hex')
}

/** A token that can be used now. */
export async function currentToken(
  auth: OAuth2Auth,
  requests: TokenRequests,
  { rejected, signal }: { readonly rejected?: StoredToken; readonly signal: AbortSignal },
): Promise<StoredToken> {
  const { store, now } = requests
  const key = tokenKey(auth)
  const kept = await store.get(key)
  const isGood =
    kept !== null &&
    kept.accessToken !== rejected?.accessToken &&
    (kept.expiresAtMs === null || kept.expiresAtMs - EARLY_MS > now())
  if (isGood) return kept
  if (kept !== null && kept.refreshToken !== null && auth.refreshesToken) {
    const { refreshToken } = kept
    try {
      return await once(key, requests, signal, (shared) =>
        requests.fetcher.refresh(auth, refreshToken, shared),
      )
    } catch (error) {
      if (signal.aborted || !auth.fetchesToken) throw error
      // A refresh token may be used up or revoked: then a new token is fetched.
    }
  }
  // One that is about to expire is still good; only an expired or refused one is not.
  const stillLives = kept !== null && rejected === undefined && (kept.expiresAtMs ?? 0) > now()
  if (stillLives) return kept
  if (!auth.fetchesToken) {
    throw new SendError(
      'AUTH',
      kept === null ? 'There is no token for this request yet.' : 'The token of this request has expired.',
      'Get one in the authentication of the request.',
    )
  }
  return fetchToken(auth, requests, signal)
}

/** A new token, in place of the one that is kept. */
export function fetchToken(
  auth: OAuth2Auth,
  requests: TokenRequests,
  signal: AbortSignal,
): Promise<StoredToken> {
  return once(tokenKey(auth), requests, signal, (shared) => requests.fetcher.fetch(auth, shared))
}

/** Who comes while a token is being fetched waits for that one. */
function once(
  key: string,
  requests: TokenRequests,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<StoredToken>,
): Promise<StoredToken> {
  const { pending, store } = requests
  const running = pending.get(key)
  if (running !== undefined) {
    return withSignal(running, signal).catch((error: unknown) => {
      // Who began gave up: that is not our end.
      if (signal.aborted || !isGivenUp(error)) throw error
      return once(key, requests, signal, work)
    })
  }
  const started = work(signal)
    .then(async (token) => {
      await store.set(key, token)
      return token
    })
    .finally(() => {
      pending.delete(key)
    })
  pending.set(key, started)
  return withSignal(started, signal)
}

function isGivenUp(error: unknown): boolean {
  return (
    error instanceof SendError && (error.failure.code === 'CANCELLED' || error.failure.code === 'TIMEOUT')
  )
}

export function oauthAuthenticator(auth: OAuth2Auth, requests: TokenRequests): Authenticator {
  let used: StoredToken | null = null
  let wasRefused = false
  const hidden: string[] = []
  return {
    authorize: async (_request, signal) => {
      used = await currentToken(auth, requests, {
        signal,
        ...(wasRefused && used !== null ? { rejected: used } : {}),
      })
      const text = auth.usesIdToken ? used.idToken : used.accessToken
      if (text === null) {
        throw new SendError(
          'AUTH',
          'The server gave no ID token.',
          'Add openid to the scope, or send the access token.',
        )
      }
      hidden.push(text)
      return auth.tokenPlacement === 'header'
        ? authorization(`${auth.tokenPrefix} ${text}`)
        : placed('query', auth.tokenPrefix === '' ? 'access_token' : auth.tokenPrefix, text)
    },
    challenged: ({ status }) => {
      // Refused although it should still be good: once more with a new one, unless a person would have to get it.
      const isAutomatic = auth.flow !== 'authorization_code' || (used?.refreshToken ?? null) !== null
      if (status !== 401 || wasRefused || used === null || !isAutomatic) return Promise.resolve(false)
      if (!auth.refreshesToken && !auth.fetchesToken) return Promise.resolve(false)
      wasRefused = true
      return Promise.resolve(true)
    },
    hidden: () => hidden,
    insight: () => null,
  }
}
