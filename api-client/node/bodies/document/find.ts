// Finds texts in a view, a piece of the body at a time. Most texts are searched in the bytes of the file; regular expressions, and what could match the
// spaces that the pretty view puts between tokens, in the lines.
import { AppError } from '#contract/errors.ts'
import type { FindQuery, Hit } from '../types.ts'
import type { Shape } from '../detect.ts'
import { createLocator } from './printer.ts'
import type { Layout, PrintedLines } from './printer.ts'
import { createMatcher } from './regex.ts'
import type { Source } from './source.ts'

/** One call looks at so many bytes, or finds so many places. */
const BYTES_AT_ONCE = 8 * 1024 * 1024
const HITS_AT_ONCE = 1_000
const BLOCK = 512 * 1024
const LINES_AT_ONCE = 2_000

/** Where a search stands: it goes on at a byte, or at a line. */
export type FindCursor = { readonly byte: number } | { readonly line: number }

export interface Found {
  readonly hits: readonly Hit[]
  /** Null when all was searched that is there. */
  readonly next: FindCursor | null
  readonly searchedLines: number
}

/** Whether the text is found in the bytes as surely as in the lines. */
export function isFoundInBytes(query: FindQuery, shape: Shape): boolean {
  const { text, view, isRegex, isCaseSensitive } = query
  if (isRegex || shape === 'hex') return false
  if (!isCaseSensitive && /[^\x20-\x7e]/.test(text)) return false
  if (view === 'raw' || shape === 'text') return true
  if (/^\s/.test(text)) return false
  return shape !== 'json' || !canCrossTokens(text)
}

/** Whether a text can reach over a place where the pretty view puts spaces in: it never puts any inside of a token. */
function canCrossTokens(text: string): boolean {
  // Between tokens a colon comes after a quote and before a space; a comma and an opening bracket end their line, a closing one begins it.
  return /(^|"):( |$)|[,{[]$|\[\]|\{\}|^[}\]],?$/.test(text)
}

/** Searches bytes from a place on. */
export function findInBytes(
  layout: Layout,
  source: Source,
  { query, from }: { readonly query: FindQuery; readonly from: number },
): Found {
  const needle = Buffer.from(query.text)
  const hits: Hit[] = []
  const locator = createLocator(layout, source.fork())
  const end = layout.position
  const stop = Math.min(end, from + BYTES_AT_ONCE)
  const indexIn = query.isCaseSensitive ? exactIndex(needle) : foldedIndex(query.text)
  let at = from
  while (at < stop && hits.length < HITS_AT_ONCE) {
    const block = source.copy(at, Math.min(end, at + BLOCK + needle.length - 1))
    const search = indexIn(block)
    let next = search(0)
    while (next !== -1 && next < BLOCK) {
      const place = locator.locate(at + next, needle.length)
      if (place !== null) hits.push({ ...place, length: query.text.length })
      const after = next + (place === null ? 1 : needle.length)
      if (hits.length >= HITS_AT_ONCE) return foundAt(at + after)
      next = search(after)
    }
    at = next === -1 ? Math.min(at + BLOCK, end) : at + next
  }
  return foundAt(Math.min(at, end))

  function foundAt(byte: number): Found {
    const isAll = byte >= end
    const searchedLines = isAll
      ? layout.lines
      : (createLocator(layout, source).locate(byte, 1)?.line ?? layout.checkpoints.ofOffset(byte).line)
    return { hits, next: isAll ? null : { byte }, searchedLines }
  }
}

type IndexIn = (block: Buffer) => (from: number) => number

function exactIndex(needle: Buffer): IndexIn {
  return (block) => (from) => block.indexOf(needle, from)
}

/** Bytes as characters of one byte each: the engine's own search for texts without regard to case is the fastest there is. */
function foldedIndex(text: string): IndexIn {
  const pattern = new RegExp(escaped(text), 'gi')
  return (block) => {
    const characters = block.toString('latin1')
    return (from) => {
      pattern.lastIndex = from
      return pattern.exec(characters)?.index ?? -1
    }
  }
}

export interface LineReader {
  readonly total: number
  read(from: number, count: number): PrintedLines
}

/** Searches lines from one on. A match of a text that is cut over two blocks of one endless line is not seen. */
export function findInLines(
  reader: LineReader,
  { query, from }: { readonly query: FindQuery; readonly from: number },
): Found {
  const match = createMatcher(query.isRegex ? query.text : escaped(query.text), query)
  const hits: Hit[] = []
  let line = from
  let bytes = 0
  while (line < reader.total && bytes < BYTES_AT_ONCE / 4 && hits.length < HITS_AT_ONCE) {
    const { lines, continues } = reader.read(line, LINES_AT_ONCE)
    if (lines.length === 0) break
    const { text, starts } = joined(lines, new Set(continues))
    let place = 0
    for (const [index, length] of match(text)) {
      while (place + 1 < starts.length && (starts[place + 1] ?? 0) <= index) place += 1
      hits.push({ line: line + place, column: index - (starts[place] ?? 0), length })
    }
    bytes += text.length
    line += lines.length
  }
  return { hits, next: line >= reader.total ? null : { line }, searchedLines: line }
}

/** Lines as one text in which parts of a line go on, with where each begins in it. */
function joined(
  lines: readonly string[],
  continues: ReadonlySet<number>,
): { readonly text: string; readonly starts: readonly number[] } {
  const starts: number[] = []
  let text = ''
  lines.forEach((line, index) => {
    if (index > 0 && !continues.has(index)) text += '\n'
    starts.push(text.length)
    text += line
  })
  return { text, starts }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}

/** Says early that a regular expression is none. INVALID_INPUT. */
export function checkQuery(query: FindQuery): void {
  if (!query.isRegex) return
  try {
    createMatcher(query.text, query)
  } catch (error) {
    const reason = error instanceof Error ? error.message : ''
    throw new AppError('INVALID_INPUT', `This is not a regular expression: ${reason}`)
  }
}
