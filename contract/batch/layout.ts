// The layout of a column batch. One body per column, little endian:
//   offsets  (rows + 1) × u32   where the text of each row starts in `bytes`; the last is its length
//   nulls    ceil(rows / 8)     bit (row & 7) of byte (row >> 3) is set where the cell is null; a null cell has no bytes
//   bytes                       the cells' text in UTF-8, one after the other
// Bodies may start at any address: a reader may not assume that offsets are aligned.

/** Where the null bitmap of a column with `rowCount` rows starts. */
export function nullsOffset(rowCount: number): number {
  return (rowCount + 1) * 4
}

/** Where the text of a column with `rowCount` rows starts. */
export function bytesOffset(rowCount: number): number {
  return nullsOffset(rowCount) + ((rowCount + 7) >> 3)
}
