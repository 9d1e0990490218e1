// A selection over lines that need not be on screen: two places, put in order, and what of each line is within.

export interface Place {
  readonly line: number
  readonly column: number
}

export interface TextSelection {
  readonly anchor: Place
  readonly head: Place
}

/** The earlier and the later end. */
export function endsOf({ anchor, head }: TextSelection): { readonly from: Place; readonly to: Place } {
  const isForward = anchor.line < head.line || (anchor.line === head.line && anchor.column <= head.column)
  return isForward ? { from: anchor, to: head } : { from: head, to: anchor }
}

/** The columns of a line that are selected, or undefined. `end` is Infinity where the line's end is selected too. */
export function selectedIn(
  selection: TextSelection | null,
  line: number,
): { readonly start: number; readonly end: number } | undefined {
  if (selection === null) return undefined
  const { from, to } = endsOf(selection)
  if (line < from.line || line > to.line || isEmpty(selection)) return undefined
  return { start: line === from.line ? from.column : 0, end: line === to.line ? to.column : Infinity }
}

/** Whether nothing is between its ends. */
export function isEmpty({ anchor, head }: TextSelection): boolean {
  return anchor.line === head.line && anchor.column === head.column
}

/** The text between the ends, of the whole lines from the first to the last. */
export function cut(lines: readonly string[], selection: TextSelection): string {
  const { from, to } = endsOf(selection)
  return lines
    .map((line, at) => {
      const end = from.line + at === to.line ? to.column : line.length
      return line.slice(at === 0 ? from.column : 0, end)
    })
    .join('\n')
}

/** The word, number or string around a column, for a double press. */
export function wordAt(line: string, column: number): { readonly start: number; readonly end: number } {
  const isWord = (at: number): boolean => /[\p{L}\p{N}_$-]/u.test(line[at] ?? '')
  let start = column
  let end = column
  while (start > 0 && isWord(start - 1)) start--
  while (end < line.length && isWord(end)) end++
  return start === end ? { start, end: Math.min(line.length, end + 1) } : { start, end }
}
