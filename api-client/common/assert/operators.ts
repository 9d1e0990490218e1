// How an assertion compares: what its value means as text, and each operator with the words of its failure.
import type { AssertionOperator } from '#contract/requests/parts.ts'
import { isEqual, parseExact, textOfValue } from './exact-json.ts'

/** Null when it holds, else what was expected in words: “to be 200”. */
export type Comparison = string | null

/** What a person typed: JSON (numbers, true, null, quoted strings, lists, objects) is its value, anything else is text. */
function expectedValue(text: string): unknown {
  const trimmed = text.trim()
  if (/^'(?:[^'\\]|\\.)*'$/.test(trimmed)) return trimmed.slice(1, -1).replace(/\\(.)/g, '$1')
  if (trimmed === 'undefined') return undefined
  try {
    return parseExact(trimmed)
  } catch {
    return trimmed
  }
}

/** `[1,2]`, or values by commas; a comma within quotes divides nothing. */
function expectedList(text: string): unknown[] {
  const whole = expectedValue(text)
  if (Array.isArray(whole)) return whole
  return (text.match(/("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^,])+/g) ?? []).map(expectedValue)
}

type SimpleOperator = Exclude<AssertionOperator, 'matchesSchema' | 'matchesSnapshot' | 'isJson'>

/** Compares; throws what a pattern that is none throws. */
export function compare(operator: SimpleOperator, actual: unknown, text: string): Comparison {
  const expected = expectedValue(text)
  const shown = textOfValue(expected)
  const unless = (holds: boolean, words: string) => (holds ? null : words)
  switch (operator) {
    case 'eq':
      return unless(isLooselyEqual(actual, text), `to be ${shown}`)
    case 'neq':
      return unless(!isLooselyEqual(actual, text), `not to be ${shown}`)
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return compareOrder(operator, actual, expected)
    case 'in':
      return unless(
        expectedList(text).some((one) => isEqual(actual, one)),
        `to be one of ${textOfValue(expectedList(text))}`,
      )
    case 'notIn':
      return unless(
        !expectedList(text).some((one) => isEqual(actual, one)),
        `to be none of ${textOfValue(expectedList(text))}`,
      )
    case 'contains':
      return unless(contains(actual, text), `to contain ${shown}`)
    case 'notContains':
      return unless(!contains(actual, text), `not to contain ${shown}`)
    case 'length':
      return unless(isEqual(lengthOf(actual), expected), `to have the length ${shown}${lengthWords(actual)}`)
    case 'matches':
      return unless(pattern(text).test(asText(actual)), `to match ${text.trim()}`)
    case 'notMatches':
      return unless(!pattern(text).test(asText(actual)), `not to match ${text.trim()}`)
    case 'startsWith':
      return unless(
        typeof actual === 'string' && actual.startsWith(asText(expected)),
        `to start with ${shown}`,
      )
    case 'endsWith':
      return unless(typeof actual === 'string' && actual.endsWith(asText(expected)), `to end with ${shown}`)
    case 'between': {
      const [low, high] = expectedList(text)
      const holds =
        orderOf(actual, low) !== null &&
        (orderOf(actual, low) ?? -1) >= 0 &&
        (orderOf(actual, high) ?? 1) <= 0
      return unless(holds, `to be between ${textOfValue(low)} and ${textOfValue(high)}`)
    }
    default:
      return compareKind(operator, actual)
  }
}

type KindOperator = Extract<SimpleOperator, `is${string}`>

function compareKind(operator: KindOperator, actual: unknown): Comparison {
  const isNumber = typeof actual === 'number' || typeof actual === 'bigint'
  const checks: Record<KindOperator, readonly [boolean, string]> = {
    isEmpty: [actual === null || actual === undefined || lengthOf(actual) === 0, 'to be empty'],
    isNotEmpty: [actual !== null && actual !== undefined && lengthOf(actual) !== 0, 'not to be empty'],
    isNull: [actual === null, 'to be null'],
    isUndefined: [actual === undefined, 'not to be there'],
    isDefined: [actual !== undefined, 'to be there'],
    isTruthy: [Boolean(actual), 'to be truthy'],
    isFalsy: [!actual, 'to be falsy'],
    isNumber: [isNumber, 'to be a number'],
    isString: [typeof actual === 'string', 'to be a string'],
    isBoolean: [typeof actual === 'boolean', 'to be true or false'],
    isArray: [Array.isArray(actual), 'to be a list'],
  }
  const [holds, words] = checks[operator]
  return holds ? null : words
}

/** A header is always text: `"5"` there is what a person means by 5. */
function isLooselyEqual(actual: unknown, text: string): boolean {
  return isEqual(actual, expectedValue(text)) || (typeof actual === 'string' && actual === text.trim())
}

function compareOrder(operator: 'gt' | 'gte' | 'lt' | 'lte', actual: unknown, expected: unknown): Comparison {
  const order = orderOf(actual, expected)
  const words = { gt: 'greater than', gte: 'at least', lt: 'less than', lte: 'at most' }[operator]
  const holds = order !== null && { gt: order > 0, gte: order >= 0, lt: order < 0, lte: order <= 0 }[operator]
  return holds ? null : `to be ${words} ${textOfValue(expected)}`
}

/** Less than, equal to or greater than 0; null for what cannot be compared. Numbers in text are numbers. */
function orderOf(a: unknown, b: unknown): number | null {
  const left = ordered(a)
  const right = ordered(b)
  if (left === null || right === null) return null
  if ((typeof left === 'string') !== (typeof right === 'string')) return null
  return left < right ? -1 : left > right ? 1 : 0
}

function ordered(value: unknown): number | bigint | string | null {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  if (typeof value !== 'string') return null
  const number = expectedValue(value)
  return typeof number === 'number' || typeof number === 'bigint' ? number : value
}

function contains(actual: unknown, text: string): boolean {
  const expected = expectedValue(text)
  if (typeof actual === 'string') return actual.includes(asText(expected)) || actual.includes(text.trim())
  if (Array.isArray(actual)) return actual.some((one: unknown) => isEqual(one, expected))
  if (typeof actual !== 'object' || actual === null) return false
  if (typeof expected === 'object' && expected !== null && !Array.isArray(expected)) {
    const members = new Map<string, unknown>(Object.entries(actual))
    return Object.entries(expected).every(
      ([name, value]) => members.has(name) && isEqual(members.get(name), value),
    )
  }
  return Object.hasOwn(actual, asText(expected))
}

function lengthOf(value: unknown): number | undefined {
  if (typeof value === 'string') return [...value].length
  if (Array.isArray(value)) return value.length
  return typeof value === 'object' && value !== null ? Object.keys(value).length : undefined
}

function lengthWords(value: unknown): string {
  const length = lengthOf(value)
  return length === undefined ? ', but it has none' : `, but it has ${String(length)}`
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : textOfValue(value)
}

/** `/pattern/flags`, or the pattern alone. */
function pattern(text: string): RegExp {
  const match = /^\/(.*)\/([a-z]*)$/s.exec(text.trim())
  return match === null
    ? new RegExp(text.trim(), 'u')
    : new RegExp(match[1] ?? '', match[2]?.replace('g', ''))
}
