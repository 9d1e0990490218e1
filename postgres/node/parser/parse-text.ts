// The door of libpg-query: the parser of Postgres 18, as WebAssembly. It understands what Postgres 13 to 18 understand.
import { hasSqlDetails, parse } from 'libpg-query'
import { z } from 'zod'
import { createLexer } from '#postgres/common/script/lexer.ts'
import type { ParsedStatement, ParseOutcome, SyntaxNode } from '#postgres/common/script/parsed-statement.ts'

const Tree = z.custom<SyntaxNode>((value) => typeof value === 'object' && value !== null)
/** The outline only: the trees below come from Postgres' own grammar. Offsets are bytes; 0 is left out, as is the length of the last statement. */
const Outline = z.object({
  stmts: z
    .array(
      z.object({
        stmt: Tree,
        stmt_location: z.number().int().default(0),
        stmt_len: z.number().int().default(0),
      }),
    )
    .default([]),
})

/**
 * Splits and parses SQL as Postgres does, in this thread and for as long as it takes: `parseSql` is for texts from outside. Never rejects for what stands in
 * the text: that is the `problem`.
 */
export async function parseText(text: string): Promise<ParseOutcome> {
  const zero = text.indexOf('\0')
  if (zero >= 0)
    return { problem: { message: 'A zero byte cannot stand in SQL.', position: characters(text, zero) + 1 } }
  if (text === '') return { statements: [] }
  try {
    const { stmts } = Outline.parse(await parse(text))
    const offsetOf = byteOffsets(text)
    return {
      statements: stmts.map(({ stmt, stmt_location: from, stmt_len: length }) => {
        const start = offsetOf(from)
        return cut(text, { start, limit: length === 0 ? text.length : offsetOf(from + length), tree: stmt })
      }),
    }
  } catch (error) {
    // Thousands of operators in a row make a tree that is deeper than the stack.
    if (error instanceof RangeError) return TOO_DEEP
    if (isOutOfMemory(error)) return TOO_MUCH
    if (!hasSqlDetails(error) || error.sqlDetails === undefined) throw error
    return { problem: { message: error.message, position: error.sqlDetails.cursorPosition + 1 } }
  }
}

/** What is said of a tree that is deeper than the stack. */
const TOO_DEEP = {
  problem: { message: 'This SQL is nested too deeply to be read', position: 1 },
} as const satisfies ParseOutcome

/** What is said when the parser has no memory left: it has ended itself then, and reads nothing any more in this thread. */
const TOO_MUCH = {
  problem: { message: 'Reading this SQL takes more memory than it may have', position: 1 },
} as const satisfies ParseOutcome

/** Whether the parser came out of a text only by being stopped in the middle of it. */
export function isSpent(outcome: ParseOutcome): boolean {
  return outcome === TOO_DEEP || outcome === TOO_MUCH
}

/** How the parser's runtime tells that Postgres' code has called exit(), and what it throws for every text after that. */
function isOutOfMemory(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'ExitStatus'
}

/** The statement without white space and comments at its end. */
function cut(
  text: string,
  { start, limit, tree }: { readonly start: number; readonly limit: number; readonly tree: SyntaxNode },
): ParsedStatement {
  const lexer = createLexer(text)
  lexer.moveTo(start)
  let end = start
  for (lexer.next(); lexer.kind !== 'end' && lexer.start < limit; lexer.next())
    if (lexer.kind !== 'space' && lexer.kind !== 'comment') end = lexer.end
  return { text: text.slice(start, end), start, end, tree }
}

/** Gives the UTF-16 offset of a byte offset. Asked in rising order it walks the text once. */
function byteOffsets(text: string): (bytes: number) => number {
  let bytes = 0
  let offset = 0
  return (wanted) => {
    if (wanted < bytes) {
      bytes = 0
      offset = 0
    }
    while (bytes < wanted && offset < text.length) {
      const code = text.codePointAt(offset) ?? 0
      bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
      offset += code < 0x10000 ? 1 : 2
    }
    return offset
  }
}

/** Characters, as Postgres counts them, before a UTF-16 offset. */
function characters(text: string, offset: number): number {
  let count = 0
  for (let at = 0; at < offset; count += 1) at += (text.codePointAt(at) ?? 0) < 0x10000 ? 1 : 2
  return count
}
