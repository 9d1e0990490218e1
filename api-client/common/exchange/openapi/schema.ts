// A schema that stands alone, as JSON Schema 2020-12: what an assertion holds a response against.
import { isRecord, own } from '../loose.ts'
import type { References } from './references.ts'

const MOST_NODES = 3_000

/** With what it refers to under `$defs`; null when it is too large to be of use in an assertion. */
export function standaloneSchema(schema: unknown, references: References): Record<string, unknown> | null {
  const names = new Map<unknown, string>()
  const definitions: [string, unknown][] = []
  let left = MOST_NODES

  const copy = (value: unknown, depth: number): unknown => {
    if (left-- <= 0 || depth > 60) return true
    if (Array.isArray(value)) return value.map((one: unknown) => copy(one, depth + 1))
    if (!isRecord(value)) return value
    const reference = own(value, '$ref')
    if (typeof reference === 'string') {
      const target = references.resolve(value)
      if (!isRecord(target)) return true
      const known = names.get(target)
      if (known !== undefined) return { $ref: `#/$defs/${known}` }
      const last = (reference.split('/').at(-1) ?? '').replace(/[^\w.-]/g, '_') || 'schema'
      const name = [...names.values()].includes(last) ? `${last}_${names.size}` : last
      names.set(target, name)
      definitions.push([name, copy(target, depth + 1)])
      return { $ref: `#/$defs/${name}` }
    }
    return copyRecord(value, depth)
  }

  const copyRecord = (value: Readonly<Record<string, unknown>>, depth: number): unknown => {
    const entries: [string, unknown][] = []
    const isNullable = own(value, 'nullable') === true || own(value, 'x-nullable') === true
    for (const [key, one] of Object.entries(value)) {
      // Words of OpenAPI that JSON Schema has not, and words that only people read.
      if (
        /^(x-.*|nullable|discriminator|xml|externalDocs|example|examples|description|title|default|deprecated|readOnly|writeOnly)$/.test(
          key,
        )
      )
        continue
      if (key === 'properties' && isRecord(one))
        entries.push([
          key,
          Object.fromEntries(
            Object.entries(one).map(([name, property]) => [name, copy(property, depth + 1)]),
          ),
        ])
      else if (key === 'exclusiveMinimum' && typeof one === 'boolean') {
        if (one) entries.push([key, own(value, 'minimum')])
      } else if (key === 'exclusiveMaximum' && typeof one === 'boolean') {
        if (one) entries.push([key, own(value, 'maximum')])
      } else if (key === 'type' && isNullable && typeof one === 'string') entries.push([key, [one, 'null']])
      else if (key === 'enum' && isNullable && Array.isArray(one) && !one.includes(null))
        entries.push([key, [...one, null]])
      else if (key === 'required' && !Array.isArray(one)) continue
      else entries.push([key, copy(one, depth + 1)])
    }
    return Object.fromEntries(entries)
  }

  const root = copy(schema, 0)
  if (left <= 0 || !isRecord(root)) return null
  return definitions.length === 0 ? { ...root } : { ...root, $defs: Object.fromEntries(definitions) }
}
