// The grammar of JSONPath (RFC 9535).

export interface Query {
  /** `$` or `@`. */
  readonly from: 'root' | 'current'
  readonly segments: readonly Segment[]
}

export interface Segment {
  readonly isDescendant: boolean
  readonly selectors: readonly Selector[]
}

export type Selector =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'index'; readonly index: number }
  | {
      readonly kind: 'slice'
      readonly from: number | null
      readonly to: number | null
      readonly step: number
    }
  | { readonly kind: 'filter'; readonly condition: Condition }

export type Condition =
  | { readonly kind: 'or' | 'and'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'exists'; readonly query: Query }
  /** match() and search() */
  | {
      readonly kind: 'pattern'
      readonly text: Comparable
      readonly pattern: Comparable
      readonly isWhole: boolean
    }
  | {
      readonly kind: 'compare'
      readonly operator: Operator
      readonly left: Comparable
      readonly right: Comparable
    }

export type Comparable =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  /** A query of one value, or value() of any. */
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'count'; readonly query: Query }
  | { readonly kind: 'length'; readonly of: Comparable }

type Operator = (typeof OPERATORS)[number]
const OPERATORS = ['==', '!=', '<=', '>=', '<', '>'] as const

/** Reads a query from `$` on; undefined when it is none. */
export function parseJsonPath(text: string): Query | undefined {
  const reader = new Reader(text)
  try {
    const query = parseQuery(reader)
    return reader.isAtEnd() && query.from === 'root' ? query : undefined
  } catch (error) {
    if (error instanceof NotAPath) return undefined
    throw error
  }
}

class NotAPath extends Error {}

class Reader {
  readonly #text: string
  #offset = 0

  constructor(text: string) {
    this.#text = text
  }

  isAtEnd(): boolean {
    return this.#offset === this.#text.length
  }

  /** What a sticky pattern finds here. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#offset
    const match = pattern.exec(this.#text)
    if (match === null) return undefined
    this.#offset += match[0].length
    return match
  }

  /** One of the texts, with space around it. */
  takeToken<T extends string>(...tokens: readonly T[]): T | undefined {
    const before = this.#offset
    this.space()
    const token = tokens.find((one) => this.#text.startsWith(one, this.#offset))
    if (token === undefined) {
      this.#offset = before
      return undefined
    }
    this.#offset += token.length
    this.space()
    return token
  }

  expect(token: string): void {
    if (this.takeToken(token) === undefined) throw new NotAPath()
  }

  space(): void {
    this.take(/[ \t\n\r]*/y)
  }

  /** Back to here, when what follows is something else. */
  attempt<T>(parse: () => T): T | undefined {
    const before = this.#offset
    try {
      return parse()
    } catch (error) {
      if (!(error instanceof NotAPath)) throw error
      this.#offset = before
      return undefined
    }
  }
}

const SHORTHAND = /[A-Z_a-z\u0080-\u{10ffff}][\w\u0080-\u{10ffff}]*/uy
const INTEGER = /0|-?[1-9]\d*/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const STRING =
  /"((?:[^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[\dA-Fa-f]{4})*)"|'((?:[^'\\\u0000-\u001f]|\\['\\/bfnrt]|\\u[\dA-Fa-f]{4})*)'/y

function parseQuery(reader: Reader): Query {
  const start = reader.take(/[$@]/y)?.[0]
  if (start === undefined) throw new NotAPath()
  const segments: Segment[] = []
  for (;;) {
    const segment = reader.attempt(() => parseSegment(reader))
    if (segment === undefined) return { from: start === '$' ? 'root' : 'current', segments }
    segments.push(segment)
  }
}

function parseSegment(reader: Reader): Segment {
  reader.space()
  const dots = reader.take(/\.\.?/y)?.[0]
  const isDescendant = dots === '..'
  if (dots !== undefined) {
    if (reader.take(/\*/y) !== undefined) return { isDescendant, selectors: [{ kind: 'wildcard' }] }
    const name = reader.take(SHORTHAND)?.[0]
    if (name !== undefined) return { isDescendant, selectors: [{ kind: 'name', name }] }
    if (!isDescendant) throw new NotAPath()
  }
  if (reader.take(/\[/y) === undefined) throw new NotAPath()
  const selectors: Selector[] = []
  do {
    reader.space()
    selectors.push(parseSelector(reader))
  } while (reader.takeToken(',') !== undefined)
  reader.space()
  if (reader.take(/\]/y) === undefined) throw new NotAPath()
  return { isDescendant, selectors }
}

function parseSelector(reader: Reader): Selector {
  if (reader.take(/\*/y) !== undefined) return { kind: 'wildcard' }
  if (reader.take(/\?/y) !== undefined) return { kind: 'filter', condition: parseOr(reader) }
  const name = takeString(reader)
  if (name !== undefined) return { kind: 'name', name }
  const from = takeInteger(reader)
  if (reader.takeToken(':') === undefined) {
    if (from === null) throw new NotAPath()
    return { kind: 'index', index: from }
  }
  const to = takeInteger(reader)
  const step = reader.takeToken(':') === undefined ? null : takeInteger(reader)
  return { kind: 'slice', from, to, step: step ?? 1 }
}

function parseOr(reader: Reader): Condition {
  const parts = [parseAnd(reader)]
  while (reader.takeToken('||') !== undefined) parts.push(parseAnd(reader))
  return { kind: 'or', parts }
}

function parseAnd(reader: Reader): Condition {
  const parts = [parseBasic(reader)]
  while (reader.takeToken('&&') !== undefined) parts.push(parseBasic(reader))
  return { kind: 'and', parts }
}

function parseBasic(reader: Reader): Condition {
  reader.space()
  const comparison = reader.attempt(() => parseComparison(reader))
  if (comparison !== undefined) return comparison
  const isNegated = reader.takeToken('!') !== undefined
  const part = parseTest(reader)
  return isNegated ? { kind: 'not', part } : part
}

function parseTest(reader: Reader): Condition {
  if (reader.takeToken('(') !== undefined) {
    const condition = parseOr(reader)
    reader.expect(')')
    return condition
  }
  const name = reader.take(/(match|search)\(/y)?.[1]
  if (name === undefined) return { kind: 'exists', query: parseQuery(reader) }
  reader.space()
  const text = parseComparable(reader)
  reader.expect(',')
  const pattern = parseComparable(reader)
  reader.expect(')')
  return { kind: 'pattern', text, pattern, isWhole: name === 'match' }
}

function parseComparison(reader: Reader): Condition {
  const left = parseComparable(reader)
  const operator = reader.takeToken(...OPERATORS)
  if (operator === undefined) throw new NotAPath()
  return { kind: 'compare', operator, left, right: parseComparable(reader) }
}

const WORDS = { true: true, false: false, null: null } as const

function parseComparable(reader: Reader): Comparable {
  const text = takeString(reader)
  if (text !== undefined) return { kind: 'literal', value: text }
  const number = reader.take(NUMBER)?.[0]
  if (number !== undefined) return { kind: 'literal', value: Number(number) }
  const word = reader.takeToken('true', 'false', 'null')
  if (word !== undefined) return { kind: 'literal', value: WORDS[word] }
  const name = reader.take(/(length|count|value)\(/y)?.[1]
  if (name === undefined) {
    const query = parseQuery(reader)
    // What is compared must be one value.
    if (!query.segments.every(isSingular)) throw new NotAPath()
    return { kind: 'query', query }
  }
  reader.space()
  const argument: Comparable =
    name === 'length'
      ? { kind: 'length', of: parseComparable(reader) }
      : { kind: name === 'count' ? 'count' : 'query', query: parseQuery(reader) }
  reader.expect(')')
  return argument
}

function isSingular({ isDescendant, selectors: [first, ...others] }: Segment): boolean {
  return !isDescendant && others.length === 0 && (first?.kind === 'name' || first?.kind === 'index')
}

function takeInteger(reader: Reader): number | null {
  const text = reader.take(INTEGER)?.[0]
  return text === undefined ? null : Number(text)
}

function takeString(reader: Reader): string | undefined {
  const match = reader.take(STRING)
  if (match === undefined) return undefined
  const [, double, single = ''] = match
  const value: unknown = JSON.parse(`"${double ?? single.replaceAll("\\'", "'").replaceAll('"', '\\"')}"`)
  return typeof value === 'string' ? value : undefined
}
