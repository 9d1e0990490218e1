// The mark of batches. A comment before an UPDATE or DELETE says that it goes through the table in parts:
//
//   -- nebula:batch by film_id rows 5000
//   update film set title_lower = lower(title) where title_lower is null;
//
// The statement itself is plain SQL: psql, which knows nothing of the comment, runs it at once and with the same outcome.
import { createLexer } from './lexer.ts'

export interface BatchMark {
  /** Names as written, folded as Postgres folds them; empty for the primary key. */
  readonly by: readonly string[]
  /** Rows of the table that one transaction looks at. */
  readonly rows: number
}

const DEFAULT_ROWS = 1_000
/** A longer comment is no mark: the pattern goes through its blanks again and again. */
const MAX_MARK = 1_000
const MARK = /^--\s*nebula:batch(?:\s+by\s+(.+?))?(?:\s+rows\s+(\d{1,7}))?\s*$/

/** The mark in the comments between two statements; undefined where there is none. */
export function batchMark(text: string, from: number, to: number): BatchMark | undefined {
  const lexer = createLexer(text)
  lexer.moveTo(from)
  let mark: BatchMark | undefined
  for (lexer.next(); lexer.kind !== 'end' && lexer.start < to; lexer.next()) {
    if (lexer.kind !== 'comment') continue
    if (lexer.end - lexer.start > MAX_MARK) continue
    const found = MARK.exec(text.slice(lexer.start, lexer.end))
    if (found === null) continue
    mark = { by: splitNames(found[1] ?? ''), rows: Math.max(1, Number(found[2] ?? DEFAULT_ROWS)) }
  }
  return mark
}

/** `a, "B c"` as names. */
function splitNames(list: string): string[] {
  return [...list.matchAll(/"((?:[^"]|"")+)"|([^\s,"]+)/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '').toLowerCase() : quoted.replaceAll('""', '"'),
  )
}
