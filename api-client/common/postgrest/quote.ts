// Names and values as PostgREST's grammar takes them, and as they stand in a query.
import type { FieldRef } from './form.ts'

/** In quotes, unless it is plain. */
export function quoteName(name: string): string {
  return /^[\p{L}0-9_$]+$/u.test(name) ? name : quoted(name)
}

/** Names that as a parameter mean something else than a column. */
const RESERVED = new Set(['select', 'columns', 'on_conflict', 'order', 'limit', 'offset', 'and', 'or', 'not'])

/** As the name of a parameter: what is reserved is quoted too. */
export function quoteParameterName(name: string): string {
  return RESERVED.has(name) ? quoted(name) : quoteName(name)
}

export function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}

/** One of the values in parentheses. */
export function listElement(text: string): string {
  return text === '' || /[,()"\\]|^\s|\s$/.test(text) ? quoted(text) : text
}

/** The value of a condition within `and` or `or`. */
export function conditionValue(text: string): string {
  return /[,()"\\{}]|^\s|\s$/.test(text) ? quoted(text) : text
}

/** A column with its steps into JSON. */
export function fieldText(
  { name, path }: FieldRef,
  quoteFirst: (name: string) => string = quoteName,
): string {
  return (
    quoteFirst(name) + path.map(({ arrow, key, isIndex }) => arrow + (isIndex ? key : jsonKey(key))).join('')
  )
}

function jsonKey(key: string): string {
  return /^[\p{L}_$][\p{L}0-9_$]*$/u.test(key) ? key : quoted(key)
}

/** An array of Postgres from its elements: `{a,"b c"}`. */
export function arrayLiteral(values: readonly string[]): string {
  const element = (value: string) =>
    value === '' || value.toLowerCase() === 'null' || /[{},"\\\s]/.test(value) ? quoted(value) : value
  return `{${values.map(element).join(',')}}`
}

/** Text as it stands in a query, so that it is read as exactly this text. {{Variables}} stay. */
export function encodeQuery(text: string): string {
  return outsideReferences(text, (part) =>
    part.replaceAll(/[%+;&#]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`),
  )
}

/** The name of a parameter, which ends at `=`. */
export function encodeQueryName(text: string): string {
  return outsideReferences(encodeQuery(text), (part) => part.replaceAll('=', '%3D'))
}

/** What the server reads from a piece of a query. {{Variables}} stay. */
export function decodeQuery(text: string): string {
  return outsideReferences(text, (part) => {
    const spaced = part.replaceAll('+', ' ')
    try {
      return decodeURIComponent(spaced)
    } catch {
      return spaced
    }
  })
}

function outsideReferences(text: string, change: (part: string) => string): string {
  return text
    .split(/(\{\{[^{}]*\}\})/)
    .map((part, index) => (index % 2 === 1 ? part : change(part)))
    .join('')
}
