// Types of Postgres in the words of Swagger.
import type { JsonObject } from './json.ts'

/** Types may be named as anything, so that no object is looked up in. */
const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    boolean: 'boolean',
    smallint: 'integer',
    integer: 'integer',
    bigint: 'integer',
    numeric: 'number',
    real: 'number',
    'double precision': 'number',
  }),
)
const FORMATS: ReadonlyMap<string, string> = new Map([
  ['smallint', 'int32'],
  ['integer', 'int32'],
  ['bigint', 'int64'],
])

/** JSON's type; undefined for json and jsonb, which are any. */
export function typeOf(type: string): string | undefined {
  if (type === 'json' || type === 'jsonb') return undefined
  return TYPES.get(type) ?? (isArray(type) ? 'array' : 'string')
}

/** The name of the type, as format. */
export function formatOf(type: string): string {
  return FORMATS.get(type) ?? type
}

/** Whether it is printed as an array. */
export function isArray(type: string): boolean {
  return type.endsWith('[]')
}

/** What the elements of an array are. */
export function itemsOf(type: string): JsonObject {
  const item = typeOf(type.slice(0, -2))
  return item === undefined ? {} : { type: item }
}

/** The default as JSON, where it can be read from its expression: `'a'::text` is "a". Undefined for what must be computed, but for text. */
export function parseDefault(type: string, expression: string): unknown {
  if (typeOf(type) !== 'string') return parseJson(expression)
  const suffix = `::${type}`
  const text = expression.endsWith(suffix)
    ? expression.slice(0, -suffix.length).replaceAll(/^'+|'+$/g, '')
    : expression
  return parseJson(`"${text}"`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
