// Cuts SQL into tokens as Postgres' own scanner does (src/backend/parser/scan.l), as far as finding the ends of statements needs it.

export type TokenKind =
  | 'space'
  | 'comment'
  | 'string'
  | 'identifier' // in double quotes
  | 'word' // a keyword or a plain name
  | 'number'
  | 'parameter'
  | 'semicolon'
  | 'open' // ( or [
  | 'close' // ) or ]
  | 'backslash'
  | 'operator'
  | 'end'

export interface Lexer {
  /** Moves to the next token; its kind is `end` behind the last one. */
  next(): void
  /** Goes on at `offset`: what lies between is not SQL. */
  moveTo(offset: number): void
  readonly kind: TokenKind
  readonly start: number
  readonly end: number
  /** Whether the token runs to the end of the text because what closes it is missing. */
  readonly isUnterminated: boolean
  /** Whether '…' takes a backslash as it stands (standard_conforming_strings, on by default). */
  standardStrings: boolean
}

const TAB = 9
const NEWLINE = 10
const RETURN = 13
const SPACE = 32
const DOUBLE_QUOTE = 34
const DOLLAR = 36
const QUOTE = 39
const STAR = 42
const MINUS = 45
const SLASH = 47
const BACKSLASH = 92

/** Makes a lexer at the start of `text`. */
export function createLexer(text: string): Lexer {
  return new SqlLexer(text)
}

/** Whether a UTF-16 unit may start a name: letters, _, and everything beyond ASCII. */
function isNameStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code >= 128
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

function isNamePart(code: number): boolean {
  return isNameStart(code) || isDigit(code) || code === DOLLAR
}

function isSpace(code: number): boolean {
  return code === SPACE || (code >= TAB && code <= RETURN)
}

class SqlLexer implements Lexer {
  kind: TokenKind = 'space'
  start = 0
  end = 0
  isUnterminated = false
  standardStrings = true
  private readonly text: string

  constructor(text: string) {
    this.text = text
  }

  next(): void {
    const { text } = this
    const at = this.end
    this.start = at
    this.isUnterminated = false
    if (at >= text.length) {
      this.kind = 'end'
      return
    }
    const code = text.charCodeAt(at)
    if (isSpace(code)) return this.take('space', this.skip(at + 1, isSpace))
    if (isNameStart(code)) return this.word(at)
    switch (code) {
      case QUOTE:
        return this.quoted(at, !this.standardStrings)
      case DOUBLE_QUOTE:
        return this.identifier(at)
      case DOLLAR:
        return this.dollar(at)
      case MINUS:
        if (text.charCodeAt(at + 1) !== MINUS) break
        return this.take('comment', this.lineEnd(at))
      case SLASH:
        if (text.charCodeAt(at + 1) !== STAR) break
        return this.blockComment(at)
      case BACKSLASH:
        return this.take('backslash', at + 1)
      case 59:
        return this.take('semicolon', at + 1)
      case 40:
      case 91:
        return this.take('open', at + 1)
      case 41:
      case 93:
        return this.take('close', at + 1)
    }
    // 1e5, 0x1f, 1_000: what follows a digit without a gap belongs to the number.
    if (isDigit(code))
      return this.take(
        'number',
        this.skip(at + 1, (unit) => isNamePart(unit) && unit !== DOLLAR),
      )
    this.take('operator', at + 1)
  }

  moveTo(offset: number): void {
    this.end = offset
  }

  private take(kind: TokenKind, end: number): void {
    this.kind = kind
    this.end = end
  }

  private unterminated(kind: TokenKind): void {
    this.isUnterminated = true
    this.take(kind, this.text.length)
  }

  private skip(from: number, test: (code: number) => boolean): number {
    let at = from
    while (at < this.text.length && test(this.text.charCodeAt(at))) at++
    return at
  }

  private lineEnd(from: number): number {
    const end = this.text.indexOf('\n', from)
    return end < 0 ? this.text.length : end
  }

  private word(at: number): void {
    const end = this.skip(at + 1, isNamePart)
    const code = this.text.charCodeAt(at) | 32
    const isQuoteNext = this.text.charCodeAt(end) === QUOTE
    // e'…' has escapes; b'…', x'…' and n'…' are read as their letter and a plain string, which ends at the same place.
    if (end === at + 1 && code === 101 && isQuoteNext) return this.quoted(end, true)
    // u&'…' and u&"…": their escapes never hide a quote, whatever standard_conforming_strings says.
    if (end === at + 1 && code === 117 && this.text.charCodeAt(end) === 38) {
      const next = this.text.charCodeAt(end + 1)
      if (next === QUOTE) return this.quoted(end + 1, false)
      if (next === DOUBLE_QUOTE) return this.identifier(end + 1)
    }
    if (isQuoteNext && end === at + 1 && (code === 98 || code === 120)) return this.quoted(end, false)
    this.take('word', end)
  }

  private quoted(open: number, hasEscapes: boolean): void {
    let at = this.quoteEnd(open + 1, hasEscapes)
    // Pieces with a line break between them are one string, and the later ones are read like the first.
    while (at >= 0 && hasEscapes) {
      const continued = this.continuation(at)
      if (continued < 0) break
      at = this.quoteEnd(continued + 1, hasEscapes)
    }
    if (at < 0) this.unterminated('string')
    else this.take('string', at)
  }

  /** Just behind the quote that closes; -1 where there is none. */
  private quoteEnd(from: number, hasEscapes: boolean): number {
    const { text } = this
    let at = from
    if (!hasEscapes) {
      for (;;) {
        const quote = text.indexOf("'", at)
        if (quote < 0) return -1
        if (text.charCodeAt(quote + 1) !== QUOTE) return quote + 1
        at = quote + 2
      }
    }
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === BACKSLASH) at++
      else if (code === QUOTE) {
        if (text.charCodeAt(at + 1) !== QUOTE) return at + 1
        at++
      }
    }
    return -1
  }

  /** Where the string goes on after blanks with a line break and line comments; -1 where it does not. */
  private continuation(from: number): number {
    const { text } = this
    let at = from
    let hasBreak = false
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === NEWLINE || code === RETURN) hasBreak = true
      if (isSpace(code)) at++
      else if (hasBreak && code === MINUS && text.charCodeAt(at + 1) === MINUS) at = this.lineEnd(at)
      else return hasBreak && code === QUOTE ? at : -1
    }
  }

  private identifier(open: number): void {
    let at = open + 1
    for (;;) {
      const quote = this.text.indexOf('"', at)
      if (quote < 0) return this.unterminated('identifier')
      if (this.text.charCodeAt(quote + 1) !== DOUBLE_QUOTE) return this.take('identifier', quote + 1)
      at = quote + 2
    }
  }

  private dollar(at: number): void {
    const { text } = this
    const next = text.charCodeAt(at + 1)
    if (isDigit(next)) return this.take('parameter', this.skip(at + 1, isDigit))
    const tagEnd = isNameStart(next)
      ? this.skip(at + 2, (code) => isNameStart(code) || isDigit(code))
      : at + 1
    if (text.charCodeAt(tagEnd) !== DOLLAR) return this.take('operator', at + 1)
    const tag = text.slice(at, tagEnd + 1)
    const close = text.indexOf(tag, tagEnd + 1)
    if (close < 0) this.unterminated('string')
    else this.take('string', close + tag.length)
  }

  private blockComment(at: number): void {
    const { text } = this
    let depth = 1
    for (let offset = at + 2; offset < text.length; offset++) {
      const code = text.charCodeAt(offset)
      if (code === STAR && text.charCodeAt(offset + 1) === SLASH) {
        depth--
        offset++
        if (depth === 0) return this.take('comment', offset + 1)
      } else if (code === SLASH && text.charCodeAt(offset + 1) === STAR) {
        depth++
        offset++
      }
    }
    this.unterminated('comment')
  }
}
