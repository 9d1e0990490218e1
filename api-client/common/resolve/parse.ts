// Finds {{references}} in a text: nested ones, escaped ones, and braces that only look like one. Linear in the length of the text.

/** Names are longer nowhere; what is longer is text that happens to have braces. */
const LONGEST_NAME = 1_000
const DEEPEST = 16

export type Piece = TextPiece | ReferencePiece

export interface TextPiece {
  readonly kind: 'text'
  /** Of the text as written; an escape's backslash is not among them. */
  readonly start: number
  readonly end: number
}

export interface ReferencePiece {
  readonly kind: 'reference'
  /** Of the first brace, and after the last one. */
  readonly start: number
  readonly end: number
  /** What stands between the braces: more than one piece, or another reference, when the name is made of variables. */
  readonly name: readonly Piece[]
}

interface Open {
  readonly start: number
  readonly pieces: Piece[]
  /** Where the text since the last piece begins. */
  from: number
}

/**
 * The pieces of a text. `\{{name}}` stands for the braces themselves (an odd number of backslashes escapes; an even one is text). Of an odd number
 * of opening braces the first are text, so that `{"a":{{{b}}}}` means what a person meant. A name has no line breaks and no single braces.
 */
export function parseReferences(text: string): readonly Piece[] {
  const whole: Piece[] = []
  const stack: Open[] = []
  let from = 0
  let close = -1
  const marks = /\{{2,}|\}\}|[{}\n\r]/g
  for (;;) {
    // Outside of references only two braces matter; most texts have none.
    if (stack.length === 0) {
      const next = text.indexOf('{{', marks.lastIndex)
      if (next < 0) break
      marks.lastIndex = next
    }
    // Nothing can be closed any more: what is left is text.
    if (close < marks.lastIndex) close = text.indexOf('}}', marks.lastIndex)
    if (close < 0) break
    const mark = marks.exec(text)
    if (mark === null) break
    const sign = mark[0]
    const last = stack.at(-1)
    if (last !== undefined && mark.index - last.start > LONGEST_NAME) stack.length = 0
    if (sign === '}}') {
      const open = stack.pop()
      if (open === undefined) continue
      pushText(open.pieces, open.from, mark.index)
      const reference: Piece = {
        kind: 'reference',
        start: open.start,
        end: mark.index + 2,
        name: open.pieces,
      }
      const parent = stack.at(-1)
      pushText(parent?.pieces ?? whole, parent?.from ?? from, open.start)
      ;(parent?.pieces ?? whole).push(reference)
      if (parent === undefined) from = reference.end
      else parent.from = reference.end
    } else if (sign.startsWith('{{')) {
      if (backslashesBefore(text, mark.index) % 2 === 1) {
        stack.length = 0
        pushText(whole, from, mark.index - 1)
        from = mark.index
        // Only the first two braces are escaped.
        marks.lastIndex = mark.index + 2
        continue
      }
      const isOdd = sign.length % 2 === 1
      if (isOdd || stack.length + sign.length / 2 > DEEPEST) stack.length = 0
      const end = mark.index + sign.length
      for (let at = Math.max(mark.index + Number(isOdd), end - 2 * DEEPEST); at < end; at += 2)
        stack.push({ start: at, pieces: [], from: at + 2 })
    } else stack.length = 0
  }
  pushText(whole, from, text.length)
  return whole
}

function pushText(pieces: Piece[], start: number, end: number) {
  if (end > start) pieces.push({ kind: 'text', start, end })
}

function backslashesBefore(text: string, at: number): number {
  let count = 0
  while (text[at - count - 1] === '\\') count++
  return count
}
