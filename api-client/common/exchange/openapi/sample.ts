// A value that a schema describes: what an example shows when nobody wrote one.
import { isRecord, own, type Loose } from '../loose.ts'
import type { References } from './references.ts'

/** Deeper than a person reads: lists are empty and objects bare there. */
const DEEPEST = 8
/** One sample holds no more values: wide schemas that refer to wide schemas would have millions. */
const MOST_VALUES = 2_000

const FORMATS = new Map<string, unknown>([
  ['date', '2026-01-31'],
  ['date-time', '2026-01-31T12:00:00Z'],
  ['time', '12:00:00Z'],
  ['duration', 'P1D'],
  ['email', 'name@example.com'],
  ['idn-email', 'name@example.com'],
  ['hostname', 'example.com'],
  ['idn-hostname', 'example.com'],
  ['ipv4', '192.0.2.1'],
  ['ipv6', '2001:db8::1'],
  ['uri', 'https://example.com'],
  ['url', 'https://example.com'],
  ['iri', 'https://example.com'],
  ['uri-reference', '/path'],
  ['uuid', '3fa85f64-5717-4562-b3fc-2c963f66afa6'],
  ['byte', 'dGV4dA=='],
  ['password', 'password'],
  ['binary', ''],
  ['regex', '^.*$'],
  ['json-pointer', '/a'],
])

export interface Sampling {
  readonly references: References
  /** Of a request: what is `readOnly` is left out; of a response: what is `writeOnly`. */
  readonly direction: 'request' | 'response'
}

/** A value for a schema; null where it says nothing. */
export function sampleOf(schema: unknown, { references, direction }: Sampling): unknown {
  let left = MOST_VALUES
  const inside = new Set<unknown>()

  const sample = (given: unknown, depth: number): unknown => {
    if (left-- <= 0) return null
    const found = references.resolve(given)
    if (!isRecord(found)) return found === true || found === undefined ? null : null
    // A schema that holds itself ends where it begins again.
    if (inside.has(found)) return typeOf(found) === 'array' ? [] : typeOf(found) === 'object' ? {} : null
    inside.add(found)
    const value = sampleRecord(found, depth)
    inside.delete(found)
    return value
  }

  const sampleRecord = (found: Loose, depth: number): unknown => {
    for (const key of ['example', 'const', 'default']) {
      const value = own(found, key)
      if (value !== undefined && !(key === 'default' && value === null)) return value
    }
    const examples = own(found, 'examples')
    if (Array.isArray(examples) && examples.length > 0) return examples[0]
    const values = own(found, 'enum')
    if (Array.isArray(values) && values.length > 0) return values.find((one: unknown) => one !== null) ?? null
    const all = own(found, 'allOf')
    if (Array.isArray(all) && all.length > 0) {
      const parts = all.map((one: unknown) => sample(one, depth))
      const rest = own(found, 'properties') === undefined ? {} : sampleObject(found, depth)
      const objects = parts.filter(isRecord)
      return objects.length > 0 || Object.keys(rest).length > 0
        ? Object.fromEntries([...objects, rest].flatMap((one) => Object.entries(one)))
        : (parts.find((one) => one !== null) ?? null)
    }
    for (const key of ['oneOf', 'anyOf']) {
      const choices = own(found, key)
      if (!Array.isArray(choices) || choices.length === 0) continue
      const choice: unknown =
        choices.find((one: unknown) => typeOf(references.resolve(one)) !== 'null') ?? choices[0]
      const value = sample(choice, depth)
      if (!isRecord(value) || own(found, 'properties') === undefined) return value
      return Object.fromEntries([...Object.entries(sampleObject(found, depth)), ...Object.entries(value)])
    }
    return sampleType(found, depth)
  }

  const sampleType = (found: Loose, depth: number): unknown => {
    switch (typeOf(found)) {
      case 'object':
        return depth >= DEEPEST ? {} : sampleObject(found, depth)
      case 'array': {
        if (depth >= DEEPEST) return []
        const first = own(found, 'prefixItems')
        if (Array.isArray(first)) return first.map((one: unknown) => sample(one, depth + 1))
        const items = own(found, 'items')
        return items === undefined ? [] : [sample(Array.isArray(items) ? items[0] : items, depth + 1)]
      }
      case 'string':
        return sampleString(found)
      case 'integer':
      case 'number':
        return sampleNumber(found)
      case 'boolean':
        return true
      default:
        return null
    }
  }

  const sampleObject = (found: Loose, depth: number): Record<string, unknown> => {
    const properties = own(found, 'properties')
    const entries = isRecord(properties) ? Object.entries(properties) : []
    const kept = entries.filter(([, one]) => {
      const property = references.resolve(one)
      const hidden = direction === 'request' ? 'readOnly' : 'writeOnly'
      return !(isRecord(property) && own(property, hidden) === true)
    })
    const required = own(found, 'required')
    const known = new Set(kept.map(([key]) => key))
    const more = Array.isArray(required)
      ? required.filter(
          (key: unknown): key is string => typeof key === 'string' && !known.has(key) && entries.length === 0,
        )
      : []
    const additional = own(found, 'additionalProperties')
    return Object.fromEntries([
      ...kept.map(([key, one]) => [key, sample(one, depth + 1)]),
      ...more.map((key) => [key, null]),
      ...(entries.length === 0 && isRecord(additional) ? [['key', sample(additional, depth + 1)]] : []),
    ])
  }

  return sample(schema, 0)
}

function sampleString(found: Loose): string {
  const named = FORMATS.get(String(own(found, 'format') ?? ''))
  if (typeof named === 'string') return named
  const least = own(found, 'minLength')
  const most = own(found, 'maxLength')
  const text = 'string'.padEnd(typeof least === 'number' ? Math.min(least, 10_000) : 0, '.')
  return typeof most === 'number' && most >= 0 ? text.slice(0, most) : text
}

function sampleNumber(found: Loose): number {
  const isWhole = typeOf(found) === 'integer'
  const bound = (key: string): number | null => {
    const value = own(found, key)
    return typeof value === 'number' ? value : null
  }
  const step = bound('multipleOf') ?? (isWhole ? 1 : 0.5)
  const above =
    bound('exclusiveMinimum') ?? (own(found, 'exclusiveMinimum') === true ? bound('minimum') : null)
  const below =
    bound('exclusiveMaximum') ?? (own(found, 'exclusiveMaximum') === true ? bound('maximum') : null)
  const least = above === null ? bound('minimum') : above + step
  const most = below === null ? bound('maximum') : below - step
  if (least !== null) return bound('multipleOf') === null ? least : Math.ceil(least / step) * step
  return most !== null && most < 0 ? most : 0
}

/** The type of a schema, also where only its fields tell; of several the first that is not null. */
export function typeOf(schema: unknown): string {
  if (!isRecord(schema)) return ''
  const type = own(schema, 'type')
  if (typeof type === 'string') return type
  if (Array.isArray(type)) return String(type.find((one: unknown) => one !== 'null') ?? 'null')
  if (own(schema, 'properties') !== undefined || own(schema, 'additionalProperties') !== undefined)
    return 'object'
  if (own(schema, 'items') !== undefined || own(schema, 'prefixItems') !== undefined) return 'array'
  if (
    own(schema, 'format') !== undefined ||
    own(schema, 'pattern') !== undefined ||
    own(schema, 'minLength') !== undefined
  )
    return 'string'
  if (own(schema, 'minimum') !== undefined || own(schema, 'maximum') !== undefined) return 'number'
  return ''
}
