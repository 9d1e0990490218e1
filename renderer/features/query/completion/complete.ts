// Completion of half-written SQL: what fits at the caret, best first. Pure; the editor's provider and the tests call the same function.
import { groupTokens } from './blocks.ts'
import { createList, type CompletionItem } from './candidate-list.ts'
import { collect } from './candidates.ts'
import type { CatalogIndex } from './catalog-index.ts'
import { comparedColumn, expectedAt } from './context.ts'
import { resolveScope } from './scope.ts'
import { tokenize, type Token } from './tokens.ts'

export interface Completions {
  readonly items: readonly CompletionItem[]
  /** The part of the text that an item replaces. */
  readonly start: number
  readonly end: number
}

export interface CompletionRequest {
  /** The statement that the caret is in. */
  readonly text: string
  /** The caret, in UTF-16 units from the start of `text`. */
  readonly offset: number
  readonly index: CatalogIndex
}

/** What fits at the caret. Never throws; nothing where a new name is being made up, in comments and in text. */
export function complete({ text, offset, index }: CompletionRequest): Completions {
  const none: Completions = { items: [], start: offset, end: offset }
  const tokens = tokenizeAround(text, offset)
  const at = tokens.find(
    (token) =>
      token.start < offset &&
      (token.end > offset ||
        (token.end === offset && (!token.isClosed || token.kind === 'number' || token.kind === 'parameter'))),
  )
  if (at?.kind === 'comment' || at?.kind === 'number' || at?.kind === 'parameter') return none
  if (at?.kind === 'dollar') {
    // A function's body is SQL of its own; only the statement around the caret matters.
    const tagLength = text.indexOf('$', at.start + 1) + 1 - at.start
    const inner = completeBody(at.text, offset - at.start - tagLength, index)
    const shift = at.start + tagLength
    return { items: inner.items, start: inner.start + shift, end: inner.end + shift }
  }
  const outside = tokens.filter((token) => token !== at)
  if (at?.kind === 'string') {
    const root = groupTokens(outside, text.length)
    const column = comparedColumn(root, at.start)
    return column === undefined
      ? none
      : completeLabel({ text, offset, index }, at.start + 1, { column, root })
  }

  const touching = tokens.find(
    (token) =>
      token.start < offset && token.end >= offset && (token.kind === 'word' || token.kind === 'quoted'),
  )
  const start = touching?.start ?? offset
  const isQuoted = touching?.kind === 'quoted'
  const prefix = text.slice(start + (isQuoted ? 1 : 0), offset)
  // The word under the caret is what is asked for: it must not be taken for a table, an alias or a keyword.
  const root = groupTokens(
    tokens.filter((token) => token !== touching),
    text.length,
  )
  const expected = expectedAt(root, start)
  const scope = resolveScope(root, start, index)
  const list = createList({ prefix, isQuoted })
  collect(expected, scope, index, list)
  return { items: list.finish(), start, end: Math.max(offset, touching?.end ?? offset) }
}

/** A quote that was just opened must not swallow what follows the caret: the text after it is read on its own. */
function tokenizeAround(text: string, offset: number): Token[] {
  const tokens = tokenize(text)
  const open = tokens.find((token) => token.start < offset && token.end > offset && !token.isClosed)
  if (open === undefined || (open.kind !== 'quoted' && open.kind !== 'string')) return tokens
  const rest = tokenize(text.slice(offset)).map((token) => ({
    ...token,
    start: token.start + offset,
    end: token.end + offset,
  }))
  return [...tokenize(text.slice(0, offset)), ...rest]
}

function completeBody(body: string, offset: number, index: CatalogIndex): Completions {
  const tokens = tokenize(body)
  const before = tokens.filter(
    (token) => token.kind === 'operator' && token.text === ';' && token.end <= offset,
  )
  const start = before.at(-1)?.end ?? 0
  const inner = complete({ text: body.slice(start), offset: offset - start, index })
  return { items: inner.items, start: inner.start + start, end: inner.end + start }
}

function completeLabel(
  { text, offset, index }: CompletionRequest,
  start: number,
  compared: { readonly column: readonly string[]; readonly root: ReturnType<typeof groupTokens> },
): Completions {
  const scope = resolveScope(compared.root, start, index)
  const name = compared.column.at(-1)
  const qualifier = compared.column.length > 1 ? compared.column[0] : undefined
  const column = [...scope.relations, ...scope.outer]
    .filter((relation) => qualifier === undefined || relation.name === qualifier)
    .flatMap((relation) => relation.columns)
    .find((candidate) => candidate.name === name)
  const labels = column === undefined ? undefined : index.enumLabels(column.type)
  const list = createList({ prefix: text.slice(start, offset), isQuoted: true })
  for (const label of labels ?? []) {
    list.add({ kind: 'label', label, insertText: label, detail: column?.type ?? '', documentation: '' }, 0)
  }
  return { items: list.finish(), start, end: offset }
}
