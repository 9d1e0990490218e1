// JSON with its numbers exact: an integer that a double cannot hold becomes a bigint, so that 9007199254740993 is not 9007199254740992.

interface SourceContext {
  readonly source?: string
}

type Reviver = (this: unknown, key: string, value: unknown, context?: SourceContext) => unknown

// What the compiler's library does not know yet: the text of a number as it stands (ECMAScript 2026).
const parse: (text: string, reviver: Reviver) => unknown = JSON.parse

/** The value of a JSON text. Throws SyntaxError. */
export function parseExact(text: string): unknown {
  const hasLarge = /[0-9]{16}/.test(text)
  if (!hasLarge) return JSON.parse(text)
  return parse(text, (_, value, context) => {
    const source = context?.source
    return typeof value === 'number' &&
      source !== undefined &&
      /^-?\d{16,}$/.test(source) &&
      !Number.isSafeInteger(value)
      ? BigInt(source)
      : value
  })
}

/** The value as JSON text, bigints as their digits; undefined as `undefined`. */
export function textOfValue(value: unknown): string {
  if (value === undefined) return 'undefined'
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) return `[${value.map((one: unknown) => textOfValue(one)).join(',')}]`
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([name, one]) => `${JSON.stringify(name)}:${textOfValue(one)}`)
      .join(',')}}`
  return JSON.stringify(value) ?? String(value)
}

/** Whether two values are equal as JSON: order of members does not count, 1 and 1.0 are one. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a === 'bigint' || typeof b === 'bigint')
    return isNumber(a) && isNumber(b) && !(a < b) && !(a > b)
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((one, index) => isEqual(one, b[index]))
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) return false
  const left = Object.entries(a)
  const right = new Map<string, unknown>(Object.entries(b))
  return (
    left.length === right.size &&
    left.every(([name, one]) => right.has(name) && isEqual(one, right.get(name)))
  )
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}
