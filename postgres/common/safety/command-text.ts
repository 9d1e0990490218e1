// The source text of the commands of an ALTER TABLE, and of the parts of a column's definition: the tree does not keep it.
import { createLexer } from '../script/lexer.ts'

interface Token {
  readonly text: string
  readonly start: number
  readonly end: number
  readonly depth: number
}

/** The commands of `alter table [if exists] [only] name [*] …`, which stand between commas, and what stands before them. */
export function splitCommands(statement: string): {
  readonly head: string
  readonly commands: readonly string[]
} {
  const tokens = tokensOf(statement)
  const first = firstCommand(tokens)
  // From token to token: a comment at the end of a line would swallow what is put behind it.
  const head = statement.slice(0, tokens[first - 1]?.end ?? 0)
  const commands: string[] = []
  let from = first
  const endAt = (index: number): void =>
    void commands.push(statement.slice(tokens[from]?.start ?? 0, tokens[index - 1]?.end ?? 0))
  for (let index = first; index < tokens.length; index += 1) {
    if (tokens[index]?.text !== ',' || tokens[index]?.depth !== 0) continue
    endAt(index)
    from = index + 1
  }
  endAt(tokens.length)
  return { head, commands }
}

/** Where the name ends: after ALTER kind [IF EXISTS] [ONLY] name [. name]* [*]. */
function firstCommand(tokens: readonly Token[]): number {
  const word = (index: number): string => tokens[index]?.text.toLowerCase() ?? ''
  let at = 1
  while (['table', 'foreign', 'view', 'materialized', 'index', 'sequence'].includes(word(at))) at += 1
  if (word(at) === 'if' && word(at + 1) === 'exists') at += 2
  if (word(at) === 'only') at += 1
  at += 1
  while (word(at) === '.') at += 2
  return word(at) === '*' ? at + 1 : at
}

export interface ColumnText {
  /** As written, quoted or not. */
  readonly name: string
  readonly type: string
  readonly default: string | null
  readonly isNotNull: boolean
  /** There is more to it than a type, a default and NOT NULL. */
  readonly hasMore: boolean
}

/** Words that begin the next part of a column's definition. A default is a b_expr: none of them can stand in one outside parentheses. */
const PARTS = [
  'constraint',
  'not',
  'null',
  'check',
  'unique',
  'primary',
  'references',
  'generated',
  'collate',
  'default',
  'deferrable',
  'initially',
  'compression',
  'storage',
  'options',
]

/** The parts of `add [column] [if not exists] name type …`. */
export function columnText(command: string): ColumnText {
  const tokens = tokensOf(command)
  const word = (index: number): string => tokens[index]?.text.toLowerCase() ?? ''
  let at = 1
  if (word(at) === 'column') at += 1
  if (word(at) === 'if') at += 3
  const name = tokens[at]?.text ?? ''
  const partAfter = (from: number): number => {
    for (let index = from; index < tokens.length; index += 1)
      if (tokens[index]?.depth === 0 && PARTS.includes(word(index))) return index
    return tokens.length
  }
  const slice = (from: number, to: number): string =>
    command.slice(tokens[from]?.start ?? command.length, tokens[to - 1]?.end ?? command.length)
  let next = partAfter(at + 1)
  const type = slice(at + 1, next)
  let text: string | null = null
  let isNotNull = false
  let hasMore = false
  while (next < tokens.length) {
    if (word(next) === 'default') {
      const end = partAfter(next + 2)
      text = slice(next + 1, end)
      next = end
    } else if (word(next) === 'not' && word(next + 1) === 'null') {
      isNotNull = true
      next = next + 2
      if (next < tokens.length && !PARTS.includes(word(next))) hasMore = true
      next = partAfter(next)
    } else if (word(next) === 'null') next = partAfter(next + 1)
    else {
      hasMore = true
      next = partAfter(next + 1)
    }
  }
  return { name, type, default: text, isNotNull, hasMore }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  const lexer = createLexer(text)
  let depth = 0
  for (lexer.next(); lexer.kind !== 'end'; lexer.next()) {
    if (lexer.kind === 'space' || lexer.kind === 'comment') continue
    if (lexer.kind === 'close') depth -= 1
    tokens.push({ text: text.slice(lexer.start, lexer.end), start: lexer.start, end: lexer.end, depth })
    if (lexer.kind === 'open') depth += 1
  }
  return tokens
}
