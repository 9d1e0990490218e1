// Cuts half-written SQL into tokens with their places. Never fails: what is not closed runs to the end and says so.

export type TokenKind =
  | 'word'
  | 'quoted' // "identifier"
  | 'string'
  | 'dollar' // $tag$ body $tag$
  | 'number'
  | 'parameter' // $1, :name
  | 'operator'
  | 'comment'

export interface Token {
  readonly kind: TokenKind
  readonly start: number
  readonly end: number
  /** As written; for `word` in lower case, for `quoted` and `string` without the quotes. */
  readonly text: string
  /** False for a string, identifier or comment that reaches the end of the text unclosed. */
  readonly isClosed: boolean
}

const WORD_START = /[\p{L}_]/u
const WORD_PART = /[\p{L}\p{N}_$]/u

/** Tokens of `text`, comments included, white space left out. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  const push = (kind: TokenKind, end: number, value: string, isClosed = true): void => {
    tokens.push({ kind, start: at, end, text: value, isClosed })
    at = end
  }
  while (at < text.length) {
    const char = text.charAt(at)
    const next = text.charAt(at + 1)
    if (/\s/.test(char)) {
      at++
    } else if (char === '-' && next === '-') {
      const end = text.indexOf('\n', at)
      // The caret at the end of a line comment is still inside it.
      push('comment', end === -1 ? text.length : end, '', end !== -1)
    } else if (char === '/' && next === '*') {
      const end = blockCommentEnd(text, at)
      push('comment', end ?? text.length, '', end !== undefined)
    } else if (char === "'") {
      quoted("'", 'string', at + 1)
    } else if (/[eEbBxXnN]/.test(char) && next === "'") {
      quoted("'", 'string', at + 2, /[eE]/.test(char))
    } else if (char === '"') {
      quoted('"', 'quoted', at + 1)
    } else if (char === '$' && /\d/.test(next)) {
      push('parameter', matchEnd(text, at + 1, /\d/), text.slice(at, matchEnd(text, at + 1, /\d/)))
    } else if (char === '$') {
      const tag = /^\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/u.exec(text.slice(at, at + 70))?.[0]
      if (tag === undefined) {
        push('operator', at + 1, char)
      } else {
        const close = text.indexOf(tag, at + tag.length)
        const end = close === -1 ? text.length : close + tag.length
        push('dollar', end, text.slice(at + tag.length, close === -1 ? end : close), close !== -1)
      }
    } else if (/\d/.test(char) || (char === '.' && /\d/.test(next) && !endsName(tokens, at))) {
      const end = matchEnd(text, at, /[\d._a-zA-Z]/)
      push('number', end, text.slice(at, end))
    } else if (WORD_START.test(char)) {
      const end = matchEnd(text, at, WORD_PART)
      push('word', end, text.slice(at, end).toLowerCase())
    } else if (char === ':' && next === ':') {
      push('operator', at + 2, '::')
    } else if (char === ':' && WORD_START.test(next)) {
      const end = matchEnd(text, at + 1, WORD_PART)
      push('parameter', end, text.slice(at, end))
    } else if (/[<>=!~*+\-/@#%^&|?]/.test(char)) {
      let end = at + 1
      while (/[<>=!~+\-/@#%^&|?]/.test(text.charAt(end)) && !/^(--|\/\*)/.test(text.slice(end, end + 2)))
        end++
      push('operator', end, text.slice(at, end))
    } else {
      push('operator', at + 1, char)
    }
  }
  return tokens

  function quoted(quote: string, kind: TokenKind, from: number, hasEscapes = false): void {
    let value = ''
    for (let i = from; i < text.length; i++) {
      const char = text.charAt(i)
      if (hasEscapes && char === '\\') {
        value += text.charAt(i + 1)
        i++
      } else if (char === quote && text.charAt(i + 1) === quote) {
        value += quote
        i++
      } else if (char === quote) {
        push(kind, i + 1, value)
        return
      } else {
        value += char
      }
    }
    push(kind, text.length, value, false)
  }
}

/** Whether the token before `at` touches it and could be a name: `t.1` is not a number then. */
function endsName(tokens: readonly Token[], at: number): boolean {
  const last = tokens.at(-1)
  return last !== undefined && last.end === at && (last.kind === 'word' || last.kind === 'quoted')
}

function matchEnd(text: string, from: number, part: RegExp): number {
  let end = from
  while (end < text.length && part.test(text.charAt(end))) end++
  return end
}

/** Block comments nest in Postgres. */
function blockCommentEnd(text: string, from: number): number | undefined {
  let depth = 0
  for (let i = from; i < text.length; i++) {
    const pair = text.slice(i, i + 2)
    if (pair === '/*') {
      depth++
      i++
    } else if (pair === '*/') {
      depth--
      i++
      if (depth === 0) return i + 1
    }
  }
  return undefined
}
