// Finds texts in a view, a piece of the body at a time. Most texts are searched in the bytes of the file; regular expressions, and what could match the
// spaces that the pretty view puts between tokens, in the lines.
import { AppError } from '#contract/errors.ts'
import type { FindQuery, Hit } from '../types.ts'
import type { Shape } from '../detect.ts'
import { createLocator } from './printer.ts'
import type { Layout, Locator, Place, PrintedLines } from './printer.ts'
import { createMatcher } from './regex.ts'
import type { Source } from './source.ts'

/** One call looks at so many bytes, or finds so many places. */
const BYTES_AT_ONCE = 8 * 1024 * 1024
const HITS_AT_ONCE = 1_000
const BLOCK = 512 * 1024
const LINES_AT_ONCE = 2_000
/** Of space between two tokens. */
const MOST_SPACE = 1_000

/** Where a search stands: it goes on at a byte, or at a line. */
export type FindCursor = { readonly byte: number } | { readonly line: number }

export interface Found {
  readonly hits: readonly Hit[]
  /** Null when all was searched that is there. */
  readonly next: FindCursor | null
  readonly searchedLines: number
}

/** Whether the text is found in the bytes as surely as in the lines. */
export function isFoundInBytes({ text, isRegex }: FindQuery, shape: Shape): boolean {
  return !isRegex && shape !== 'hex' && !/^\s|[\r\n]/.test(text)
}

/** Whether a text can reach over a place where the pretty view of JSON puts spaces in: it never puts any inside of a token. */
function canCrossTokens(text: string): boolean {
  // Between tokens a colon comes after a quote and before a space; a comma and an opening bracket end their line, a closing one begins it.
  return /(^|"):( |$)|[,{[]$|\[\]|\{\}|^[}\]],?$/.test(text)
}

/** Searches bytes from a place on. */
export function findInBytes(
  layout: Layout,
  source: Source,
  { query, from, isJson }: { readonly query: FindQuery; readonly from: number; readonly isJson: boolean },
): Found {
  const hits: Hit[] = []
  const locator = createLocator(layout, source.fork())
  const end = layout.position
  const stop = Math.min(end, from + BYTES_AT_ONCE)
  const isLoose = isJson && query.view === 'pretty' && canCrossTokens(query.text)
  const needle = Buffer.from(query.text)
  const search = query.isCaseSensitive && !isLoose ? exactSearch(needle) : patternSearch(query, isLoose)
  // Letters beyond ASCII are folded as if their bytes were letters, so what is printed decides there too.
  const isDoubtful = isLoose || (!query.isCaseSensitive && /[^\x20-\x7e]/.test(query.text))
  const place = isDoubtful ? loosePlace(locator, query) : exactPlace(locator)
  // What is longer than this between tokens is not seen as one space.
  const overlap = needle.length * 4 + (isLoose ? MOST_SPACE : 0)
  let at = from
  while (at < stop) {
    const block = source.copy(at, Math.min(end, at + BLOCK + overlap))
    const next = search(block)
    let match = next(0)
    while (match !== null && match.index < BLOCK) {
      const found = place(at + match.index, match.bytes)
      if (found !== null) hits.push({ ...found, length: query.text.length })
      const after = match.index + (found === null ? 1 : match.bytes)
      if (hits.length >= HITS_AT_ONCE) return foundUpTo(at + after)
      match = next(after)
    }
    at = Math.min(end, match === null ? at + BLOCK : at + match.index)
  }
  return foundUpTo(at)

  function foundUpTo(byte: number): Found {
    const isAll = byte >= end
    const { line } = layout.checkpoints.ofOffset(byte)
    return { hits, next: isAll ? null : { byte }, searchedLines: isAll ? layout.lines : line }
  }
}

type Search = (block: Buffer) => (from: number) => { readonly index: number; readonly bytes: number } | null
type PlaceOf = (offset: number, bytes: number) => Place | null

function exactPlace(locator: Locator): PlaceOf {
  return (offset, bytes) => locator.locate(offset, bytes)
}

/** Between tokens the view has other spaces than the text, so what is printed has the word. */
function loosePlace(locator: Locator, { text, isCaseSensitive }: FindQuery): PlaceOf {
  const fold = (value: string): string => (isCaseSensitive ? value : value.toLowerCase())
  const wanted = fold(text)
  return (offset, bytes) =>
    locator.locatePrinted(offset, offset + bytes, (line) =>
      fold(line.slice(-text.length)) === wanted ? text.length : 0,
    )
}

function exactSearch(needle: Buffer): Search {
  return (block) => (from) => {
    const index = block.indexOf(needle, from)
    return index === -1 ? null : { index, bytes: needle.length }
  }
}

/** Bytes as characters of one byte each: the engine's own search for texts without regard to case is the fastest there is. */
function patternSearch({ text, isCaseSensitive }: FindQuery, isLoose: boolean): Search {
  const characters = Array.from(text, (character) => {
    if (isLoose && /[:{}[\],]/.test(character))
      return `\\s{0,${String(MOST_SPACE)}}${escaped(character)}\\s{0,${String(MOST_SPACE)}}`
    return isCaseSensitive ? escaped(bytesOf(character)) : foldedBytes(character)
  })
  const source = characters.join('')
  // The space that the view has after a colon is one of those already.
  const pattern = new RegExp(isLoose ? trimmed(source) : source, isCaseSensitive ? 'g' : 'gi')
  return (block) => {
    const input = block.toString('latin1')
    return (from) => {
      pattern.lastIndex = from
      const match = pattern.exec(input)
      return match === null ? null : { index: match.index, bytes: match[0].length }
    }
  }
}

/** Without the space at both ends, and without those of the view after one of the text. */
function trimmed(source: string): string {
  const space = `\\s{0,${String(MOST_SPACE)}}`
  let result = source.replaceAll(`${space} `, space).replaceAll(`${space}${space}`, space)
  if (result.startsWith(space)) result = result.slice(space.length)
  return result.endsWith(space) ? result.slice(0, -space.length) : result
}

function bytesOf(character: string): string {
  return Buffer.from(character).toString('latin1')
}

/** The bytes of a character in both cases. */
function foldedBytes(character: string): string {
  if (character <= '\x7f') return escaped(character)
  const forms = new Set([character, character.toLowerCase(), character.toUpperCase()].map(bytesOf))
  return `(?:${[...forms].map(escaped).join('|')})`
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
