// Where the role stands in a token's claims (jwt-role-claim-key): JSONPath (RFC 9535), of which the first value counts, or PostgREST's own syntax
// before it with its comparisons and slices of text: `$['realm'].roles[?search(@, "^api_")]`, `.realm.roles[?(@ ^== "api_")][4:]`.
import { parseJsonPath, selectValues, type Query } from './json-path.ts'

type Comparison = '==' | '!=' | '^==' | '==^' | '*=='

type Step =
  /** A whole path in JSONPath. */
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  /** The first text of a list that fits. */
  | { readonly kind: 'filter'; readonly comparison: Comparison; readonly text: string }
  /** A part of a text, as Python slices. */
  | { readonly kind: 'slice'; readonly from: number | null; readonly to: number | null }

export type RolePath = readonly Step[]

const KEY = /\.(?:([\p{L}\p{N}_$@]+)|"([^"]*)")|\[\s*(?:"([^"]*)"|'([^']*)')\s*\]/uy
const INDEX = /\[(-?\d+)\]/y
const SLICE = /\[(-?\d+)?:(-?\d+)?\]/y
const FILTER = /\[\?\s*(\()?\s*@\s*(\^==|==\^|\*==|==|!=)\s*(?:"([^"]*)"|'([^']*)')\s*(\))?\s*\]/y

/** Reads a path; undefined when it is none. In the own syntax a leading `$` is allowed. */
export function parseRolePath(text: string): RolePath | undefined {
  const query = parseJsonPath(text)
  if (query !== undefined) return query.segments.length === 0 ? undefined : [{ kind: 'query', query }]
  const steps: Step[] = []
  let offset = text.startsWith('$') ? 1 : 0
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = offset
    const match = pattern.exec(text)
    if (match === null) return undefined
    offset += match[0].length
    return match
  }
  while (offset < text.length) {
    const step =
      keyStep(take(KEY)) ?? indexStep(take(INDEX)) ?? filterStep(take(FILTER)) ?? sliceStep(take(SLICE))
    if (step === undefined) return undefined
    steps.push(step)
  }
  return steps.length === 0 ? undefined : steps
}

/** What stands at the path; undefined where nothing does. */
export function walkRolePath(claims: unknown, path: RolePath): unknown {
  let value = claims
  for (const step of path) value = walk(value, step)
  return value
}

function keyStep(match: RegExpExecArray | undefined): Step | undefined {
  return match && { kind: 'key', name: match[1] ?? match[2] ?? match[3] ?? match[4] ?? '' }
}

function indexStep(match: RegExpExecArray | undefined): Step | undefined {
  return match && { kind: 'index', index: Number(match[1]) }
}

function filterStep(match: RegExpExecArray | undefined): Step | undefined {
  // Parentheses come in pairs, or not at all.
  if (match === undefined || (match[1] === undefined) !== (match[5] === undefined)) return undefined
  const comparison = COMPARISONS.find((one) => one === match[2])
  return comparison && { kind: 'filter', comparison, text: match[3] ?? match[4] ?? '' }
}

function sliceStep(match: RegExpExecArray | undefined): Step | undefined {
  const bound = (text: string | undefined): number | null => (text === undefined ? null : Number(text))
  return match && { kind: 'slice', from: bound(match[1]), to: bound(match[2]) }
}

const COMPARISONS: readonly Comparison[] = ['==', '!=', '^==', '==^', '*==']

function walk(value: unknown, step: Step): unknown {
  switch (step.kind) {
    case 'query':
      return selectValues(value, step.query)[0]
    case 'key':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.getOwnPropertyDescriptor(value, step.name)?.value
        : undefined
    case 'index':
      return Array.isArray(value) ? value.at(step.index) : undefined
    case 'filter':
      return Array.isArray(value)
        ? value.find((element: unknown) => typeof element === 'string' && fits(element, step))
        : undefined
    case 'slice':
      return typeof value === 'string'
        ? Array.from(value)
            .slice(step.from ?? 0, step.to ?? undefined)
            .join('')
        : undefined
  }
}

function fits(
  element: string,
  { comparison, text }: { readonly comparison: Comparison; readonly text: string },
): boolean {
  switch (comparison) {
    case '==':
      return element === text
    case '!=':
      return element !== text
    case '^==':
      return element.startsWith(text)
    case '==^':
      return element.endsWith(text)
    case '*==':
      return element.includes(text)
  }
}
