// JSONPath (RFC 9535) as steps that can be taken over a text that is not parsed as a whole. Filters stay text: they are asked about one candidate at a time.
import { paths } from 'jsonpath-rfc9535'
import type { JsonValue } from 'jsonpath-rfc9535'
import parse from 'jsonpath-rfc9535/parser'
import type { JsonPathQuery } from 'jsonpath-rfc9535/parser'

export type PathSelector =
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'index'; readonly index: number }
  | {
      readonly type: 'slice'
      readonly start: number | null
      readonly end: number | null
      readonly step: number
    }
  | { readonly type: 'wildcard' }
  /** The text after the question mark. */
  | { readonly type: 'filter'; readonly text: string }

export interface PathSegment {
  /** Whether all below are looked at, not the children only. */
  readonly isDescendant: boolean
  readonly selectors: readonly PathSelector[]
}

export interface ParsedPath {
  readonly segments: readonly PathSegment[]
  /** Whether a filter looks at the whole body (`$` inside of it). */
  readonly needsRoot: boolean
}

/** Reads an expression. Throws an Error that says what is wrong with it. */
export function parsePath(expression: string): ParsedPath {
  const { segments } = parse(expression)
  const filters = filterTexts(expression)
  return {
    segments: segments.map((segment) => ({
      isDescendant: segment.type === 'DescendantSegment',
      selectors: selectorsOf(segment, filters),
    })),
    needsRoot: /"(JsonPathQuery|AbsSingularQuery)"/.test(JSON.stringify(segments)),
  }
}

type Segment = JsonPathQuery['segments'][number]

/** Takes the filters' texts in the order in which they stand. */
function selectorsOf({ node }: Segment, filters: string[]): PathSelector[] {
  if (node.type === 'WildcardSelector') return [{ type: 'wildcard' }]
  if (node.type === 'MemberNameShorthand') return [{ type: 'name', name: node.value }]
  return node.selectors.map((selector): PathSelector => {
    switch (selector.type) {
      case 'NameSelector':
        return { type: 'name', name: selector.value }
      case 'IndexSelector':
        return { type: 'index', index: selector.value }
      case 'SliceSelector':
        return { type: 'slice', start: selector.start, end: selector.end, step: selector.step ?? 1 }
      case 'WildcardSelector':
        return { type: 'wildcard' }
      case 'FilterSelector':
        return { type: 'filter', text: filters.shift() ?? '' }
    }
  })
}

/** The texts of the filters of a valid expression: from `?` to the comma or bracket that ends the selector, brackets and quotes in them skipped. */
function filterTexts(expression: string): string[] {
  const texts: string[] = []
  let depth = 0
  let quote = ''
  let start = -1
  for (let at = 0; at < expression.length; at += 1) {
    const character = expression[at] ?? ''
    if (quote !== '') {
      if (character === '\\') at += 1
      else if (character === quote) quote = ''
      continue
    }
    if (character === '"' || character === "'") quote = character
    else if (character === '?' && depth === 1) start = at + 1
    else if ((character === ',' || character === ']') && depth === 1) {
      if (start !== -1) texts.push(expression.slice(start, at))
      start = -1
    }
    if (character === '[' || character === '(') depth += 1
    else if (character === ']' || character === ')') depth -= 1
  }
  return texts
}

/** Which of the candidates a filter selects, by their places. */
export function filterCandidates(candidates: readonly unknown[], filter: string): number[] {
  return paths(jsonOf(candidates), `$[?${filter}]`).map((path) => Number(path.slice(2, -1)))
}

/** All places that an expression finds in a value, as normalised paths: for small bodies, and to hold the steps against. */
export function wholePaths(value: unknown, expression: string): string[] {
  return paths(jsonOf(value), expression)
}

/** What JSON.parse gave is a value of JSON. */
function jsonOf(value: unknown): JsonValue {
  if (isJson(value)) return value
  throw new TypeError('Not a value of JSON.')
}

function isJson(value: unknown): value is JsonValue {
  return (
    value !== undefined &&
    typeof value !== 'function' &&
    typeof value !== 'symbol' &&
    typeof value !== 'bigint'
  )
}

/** The parts of a normalised path: `$['a'][0]` → `a`, `0`. */
export function partsOfPath(path: string): string[] {
  const parts: string[] = []
  for (const [, name, index] of path.matchAll(/\['((?:[^'\\]|\\.)*)'\]|\[(\d+)\]/g))
    parts.push(name === undefined ? (index ?? '') : unescaped(name))
  return parts
}

function unescaped(name: string): string {
  const text: unknown = JSON.parse(`"${name.replaceAll("\\'", "'").replaceAll('"', '\\"')}"`)
  return String(text)
}
