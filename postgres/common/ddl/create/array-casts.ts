// Lists of varchar in what Postgres prints: `ANY ((ARRAY['a'::character varying])::text[])` says that the list as a whole is taken as text. Read again, the
// cast would go to each of its values, and print otherwise from then on: a check or an index would never equal the one that it is a copy of.
import { createLexer, type TokenKind } from '../../script/lexer.ts'

interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly end: number
}

/** The text with the type of the list said within the parentheses, so that the cast stays outside. */
export function keepArrayCasts(text: string): string {
  if (!/\(array\[/i.test(text)) return text
  const tokens = tokensOf(text)
  let kept = ''
  let from = 0
  for (let at = 0; at < tokens.length; at++) {
    const close = tokens[at]?.text === '(' ? closeOfCastList(tokens, at) : -1
    const type = close < 0 ? null : typeOfElements(tokens.slice(at + 3, close - 1))
    if (type === null) continue
    const end = tokens[close - 1]?.end ?? 0
    kept += `${text.slice(from, end)}::${type}[]`
    from = end
  }
  return kept + text.slice(from)
}

/** Where `(ARRAY[…])` that a cast follows is closed; -1 for all else. */
function closeOfCastList(tokens: readonly Token[], open: number): number {
  if (tokens[open + 1]?.text.toLowerCase() !== 'array' || tokens[open + 2]?.text !== '[') return -1
  const close = closing(tokens, open + 2) + 1
  const isCast = [')', ':', ':'].every((wanted, at) => tokens[close + at]?.text === wanted)
  return isCast ? close : -1
}

/** The type to which every element is cast, without its length: `character varying`; null where they differ or do not say it. */
function typeOfElements(tokens: readonly Token[]): string | null {
  const types = new Set(split(tokens).map(castOf))
  const [type] = types
  return types.size === 1 && type !== undefined ? type : null
}

/** The name of the type behind a constant: `'a'::character varying(20)`. */
function castOf(element: readonly Token[]): string | null {
  const [constant, ...rest] = element
  if (constant?.kind !== 'string' && constant?.text.toLowerCase() !== 'null') return null
  if (rest[0]?.text !== ':' || rest[1]?.text !== ':') return null
  const words = rest.slice(2)
  const modifier = words.findIndex(({ text }) => text === '(')
  const name = modifier < 0 ? words : words.slice(0, modifier)
  const isType = name.length > 0 && name.every(({ kind }) => kind === 'word')
  return isType ? name.map(({ text }) => text.toLowerCase()).join(' ') : null
}

function split(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (token.kind === 'open') depth++
    if (token.kind === 'close') depth--
    if (depth === 0 && token.text === ',') parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts
}

function closing(tokens: readonly Token[], open: number): number {
  let depth = 0
  for (let at = open; at < tokens.length; at++) {
    if (tokens[at]?.kind === 'open') depth++
    if (tokens[at]?.kind === 'close') depth--
    if (depth === 0) return at
  }
  return tokens.length
}

function tokensOf(text: string): Token[] {
  const lexer = createLexer(text)
  const tokens: Token[] = []
  for (lexer.next(); lexer.kind !== 'end'; lexer.next())
    if (lexer.kind !== 'space' && lexer.kind !== 'comment')
      tokens.push({ kind: lexer.kind, text: text.slice(lexer.start, lexer.end), end: lexer.end })
  return tokens
}
