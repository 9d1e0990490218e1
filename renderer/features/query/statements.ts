// The statements of the text that was asked about last: splitting is done once per text, not once per caret move.
import { splitScript, statementAt, type Statement } from '#postgres/common/script/index.ts'

/** Above this many characters only the surroundings of the caret are split for suggestions. */
const LARGE_TEXT = 300_000
const SURROUNDINGS = 30_000

export interface Statements {
  /** The statement at an offset; undefined in an empty text. */
  at(text: string, offset: number): Statement | undefined
  /** The text around a caret that suggestions look at, and where it starts. */
  around(text: string, offset: number): { readonly text: string; readonly start: number }
}

/** Makes the cache: one text, the latest. */
export function createStatements(): Statements {
  let known: { readonly text: string; readonly statements: readonly Statement[] } | undefined
  function split(text: string): readonly Statement[] {
    if (known?.text !== text) known = { text, statements: splitScript(text) }
    return known.statements
  }
  return {
    at: (text, offset) => statementAt(split(text), offset),
    around(text, offset) {
      const isLarge = text.length > LARGE_TEXT
      // A cut may fall inside a string; within thirty thousand characters a statement's start is nearly always there.
      const start = isLarge ? Math.max(0, offset - SURROUNDINGS) : 0
      const part = isLarge ? text.slice(start, offset + SURROUNDINGS) : text
      const statement = statementAt(isLarge ? splitScript(part) : split(text), offset - start)
      if (statement === undefined) return { text: '', start: offset }
      const caret = offset - start
      // On a blank line in front of a statement, or behind a semicolon: a new one begins here.
      if (caret < statement.start) return { text: '', start: offset }
      const gap = part.slice(statement.end, caret)
      const semicolon = gap.lastIndexOf(';')
      if (semicolon !== -1) {
        const from = statement.end + semicolon + 1
        return { text: part.slice(from, caret), start: start + from }
      }
      return {
        text: part.slice(statement.start, Math.max(statement.end, caret)),
        start: start + statement.start,
      }
    },
  }
}
