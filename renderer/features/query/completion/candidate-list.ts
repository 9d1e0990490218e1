// The list that completion fills: what matches the typed prefix, scored, each name once.
import { quoteIdentifier } from '#postgres/common/sql/quote.ts'
import { readableName } from '#postgres/common/sql/readable-name.ts'
import { matchScore } from './match.ts'

export type CompletionKind =
  | 'column'
  | 'table'
  | 'view'
  | 'commonTable'
  | 'alias'
  | 'schema'
  | 'function'
  | 'type'
  | 'keyword'
  | 'label'
  | 'condition'

export interface CompletionItem {
  readonly kind: CompletionKind
  readonly label: string
  /** What is written, where it differs from the label: quoted, qualified. */
  readonly insertText: string
  /** Right of the label: the type, the schema. */
  readonly detail: string
  /** In words, for the box beside the list. */
  readonly documentation: string
}

/** Items given at most; the editor asks again as more is typed. */
const MAX_ITEMS = 200

/** Collects what may be written and gives the best of it. */
export interface CandidateList {
  /** `rank`: smaller is better; groups of candidates in order of likelihood. */
  add(item: CompletionItem, rank: number): void
  addName(
    kind: CompletionKind,
    name: string,
    extra: { detail: string; documentation?: string; qualify?: string; rank: number },
  ): void
  addWords(words: readonly string[], rank: number): void
  readonly prefix: string
  finish(): CompletionItem[]
}

/** A list for what was typed before the caret; `isQuoted`: inside double quotes, where keywords make no sense. */
export function createList({ prefix, isQuoted }: { prefix: string; isQuoted: boolean }): CandidateList {
  const lower = prefix.toLowerCase()
  const isUpper = prefix.length > 0 && prefix === prefix.toUpperCase() && prefix !== lower
  const found: { item: CompletionItem; score: number; at: number }[] = []
  const seen = new Set<string>()
  function add(item: CompletionItem, rank: number): void {
    const match = matchScore(item.label.toLowerCase(), lower)
    if (match === undefined) return
    const key = `${item.kind}:${item.insertText}`
    if (seen.has(key)) return
    seen.add(key)
    // How it matches counts most, then how likely the kind is here; short names win ties.
    const length = lower === '' ? 0 : Math.min(9, item.label.length / 8)
    found.push({ item, score: match * 100 + rank * 10 + length, at: found.length })
  }
  return {
    prefix,
    add,
    addName(kind, name, { detail, documentation = '', qualify, rank }) {
      const written = isQuoted ? `${quoteIdentifier(name)}` : readableName(name)
      const insertText = qualify === undefined ? written : `${readableName(qualify)}.${written}`
      add({ kind, label: name, insertText, detail, documentation }, rank)
    },
    addWords(words, rank) {
      if (isQuoted) return
      for (const word of words) {
        const written = isUpper ? word.toUpperCase() : word
        add({ kind: 'keyword', label: written, insertText: written, detail: '', documentation: '' }, rank)
      }
    },
    finish: () =>
      found
        .sort(
          (a, b) => a.score - b.score || (lower === '' ? a.at - b.at : a.item.label < b.item.label ? -1 : 1),
        )
        .slice(0, MAX_ITEMS)
        .map((entry) => entry.item),
  }
}
