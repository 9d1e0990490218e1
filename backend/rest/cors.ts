// Cross-origin requests: what browsers are told about who may call.
import type { HttpRequest } from './parse/api-request.ts'
import type { RestConfig, RestResponse } from './types.ts'

type Header = readonly [name: string, value: string]

const METHODS = 'GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD'
const ALWAYS_ALLOWED_HEADERS = ['Accept', 'Accept-Language', 'Content-Language']
const EXPOSED_HEADERS =
  'Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding, Range-Unit'
/** Headers of our extensions: exposed where an answer has them, so that all others stay as PostgREST's. */
const OUR_HEADERS = ['Link', 'Next-Cursor']
const MAX_AGE_SECONDS = 86_400

/** The answer to a browser's question before the request itself; undefined where it is no such question. */
export function preflight(request: HttpRequest, config: RestConfig): RestResponse | undefined {
  const { headers } = request
  if (request.method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return undefined
  const origin = allowedOrigin(headers, config)
  if (origin === undefined) return undefined
  const asked = (headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const named = new Set(['authorization', ...asked.map((name) => name.toLowerCase())])
  const others = ALWAYS_ALLOWED_HEADERS.filter((name) => !named.has(name.toLowerCase()))
  return {
    status: 200,
    statusText: null,
    headers: [
      ...origin,
      ['Access-Control-Allow-Methods', METHODS],
      ['Access-Control-Allow-Headers', ['Authorization', ...asked, ...others].join(', ')],
      ['Access-Control-Max-Age', String(MAX_AGE_SECONDS)],
    ],
    body: { kind: 'bytes', bytes: new Uint8Array() },
  }
}

/** What an answer to a cross-origin request carries; nothing for others. `answered`: the other headers of the answer. */
export function corsHeaders(
  headers: HttpRequest['headers'],
  config: RestConfig,
  answered: readonly Header[] = [],
): readonly Header[] {
  const origin = allowedOrigin(headers, config)
  if (origin === undefined) return []
  const ours = OUR_HEADERS.filter((name) => answered.some(([one]) => one === name))
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
