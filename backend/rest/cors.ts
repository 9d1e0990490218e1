// Cross-origin requests: what browsers are told about who may call.
import type { HttpRequest } from './parse/api-request.ts'
import { HEADER_NAME } from './respond/headers.ts'
import type { RestConfig, RestResponse } from './types.ts'

type Header = readonly [name: string, value: string]

const METHODS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS', 'HEAD']
const ALWAYS_ALLOWED_HEADERS = ['Accept', 'Accept-Language', 'Content-Language']
const EXPOSED_HEADERS =
  'Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding, Range-Unit'
/** Headers of our extensions: exposed where an answer has them, so that all others stay as PostgREST's. */
const OUR_HEADERS = [
  'Link',
  'Next-Cursor',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'Retry-After',
]
const MAX_AGE_SECONDS = 86_400

/** The answer to a browser's question before the request itself; undefined where it is no such question, or one that the API itself answers. */
export function preflight(request: HttpRequest, config: RestConfig): RestResponse | undefined {
  const { headers } = request
  const method = headers['access-control-request-method']
  if (request.method !== 'OPTIONS' || method === undefined || !METHODS.includes(method)) return undefined
  const origin = allowedOrigin(headers, config)
  const allowedHeaders = allowHeaders(headers['access-control-request-headers'])
  if (origin === undefined || allowedHeaders === undefined) return undefined
  return {
    status: 200,
    statusText: null,
    headers: [
      ...origin,
      ['Access-Control-Allow-Methods', METHODS.join(', ')],
      ...allowedHeaders,
      ['Access-Control-Max-Age', String(MAX_AGE_SECONDS)],
    ],
    body: { kind: 'bytes', bytes: new Uint8Array() },
  }
}

/** Every header that is asked for is allowed; none are named to who does not ask. Undefined for what is no list of names. */
function allowHeaders(asked: string | undefined): readonly Header[] | undefined {
  if (asked === undefined) return []
  const names = asked.split(',').map((name) => name.trim())
  if (asked.trim() !== '' && !names.every((name) => HEADER_NAME.test(name))) return undefined
  const known = new Set(['authorization', ...names.map((name) => name.toLowerCase())])
  const others = ALWAYS_ALLOWED_HEADERS.filter((name) => !known.has(name.toLowerCase()))
  const all = ['Authorization', ...names, ...others].filter((name) => name !== '')
  return [['Access-Control-Allow-Headers', all.join(', ')]]
}

/** What an answer to a cross-origin request carries; nothing for others, and for OPTIONS. `answered`: the other headers of the answer. */
export function corsHeaders(
  { method, headers }: Pick<HttpRequest, 'method' | 'headers'>,
  config: RestConfig,
  answered: readonly string[] = [],
): readonly Header[] {
  const origin = method === 'OPTIONS' ? undefined : allowedOrigin(headers, config)
  if (origin === undefined) return []
  const names = new Set(answered.map((name) => name.toLowerCase()))
  const ours = OUR_HEADERS.filter((name) => names.has(name.toLowerCase()))
  return [...origin, ['Access-Control-Expose-Headers', [EXPOSED_HEADERS, ...ours].join(', ')]]
}

/** Everybody, where no list is configured; otherwise those on it, with credentials. */
function allowedOrigin(
  headers: HttpRequest['headers'],
  { corsAllowedOrigins }: RestConfig,
): readonly Header[] | undefined {
  const { origin } = headers
  if (origin === undefined) return undefined
  if (corsAllowedOrigins.length === 0) return [['Access-Control-Allow-Origin', '*']]
  if (!corsAllowedOrigins.includes(origin)) return undefined
  return [
    ['Access-Control-Allow-Origin', origin],
    ['Access-Control-Allow-Credentials', 'true'],
  ]
}
