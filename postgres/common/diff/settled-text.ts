// Postgres prints some queries otherwise once it has read what it printed itself: a copy of a schema differs from it in them, and in nothing else. Both forms are
// brought to the one that lasts.
import type { TokenKind } from '../script/lexer.ts'

interface Token {
  readonly kind: TokenKind
  readonly text: string
}

/** Behind these a condition begins, so that parentheses there are around all of it. */
const BEFORE_CONDITION = new Set(['(', 'and', 'or', 'where', 'on', 'having', 'when'])

/** Types whose short name, which is the alias, is another than the one that is printed. */
const OTHERWISE_CALLED = new Set(['bigint', 'boolean', 'integer', 'real', 'smallint'])

/** Without what reading a printed text once takes away or adds. */
export function settled<T extends Token>(tokens: readonly T[]): readonly T[] {
  return withoutImpliedAliases(withoutInnerGroups(tokens))
}

/** `((a AND b) AND c)`, as BETWEEN is printed, as `(a AND b AND c)`; OR likewise. */
function withoutInnerGroups<T extends Token>(tokens: readonly T[]): readonly T[] {
  if (!tokens.some(({ kind, text }) => kind === 'word' && (text === 'and' || text === 'or'))) return tokens
  const ends = groupEnds(tokens)
  const dropped = new Set<number>()
  for (const [open, { close, joins }] of ends) {
    const [join] = joins
    if (join === undefined || joins.size > 1) continue
    const before = tokens[open - 1]?.text
    const after = tokens[close + 1]?.text
    const isOperand = before === undefined || BEFORE_CONDITION.has(before)
    const isLast = after === undefined || after === ')' || after === join
    if (isOperand && isLast && (before === join || after === join)) dropped.add(open).add(close)
  }
  return dropped.size === 0 ? tokens : tokens.filter((_, at) => !dropped.has(at))
}

interface Group {
  readonly close: number
  /** Which of AND and OR stand directly in it; a BETWEEN counts as both, as its AND joins nothing. */
  readonly joins: ReadonlySet<string>
}

function groupEnds(tokens: readonly Token[]): ReadonlyMap<number, Group> {
  const groups = new Map<number, Group>()
  const open: { readonly at: number; readonly joins: Set<string> }[] = []
  for (const [at, { kind, text }] of tokens.entries()) {
    const joins = open.at(-1)?.joins
    if (kind === 'open') open.push({ at, joins: new Set() })
    else if (kind === 'close') {
      const group = open.pop()
      if (group !== undefined) groups.set(group.at, { close: at, joins: group.joins })
    } else if (kind === 'word' && (text === 'and' || text === 'or')) joins?.add(text)
    else if (kind === 'word' && (text === 'between' || text === 'select')) joins?.add('and').add('or')
  }
  return groups
}

/** `'a'::text AS text`: a constant that had no name has that of its type from then on. */
function withoutImpliedAliases<T extends Token>(tokens: readonly T[]): readonly T[] {
  return tokens.filter((_, at) => !isImplied(tokens, at) && !isImplied(tokens, at - 1))
}

/** Whether an alias that says nothing begins at `at`. */
function isImplied(tokens: readonly Token[], at: number): boolean {
  const [as, alias] = [tokens[at], tokens[at + 1]]
  if (as?.kind !== 'word' || as.text !== 'as' || alias === undefined) return false
  const type = tokens[at - 1]
  const isConstant = tokens[at - 4]?.kind === 'string' || tokens[at - 4]?.text === 'null'
  const isCast = tokens[at - 3]?.text === ':' && tokens[at - 2]?.text === ':'
  if (!isConstant || !isCast || type?.kind !== 'word' || OTHERWISE_CALLED.has(type.text)) return false
  return type.text === alias.text
}
