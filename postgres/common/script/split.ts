// Cuts a script into statements, as psql does: a semicolon ends one unless it stands inside quotes, a comment, a SQL function's body
// or the parentheses of CREATE RULE.
import { AppError } from '#contract/errors.ts'
import { createLexer, type Lexer } from './lexer.ts'

/** Why a statement cannot be sent as it stands. */
export interface ScriptProblem {
  readonly kind: 'unterminated' | 'psql-command' | 'copy-from-stdin'
  /** A sentence for the person. */
  readonly message: string
  /** UTF-16 offset into the script. */
  readonly offset: number
}

/** One SQL command of a script. All offsets are UTF-16 units from the start of the script. */
export interface Statement {
  /** Its first token; comments before it are not part of it. */
  readonly start: number
  /** Behind its last token: without the semicolon and comments in front of that. */
  readonly end: number
  readonly sql: string
  /** Behind its semicolon and the blanks that follow on that line: a caret up to here is in this statement. */
  readonly regionEnd: number
  readonly problem?: ScriptProblem
}

export interface SplitOptions {
  /** What the session has for standard_conforming_strings; on when left out. A SET in the script itself is followed. */
  readonly standardConformingStrings?: boolean
}

/** Splits a script. Never throws: what is wrong with a statement is its `problem`. Empty statements are left out. Linear in the text's length. */
export function splitScript(text: string, options: SplitOptions = {}): Statement[] {
  const lexer = createLexer(text)
  lexer.standardStrings = options.standardConformingStrings ?? true
  const statements: Statement[] = []
  for (;;) {
    const statement = readStatement(lexer, text)
    if (statement === undefined) break
    statements.push(statement)
    const setting = STANDARD_STRINGS.exec(statement.sql.slice(0, 100))
    if (setting !== null) lexer.standardStrings = !/^'?(off|false|no|0|f|n)/i.test(setting[1] ?? '')
  }
  return statements.filter(({ start, end }) => end > start)
}

const STANDARD_STRINGS = /^set\s+(?:session\s+|local\s+)?standard_conforming_strings\s*(?:=|\bto\b)\s*(\S+)/i

/** Reads up to and with the next semicolon; undefined at the end of the text. An empty statement has start === end. */
function readStatement(lexer: Lexer, text: string): Statement | undefined {
  let start = -1
  let end = -1
  let depth = 0
  let problem: ScriptProblem | undefined
  const words = new WordTracker()

  for (;;) {
    lexer.next()
    const { kind } = lexer
    if (kind === 'space') continue
    if (kind === 'end') return start < 0 ? undefined : finish(text.length)
    if (lexer.isUnterminated)
      problem ??= { kind: 'unterminated', message: UNTERMINATED[kind] ?? '', offset: lexer.start }
    if (kind === 'comment') {
      // A comment that is not closed swallows the rest of the script: it has to be seen.
      if (lexer.isUnterminated && start < 0) start = lexer.start
      if (lexer.isUnterminated) end = lexer.end
      continue
    }
    if (kind === 'semicolon' && words.bodyDepth === 0 && (depth === 0 || !words.isRule)) {
      if (start < 0) start = end = lexer.start
      if (words.isCopyFromStdin) {
        problem ??= { kind: 'copy-from-stdin', message: COPY_FROM_STDIN, offset: start }
        skipCopyData(lexer, text)
      }
      return finish(restOfLine(text, lexer.end))
    }
    if (kind === 'backslash') {
      problem ??= {
        kind: 'psql-command',
        message: `${metaCommand(text, lexer.start)} is a command of psql, not SQL. Remove it to run the script here.`,
        offset: lexer.start,
      }
      if (start < 0) {
        // A whole line of its own, without a semicolon.
        start = lexer.start
        lexer.moveTo(lineEnd(text, start))
        end = start + text.slice(start, lexer.end).trimEnd().length
        return finish(lexer.end)
      }
    }
    if (start < 0) start = lexer.start
    end = lexer.end
    if (kind === 'open') depth++
    else if (kind === 'close') depth--
    else if (kind === 'word') words.add(text.slice(lexer.start, lexer.end), depth)
    else words.other()
  }

  function finish(regionEnd: number): Statement {
    return {
      start,
      end,
      sql: text.slice(start, end),
      regionEnd,
      ...(problem === undefined ? {} : { problem }),
    }
  }
}

const UNTERMINATED: Readonly<Record<string, string>> = {
  string: 'The quoted text that starts here is not closed.',
  identifier: 'The quoted name that starts here is not closed.',
  comment: 'The comment that starts here is not closed.',
}

const COPY_FROM_STDIN =
  'COPY from stdin reads data that follows the statement, which cannot be run here. Import the rows from a file instead.'

/** Watches the words of a statement for what changes the meaning of a semicolon. */
class WordTracker {
  /** How many BEGIN ATOMIC and CASE of a SQL function's body are open. */
  bodyDepth = 0
  /** The first words in lower case: enough to see CREATE OR REPLACE FUNCTION. */
  private readonly first: string[] = []
  private previous = ''
  private hasFromStdin = false

  add(word: string, depth: number): void {
    // Only these lengths can matter: most words are names, and lower-casing them costs.
    const lower = word.length <= 9 ? word.toLowerCase() : ''
    if (this.first.length < 4) this.first.push(lower)
    if (this.isRoutine && depth === 0) {
      if (lower === 'atomic' && this.previous === 'begin') this.bodyDepth++
      else if (lower === 'case' && this.bodyDepth > 0) this.bodyDepth++
      else if (lower === 'end' && this.bodyDepth > 0) this.bodyDepth--
    }
    if (lower === 'stdin' && this.previous === 'from') this.hasFromStdin = true
    this.previous = lower
  }

  /** A token that is no word stands between the words before and after it. */
  other(): void {
    this.previous = ''
  }

  get isRule(): boolean {
    return this.creates('rule')
  }

  get isCopyFromStdin(): boolean {
    return this.first[0] === 'copy' && this.hasFromStdin
  }

  private get isRoutine(): boolean {
    return this.creates('function') || this.creates('procedure')
  }

  private creates(what: string): boolean {
    const { first } = this
    if (first[0] !== 'create') return false
    return first[1] === what || (first[1] === 'or' && first[2] === 'replace' && first[3] === what)
  }
}

/** The data of COPY ends with a line `\.`; without one there is none. */
function skipCopyData(lexer: Lexer, text: string): void {
  const mark = /\n\\\.[ \t\r]*(?=\n|$)/g
  mark.lastIndex = lineEnd(text, lexer.end)
  if (mark.exec(text) !== null) lexer.moveTo(mark.lastIndex)
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

/** Behind the blanks that follow, if nothing but the end of the line comes after them; else `from`. */
function restOfLine(text: string, from: number): number {
  let at = from
  while (at < text.length && (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9)) at++
  const code = text.charCodeAt(at)
  return at === text.length || code === 10 || code === 13 ? at : from
}

function metaCommand(text: string, offset: number): string {
  return /^\\\S*/.exec(text.slice(offset, offset + 30))?.[0] ?? '\\'
}

/**
 * The statement that a caret at `offset` is in: comments and blank lines before a statement belong to it, the rest of the line behind its
 * semicolon too. Behind the last one it is the last. Undefined when there is none.
 */
export function statementAt(statements: readonly Statement[], offset: number): Statement | undefined {
  return statements.find(({ regionEnd }) => offset <= regionEnd) ?? statements.at(-1)
}

/** Throws INVALID_INPUT with the problem's sentence where a statement has one. `details.offset` is its place in the script. */
export function assertRunnable(statement: Statement): void {
  const { problem } = statement
  if (problem === undefined) return
  throw new AppError('INVALID_INPUT', problem.message, { details: { offset: problem.offset } })
}

/**
 * Where in `sql` an error is, as a UTF-16 offset. Postgres counts characters from 1 (`position`), JavaScript counts a character
 * beyond U+FFFF twice.
 */
export function offsetOfPosition(sql: string, position: number): number {
  let offset = 0
  for (let character = 1; character < position && offset < sql.length; character++)
    offset += (sql.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1
  return offset
}
