// What lines should not run behind: boxes, found by the part of the plane that a line goes through. Pure geometry.

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export type Point = readonly [x: number, y: number]

export interface Obstacles {
  /** The boxes that a line along an axis runs through or close beside; one that ends at a side ends there. At most `limit` of them. */
  readonly hitBy: (a: Point, b: Point, limit?: number) => readonly Box[]
}

const CELL = 256
/** Lines beside a box keep this far away, or they look like its border. */
const CLEARANCE = 6
/** A column of cells is numbered apart from the next one; diagrams are not as high as this many cells. */
const COLUMN = 1 << 20

/** Makes them findable. */
export function createObstacles(boxes: Iterable<Box>): Obstacles {
  const cells = new Map<number, Box[]>()
  for (const box of boxes) {
    const right = Math.floor((box.x + box.width) / CELL)
    const bottom = Math.floor((box.y + box.height) / CELL)
    for (let column = Math.floor(box.x / CELL); column <= right; column += 1)
      for (let row = Math.floor(box.y / CELL); row <= bottom; row += 1) {
        const key = column * COLUMN + row
        const cell = cells.get(key)
        if (cell === undefined) cells.set(key, [box])
        else cell.push(box)
      }
  }
  return {
    hitBy([ax, ay], [bx, by], limit = Number.POSITIVE_INFINITY) {
      const [sides, ends] = ax === bx ? [CLEARANCE, 0] : [0, CLEARANCE]
      const [left, right] = [Math.min(ax, bx) - sides, Math.max(ax, bx) + sides]
      const [top, bottom] = [Math.min(ay, by) - ends, Math.max(ay, by) + ends]
      const found: Box[] = []
      for (let column = Math.floor(left / CELL); column <= Math.floor(right / CELL); column += 1)
        for (let row = Math.floor(top / CELL); row <= Math.floor(bottom / CELL); row += 1)
          for (const box of cells.get(column * COLUMN + row) ?? []) {
            const isHit =
              box.x < right && left < box.x + box.width && box.y < bottom && top < box.y + box.height
            if (!isHit || found.includes(box)) continue
            found.push(box)
            if (found.length >= limit) return found
          }
      return found
    },
  }
}
