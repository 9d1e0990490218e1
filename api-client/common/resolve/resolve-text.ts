// Replaces {{references}} by their values: inside out, with values that hold references themselves, circles and dynamic values.
import { AppError } from '#contract/errors.ts'
import type { DynamicValues } from './dynamic.ts'
import { parseReferences, type Piece } from './parse.ts'
import type { FoundVariable, Lookup } from './scopes.ts'

/** More characters than any request has: values that name each other twice would grow without end. */
const MOST_CHARACTERS = 200_000_000
const DEEPEST = 32

export interface ResolverOptions {
  readonly lookup: Lookup
  /** Values of `{{$guid}}` and its like; null leaves them unresolved (an editor's preview). */
  readonly dynamic: DynamicValues | null
  /** Values of `{{process.env.NAME}}`, where the caller allows them. They are treated as secrets. */
  readonly processVariable?: (name: string) => string | undefined
}

/** Resolves the texts of one request. What it met on the way is collected. */
export interface Resolver {
  readonly text: (text: string) => string
  /** Of a JSON text: inside of strings values are escaped; outside they stand as they are. */
  readonly json: (text: string) => string
  /** `{{names}}` that nothing gave a value, each once. They stay in the text as they were written. */
  readonly unresolved: () => readonly string[]
  /** Values of the process' environment that were used. */
  readonly processValues: () => readonly string[]
}

export type Reference =
  | {
      readonly state: 'resolved'
      readonly name: string
      readonly found: FoundVariable
      readonly value: string
    }
  | { readonly state: 'dynamic'; readonly name: string; readonly value: string }
  | { readonly state: 'process'; readonly name: string; readonly value: string }
  | { readonly state: 'unresolved' | 'circular'; readonly name: string }

/** A resolver of the texts of one request. Throws TOO_LARGE when values grow without end. */
export function createResolver(options: ResolverOptions): Resolver {
  const unresolved = new Set<string>()
  const processValues = new Set<string>()
  const state: State = { options, values: new Map(), pending: [], characters: 0 }
  const note = (reference: Reference) => {
    if (reference.state === 'unresolved' || reference.state === 'circular') unresolved.add(reference.name)
    if (reference.state === 'process') processValues.add(reference.value)
  }
  return {
    text: (text) => expand(state, text, note),
    json: (text) => expandJson(state, text, note),
    unresolved: () => [...unresolved],
    processValues: () => [...processValues],
  }
}

/** What each reference of a text is, without replacing anything: names that are made of variables are resolved first. */
export function referenceResolver(
  options: ResolverOptions,
): (name: readonly Piece[], text: string) => Reference {
  const state: State = { options, values: new Map(), pending: [], characters: 0 }
  return (name, text) => lookUp(state, expandPieces(state, name, text, () => undefined).trim())
}

interface State {
  readonly options: ResolverOptions
  /** Of variables whose values hold references: resolved once, unless a dynamic value is among them. */
  readonly values: Map<string, { readonly value: string; readonly inner: readonly Reference[] }>
  readonly pending: string[]
  characters: number
}

type Note = (reference: Reference) => void

function expand(state: State, text: string, note: Note): string {
  if (!text.includes('{{')) return text
  return expandPieces(state, parseReferences(text), text, note)
}

function expandPieces(state: State, pieces: readonly Piece[], text: string, note: Note): string {
  const parts = pieces.map((piece) =>
    piece.kind === 'text' ? text.slice(piece.start, piece.end) : valueOf(state, piece, text, note).text,
  )
  return parts.length === 1 ? (parts[0] ?? '') : parts.join('')
}

function valueOf(state: State, piece: Extract<Piece, { kind: 'reference' }>, text: string, note: Note) {
  const reference = lookUp(state, expandPieces(state, piece.name, text, note).trim(), note)
  note(reference)
  const value = 'value' in reference ? reference.value : text.slice(piece.start, piece.end)
  state.characters += value.length
  if (state.characters > MOST_CHARACTERS)
    throw new AppError('TOO_LARGE', 'The variables of this request grow beyond 200 million characters.', {
      hint: 'Look for variables that name each other several times.',
    })
  return { text: value, reference }
}

function lookUp(state: State, name: string, note?: Note): Reference {
  const { lookup, dynamic, processVariable } = state.options
  const found = lookup.find(name)
  if (found !== undefined) return variableValue(state, name, found, note)
  if (name.startsWith('$')) {
    const value = dynamic?.(name.slice(1))
    if (value !== undefined) return { state: 'dynamic', name, value }
  }
  if (name.startsWith('process.env.') && processVariable !== undefined) {
    const value = processVariable(name.slice('process.env.'.length))
    if (value !== undefined) return { state: 'process', name, value }
  }
  return { state: 'unresolved', name }
}

function variableValue(state: State, name: string, found: FoundVariable, note: Note | undefined): Reference {
  const raw = found.variable.value
  // A secret is what it is: braces in a password are no references.
  if (found.variable.isSecret || !raw.includes('{{')) return { state: 'resolved', name, found, value: raw }
  if (state.pending.includes(name) || state.pending.length >= DEEPEST) return { state: 'circular', name }
  const known = state.values.get(name)
  if (known !== undefined) {
    known.inner.forEach((inner) => note?.(inner))
    return { state: 'resolved', name, found, value: known.value }
  }
  state.pending.push(name)
  const inner: Reference[] = []
  const value = expand(state, raw, (reference) => inner.push(reference))
  state.pending.pop()
  inner.forEach((reference) => note?.(reference))
  if (inner.some((reference) => reference.state === 'circular')) return { state: 'circular', name }
  // {{$guid}} in a variable is another one each time.
  if (!inner.some((reference) => reference.state === 'dynamic')) state.values.set(name, { value, inner })
  return { state: 'resolved', name, found, value }
}

function expandJson(state: State, text: string, note: Note): string {
  if (!text.includes('{{')) return text
  const parts: string[] = []
  let isInString = false
  for (const piece of parseReferences(text)) {
    if (piece.kind === 'text') {
      parts.push(text.slice(piece.start, piece.end))
      isInString = stringStateAfter(text, piece.start, piece.end, isInString)
      continue
    }
    const { text: value, reference } = valueOf(state, piece, text, note)
    if (!('value' in reference)) parts.push(value)
    else if (isInString) parts.push(escapedForJson(value))
    else parts.push(outsideOfStrings(value, text, piece))
  }
  return parts.join('')
}

/** A variable's text where JSON expects a value stands as it is (a number keeps its digits), unless it is a plain word: that is quoted. */
function outsideOfStrings(value: string, text: string, piece: Piece): string {
  if (/[{}[\]",]/.test(value) || isJson(value)) return value
  const isValue = /:\s*$/.test(text.slice(Math.max(0, piece.start - 100), piece.start))
  const endsThere = /^\s*([,}\]]|$)/.test(text.slice(piece.end, piece.end + 100))
  return isValue && endsThere ? JSON.stringify(value) : value
}

function stringStateAfter(text: string, start: number, end: number, before: boolean): boolean {
  let isInString = before
  for (let at = text.indexOf('"', start); at >= 0 && at < end; at = text.indexOf('"', at + 1)) {
    let backslashes = 0
    while (isInString && at - backslashes > start && text[at - backslashes - 1] === '\\') backslashes++
    if (backslashes % 2 === 0) isInString = !isInString
  }
  return isInString
}

function escapedForJson(value: string): string {
  return JSON.stringify(value).slice(1, -1)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
