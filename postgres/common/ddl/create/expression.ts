// SQL that stands in the model as text: what Postgres printed, or what a person wrote in the designer. It may not reach beyond its place.
import { AppError } from '#contract/errors.ts'
import { createLexer } from '../../script/lexer.ts'
import { fromCatalog, join, literal, name, sql, type SqlFragment } from '../../sql/sql.ts'
import { keepArrayCasts } from './array-casts.ts'

/**
 * An expression, a type or a definition. Throws INVALID_INPUT for what cannot be one piece of SQL: a semicolon outside of quotes, a parenthesis or
 * quote that is not closed.
 */
export function expression(text: string): SqlFragment {
  const { isWhole, endsInComment } = inspect(text)
  if (!isWhole) throw new AppError('INVALID_INPUT', `This is not one SQL expression: ${shortened(text)}`)
  const written = lowerWords(keepArrayCasts(text))
  return fromCatalog(endsInComment ? `${written}\n` : written)
}

/** The text with its keywords in lower case, as all that the product writes. To Postgres a word outside of quotes is the same in either case. */
function lowerWords(text: string): string {
  if (!/[A-Z]/.test(text)) return text
  const lexer = createLexer(text)
  let lowered = ''
  for (lexer.next(); lexer.kind !== 'end'; lexer.next()) {
    const token = text.slice(lexer.start, lexer.end)
    // Beyond ASCII Postgres keeps the case.
    lowered += lexer.kind === 'word' ? token.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()) : token
  }
  return lowered
}

/** The expression in parentheses: those it has, when they enclose it all, else a pair of their own. */
export function parenthesised(text: string): SqlFragment {
  const inner = expression(text)
  return inspect(text).isEnclosed ? inner : sql`(${inner})`
}

/**
 * An expression where a clause or another action may follow it: `default …`, `set …`. In parentheses when it holds a word or a comma that could be taken for
 * what follows; what is no expression then fails, where else it would do something that nobody sees in the designer.
 */
export function value(text: string): SqlFragment {
  const { hasComma, clauseWord } = inspect(text)
  return hasComma || clauseWord ? parenthesised(text) : expression(text)
}

/** A type, or the name of a collation or an operator class with its options. Throws INVALID_INPUT for what goes on behind it. */
export function typeText(text: string): SqlFragment {
  const { hasComma, clauseWord, hasOther } = inspect(text)
  if (hasComma || clauseWord || hasOther)
    throw new AppError('INVALID_INPUT', `This is not one type or name: ${shortened(text)}`)
  return expression(text)
}

/** The query of a view as it stands, but for semicolons and blanks at its end. Throws INVALID_INPUT for more than one. */
export function query(text: string): SqlFragment {
  if (!inspect(text).isOneStatement)
    throw new AppError('INVALID_INPUT', `This is not one query: ${shortened(text)}`)
  return definitions(text)
}

/**
 * A CREATE statement as it stands, but for semicolons and blanks at its end. Throws INVALID_INPUT for another one, and for several: BEGIN ATOMIC … END, which
 * may be the body of a routine, is a part of one.
 */
export function definition(text: string): SqlFragment {
  const { isOneStatement, firstWord } = inspect(text)
  if (!isOneStatement || firstWord !== 'create')
    throw new AppError('INVALID_INPUT', `This is not one CREATE statement: ${shortened(text)}`)
  return definitions(text)
}

/** Statements that make one thing: CREATE TEXT SEARCH CONFIGURATION and what adds to it. */
export function definitions(text: string): SqlFragment {
  const { end, endsInComment } = inspect(text)
  const kept = lowerWords(keepArrayCasts(text.slice(0, end)))
  return fromCatalog(endsInComment ? `${kept}\n` : kept)
}

/** The rest of a clause that Postgres printed: `RANGE (created_at)`, `FOR VALUES FROM (1) TO (2)`. Throws INVALID_INPUT like `expression`, and for a list. */
export function clause(text: string): SqlFragment {
  if (inspect(text).hasComma)
    throw new AppError('INVALID_INPUT', `This is not one clause: ${shortened(text)}`)
  return expression(text)
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

/** Words that begin what may stand behind a default, a type or a value: constraints of columns, and the rest of UPDATE. */
const CLAUSE_WORDS = new Set(
  `as check collate compression constraint default deferrable enforced from generated initially not null on options primary
  references returning storage unique using where`.split(/\s+/),
)

interface Inspection {
  readonly isWhole: boolean
  readonly isEnclosed: boolean
  readonly endsInComment: boolean
  /** Outside of parentheses. */
  readonly hasComma: boolean
  /** Outside of parentheses, behind something else. */
  readonly clauseWord: boolean
  /** What stands in no type and no name: outside of parentheses, or a comment. */
  readonly hasOther: boolean
  readonly isOneStatement: boolean
  /** In lower case; empty when the first token is no word. */
  readonly firstWord: string
  /** Behind the last token that is neither blank nor semicolon. */
  readonly end: number
}

function inspect(text: string): Inspection {
  const lexer = createLexer(text)
  const closers: string[] = []
  let isWhole = text.trim() !== '' && !text.includes('\0')
  let isEnclosed = false
  let endsInComment = false
  let tokens = 0
  let closedAt = -1
  let [hasComma, clauseWord, hasOther, hasComment] = [false, false, false, false]
  let end = 0
  let isOneStatement = isWhole
  let isBehindSemicolon = false
  /** How many CASE and BEGIN ATOMIC are open; nothing but BEGIN ATOMIC opens the first. */
  let blocks = 0
  let [word, firstWord] = ['', '']
  for (lexer.next(); lexer.kind !== 'end'; lexer.next()) {
    if (lexer.isUnterminated || lexer.kind === 'semicolon' || lexer.kind === 'backslash') isWhole = false
    if (lexer.isUnterminated || lexer.kind === 'backslash') isOneStatement = false
    if (lexer.kind === 'space') continue
    if (lexer.kind === 'semicolon') {
      if (blocks === 0 && closers.length === 0) isBehindSemicolon = true
      continue
    }
    endsInComment = lexer.kind === 'comment' && text.startsWith('--', lexer.start)
    end = lexer.end
    if (lexer.kind === 'comment') {
      hasComment = true
      continue
    }
    if (isBehindSemicolon) isOneStatement = false
    tokens++
    const before = word
    word = lexer.kind === 'word' ? text.slice(lexer.start, lexer.end).toLowerCase() : ''
    if (tokens === 1) firstWord = word
    if (word === 'atomic' && before === 'begin') blocks++
    else if (word === 'case' && blocks > 0) blocks++
    else if (word === 'end' && blocks > 0) blocks--
    if (closers.length === 0) {
      const character = text[lexer.start]
      if (lexer.kind === 'operator') {
        if (character === ',') hasComma = true
        else if (character !== '.') hasOther = true
      } else if (lexer.kind === 'string' || lexer.kind === 'parameter') hasOther = true
      if (tokens > 1 && CLAUSE_WORDS.has(word)) clauseWord = true
    }
    if (lexer.kind === 'open') {
      closers.push(text[lexer.start] === '(' ? ')' : ']')
      if (tokens === 1 && closers[0] === ')') isEnclosed = true
    } else if (lexer.kind === 'close') {
      if (closers.pop() !== text[lexer.start]) isWhole = isOneStatement = false
      if (closers.length === 0 && closedAt < 0) closedAt = tokens
    }
  }
  return {
    isWhole: isWhole && closers.length === 0,
    // The first parenthesis must be closed by the very last token.
    isEnclosed: isEnclosed && closedAt === tokens,
    endsInComment,
    hasComma,
    clauseWord,
    hasOther: hasOther || hasComment,
    isOneStatement: isOneStatement && tokens > 0 && closers.length === 0,
    firstWord,
    end,
  }
}

/** Storage parameters for WITH (…) and SET (…): `fillfactor=70` as `fillfactor = 70`. Values that are no plain word or number are quoted. */
export function storageOptions(options: readonly string[]): SqlFragment {
  return join(
    options.map((option) => {
      const [key, value] = splitOption(option)
      return sql`${name(...key.split('.'))} = ${/^([a-z_]+|-?\d+(\.\d+)?)$/.test(value) ? fromCatalog(value) : literal(value)}`
    }),
  )
}

/** Options of foreign tables and their columns: `name=value` as `name 'value'`. */
export function foreignOptions(options: readonly string[]): SqlFragment {
  return join(
    options.map((option) => {
      const [key, value] = splitOption(option)
      return sql`${name(key)} ${literal(value)}`
    }),
  )
}

/** `name=value` in two. */
export function splitOption(option: string): readonly [string, string] {
  const at = option.indexOf('=')
  return at < 0 ? [option, ''] : [option.slice(0, at), option.slice(at + 1)]
}

/** Names in a list: `a, "B"`. */
export function nameList(names: readonly string[]): SqlFragment {
  return join(names.map((one) => name(one)))
}
