// Reading what others wrote: each field is taken if it is what it should be, made into it if it nearly is, and reported if not.
import type { Report } from './problems.ts'

export type Loose = Readonly<Record<string, unknown>>

/** An object that is no list. */
export function isRecord(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Own fields only: `constructor` of nothing is nothing. */
export function own(record: Loose, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined
}

/** Text of a single value; null for a list or an object. Absent and null are empty. */
export function plainText(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return ''
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value)
  return null
}

/** Text of anything: lists and objects as JSON. */
export function anyText(value: unknown): string {
  return plainText(value) ?? jsonText(value)
}

/** No text of a person holds it: it marks numbers that are longer than JSON.stringify can write. */
const BIG = '\u0001big:'

/** JSON with two spaces; big integers exact; what cannot be written (a cycle, too deep) is empty. */
export function jsonText(value: unknown): string {
  return written(value, 2)
}

/** JSON in one line. */
export function compactJson(value: unknown): string {
  return written(value, 0)
}

function written(value: unknown, spaces: number): string {
  try {
    const text = JSON.stringify(
      value,
      (_key, one: unknown) => (typeof one === 'bigint' ? `${BIG}${one}` : one),
      spaces,
    )
    return (text ?? '').replace(/"\\u0001big:(-?\d+)"/g, '$1')
  } catch {
    return ''
  }
}

/** The fields of one object of a document. */
export interface Fields {
  readonly value: Loose
  keys(): string[]
  has(key: string): boolean
  raw(key: string): unknown
  text(key: string): string
  /** Null when absent. */
  maybeText(key: string): string | null
  flag(key: string, fallback?: boolean): boolean
  number(key: string): number | null
  record(key: string): Fields
  maybeRecord(key: string): Fields | null
  list(key: string): readonly unknown[]
  records(key: string): Fields[]
}

const WORDS = { record: 'an object', list: 'a list', text: 'text', number: 'a number' }

/** Reads `value` as an object; anything else counts as an empty one. What has a wrong type is reported by its name. */
export function fieldsOf(value: unknown, report: Report): Fields {
  const source: Loose = isRecord(value) ? value : {}
  const wrong = (key: string, kind: keyof typeof WORDS): void =>
    report(key.slice(0, 200), `It is not ${WORDS[kind]}, and is left out.`)
  const fields: Fields = {
    value: source,
    keys: () => Object.keys(source),
    has: (key) => own(source, key) !== undefined && own(source, key) !== null,
    raw: (key) => own(source, key),
    text: (key) => {
      const text = plainText(own(source, key))
      if (text === null) report(key, 'It is not text, and is kept as JSON.', 'changed')
      return text ?? jsonText(own(source, key))
    },
    maybeText: (key) => (fields.has(key) ? fields.text(key) : null),
    flag: (key, fallback = false) => {
      const flag = own(source, key)
      if (typeof flag === 'boolean') return flag
      if (flag === 'true' || flag === 1) return true
      if (flag === 'false' || flag === 0) return false
      return fallback
    },
    number: (key) => {
      const one = own(source, key)
      const number = typeof one === 'string' && one.trim() !== '' ? Number(one) : one
      if (typeof number === 'number' && Number.isFinite(number)) return number
      if (fields.has(key)) wrong(key, 'number')
      return null
    },
    record: (key) => fields.maybeRecord(key) ?? fieldsOf({}, report),
    maybeRecord: (key) => {
      const one = own(source, key)
      if (isRecord(one)) return fieldsOf(one, report)
      if (fields.has(key)) wrong(key, 'record')
      return null
    },
    list: (key) => {
      const one = own(source, key)
      if (Array.isArray(one)) return one
      if (fields.has(key)) wrong(key, 'list')
      return []
    },
    records: (key) =>
      fields.list(key).flatMap((one) => {
        if (isRecord(one)) return [fieldsOf(one, report)]
        if (one !== null) wrong(key, 'record')
        return []
      }),
  }
  return fields
}
