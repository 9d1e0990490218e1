// Qualified names inside what Postgres printed: a type, a collation, an operator class. They follow a rename token by token.
import { createLexer, type TokenKind } from '../../script/lexer.ts'
import { readableName } from '../../sql/readable-name.ts'

interface Token {
  readonly kind: TokenKind
  readonly name: string
  readonly start: number
  readonly end: number
}

/** `shop.mood` as format_type() prints it with an empty search_path. */
export function printedName(schema: string, name: string): string {
  return `${readableName(schema)}.${readableName(name)}`
}

/** What a qualified name becomes, given without quotes. The same two for what stays as it is. */
export type RenameQualified = (schema: string, name: string) => readonly [schema: string, name: string]

/** `text` with each `schema.name` in it as `rename` says. */
export function rewriteQualified(text: string, rename: RenameQualified): string {
  if (!text.includes('.')) return text
  const tokens = tokensOf(text)
  let written = ''
  let from = 0
  for (let at = 0; at + 2 < tokens.length; at += 1) {
    const [schema, dot, name] = [tokens[at], tokens[at + 1], tokens[at + 2]]
    if (schema === undefined || name === undefined || dot?.name !== '.') continue
    if (!isName(schema) || !isName(name)) continue
    const [newSchema, newName] = rename(schema.name, name.name)
    if (newSchema === schema.name && newName === name.name) continue
    written += text.slice(from, schema.start) + printedName(newSchema, newName)
    from = name.end
    at += 2
  }
  return written + text.slice(from)
}

/** `text` with each name `from` in it, whatever it is of, as `to`. */
export function rewritePlain(text: string, from: string, to: string): string {
  return rewriteNames(text, new Map([[from, to]]))
}

/** `text` with each name that stands in `names`, whatever it is of, as the other one there. All at once: names may be exchanged. */
export function rewriteNames(text: string, names: ReadonlyMap<string, string>): string {
  let written = ''
  let end = 0
  for (const token of tokensOf(text)) {
    const to = names.get(token.name)
    if (to === undefined) continue
    // A name that needs quotes never stands bare: `select` is the keyword then.
    const isBare = readableName(token.name) === token.name
    if (!(token.kind === 'identifier' || (isBare && token.kind === 'word'))) continue
    written += text.slice(end, token.start) + readableName(to)
    end = token.end
  }
  return written + text.slice(end)
}

function isName({ kind }: Token): boolean {
  return kind === 'word' || kind === 'identifier'
}

function tokensOf(text: string): readonly Token[] {
  const lexer = createLexer(text)
  const tokens: Token[] = []
  for (lexer.next(); lexer.kind !== 'end'; lexer.next()) {
    const written = text.slice(lexer.start, lexer.end)
    if (lexer.kind === 'space') continue
    tokens.push({ kind: lexer.kind, name: unquoted(lexer.kind, written), start: lexer.start, end: lexer.end })
  }
  return tokens
}

function unquoted(kind: TokenKind, written: string): string {
  if (kind === 'identifier') return written.slice(1, -1).replaceAll('""', '"')
  return kind === 'word' ? written.toLowerCase() : written
}
