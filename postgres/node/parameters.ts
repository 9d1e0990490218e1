// Parameters as text, the way Postgres reads them.

/** A parameter as Postgres reads it from text; null is SQL null. */
export type EncodedParameter = string | null

/** Encodes parameters: numbers, booleans, dates, bytes, arrays (as Postgres arrays) and other objects (as JSON). */
export function encodeParameters(parameters: readonly unknown[]): EncodedParameter[] {
  return parameters.map(encodeParameter)
}

function encodeParameter(value: unknown): EncodedParameter {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value)
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  if (Array.isArray(value)) return `{${value.map(encodeElement).join(',')}}`
  return JSON.stringify(value)
}

function encodeElement(value: unknown): string {
  if (Array.isArray(value)) return `{${value.map(encodeElement).join(',')}}`
  const text = encodeParameter(value)
  return text === null ? 'NULL' : `"${text.replaceAll(/["\\]/g, (match) => `\\${match}`)}"`
}
