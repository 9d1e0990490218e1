// Names a statement for its snapshot: the same for texts that differ only in layout and comments.
import { createHash } from 'node:crypto'
import { createLexer } from '#postgres/common/script/lexer.ts'

/** SHA-256 of the normalised statement. */
export function statementKey(sql: string): string {
  return createHash('sha256').update(normaliseStatement(sql)).digest('hex')
}

/** The statement's tokens with one space wherever space or comments were between two; without semicolons. */
export function normaliseStatement(sql: string): string {
  const lexer = createLexer(sql)
  let text = ''
  let isApart = false
  for (lexer.next(); lexer.kind !== 'end'; lexer.next()) {
    if (lexer.kind === 'space' || lexer.kind === 'comment' || lexer.kind === 'semicolon') {
      isApart = true
      continue
    }
    if (isApart && text !== '') text += ' '
    text += sql.slice(lexer.start, lexer.end)
    isApart = false
  }
  return text
}
