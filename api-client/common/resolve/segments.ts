// The pieces of a text that an editor marks and explains: plain text, and references with what they stand for.
import { parseReferences } from './parse.ts'
import { referenceResolver } from './resolve-text.ts'
import type { Lookup, ScopeName } from './scopes.ts'
import { DYNAMIC_NAMES } from './dynamic.ts'

export type Segment =
  | { readonly kind: 'text'; readonly start: number; readonly end: number }
  | {
      readonly kind: 'resolved' | 'secret'
      readonly start: number
      readonly end: number
      readonly name: string
      /** As it will be sent; null for a secret. */
      readonly value: string | null
      readonly scope: ScopeName
      /** Name of the folder or environment. */
      readonly from: string
    }
  | {
      /** `dynamic`: another value each time. `process`: of the host's environment, known when sent. */
      readonly kind: 'dynamic' | 'process' | 'unresolved' | 'circular'
      readonly start: number
      readonly end: number
      readonly name: string
    }

/** The segments of a text, in order, without gaps but an escape's backslash. Offsets are of `text`. */
export function segmentsOf(text: string, lookup: Lookup): Segment[] {
  const resolve = referenceResolver({ lookup, dynamic: null })
  return parseReferences(text).map((piece): Segment => {
    const { start, end } = piece
    if (piece.kind === 'text') return { kind: 'text', start, end }
    const reference = resolve(piece.name, text)
    const { name } = reference
    if (reference.state === 'resolved') {
      const { scope, from, variable } = reference.found
      return variable.isSecret
        ? { kind: 'secret', start, end, name, value: null, scope, from }
        : { kind: 'resolved', start, end, name, value: reference.value, scope, from }
    }
    if (name.startsWith('$') && DYNAMIC_NAMES.has(name.slice(1))) return { kind: 'dynamic', start, end, name }
    if (name.startsWith('process.env.')) return { kind: 'process', start, end, name }
    return { kind: reference.state === 'circular' ? 'circular' : 'unresolved', start, end, name }
  })
}
