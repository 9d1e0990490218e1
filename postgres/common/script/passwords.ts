// Statements as a history may keep them: without the passwords in them.
import { createLexer } from './lexer.ts'

/** What stands instead of a password. No SQL: a statement that is taken from a history and run again sets no password. */
const HIDDEN = '[hidden]'
const PASSWORD_WORD = /^(?:passwd|password|sslpassword)$/i
/** In texts for libpq: `password=…`, and `user:password@` of an address. */
const IN_ADDRESS =
  /(\b(?:ssl)?password\s*=\s*)(?:\\'(?:[^'\\]|\\.)*\\'|''(?:[^']|'''')*''|[^\s']+)|(:\/\/[^/@\s:']*:)[^/@\s']+(?=@)/gi

/** The text with what follows PASSWORD, and what addresses in it hold, replaced by `[hidden]`. The rest stays as it is. */
export function hidePasswords(sql: string): string {
  if (!/passw|:\/\//i.test(sql)) return sql
  const lexer = createLexer(sql)
  let result = ''
  let done = 0
  let isNext = false
  for (lexer.next(); lexer.kind !== 'end'; lexer.next()) {
    const { kind, start, end } = lexer
    if (kind === 'string') {
      const text = sql.slice(start, end)
      const shown = isNext ? HIDDEN : text.replace(IN_ADDRESS, `$1$2${HIDDEN}`)
      result += `${sql.slice(done, start)}${shown}`
      done = end
    }
    if (kind !== 'space' && kind !== 'comment')
      isNext = kind === 'word' && PASSWORD_WORD.test(sql.slice(start, end))
  }
  return result + sql.slice(done)
}
