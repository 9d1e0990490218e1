// Paths of requests in a collection, `{{baseUrl}}/films/:id`, held against paths that are asked.
import { splitUrl } from '#api-client/common/exchange/url.ts'

/** A segment of a path: a text, or a variable with its name. */
type Segment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  /** A text with references in it: `film-{{id}}.json`. */
  | { readonly kind: 'pattern'; readonly parts: readonly string[] }

export type PathTemplate = readonly Segment[]

export interface PathMatch {
  /** The higher, the more of the path is literally there. */
  readonly score: number
  readonly variables: ReadonlyMap<string, string>
}

/** The template of an address. What stands before the first slash (a host, a variable) does not count. */
export function pathTemplate(address: string): PathTemplate {
  const { url } = splitUrl(address.trim())
  const path = url
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    // A variable may hold slashes in its name, so it goes first.
    .replace(/^(?:\{\{[^{}]*\}\}|[^/{])*/, '')
  return segmentsOf(path).map((segment): Segment => {
    const variable = /^(?::([^{}]+)|\{([^{}]+)\}|\{\{([^{}]+)\}\})$/.exec(segment)
    const name = variable?.[1] ?? variable?.[2] ?? variable?.[3]
    if (name !== undefined) return { kind: 'variable', name: name.trim() }
    const parts = segment.split(/\{\{[^{}]*\}\}/)
    return parts.length > 1 ? { kind: 'pattern', parts } : { kind: 'text', text: decoded(segment) }
  })
}

/** Null when the path is another one. */
export function matchPath(template: PathTemplate, path: string): PathMatch | null {
  const segments = segmentsOf(path)
  if (segments.length !== template.length) return null
  const variables = new Map<string, string>()
  let score = 0
  for (const [index, expected] of template.entries()) {
    const text = decoded(segments[index] ?? '')
    if (expected.kind === 'text') {
      if (expected.text !== text) return null
      score += 4
    } else if (expected.kind === 'variable') variables.set(expected.name, text)
    else {
      if (!fits(expected.parts, text)) return null
      score += 2
    }
  }
  return { score, variables }
}

/** Whether the parts stand in the text in order, the first at its begin and the last at its end. */
function fits(parts: readonly string[], text: string): boolean {
  const [first = '', ...others] = parts
  const last = others.pop() ?? ''
  if (!text.startsWith(first)) return false
  let at = first.length
  for (const part of others) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}

function segmentsOf(path: string): string[] {
  const segments = path.split('/').filter((segment, index) => index > 0 || segment !== '')
  // `/films/` is `/films`.
  if (segments.at(-1) === '') segments.pop()
  return segments
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
