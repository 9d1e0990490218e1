// Where a relation runs: orthogonal, from the middle of a row at one side to the middle of a row at the other, with crow's feet at its ends, around what
// stands in the way. Pure geometry, the same for the canvas and for pictures.
import type { Box, Obstacles, Point } from './obstacles.ts'

export type End = 'one' | 'zero or one' | 'zero or many'

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

export interface RouteOptions {
  /** Keeps relations apart that run through the same gap: 0, 1, 2 … */
  readonly lane: number
  readonly hasFeet: boolean
  /** What to run around; left out, the line is the shortest. */
  readonly obstacles?: Obstacles
}

const CORNER = 6
/** How far a line goes straight out of a shape before it turns: the foot has to fit. */
const STUB = 16
const FOOT = 8
const SPREAD = 4.5
const RING = 3
/** Half the height of a loop from a row to itself. */
const LOOP = 5

type Side = 1 | -1
type Sides = readonly [Side, Side]

/** The route between two ends. */
export function routeOf(from: RouteEnd, to: RouteEnd, { lane, hasFeet, obstacles }: RouteOptions): Route {
  const isLoop = from.y === to.y && from.box.x === to.box.x && from.box.y === to.box.y
  const ends: Ends = isLoop
    ? { from: { ...from, y: from.y - LOOP }, to: { ...to, y: to.y + LOOP }, lane }
    : { from, to, lane }
  const direct = directRoute(ends)
  const { points, sides } = obstacles === undefined ? direct : around(ends, direct, obstacles)
  const [first, last] = [points[0] ?? [0, 0], points.at(-1) ?? [0, 0]]
  const feet = hasFeet
    ? foot(first[0], first[1], sides[0], from.end) + foot(last[0], last[1], sides[1], to.end)
    : ''
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  return {
    path: rounded(points) + feet,
    line: points.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${x} ${y}`).join(''),
    bounds: {
      x: left - SPREAD,
      y: top - SPREAD,
      width: Math.max(...xs) - left + 2 * SPREAD,
      height: Math.max(...ys) - top + 2 * SPREAD,
    },
  }
}

interface Ends {
  readonly from: RouteEnd
  readonly to: RouteEnd
  readonly lane: number
}

interface Way {
  readonly points: readonly Point[]
  readonly sides: Sides
}

function directRoute(ends: Ends): Way {
  const sides = sidesOf(ends.from.box, ends.to.box)
  return { points: threeSegments(ends, sides, middleOf(ends, sides)), sides }
}

function threeSegments({ from, to }: Ends, [fromSide, toSide]: Sides, middle: number): readonly Point[] {
  return [
    [edgeOf(from.box, fromSide), from.y],
    [middle, from.y],
    [middle, to.y],
    [edgeOf(to.box, toSide), to.y],
  ]
}

/** Which sides face each other; the same side of both where they stand above one another. */
function sidesOf(from: Box, to: Box): Sides {
  if (to.x >= from.x + from.width + 2 * STUB) return [1, -1]
  if (from.x >= to.x + to.width + 2 * STUB) return [-1, 1]
  const right = Math.abs(from.x + from.width - (to.x + to.width))
  const left = Math.abs(from.x - to.x)
  return right < left ? [1, 1] : left < right ? [-1, -1] : [1, 1]
}

function edgeOf(box: Box, side: Side): number {
  return side === 1 ? box.x + box.width : box.x
}

/** How far apart two boxes may be for the turn to be half-way; farther ones turn near the referencing side, beside its table. */
const NEAR = 160
const LANE = 5

function middleOf({ from, to, lane }: Ends, [fromSide, toSide]: Sides): number {
  const x1 = edgeOf(from.box, fromSide)
  const x2 = edgeOf(to.box, toSide)
  if (fromSide === toSide) {
    const out = fromSide === 1 ? Math.max(x1, x2) : Math.min(x1, x2)
    return out + fromSide * (STUB + 6 + lane * LANE)
  }
  const gap = Math.abs(x2 - x1)
  const spread = ((lane % 2 === 0 ? 1 : -1) * Math.ceil(lane / 2) * LANE) % Math.max(1, gap / 2 - STUB)
  if (gap <= NEAR) return (x1 + x2) / 2 + spread
  return x1 + fromSide * (STUB + 10 + (lane % 8) * LANE)
}

/** A box that is run behind is worse than any way around it; a turn is worth a little way. */
const BEHIND = 4000
const TURN = 24
const BOTH: readonly Side[] = [1, -1]
/** What is learned of what stands in the way, how often. */
const ROUNDS = 2
/** Of many boxes in the way only so many are gone around one by one. */
const MAX_HITS = 6

/** The best way that can be found around what the direct one runs behind. */
function around(ends: Ends, direct: Way, obstacles: Obstacles): Way {
  const hits = new Set<Box>()
  let best = direct
  let bestCost = costOf(direct.points, obstacles, Number.POSITIVE_INFINITY)
  for (let round = 0; round < ROUNDS && bestCost >= BEHIND; round += 1) {
    for (const box of hitsOf(best.points, obstacles)) hits.add(box)
    const past = STUB - 4 + (ends.lane % 3) * LANE
    const xs = [...hits].flatMap((box) => [box.x - past, box.x + box.width + past])
    const ys = [...hits, ends.from.box, ends.to.box].flatMap((box) => [
      box.y - past,
      box.y + box.height + past,
    ])
    for (const fromSide of BOTH)
      for (const toSide of BOTH) {
        const sides: Sides = [fromSide, toSide]
        for (const points of waysOf(ends, sides, { xs, ys })) {
          const cost = costOf(points, obstacles, bestCost)
          if (cost >= bestCost) continue
          best = { points, sides }
          bestCost = cost
        }
      }
  }
  return best
}

function* waysOf(
  ends: Ends,
  sides: Sides,
  { xs, ys }: { readonly xs: readonly number[]; readonly ys: readonly number[] },
): Generator<readonly Point[]> {
  const { from, to, lane } = ends
  const [x1, x2] = [edgeOf(from.box, sides[0]), edgeOf(to.box, sides[1])]
  const out = STUB + 6 + (lane % 8) * LANE
  const [out1, out2] = [x1 + sides[0] * out, x2 + sides[1] * out]
  const isOutside = (x: number): boolean => sides[0] * (x - x1) >= STUB && sides[1] * (x - x2) >= STUB
  for (const x of [out1, out2, (x1 + x2) / 2, ...xs]) if (isOutside(x)) yield threeSegments(ends, sides, x)
  for (const y of ys)
    yield [
      [x1, from.y],
      [out1, from.y],
      [out1, y],
      [out2, y],
      [out2, to.y],
      [x2, to.y],
    ]
}

function hitsOf(points: readonly Point[], obstacles: Obstacles): readonly Box[] {
  return segmentsOf(points)
    .flatMap(([a, b]) => obstacles.hitBy(a, b, MAX_HITS))
    .slice(0, MAX_HITS)
}

function costOf(points: readonly Point[], obstacles: Obstacles, limit: number): number {
  let cost = points.length * TURN
  for (const [a, b] of segmentsOf(points)) cost += distance(a, b)
  for (const [a, b] of segmentsOf(points)) {
    if (cost >= limit) return cost
    cost += BEHIND * obstacles.hitBy(a, b, Math.min(MAX_HITS, Math.ceil((limit - cost) / BEHIND))).length
  }
  return cost
}

function segmentsOf(points: readonly Point[]): readonly (readonly [Point, Point])[] {
  return points.slice(1).map((point, at) => [points[at] ?? point, point])
}

function rounded(points: readonly Point[]): string {
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

function distance(a: Point, b: Point): number {
  return Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1])
}

function towards(from: Point, to: Point, length: number): Point {
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
