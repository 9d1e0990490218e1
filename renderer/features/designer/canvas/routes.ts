// Where a relation runs: orthogonal, from the middle of a row at one side to the middle of a row at the other, with crow's feet at its ends. Pure geometry.
import type { End } from './shapes.ts'

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface RouteEnd {
  readonly box: Box
  /** Absolute. */
  readonly y: number
  readonly end: End
}

export interface Route {
  /** The line and its feet, for a path. */
  readonly path: string
  /** The line alone, without round corners: what is drawn from far away and what the pointer hits. */
  readonly line: string
  readonly bounds: Box
}

const CORNER = 6
/** How far a line goes straight out of a shape before it turns: the foot has to fit. */
const STUB = 16
const FOOT = 8
const SPREAD = 4.5
const RING = 3

type Side = 1 | -1

/** The route between two ends. `lane` keeps relations apart that run through the same gap: 0, 1, 2 … */
export function routeOf(
  from: RouteEnd,
  to: RouteEnd,
  options: { readonly lane: number; readonly hasFeet: boolean },
): Route {
  const [fromSide, toSide] = sidesOf(from.box, to.box)
  const x1 = edgeOf(from.box, fromSide)
  const x2 = edgeOf(to.box, toSide)
  const middle = middleOf({ x1, x2, fromSide, toSide, lane: options.lane, from, to })
  const points: readonly (readonly [number, number])[] = [
    [x1, from.y],
    [middle, from.y],
    [middle, to.y],
    [x2, to.y],
  ]
  const feet = options.hasFeet ? foot(x1, from.y, fromSide, from.end) + foot(x2, to.y, toSide, to.end) : ''
  const left = Math.min(x1, x2, middle)
  const top = Math.min(from.y, to.y)
  return {
    path: rounded(points) + feet,
    line: points.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${x} ${y}`).join(''),
    bounds: {
      x: left - SPREAD,
      y: top - SPREAD,
      width: Math.max(x1, x2, middle) - left + 2 * SPREAD,
      height: Math.abs(from.y - to.y) + 2 * SPREAD,
    },
  }
}

/** Which sides face each other; the same side of both where they stand above one another. */
function sidesOf(from: Box, to: Box): readonly [Side, Side] {
  if (to.x >= from.x + from.width + 2 * STUB) return [1, -1]
  if (from.x >= to.x + to.width + 2 * STUB) return [-1, 1]
  const right = Math.abs(from.x + from.width - (to.x + to.width))
  const left = Math.abs(from.x - to.x)
  return right < left ? [1, 1] : left < right ? [-1, -1] : [1, 1]
}

function edgeOf(box: Box, side: Side): number {
  return side === 1 ? box.x + box.width : box.x
}

interface Middle {
  readonly x1: number
  readonly x2: number
  readonly fromSide: Side
  readonly toSide: Side
  readonly lane: number
  readonly from: RouteEnd
  readonly to: RouteEnd
}

/** How far apart two boxes may be for the turn to be half-way; farther ones turn near the referencing side, beside its table. */
const NEAR = 160
const LANE = 5

function middleOf({ x1, x2, fromSide, toSide, lane }: Middle): number {
  if (fromSide === toSide) {
    const out = fromSide === 1 ? Math.max(x1, x2) : Math.min(x1, x2)
    return out + fromSide * (STUB + 6 + lane * LANE)
  }
  const gap = Math.abs(x2 - x1)
  const spread = ((lane % 2 === 0 ? 1 : -1) * Math.ceil(lane / 2) * LANE) % Math.max(1, gap / 2 - STUB)
  if (gap <= NEAR) return (x1 + x2) / 2 + spread
  return x1 + fromSide * (STUB + 10 + (lane % 8) * LANE)
}

function rounded(points: readonly (readonly [number, number])[]): string {
  let path = ''
  points.forEach(([x, y], at) => {
    const before = points[at - 1]
    const after = points[at + 1]
    if (before === undefined) path += `M${x} ${y}`
    else if (after === undefined) path += `L${x} ${y}`
    else {
      const reach = Math.min(CORNER, distance(before, [x, y]) / 2, distance([x, y], after) / 2)
      const [ax, ay] = towards([x, y], before, reach)
      const [bx, by] = towards([x, y], after, reach)
      path += reach < 0.5 ? `L${x} ${y}` : `L${ax} ${ay}Q${x} ${y} ${bx} ${by}`
    }
  })
  return path
}

function distance(a: readonly [number, number], b: readonly [number, number]): number {
  return Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1])
}

function towards(
  from: readonly [number, number],
  to: readonly [number, number],
  length: number,
): readonly [number, number] {
  return [from[0] + Math.sign(to[0] - from[0]) * length, from[1] + Math.sign(to[1] - from[1]) * length]
}

function foot(x: number, y: number, side: Side, end: End): string {
  const at = x + side * FOOT
  if (end === 'zero or many') return `M${x} ${y - SPREAD}L${at} ${y}L${x} ${y + SPREAD}`
  const bar = `M${at - side} ${y - 4}v8`
  if (end === 'one') return bar
  const centre = at + side * (RING + 1)
  return `${bar}M${centre - RING} ${y}a${RING} ${RING} 0 1 0 ${2 * RING} 0a${RING} ${RING} 0 1 0 ${-2 * RING} 0`
}
