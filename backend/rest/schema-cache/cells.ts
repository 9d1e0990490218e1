// Takes rows of the catalog apart. What comes is our own SQL's, so that anything unexpected is a defect and throws.

/** A row as a session gives it. */
export type Row = readonly (string | null)[]

/** The text of a cell that is never null. */
export function textAt(row: Row, index: number): string {
  const value = row[index]
  if (value === null || value === undefined) throw new TypeError(`cell ${index} of ${String(row[0])} is null`)
  return value
}

/** A whole number. */
export function numberAt(row: Row, index: number): number {
  return Number(textAt(row, index))
}

/** `t` is true. */
export function flagAt(row: Row, index: number): boolean {
  return row[index] === 't'
}

/** Whole numbers joined by commas; none of null. */
export function numbersAt(row: Row, index: number): number[] {
  const text = row[index]
  return text === null || text === undefined || text === '' ? [] : text.split(',').map(Number)
}

/** A JSON array; empty for null. */
export function listAt(row: Row, index: number): readonly unknown[] {
  const text = row[index]
  return text === null || text === undefined ? [] : toList(JSON.parse(text))
}

/** Checks that it is an array; empty for null. */
export function toList(value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return []
  if (!Array.isArray(value)) throw new TypeError('not a list')
  return value
}

/** Checks that it is a text. */
export function toText(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('not a text')
  return value
}

/** Checks that it is a number. */
export function toNumber(value: unknown): number {
  if (typeof value !== 'number') throw new TypeError('not a number')
  return value
}
