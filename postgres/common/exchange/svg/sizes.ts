// How large a shape is drawn. Known before it is drawn, so that layout, relations and pictures need no measuring; the nodes' style
// sheet has the same numbers.

/** Columns or values of a shape at most; of more the last row says how many there are. */
export const MAX_ROWS = 40
export const HEADER = 28
export const ROW = 20
const BOTTOM = 3
const MIN_WIDTH = 184
const MAX_WIDTH = 340
/** Widths of one character: 12 px mono names, 11 px mono types, 13 px bold titles. */
export const NAME_CHARACTER = 7.2
export const TYPE_CHARACTER = 6.6
export const TITLE_CHARACTER = 7.4
const NOTE_CHARACTER = 6.2
/** Letters that take the room of two. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/g

/** How many characters' room a text takes. */
export function lengthOf(text: string): number {
  // Nearly all names are plain: those are not searched.
  for (let at = 0; at < text.length; at += 1)
    if (text.charCodeAt(at) > 0x10ff) return text.length + (text.match(WIDE)?.length ?? 0)
  return text.length
}

/** Icon and paddings of a row; icon and paddings of the header. */
const ROW_CHROME = 52
const TITLE_CHROME = 46

/** What of a shape takes room. */
export interface Sized {
  readonly name: string
  readonly rows: readonly { readonly name: string; readonly type: string; readonly isNullable?: boolean }[]
  readonly hiddenRows: number
  /** Characters beside the name. */
  readonly badge: number
}

/** Width and height in canvas units. */
export function sizeOf(shape: Sized): {
  readonly width: number
  readonly height: number
} {
  let width = TITLE_CHROME + lengthOf(shape.name) * TITLE_CHARACTER + shape.badge * NOTE_CHARACTER
  for (const row of shape.rows)
    width = Math.max(
      width,
      ROW_CHROME +
        lengthOf(row.name) * NAME_CHARACTER +
        (row.type.length + (row.isNullable === true ? 1 : 0)) * TYPE_CHARACTER,
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
