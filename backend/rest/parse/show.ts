// Characters, positions and lists in the words of PostgREST's parse errors, which are those of Haskell's `show` and of Parsec.

/** What stood in the way at one place. Positions are UTF-16 offsets. */
export interface Obstacle {
  readonly position: number
  /** Where the character stands that did not fit, the text's length for its end; of several only the first is told. */
  readonly unexpectedAt: number | null
  /** Characters that a rule refuses to see: told instead. */
  readonly refused: readonly string[]
  readonly expected: readonly string[]
}

const CONTROL_NAMES =
  'NUL SOH STX ETX EOT ENQ ACK a b t n v f r SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'.split(
    ' ',
  )

function escapeCharacter(character: string, quote: string): string {
  const code = character.codePointAt(0) ?? 0
  if (character === quote || character === '\\') return `\\${character}`
  const control = CONTROL_NAMES[code]
  if (control !== undefined) return `\\${control}`
  if (code === 127) return '\\DEL'
  return code > 127 ? `\\${String(code)}` : character
}

/** `a` as `'a'`. */
export function showCharacter(character: string): string {
  return `'${escapeCharacter(character, "'")}'`
}

/** `ab` as `"ab"`. */
export function showText(text: string): string {
  return `"${Array.from(text, (character) => escapeCharacter(character, '"')).join('')}"`
}

/** `(line 1, column 5)` of an offset; a tab goes to the next eighth column. */
export function showPosition(text: string, offset: number): string {
  let line = 1
  let column = 1
  for (const character of text.slice(0, offset)) {
    if (character === '\n') {
      line += 1
      column = 1
    } else {
      column += character === '\t' ? 8 - ((column - 1) % 8) : 1
    }
  }
  return `(line ${String(line)}, column ${String(column)})`
}

function alternatives(words: readonly string[]): string {
  const unique = [...new Set(words)].filter((word) => word !== '')
  const last = unique.pop() ?? ''
  return unique.length === 0 ? last : `${unique.join(', ')} or ${last}`
}

/** `unexpected "x" expecting "," or end of input` */
export function showObstacle(text: string, { unexpectedAt, refused, expected }: Obstacle): string {
  const parts: string[] = []
  if (refused.length > 0) {
    parts.push(`unexpected ${alternatives(refused)}`)
  } else if (unexpectedAt !== null) {
    const code = text.codePointAt(unexpectedAt)
    parts.push(`unexpected ${code === undefined ? 'end of input' : showText(String.fromCodePoint(code))}`)
  }
  const wanted = alternatives(expected)
  if (wanted !== '') parts.push(`expecting ${wanted}`)
  return parts.length === 0 ? 'unknown parse error' : parts.join(' ')
}
