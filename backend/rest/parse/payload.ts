// Request bodies: JSON keeps its text, so that numbers stay exact and Postgres does the reading; CSV and forms become JSON.
import type { Action, MediaType, Payload } from './api-request.ts'
import { parseCsv } from './csv.ts'
import { bodyInvalid, textInvalid } from './errors.ts'
import { mediaTypeName, mediaTypeText } from './media-type.ts'
import { scanJson } from './json-scan.ts'
import { parsePairs, type Pair } from './query-string.ts'
import { AT_ONCE_BYTES, isUtf8, STEP_BYTES, type Steps } from './steps.ts'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/** Null for bytes that are no UTF-8. */
function decode(body: Uint8Array): string | null {
  try {
    return decoder.decode(body)
  } catch {
    return null
  }
}

function sorted(keys: Iterable<string>): readonly string[] {
  return [...new Set(keys)].sort()
}

const EMPTY_ARRAY: Payload = { kind: 'json', text: '[]', isArray: true, isEmpty: true, keys: [] }

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The keys that all objects of the list have; null when they differ, or not all are objects. */
function commonKeys(list: readonly unknown[]): readonly string[] | null {
  const [first] = list
  if (!isObject(first)) return null
  const keys = Object.keys(first)
  for (const item of list) {
    if (!isObject(item)) return null
    const others = Object.keys(item)
    if (others.length !== keys.length) return null
    // In most bodies the keys come in the same order.
    if (others.every((key, place) => key === keys[place])) continue
    if (!keys.every((key) => Object.hasOwn(item, key))) return null
  }
  return keys
}

function parseJson(text: string | null): unknown {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return value
  } catch {
    throw bodyInvalid('Empty or invalid json')
  }
}

function jsonPayload(text: string | null): Payload {
  const value = parseJson(text)
  if (Array.isArray(value)) {
    if (value.length === 0) return EMPTY_ARRAY
    const keys = commonKeys(value)
    if (keys === null) throw bodyInvalid('All object keys must match')
    return { kind: 'json', text: text ?? '', isArray: true, isEmpty: false, keys: sorted(keys) }
  }
  // A string, number, boolean or null has no rows.
  if (!isObject(value)) return EMPTY_ARRAY
  const keys = sorted(Object.keys(value))
  return { kind: 'json', text: text ?? '', isArray: false, isEmpty: false, keys }
}

/** Of a long body the text stays bytes, which Postgres is sent as they are. */
function* scannedPayload(body: Uint8Array): Steps<Payload> {
  const scanned = (yield* isUtf8(body)) ? yield* scanJson(body) : null
  if (scanned === null) throw bodyInvalid('Empty or invalid json')
  if (scanned.kind === 'scalar' || (scanned.kind === 'array' && scanned.isEmpty)) return EMPTY_ARRAY
  if (scanned.keys === null) throw bodyInvalid('All object keys must match')
  return {
    kind: 'json',
    text: body,
    isArray: scanned.kind === 'array',
    isEmpty: false,
    keys: sorted(scanned.keys),
  }
}

/** With `columns=` the keys of a JSON body do not matter, so it is not read here: Postgres says what is wrong with it. */
function unreadPayload(text: string | null, columns: readonly string[]): Payload {
  if (text === null) throw bodyInvalid('Empty or invalid json')
  const isArray = !/^\s*\{/.test(text)
  return { kind: 'json', text, isArray, isEmpty: /^\s*\[\s*\]\s*$/.test(text), keys: sorted(columns) }
}

/** Of a long body that is not read what can be told from its ends. */
function* unreadLongPayload(body: Uint8Array, columns: readonly string[]): Steps<Payload> {
  if (!(yield* isUtf8(body))) throw bodyInvalid('Empty or invalid json')
  const isArray = decode(body.subarray(firstOf(body), firstOf(body) + 1)) !== '{'
  return { kind: 'json', text: body, isArray, isEmpty: false, keys: sorted(columns) }
}

/** Where the first byte stands that is no space. */
function firstOf(body: Uint8Array): number {
  return body.findIndex((byte) => byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)
}

/** A form's pairs, a part of the body at a time. */
function* formPairs(body: Uint8Array): Steps<readonly Pair[]> {
  const pairs: Pair[] = []
  for (let from = 0; from < body.length;) {
    const separator = body.indexOf(AMPERSAND, from + STEP_BYTES)
    const to = separator < 0 ? body.length : separator + 1
    // Bytes above 127 stand for themselves in a form, as in a query.
    for (const pair of parsePairs(new TextDecoder().decode(body.subarray(from, to)))) pairs.push(pair)
    from = to
    yield
  }
  return pairs
}

const AMPERSAND = 0x26

function* formPayload(body: Uint8Array, isCall: boolean): Steps<Payload> {
  const pairs = yield* formPairs(body)
  const values = pairs.map(([name, value]) => [name, value ?? ''] as const)
  if (isCall) return { kind: 'form', values }
  const last = new Map(values)
  const members = [...last].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  return {
    kind: 'json',
    text: `{${members.join(',')}}`,
    isArray: false,
    isEmpty: false,
    keys: sorted(last.keys()),
  }
}

function isJson(mediaType: MediaType): boolean {
  const name = mediaTypeName(mediaType)
  if (name === 'application/json') return true
  // Another name of JSON, unless nulls are stripped.
  const isList = name === 'application/vnd.pgrst.array+json' || name === 'application/vnd.pgrst.array'
  return isList && !mediaType.parameters.some(([key, value]) => key === 'nulls' && value === 'stripped')
}

/** The body without a byte order mark, which is none of its text. */
function withoutMark(body: Uint8Array): Uint8Array {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body
}

/** Refuses what Postgres cannot hold. Throws 22021. */
function* requireText(body: Uint8Array): Steps<void> {
  if (!(yield* isUtf8(body))) throw textInvalid('the body is not UTF-8')
  if (body.includes(0)) throw textInvalid('0x00')
}

function* jsonSteps(body: Uint8Array, columns: readonly string[] | null, isCall: boolean): Steps<Payload> {
  if (body.length > AT_ONCE_BYTES) {
    const plain = withoutMark(body)
    return columns === null ? yield* scannedPayload(plain) : yield* unreadLongPayload(plain, columns)
  }
  const text = isCall && body.length === 0 ? '{}' : decode(body)
  return columns === null ? jsonPayload(text) : unreadPayload(text, columns)
}

function* csvSteps(body: Uint8Array): Steps<Payload> {
  yield* requireText(body)
  const { keys, json, isEmpty } = yield* parseCsv(withoutMark(body))
  return { kind: 'json', text: shortText(json), isArray: true, isEmpty, keys: sorted(keys) }
}

function* rawSteps(body: Uint8Array): Steps<Payload> {
  yield* requireText(body)
  return { kind: 'raw', value: shortText(withoutMark(body)) }
}

/** Short texts are strings, as they come from elsewhere too; long ones are sent as they are. */
function shortText(bytes: Uint8Array): string | Uint8Array {
  return bytes.length > AT_ONCE_BYTES ? bytes : decoder.decode(bytes)
}

/**
 * Reads the body of a write or of a call by POST; other requests have none (null). `columns` are those of `columns=`,
 * which takes the place of a JSON body's keys, and of no other body's.
 * @throws RestError PGRST102: a media type that cannot be read, or a body that is not what it says.
 */
export function* parsePayload(
  action: Action,
  contentType: MediaType,
  body: Uint8Array,
  columns: readonly string[] | null,
): Steps<Payload | null> {
  const isCall = action.kind === 'call'
  const hasBody = isCall
    ? action.invocation === 'post'
    : action.kind === 'mutate' && action.mutation !== 'delete'
  if (!hasBody) return null
  if (isJson(contentType)) return yield* jsonSteps(body, columns, isCall)
  const name = mediaTypeName(contentType)
  if (name === 'text/csv') return yield* csvSteps(body)
  if (name === 'application/x-www-form-urlencoded') return yield* formPayload(body, isCall)
  if (isCall && (name === 'text/plain' || name === 'text/xml')) return yield* rawSteps(body)
  if (isCall && name === 'application/octet-stream') return { kind: 'raw', value: body }
  throw bodyInvalid(`Content-Type not acceptable: ${mediaTypeText(contentType)}`)
}
