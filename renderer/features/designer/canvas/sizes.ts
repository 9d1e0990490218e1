// How large a shape is drawn. Known before it is drawn, so that layout and relations need no measuring; the nodes' style sheet has the same numbers.

export const HEADER = 28
export const ROW = 20
const BOTTOM = 3
const MIN_WIDTH = 184
const MAX_WIDTH = 340
/** Widths of one character: 12 px mono names, 11 px mono types, 13 px bold titles. */
const NAME_CHARACTER = 7.2
const TYPE_CHARACTER = 6.6
const TITLE_CHARACTER = 7.4
const NOTE_CHARACTER = 6.2
/** Icon and paddings of a row; icon and paddings of the header. */
const ROW_CHROME = 52
const TITLE_CHROME = 46

/** What of a shape takes room. */
export interface Sized {
  readonly name: string
  readonly rows: readonly { readonly name: string; readonly type: string; readonly isNullable: boolean }[]
  readonly hiddenRows: number
  readonly note: string | null
  readonly marks: { readonly mark: string | null }
}

/** Width and height in canvas units. */
export function sizeOf(shape: Sized): {
  readonly width: number
  readonly height: number
} {
  const badge = shape.marks.mark === null ? (shape.note?.length ?? 0) : 10
  let width = TITLE_CHROME + shape.name.length * TITLE_CHARACTER + badge * NOTE_CHARACTER
  for (const row of shape.rows)
    width = Math.max(
      width,
      ROW_CHROME +
        row.name.length * NAME_CHARACTER +
        (row.type.length + (row.isNullable ? 1 : 0)) * TYPE_CHARACTER,
    )
  const rows = shape.rows.length + (shape.hiddenRows > 0 ? 1 : 0)
  return {
    width: Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width))),
    height: HEADER + rows * ROW + BOTTOM,
  }
}

/** The middle of a row, from the shape's top; the header's for the shape as a whole. */
export function rowMiddle(row: number | null): number {
  return row === null ? HEADER / 2 : HEADER + row * ROW + ROW / 2
}
