// Finds names of objects in SQL text by its tokens: what an expression or a body needs, where no catalog says it. A guess, and used as one.
import { createLexer } from '../../script/lexer.ts'

export interface NameInText {
  /** `shop.film` as ['shop', 'film']; words in lower case, quoted names as they are. */
  readonly parts: readonly string[]
  /** Inside a dollar-quoted string: the body of a routine, which Postgres need not understand when it is made. */
  readonly isInBody: boolean
}

/** All names in the text in order, each chain of names once. Strings that read as a name count too: `nextval('film_id_seq')`. */
export function namesInText(text: string): NameInText[] {
  const found = new Map<string, NameInText>()
  collect(text, false, found)
  return [...found.values()]
}

function collect(text: string, isInBody: boolean, found: Map<string, NameInText>): void {
  const lexer = createLexer(text)
  let parts: string[] = []
  let isAfterDot = false
  const flush = (): void => {
    if (parts.length > 0) add(parts, isInBody, found)
    parts = []
    isAfterDot = false
  }
  for (lexer.next(); lexer.kind !== 'end'; lexer.next()) {
    const token = text.slice(lexer.start, lexer.end)
    if (lexer.kind === 'word' || lexer.kind === 'identifier') {
      if (!isAfterDot) flush()
      parts.push(nameOf(token))
      isAfterDot = false
    } else if (token === '.' && parts.length > 0) isAfterDot = true
    else {
      flush()
      if (lexer.kind === 'string') collectString(token, isInBody, found)
    }
  }
  flush()
}

function collectString(token: string, isInBody: boolean, found: Map<string, NameInText>): void {
  if (token.startsWith('$')) {
    const tag = token.slice(0, token.indexOf('$', 1) + 1)
    collect(token.slice(tag.length, -tag.length), true, found)
    return
  }
  const content = token.slice(token.indexOf("'") + 1, -1).replaceAll("''", "'")
  if (content.length > 200 || !/^[\w".$\u0080-\uffff ]+$/.test(content)) return
  const inner = new Map<string, NameInText>()
  collect(content, isInBody, inner)
  // One name is a reference to something; several words are a text.
  if (inner.size === 1) for (const [key, one] of inner) found.set(key, one)
}

function add(parts: readonly string[], isInBody: boolean, found: Map<string, NameInText>): void {
  const key = parts.join('\0')
  const present = found.get(key)
  if (present === undefined || (present.isInBody && !isInBody))
    found.set(key, { parts: [...parts], isInBody })
}

function nameOf(token: string): string {
  if (!token.endsWith('"')) return token.toLowerCase()
  return token.slice(token.indexOf('"') + 1, -1).replaceAll('""', '"')
}
