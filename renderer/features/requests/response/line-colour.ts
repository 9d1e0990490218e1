// One line of a body in coloured pieces. Each line is coloured alone: a pretty view breaks lines between tokens, and what was cut stays readable.

export interface Piece {
  readonly text: string
  /** A class of the syntax colours; empty for plain text. */
  readonly className: string
}

export type LineLanguage = 'json' | 'markup' | 'plain'

const JSON_TOKEN = /("(?:[^"\\]|\\.)*"?)(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|\b(true|false|null)\b/g
const MARKUP_TOKEN = /(<!--.*?(?:-->|$))|(<[/!?]?[\w:.-]+|[/?]?>)|([\w:.-]+)(?==["'])|("[^"]*"|'[^']*')/g
/** Beyond this a line is drawn plain: it is data, not text to read. */
const MOST_COLOURED = 4_000

/** The pieces; together they are the line again. */
export function colourLine(line: string, language: LineLanguage): readonly Piece[] {
  if (language === 'plain' || line.length > MOST_COLOURED) return [{ text: line, className: '' }]
  const pieces: Piece[] = []
  let at = 0
  const push = (end: number, className: string): void => {
    if (end > at) pieces.push({ text: line.slice(at, end), className })
    at = end
  }
  for (const match of line.matchAll(language === 'json' ? JSON_TOKEN : MARKUP_TOKEN)) {
    push(match.index, '')
    if (language === 'json') {
      const [whole, string, colon, number, word] = match
      const end = match.index + (string === undefined ? whole.length : string.length)
      push(
        end,
        string !== undefined
          ? colon === undefined
            ? 'text-syn-string'
            : 'text-syn-function'
          : number !== undefined
            ? 'text-syn-number'
            : word !== undefined
              ? 'text-syn-keyword'
              : '',
      )
    } else {
      const [whole, comment, tag, attribute] = match
      push(
        match.index + whole.length,
        comment !== undefined
          ? 'text-syn-comment'
          : tag !== undefined
            ? 'text-syn-keyword'
            : attribute !== undefined
              ? 'text-syn-function'
              : 'text-syn-string',
      )
    }
  }
  push(line.length, '')
  return pieces
}
