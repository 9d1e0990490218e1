// What a person wrote, kept where it cannot be printed anew: pieces of a statement's text, with the names in them qualified.
import { readableName } from '../../sql/readable-name.ts'
import { createLexer } from '../../script/lexer.ts'
import type { SyntaxNode } from '../../script/parsed-statement.ts'
import { namesOf } from './nodes.ts'
import type { ImportState } from './state.ts'

export interface StatementContext {
  readonly state: ImportState
  /** The statement without its semicolon. */
  readonly text: string
  /** Locations in the tree count from so many bytes before the statement. */
  readonly base: number
}

/** The UTF-16 offset in the statement's text of a location in its tree. */
export function offsetOf({ text, base }: StatementContext, location: number): number {
  let bytes = base
  let offset = 0
  while (bytes < location && offset < text.length) {
    const code = text.codePointAt(offset) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    offset += code < 0x10000 ? 1 : 2
  }
  return offset
}

interface Word {
  readonly word: string
  readonly start: number
  readonly end: number
}

/** Words that stand outside of parentheses, in lower case. */
export function outerWords(text: string): readonly Word[] {
  const lexer = createLexer(text)
  const words: Word[] = []
  let depth = 0
  for (lexer.next(); lexer.kind !== 'end'; lexer.next()) {
    if (lexer.kind === 'open') depth += 1
    if (lexer.kind === 'close') depth -= 1
    if (lexer.kind === 'word' && depth === 0)
      words.push({
        word: text.slice(lexer.start, lexer.end).toLowerCase(),
        start: lexer.start,
        end: lexer.end,
      })
  }
  return words
}

/** The text from behind the first `word` that stands outside of parentheses, with the names in it qualified. */
export function writtenAfter(context: StatementContext, word: string, tree: unknown): string {
  const found = outerWords(context.text).find((one) => one.word === word)
  return written(context, { start: found?.end ?? 0, end: context.text.length }, tree).trim()
}

/** A piece of the text; relations, types and functions that `tree` names in it without a schema get theirs. */
export function written(
  context: StatementContext,
  { start, end }: { readonly start: number; readonly end: number },
  tree: unknown,
): string {
  const insertions: { at: number; schema: string }[] = []
  visitNames(tree, (name) => {
    const schema = schemaOf(context.state, name)
    const at = offsetOf(context, name.location)
    if (schema !== null && at >= start && at < end) insertions.push({ at, schema })
  })
  insertions.sort((a, b) => a.at - b.at)
  let result = ''
  let from = start
  for (const { at, schema } of insertions) {
    if (at < from) continue
    result += `${context.text.slice(from, at)}${readableName(schema)}.`
    from = at
  }
  return result + context.text.slice(from, end)
}

interface FoundName {
  readonly kind: 'relation' | 'type' | 'routine'
  readonly name: string
  readonly location: number
}

function schemaOf(state: ImportState, { kind, name }: FoundName): string | null {
  if (kind === 'relation') return state.relation(null, name)?.schema ?? null
  if (kind === 'routine') return state.routines(null, name)[0]?.schema ?? null
  return (state.type(null, name) ?? state.relation(null, name))?.schema ?? null
}

function visitNames(tree: unknown, see: (name: FoundName) => void): void {
  const pending: unknown[] = [tree]
  const queries = new Set<string>()
  const found: FoundName[] = []
  while (pending.length > 0) {
    const node = pending.pop()
    if (Array.isArray(node)) for (const one of node) pending.push(one)
    if (!isRecord(node)) continue
    const { ctename, relname, location, funcname, names } = node
    const at = typeof location === 'number' ? location : 0
    if (typeof ctename === 'string') queries.add(ctename)
    if (typeof relname === 'string' && node['schemaname'] === undefined)
      found.push({ kind: 'relation', name: relname, location: at })
    if (isNodes(funcname) && funcname.length === 1 && node['funcformat'] === 'COERCE_EXPLICIT_CALL')
      found.push({ kind: 'routine', name: namesOf(funcname)[0] ?? '', location: at })
    if (isNodes(names) && names.length === 1 && 'typemod' in node)
      found.push({ kind: 'type', name: namesOf(names)[0] ?? '', location: at })
    for (const value of Object.values(node)) pending.push(value)
  }
  for (const one of found) if (one.kind !== 'relation' || !queries.has(one.name)) see(one)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isNodes(value: unknown): value is SyntaxNode[] {
  return Array.isArray(value)
}
