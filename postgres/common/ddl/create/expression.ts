// SQL that stands in the model as text: what Postgres printed, or what a person wrote in the designer. It may not reach beyond its place.
import { AppError } from '#contract/errors.ts'
import { createLexer } from '../../script/lexer.ts'
import { fromCatalog, join, literal, name, sql, type SqlFragment } from '../../sql/sql.ts'

/**
 * An expression, a type or a definition. Throws INVALID_INPUT for what cannot be one piece of SQL: a semicolon outside of quotes, a parenthesis or
 * quote that is not closed.
 */
export function expression(text: string): SqlFragment {
  const { isWhole, endsInComment } = inspect(text)
  if (!isWhole)
    throw new AppError(
      'INVALID_INPUT',
      `This is not one SQL expression: ${text.length > 80 ? `${text.slice(0, 80)}…` : text}`,
    )
  return fromCatalog(endsInComment ? `${lowerWords(text)}\n` : lowerWords(text))
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

/** The statement as it stands, without the semicolon and blanks at its end. Bodies of routines may hold anything. */
export function definition(text: string): SqlFragment {
  return fromCatalog(lowerWords(text.replace(/[\s;]+$/, '')))
}

/** The rest of a clause that Postgres printed: `RANGE (created_at)`, `FOR VALUES FROM (1) TO (2)`. Throws INVALID_INPUT like `expression`. */
export const clause = expression

interface Inspection {
  readonly isWhole: boolean
  readonly isEnclosed: boolean
  readonly endsInComment: boolean
}

function inspect(text: string): Inspection {
  const lexer = createLexer(text)
  const closers: string[] = []
  let isWhole = text.trim() !== '' && !text.includes('\0')
  let isEnclosed = false
  let endsInComment = false
  let tokens = 0
  let closedAt = -1
  for (lexer.next(); lexer.kind !== 'end'; lexer.next()) {
    if (lexer.isUnterminated || lexer.kind === 'semicolon' || lexer.kind === 'backslash') isWhole = false
    if (lexer.kind === 'space') continue
    endsInComment = lexer.kind === 'comment' && text.startsWith('--', lexer.start)
    if (lexer.kind === 'comment') continue
    tokens++
    if (lexer.kind === 'open') {
      closers.push(text[lexer.start] === '(' ? ')' : ']')
      if (tokens === 1 && closers[0] === ')') isEnclosed = true
    } else if (lexer.kind === 'close') {
      if (closers.pop() !== text[lexer.start]) isWhole = false
      if (closers.length === 0 && closedAt < 0) closedAt = tokens
    }
  }
  return {
    isWhole: isWhole && closers.length === 0,
    // The first parenthesis must be closed by the very last token.
    isEnclosed: isEnclosed && closedAt === tokens,
    endsInComment,
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
