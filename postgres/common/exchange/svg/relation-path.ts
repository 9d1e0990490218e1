// The line of a relation: from a column to the key that it refers to, with a crow's foot where there can be many.
interface End {
  readonly x: number
  readonly y: number
  readonly width: number
}

export interface RelationEnds {
  readonly from: End
  readonly fromRow: number
  readonly to: End
  readonly toRow: number
  /** At most one row refers to each. */
  readonly isOne: boolean
  /** The reference may be missing. */
  readonly isOptional: boolean
}

const HEADER = 28
const ROW = 20
const FOOT = 12

/** Path data. Lines leave at the sides that face each other. */
export function relationPath({ from, fromRow, to, toRow, isOne, isOptional }: RelationEnds): string {
  const y1 = from.y + HEADER + fromRow * ROW + ROW / 2
  const y2 = to.y + HEADER + toRow * ROW + ROW / 2
  const isRight = to.x >= from.x + from.width + 2 * FOOT
  const isLeft = to.x + to.width + 2 * FOOT <= from.x
  const fromSide = isLeft ? -1 : 1
  const toSide = isRight ? -1 : isLeft ? 1 : 1
  const x1 = fromSide === 1 ? from.x + from.width : from.x
  const x2 = toSide === 1 ? to.x + to.width : to.x
  const out1 = x1 + fromSide * 2 * FOOT
  const out2 = x2 + toSide * 2 * FOOT
  const middle = isRight || isLeft ? (out1 + out2) / 2 : Math.max(out1, out2)
  const line = `M${r(x1)} ${r(y1)}H${r(middle)}V${r(y2)}H${r(x2)}`
  const foot = isOne
    ? bar(x1 + fromSide * FOOT, y1)
    : `M${r(x1)} ${r(y1 - 5)}L${r(x1 + fromSide * FOOT)} ${r(y1)}L${r(x1)} ${r(y1 + 5)}`
  const one = x2 + toSide * FOOT
  const end = isOptional ? `M${r(one - 4)} ${r(y2)}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0` : bar(one, y2)
  return line + foot + bar(x2 + toSide * 5, y2) + end
}

function bar(x: number, y: number): string {
  return `M${r(x)} ${r(y - 5)}v10`
}

function r(value: number): string {
  return String(Math.round(value * 10) / 10)
}
