// A schema of the values that were seen.

type Schema = Readonly<Record<string, unknown>>

const DEEPEST = 30

/** JSON Schema of a value. */
export function schemaOf(value: unknown, depth = 0): Schema {
  if (value === null) return { type: 'null' }
  if (depth > DEEPEST) return {}
  if (Array.isArray(value)) {
    const items = value.slice(0, 50).map((one: unknown) => schemaOf(one, depth + 1))
    return items.length === 0 ? { type: 'array', items: {} } : { type: 'array', items: items.reduce(merged) }
  }
  switch (typeof value) {
    case 'object': {
      const entries = Object.entries(value)
      return {
        type: 'object',
        properties: Object.fromEntries(entries.map(([key, one]) => [key, schemaOf(one, depth + 1)])),
        ...(entries.length === 0 ? {} : { required: entries.map(([key]) => key) }),
      }
    }
    case 'number':
      return { type: Number.isInteger(value) ? 'integer' : 'number' }
    case 'boolean':
      return { type: 'boolean' }
    default:
      return { type: 'string' }
  }
}

/** What both schemas allow. */
export function merged(one: Schema, other: Schema): Schema {
  const types = [...new Set([...typesOf(one), ...typesOf(other)])]
  const plain = types.includes('number') ? types.filter((type) => type !== 'integer') : types
  if (plain.length === 0) return {}
  const objects = [one, other].filter((schema) => typesOf(schema).includes('object'))
  const arrays = [one, other].filter((schema) => typesOf(schema).includes('array'))
  const [first, second] = objects
  return {
    type: plain.length === 1 ? plain[0] : plain,
    ...(first === undefined ? {} : second === undefined ? pick(first) : mergedObjects(first, second)),
    ...(arrays.length === 0
      ? {}
      : { items: arrays.map((schema) => schemaIn(schema['items'])).reduce(merged) }),
  }
}

function pick(schema: Schema): Schema {
  return {
    properties: schema['properties'],
    ...(schema['required'] === undefined ? {} : { required: schema['required'] }),
  }
}

function mergedObjects(one: Schema, other: Schema): Schema {
  const mine = new Map(Object.entries(schemaIn(one['properties'])))
  for (const [key, schema] of Object.entries(schemaIn(other['properties']))) {
    const known = mine.get(key)
    mine.set(key, known === undefined ? schema : merged(schemaIn(known), schemaIn(schema)))
  }
  const theirs = new Set(namesIn(other['required']))
  const required = namesIn(one['required']).filter((key) => theirs.has(key))
  return { properties: Object.fromEntries(mine), ...(required.length === 0 ? {} : { required }) }
}

function schemaIn(value: unknown): Schema {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function namesIn(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}

function typesOf(schema: Schema): string[] {
  const type = schema['type']
  return Array.isArray(type) ? type.map(String) : type === undefined ? [] : [String(type)]
}
