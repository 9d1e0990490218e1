// Values of a mocked table, compared as their types are: numbers by size, moments by time, text by its code points (a database may have another collation).
import { isEqual, parseExact, textOfValue } from '#api-client/common/assert/exact-json.ts'
import type { FieldRef, Filter } from '#api-client/common/postgrest/form.ts'
import { RowsError } from './rows-errors.ts'

export type Row = Readonly<Record<string, unknown>>

/** The value of a column, or of what is within its JSON; null when it is not there. */
export function valueAt(row: Row, { name, path }: FieldRef): unknown {
  let value: unknown = Object.hasOwn(row, name) ? row[name] : null
  for (const { key, isIndex, arrow } of path) {
    if (Array.isArray(value)) value = isIndex ? value.at(Number(key)) : undefined
    else if (typeof value === 'object' && value !== null)
      value = Object.getOwnPropertyDescriptor(value, key)?.value
    else value = undefined
    if (arrow === '->>' && value !== undefined && value !== null && typeof value !== 'string')
      value = textOfValue(value)
  }
  return value ?? null
}

export function isInteger(type: string): boolean {
  return /^(smallint|integer|bigint|int[248]?|serial|bigserial|smallserial|oid)$/i.test(type)
}

function isNumeric(type: string): boolean {
  return isInteger(type) || /^(numeric|decimal|real|double precision|float[48]?)\b/i.test(type)
}

function isMoment(type: string): boolean {
  return /^(timestamp|timestamptz|date)\b/i.test(type)
}

function isJson(type: string): boolean {
  return /^jsonb?$/i.test(type)
}

/** Whether a value fits a filter, without its `not`; null when it is unknown. Throws RowsError (22P02) for text that is no value of the type. */
export function compareFilter(value: unknown, type: string, filter: Filter): boolean | null {
  const { operator } = filter
  if (operator === 'is') return isValue(value, filter.value.toLowerCase())
  if (operator === 'isdistinct') return value === null || !isSame(value, filter.value, type)
  if (operator === 'in') {
    const wanted = filter.values.map((one) => typed(one, type))
    return value === null ? null : wanted.some((one) => compareValues(value, one, type) === 0)
  }
  if (operator === 'like' || operator === 'ilike')
    return value === null ? null : isLike(textOf(value), filter.value, operator === 'ilike')
  const wanted = typed(filter.value, type)
  if (value === null) return null
  if (operator === 'eq') return isSame(value, filter.value, type)
  if (operator === 'neq') return !isSame(value, filter.value, type)
  const compared = compareValues(value, wanted, type)
  if (operator === 'gt') return compared > 0
  if (operator === 'gte') return compared >= 0
  return operator === 'lt' ? compared < 0 : compared <= 0
}

function isValue(value: unknown, word: string): boolean {
  if (word === 'null') return value === null
  if (word === 'not_null') return value !== null
  if (word === 'unknown') return value === null
  return value === (word === 'true')
}

function isSame(value: unknown, text: string, type: string): boolean {
  const wanted = typed(text, type)
  if (isJson(type)) return isEqual(value, wanted)
  if (Array.isArray(value)) return `{${value.map(textOf).join(',')}}` === text.replaceAll(/\s|"/g, '')
  return compareValues(value, wanted, type) === 0
}

/** The value that a filter's text stands for. */
function typed(text: string, type: string): unknown {
  const wrong = () =>
    new RowsError(400, { code: '22P02', message: `invalid input syntax for type ${type}: "${text}"` })
  const trimmed = text.trim()
  if (isInteger(type)) {
    if (!/^[-+]?\d+$/.test(trimmed)) throw wrong()
    return exactInteger(trimmed)
  }
  if (isNumeric(type)) {
    if (trimmed === '' || (Number.isNaN(Number(trimmed)) && !/^nan$/i.test(trimmed))) throw wrong()
    return /^[-+]?\d+$/.test(trimmed) ? exactInteger(trimmed) : Number(trimmed)
  }
  if (/^bool(ean)?$/i.test(type)) {
    const word = trimmed.toLowerCase()
    if (/^(t(rue)?|y(es)?|on|1)$/.test(word)) return true
    if (/^(f(alse)?|no?|off|0)$/.test(word)) return false
    throw wrong()
  }
  if (/^uuid$/i.test(type)) {
    if (!/^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(trimmed)) throw wrong()
    return trimmed.toLowerCase()
  }
  if (isJson(type)) {
    try {
      return parseExact(text)
    } catch {
      throw new RowsError(400, { code: '22P02', message: 'invalid input syntax for type json' })
    }
  }
  return text
}

function exactInteger(text: string): number | bigint {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : BigInt(text)
}

/** Below, at or above zero, as a sort wants it. Neither is null. */
export function compareValues(left: unknown, right: unknown, type: string): number {
  if (isNumeric(type)) {
    const [a, b] = [numberOf(left), numberOf(right)]
    return a < b ? -1 : a > b ? 1 : 0
  }
  if (isMoment(type)) {
    const [a, b] = [momentOf(left), momentOf(right)]
    if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b
  }
  if (typeof left === 'number' && typeof right === 'number') return left - right
  return compareText(textOf(left), textOf(right))
}

/** `numeric` may come as text. */
function numberOf(value: unknown): number | bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  const text = textOf(value)
  return /^[-+]?\d+$/.test(text) ? exactInteger(text) : Number(text)
}

/** Without a zone all moments are taken as UTC, so that they compare with each other. */
function momentOf(value: unknown): number {
  const text = textOf(value).trim().replace(' ', 'T')
  const hasZone = /(z|[+-]\d\d(:?\d\d)?)$/i.test(text.slice(10))
  return Date.parse(hasZone ? text.replace(/([+-]\d\d)$/, '$1:00') : text.length > 10 ? `${text}Z` : text)
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : textOfValue(value)
}

/** LIKE with `*` for `%`; a backslash takes the sign after it as it is. One pass with one step back, so that no pattern takes long. */
function isLike(text: string, pattern: string, ignoresCase: boolean): boolean {
  const signs = [...text.matchAll(/[\s\S]/gu)].map(([sign]) => (ignoresCase ? sign.toLowerCase() : sign))
  const parts = [...pattern.matchAll(/\\([\s\S])|[\s\S]/gu)].map(([part, escaped]) => ({
    kind: escaped === undefined && (part === '%' || part === '*') ? 'any' : part === '_' ? 'one' : 'sign',
    sign: ignoresCase ? (escaped ?? part).toLowerCase() : (escaped ?? part),
  }))
  let [at, part, star, from] = [0, 0, -1, 0]
  while (at < signs.length) {
    const wanted = parts[part]
    if (wanted?.kind === 'any') {
      star = part++
      from = at
    } else if (wanted !== undefined && (wanted.kind === 'one' || wanted.sign === signs[at])) {
      part++
      at++
    } else if (star >= 0) {
      part = star + 1
      at = ++from
    } else return false
  }
  return parts.slice(part).every(({ kind }) => kind === 'any')
}
