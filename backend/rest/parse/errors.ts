// The errors of the request stage, PGRST1xx, in PostgREST's words: clients match on them. Later stages throw those of them that need a plan
// or a result; 108, 118, 123 and 127 stand with the plan, and 120 has not been raised since embeds are filtered as columns where they are no nulls.
// https://docs.postgrest.org/en/stable/references/errors.html
import { RestError } from '../errors.ts'

/** PGRST100: a parameter of the query string could not be read. */
export function parameterUnreadable(message: string, details: string): RestError {
  return new RestError({ code: 'PGRST100', status: 400, message }, { details })
}

/** PGRST101: functions are called by GET, HEAD and POST. */
export function rpcMethodRefused(method: string): RestError {
  return new RestError({ code: 'PGRST101', status: 405, message: `Cannot use the ${method} method on RPC` })
}

/** PGRST102: the body cannot be used; `message` says why. */
export function bodyInvalid(message: string): RestError {
  return new RestError({ code: 'PGRST102', status: 400, message })
}

/** PGRST103: the range asks for no rows that can be. */
export function rangeNotSatisfiable(
  why:
    | { readonly kind: 'negative-limit' }
    | { readonly kind: 'lower-above-upper' }
    | { readonly kind: 'out-of-bounds'; readonly offset: number; readonly total: number },
): RestError {
  const details =
    why.kind === 'negative-limit'
      ? 'Limit should be greater than or equal to zero.'
      : why.kind === 'lower-above-upper'
        ? 'The lower boundary must be lower than or equal to the upper boundary in the Range header.'
        : `An offset of ${String(why.offset)} was requested, but there are only ${String(why.total)} rows.`
  const headers = why.kind === 'out-of-bounds' ? ([['Content-Range', `*/${String(why.total)}`]] as const) : []
  return new RestError(
    { code: 'PGRST103', status: 416, message: 'Requested range not satisfiable' },
    { details, headers },
  )
}

/** PGRST105: a PUT names its row by the primary key and nothing else. */
export function putFiltersInvalid(): RestError {
  const message = "Filters must include all and only primary key columns with 'eq' operators"
  return new RestError({ code: 'PGRST105', status: 405, message })
}

/** PGRST106: the schema asked for is not among the exposed ones. */
export function schemaNotExposed(schema: string, exposed: readonly string[]): RestError {
  return new RestError(
    { code: 'PGRST106', status: 406, message: `Invalid schema: ${schema}` },
    { hint: `Only the following schemas are exposed: ${exposed.join(', ')}` },
  )
}

/** PGRST107: nothing of what Accept names can be given. */
export function mediaTypeNotAvailable(mediaTypes: readonly string[]): RestError {
  const message = `None of these media types are available: ${mediaTypes.join(', ')}`
  return new RestError({ code: 'PGRST107', status: 406, message })
}

/** PGRST111: the setting response.headers has the wrong shape. */
export function responseHeadersInvalid(): RestError {
  const message =
    'response.headers guc must be a JSON array composed of objects with a single key and a string value'
  return new RestError({ code: 'PGRST111', status: 500, message })
}

/** PGRST112: the setting response.status is no status. */
export function responseStatusInvalid(): RestError {
  const message = 'response.status guc must be a valid status code'
  return new RestError({ code: 'PGRST112', status: 500, message })
}

/** PGRST114: a PUT writes one row, so it has no limit. */
export function putRangeRefused(): RestError {
  const message = 'limit/offset querystring parameters are not allowed for PUT'
  return new RestError({ code: 'PGRST114', status: 400, message })
}

/** PGRST115: the body of a PUT is another row than its URL. */
export function putKeyMismatch(): RestError {
  const message = 'Payload values do not match URL in primary key column(s)'
  return new RestError({ code: 'PGRST115', status: 400, message })
}

/** PGRST116: one object was asked for, but there are more rows or none. */
export function notSingular(rows: number): RestError {
  return new RestError(
    { code: 'PGRST116', status: 406, message: 'Cannot coerce the result to a single JSON object' },
    { details: `The result contains ${String(rows)} rows` },
  )
}

/** PGRST117: a method that no resource has. */
export function methodUnsupported(method: string): RestError {
  return new RestError({ code: 'PGRST117', status: 405, message: `Unsupported HTTP method: ${method}` })
}

/** PGRST121: `RAISE SQLSTATE 'PGRST'` without the JSON that it takes. `detail` null: there was no DETAIL. */
export function raiseUnreadable(
  part: 'message' | 'detail',
  text: string | null,
  options: { readonly headers?: readonly (readonly [string, string])[] } = {},
): RestError {
  const isMessage = part === 'message'
  const details =
    text === null
      ? 'DETAIL is missing in the RAISE statement'
      : `Invalid JSON value for ${isMessage ? 'MESSAGE' : 'DETAIL'}: '${text}'`
  const hint = isMessage
    ? "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'."
    : "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'."
  const message = 'Could not parse JSON in the "RAISE SQLSTATE \'PGRST\'" error'
  return new RestError({ code: 'PGRST121', status: 500, message }, { details, hint, ...options })
}

/** PGRST122: preferences that nobody knows, under handling=strict. */
export function preferencesInvalid(preferences: readonly string[]): RestError {
  return new RestError(
    { code: 'PGRST122', status: 400, message: 'Invalid preferences given with handling=strict' },
    { details: `Invalid preferences: ${preferences.join(', ')}` },
  )
}

/** PGRST124: more rows would change than max-affected allows. */
export function tooManyAffected(rows: number): RestError {
  return new RestError(
    { code: 'PGRST124', status: 400, message: 'Query result exceeds max-affected preference constraint' },
    { details: `The query affects ${String(rows)} rows` },
  )
}

/** PGRST125: no resource has such a path. */
export function pathInvalid(): RestError {
  return new RestError({
    code: 'PGRST125',
    status: 404,
    message: 'Invalid path specified in request URL',
  })
}

/** PGRST126: openapi-mode is `disabled`. */
export function rootDisabled(): RestError {
  return new RestError({ code: 'PGRST126', status: 404, message: 'Root endpoint metadata is disabled' })
}

/** PGRST128: max-affected counts rows, so the function must give a set of them. */
export function maxAffectedNeedsRows(): RestError {
  const message =
    'Function must return SETOF or TABLE when max-affected preference is used with handling=strict'
  return new RestError({ code: 'PGRST128', status: 400, message })
}

/** Text that Postgres cannot hold: a zero byte, or bytes that are no UTF-8. Postgres' own code and words. */
export function textInvalid(bytes: string): RestError {
  const message = `invalid byte sequence for encoding "UTF8": ${bytes}`
  return new RestError({ code: '22021', status: 400, message })
}
