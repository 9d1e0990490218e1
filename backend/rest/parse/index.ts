// Reads a request into an ApiRequest: its URL, headers and body by their grammars, without a look at the database.
import type { RestConfig } from '../types.ts'
import type {
  Action,
  ApiRequest,
  Cursor,
  CursorRequest,
  HttpRequest,
  Preferences,
  Range,
} from './api-request.ts'
import { putRangeRefused } from './errors.ts'
import { JSON_MEDIA_TYPE, parseAccept, parseMediaType } from './media-type.ts'
import { parsePayload } from './payload.ts'
import { parsePreferences } from './preferences.ts'
import { parseQuery } from './query.ts'
import { ALL_ROWS, isAllRows, topRange } from './range.ts'
import { parseAction, parsePath, parseProfile } from './route.ts'
import { runAtOnce, type Steps } from './steps.ts'

/** `columns=` is heeded where a body is spread over columns; a PUT writes its whole row. */
function heedsColumns(action: Action): boolean {
  if (action.kind === 'mutate') return action.mutation === 'create' || action.mutation === 'update'
  return action.kind === 'call' && action.invocation === 'post'
}

function mayHaveArguments(action: Action): boolean {
  return action.kind === 'call' && action.invocation !== 'post'
}

/** `name=value; name=value` */
function parseCookies(header: string | undefined): Readonly<Record<string, string>> {
  if (header === undefined) return {}
  const cookies = header.split(';').map((cookie) => {
    const equals = cookie.indexOf('=')
    const name = equals < 0 ? cookie : cookie.slice(0, equals)
    return [name.trimStart(), equals < 0 ? '' : cookie.slice(equals + 1)] as const
  })
  return Object.fromEntries(cookies)
}

function requestedRange(action: Action, request: HttpRequest, asked: Range): Range {
  // The Range header has no meaning for other methods (RFC 9110).
  const header = request.method === 'GET' ? (request.headers['range'] ?? null) : null
  const range = topRange(asked, header)
  const isPut = action.kind === 'mutate' && action.mutation === 'upsert-one'
  if (isPut && !isAllRows(range)) throw putRangeRefused()
  return range
}

/** A cursor asks for pages by cursor itself: the links between pages hold no more than a URL. */
function cursorOf(action: Action, { pagination }: Preferences, after: Cursor | null): CursorRequest | null {
  if (action.kind !== 'read') return null
  return after !== null || pagination === 'cursor' ? { after } : null
}

/** Reads a request at once. Throws what parseRequestInSteps throws. */
export function parseRequest(request: HttpRequest, config: RestConfig): ApiRequest {
  return runAtOnce(parseRequestInSteps(request, config))
}

/**
 * Reads a request. Only long bodies take more than one step.
 * @throws RestError with a status of 4xx: PGRST100 to PGRST103, 106, 114, 117, 125, 126, 22021 and NDB100.
 */
export function* parseRequestInSteps(request: HttpRequest, config: RestConfig): Steps<ApiRequest> {
  const { headers } = request
  const resource = parsePath(request.path, config)
  const profile = parseProfile(request.method, headers, config.schemas)
  const { action, method } = parseAction(resource, request.method)
  const query = parseQuery(request.query, {
    arguments: mayHaveArguments(action),
    cursor: action.kind === 'read',
  })
  const range = requestedRange(action, request, query.parameters.ranges.get('') ?? ALL_ROWS)
  query.parameters.ranges.set('', range)
  const columns = heedsColumns(action) ? query.columns : null
  const contentHeader = headers['content-type']
  const contentType = contentHeader === undefined ? JSON_MEDIA_TYPE : parseMediaType(contentHeader)
  const payload = yield* parsePayload(action, contentType, request.body, columns)
  const preferences = parsePreferences(headers['prefer'], config)
  const { cookie, ...otherHeaders } = headers
  return {
    action,
    method,
    ...profile,
    parameters: query.parameters,
    preferences,
    accept: parseAccept(headers['accept']),
    contentType,
    payload,
    topRange: range,
    cursor: cursorOf(action, preferences, query.cursor),
    http: {
      method: request.method,
      path: request.path,
      headers: otherHeaders,
      cookies: parseCookies(cookie),
    },
  }
}
