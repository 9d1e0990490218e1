// Where a redirect leads, and what of the request goes along: as browsers do (WHATWG fetch, HTTP-redirect fetch).
import type { HeaderPair } from '#contract/requests/exchange.ts'

const REDIRECTS = new Set([301, 302, 303, 307, 308])

export interface Redirected {
  readonly method: string
  readonly url: URL
  readonly keepsBody: boolean
  readonly isCrossOrigin: boolean
}

/** Null when the response is no redirect, or leads nowhere that can be asked. */
export function redirectOf(
  status: number,
  location: string | null,
  { method, url }: { readonly method: string; readonly url: URL },
): Redirected | null {
  if (!REDIRECTS.has(status) || location === null) return null
  const next = URL.parse(location, url.href)
  if (next === null || (next.protocol !== 'http:' && next.protocol !== 'https:')) return null
  if (next.hash === '') next.hash = url.hash
  const becomesGet =
    ((status === 301 || status === 302) && method === 'POST') ||
    (status === 303 && method !== 'GET' && method !== 'HEAD')
  return {
    method: becomesGet ? 'GET' : method,
    url: next,
    keepsBody: !becomesGet,
    isCrossOrigin: next.origin !== url.origin,
  }
}

const OF_BODY = new Set([
  'content-type',
  'content-length',
  'content-encoding',
  'content-language',
  'content-location',
  'transfer-encoding',
  'expect',
])
/** Browsers know the first three only; keys of APIs are as secret. */
const OF_ORIGIN = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'apikey',
  'api-key',
  'x-api-key',
])

/** The headers that a person wrote, without those that must not go along. */
export function redirectedHeaders(
  headers: readonly HeaderPair[],
  { keepsBody, isCrossOrigin }: Redirected,
  keepsAuthorization: boolean,
): HeaderPair[] {
  return headers.filter(({ name }) => {
    const lower = name.toLowerCase()
    if (!keepsBody && OF_BODY.has(lower)) return false
    // Made for the address that was asked.
    if (isCrossOrigin && lower === 'host') return false
    return !isCrossOrigin || keepsAuthorization || !OF_ORIGIN.has(lower)
  })
}
