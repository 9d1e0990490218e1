// Compares and rewrites pieces of SQL by their tokens: what Postgres prints and what a person wrote may differ in spelling and mean the same.
import { createLexer, type TokenKind } from '../script/lexer.ts'
import { name as quoted } from '../sql/sql.ts'
import { columnAliases, mergedColumns, type RenamedColumns } from './merged-columns.ts'
import { settled } from './settled-text.ts'

export interface Token {
  readonly kind: TokenKind
  /** A name without its quotes, a bare word in lower case, else as written. */
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Old names and what each became; more than one where things of the same name were renamed differently. */
export type NameChanges = ReadonlyMap<string, ReadonlySet<string>>

export const NO_NAME_CHANGES: NameChanges = new Map()

/** The types of constants that Postgres prints as text with a cast when they are negative. */
const NUMERIC = new Set(['integer', 'bigint', 'smallint', 'numeric', 'double', 'real'])
const TYPE_WORDS = new Set(['varying', 'precision', 'with', 'without', 'time', 'zone'])

/**
 * Whether two expressions, queries or definitions are the same up to blanks, comments, outer parentheses, the quotes of names, the case of words,
 * casts that Postgres adds to constants, and names that changed as `changes` says.
 */
export function sameExpression(
  before: string,
  after: string,
  changes: NameChanges = NO_NAME_CHANGES,
): boolean {
  if (before === after) return true
  return sameTokens(settled(bare(tokensOf(before))), settled(bare(tokensOf(after))), changes)
}

/** The same, where either may be absent. */
export function sameOptionalExpression(
  before: string | null,
  after: string | null,
  changes: NameChanges = NO_NAME_CHANGES,
): boolean {
  if (before === null || after === null) return before === after
  return sameExpression(before, after, changes)
}

function sameTokens(before: readonly Token[], after: readonly Token[], changes: NameChanges): boolean {
  let left = 0
  let right = 0
  while (left < before.length || right < after.length) {
    const a = before[left]
    const b = after[right]
    if (a !== undefined && b !== undefined && sameToken(a, b)) {
      left++
      right++
    } else if (a !== undefined && b !== undefined && changes.get(a.text)?.has(b.text) === true) {
      left++
      right++
      // `film.title` prints as `film.name as title` when the column is renamed: the view keeps the name of its own column. And the other way round.
      const isNamedAfter = isAlias(after, right, a.text)
      const isNamedBefore = isAlias(before, left, b.text)
      if (isNamedAfter && !isNamedBefore) right += 2
      if (isNamedBefore && !isNamedAfter) left += 2
    } else if (changes.size > 0 && aliasListLength(before, left) > 0 && b?.text !== '(')
      left += aliasListLength(before, left)
    else if (changes.size > 0 && aliasListLength(after, right) > 0 && a?.text !== '(')
      right += aliasListLength(after, right)
    else {
      const castBefore = isConstant(before[left - 1]) ? castLength(before, left) : 0
      const castAfter = isConstant(after[right - 1]) ? castLength(after, right) : 0
      if (castBefore === 0 && castAfter === 0) return false
      if (castBefore > 0 && castAfter > 0) return false
      left += castBefore
      right += castAfter
    }
  }
  return true
}

function sameToken(a: Token, b: Token): boolean {
  return a.text === b.text && isName(a) === isName(b)
}

function isName(token: Token): boolean {
  return token.kind === 'word' || token.kind === 'identifier'
}

function isConstant(token: Token | undefined): boolean {
  return token?.kind === 'string' || token?.kind === 'number' || token?.text === 'null'
}

function isAlias(tokens: readonly Token[], at: number, name: string): boolean {
  return tokens[at]?.text === 'as' && tokens[at + 1]?.text === name
}

/** How many tokens the names in parentheses behind a table take, which Postgres prints when a column that USING merges is renamed; 0 where there are none. */
function aliasListLength(tokens: readonly Token[], at: number): number {
  const before = tokens[at - 1]
  // A table without an alias gets its own name as one.
  if (before !== undefined && isName(before) && tokens[at]?.text === before.text) {
    const length = aliasListLength(tokens, at + 1)
    return length === 0 ? 0 : length + 1
  }
  if (tokens[at]?.text !== '(' || before === undefined || !isName(before)) return 0
  const end = closing(tokens, at)
  const isList = tokens
    .slice(at + 1, end)
    .every((token, index) => (index % 2 === 0 ? isName(token) : token.text === ','))
  return isList ? end + 1 - at : 0
}

/** How many tokens the cast at `at` takes: `::character varying(20)[]`; 0 where there is none. */
function castLength(tokens: readonly Token[], at: number): number {
  if (tokens[at]?.text !== ':' || tokens[at + 1]?.text !== ':') return 0
  let end = at + 3
  for (;;) {
    const token = tokens[end]
    if (token === undefined) break
    if (token.text === '.') end += 2
    else if (TYPE_WORDS.has(token.text)) end++
    else if (token.text === '(' || token.text === '[') end = closing(tokens, end) + 1
    else break
  }
  return Math.min(end, tokens.length) - at
}

/** The index of the bracket that closes the one at `open`. */
function closing(tokens: readonly Token[], open: number): number {
  let depth = 0
  for (let at = open; at < tokens.length; at++) {
    const kind = tokens[at]?.kind
    if (kind === 'open') depth++
    if (kind === 'close') depth--
    if (depth === 0) return at
  }
  return tokens.length
}

/** Without outer parentheses, which mean nothing, and without a semicolon at the end; `'-1'::integer` as -1. */
function bare(tokens: readonly Token[]): readonly Token[] {
  let inner = tokens
  while (inner.at(-1)?.kind === 'semicolon') inner = inner.slice(0, -1)
  while (inner[0]?.text === '(' && closing(inner, 0) === inner.length - 1) inner = inner.slice(1, -1)
  return inner.flatMap((token, at) => {
    if (token.kind !== 'string' || !/^'-?[\d.]+'$/.test(token.text)) return [token]
    const type = castLength(inner, at + 1) > 0 ? inner[at + 3]?.text : undefined
    if (type === undefined || !NUMERIC.has(type)) return [token]
    return tokensOf(token.text.slice(1, -1))
  })
}

function tokensOf(text: string): readonly Token[] {
  const lexer = createLexer(text)
  const tokens: Token[] = []
  for (;;) {
    lexer.next()
    const { kind, start, end } = lexer
    if (kind === 'end') return tokens
    if (kind === 'space' || kind === 'comment') continue
    tokens.push({ kind, text: spelled(kind, text.slice(start, end)), start, end })
  }
}

function spelled(kind: TokenKind, written: string): string {
  if (kind === 'word') return written.toLowerCase()
  if (kind === 'identifier' && written.startsWith('"')) return written.slice(1, -1).replaceAll('""', '"')
  return written
}

/** The names that stand in a piece of SQL, without quotes. Keywords are among them. */
export function namesIn(text: string): ReadonlySet<string> {
  return new Set(
    tokensOf(text)
      .filter(isName)
      .map((token) => token.text),
  )
}

/** The names in a piece of SQL that may be those of columns: without the types of casts. Many a column is called `date`, `text` or `time`. */
export function columnNamesIn(text: string): ReadonlySet<string> {
  const tokens = tokensOf(text)
  const names = new Set<string>()
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]
    const cast = castLength(tokens, at)
    if (cast > 0) at += cast - 1
    else if (token !== undefined && isName(token)) names.add(token.text)
  }
  return names
}

/** New names for text that is written anew. */
export interface Rewrites {
  /** By `schema\0name`: where an object is now, and what it is called. */
  readonly qualified: ReadonlyMap<string, { readonly schema: string; readonly name: string }>
  readonly schemas: ReadonlyMap<string, string>
  /** Names that stand alone: of columns, of tables within a query. */
  readonly plain: ReadonlyMap<string, string>
  /** By `schema\0name` as it was: tables with columns that are renamed. */
  readonly tables?: ReadonlyMap<string, RenamedColumns>
}

/** `text` with every name that changed in its new form, whatever stands before it. Where a name became several, the first is taken. */
export function rewriteNames(text: string, changes: NameChanges): string {
  const plain = new Map(
    [...changes].flatMap(([from, to]) => [...to].slice(0, 1).map((one) => [from, one] as const)),
  )
  return rewriteQualifiedNames(text, { qualified: new Map(), schemas: new Map(), plain })
}

/** `text` with the new names of objects, schemas and columns: a qualified name changes as a whole. */
export function rewriteQualifiedNames(text: string, rewrites: Rewrites): string {
  const { qualified, schemas, tables = new Map() } = rewrites
  const tokens = tokensOf(text)
  const merged = mergedColumns(tokens, tables)
  const plain =
    merged.size === 0
      ? rewrites.plain
      : new Map([...rewrites.plain].filter(([column]) => !merged.has(column)))
  let written = ''
  let from = 0
  const put = (token: Token, name: string | undefined): void => {
    if (name === undefined || name === token.text) return
    written += text.slice(from, token.start) + quoteName(name)
    from = token.end
  }
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]
    if (token?.kind === 'string' && isRegclass(tokens, at)) {
      const inner = token.text.slice(1, -1).replaceAll("''", "'")
      const fresh = rewriteQualifiedNames(inner, rewrites)
      if (fresh !== inner) {
        written += text.slice(from, token.start) + `'${fresh.replaceAll("'", "''")}'`
        from = token.end
      }
    }
    if (token === undefined || !isName(token)) continue
    const next = tokens[at + 1]?.text === '.' ? tokens[at + 2] : undefined
    const moved = next === undefined ? undefined : qualified.get(`${token.text}\0${next.text}`)
    const aliases =
      next === undefined || merged.size === 0 ? null : columnAliases(tokens, at, { tables, merged })
    if (next !== undefined && moved !== undefined) {
      put(token, moved.schema)
      put(next, moved.name)
      at += 2
    } else if (next !== undefined && schemas.has(token.text)) {
      put(token, schemas.get(token.text))
      at += 2
    } else put(token, plain.get(token.text))
    if (aliases !== null) {
      written += text.slice(from, aliases.end) + aliases.text
      from = aliases.end
      while ((tokens[at + 1]?.end ?? Infinity) <= aliases.end) at++
    }
  }
  return written + text.slice(from)
}

/** `'public.film_id_seq'::regclass`: a name in a string. */
function isRegclass(tokens: readonly Token[], at: number): boolean {
  return tokens[at + 1]?.text === ':' && tokens[at + 2]?.text === ':' && tokens[at + 3]?.text === 'regclass'
}

function quoteName(name: string): string {
  return quoted(name).text
}
