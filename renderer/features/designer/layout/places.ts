// Keeps places with the objects: by id, by name where the id is another (a drop and create, another database), and near its neighbours for what is new.
import type { Diagram } from '#contract/capabilities/designs.ts'
import type { Relation, Shape } from '../canvas/shapes.ts'
import { GAP_X, GAP_Y, type LayoutGraph, type Point } from './graph.ts'

type Placed = Diagram['positions']

/** How `Diagram.names` names a shape. */
export function nameKey({ kind, schema, name }: Pick<Shape, 'kind' | 'schema' | 'name'>): string {
  return `${kind} ${schema}.${name}`
}

/** The diagram with places by name for shapes that have none by id, and with the names as they are now. The same value when nothing differs. */
export function withNames(diagram: Diagram, shapes: readonly Shape[]): Diagram {
  const here = new Set(shapes.map((shape) => shape.id))
  const gone = new Map<string, string>()
  for (const [id, name] of Object.entries(diagram.names))
    if (!here.has(id) && diagram.positions[id] !== undefined) gone.set(name, id)
  const adopted: Record<string, Point> = {}
  const names: Record<string, string> = {}
  for (const shape of shapes) {
    const key = nameKey(shape)
    if (diagram.names[shape.id] !== key) names[shape.id] = key
    const place = diagram.positions[gone.get(key) ?? '']
    if (diagram.positions[shape.id] === undefined && place !== undefined) adopted[shape.id] = place
  }
  if (Object.keys(adopted).length === 0 && Object.keys(names).length === 0) return diagram
  return {
    ...diagram,
    positions: { ...diagram.positions, ...adopted },
    names: { ...diagram.names, ...names },
  }
}

/** Shapes that have no place yet. */
export function unplacedOf(positions: Placed, shapes: readonly Shape[]): readonly Shape[] {
  return shapes.filter((shape) => positions[shape.id] === undefined)
}

/** The graph of some shapes. What references stands right of what it references; enums take no part. */
export function graphOf(shapes: readonly Shape[], relations: readonly Relation[]): LayoutGraph {
  const inside = new Set(shapes.map((shape) => shape.id))
  return {
    nodes: shapes.map(({ id, width, height, schema, name, kind }) => ({
      id,
      width,
      height,
      // Enums after the tables without relations.
      name: `${kind === 'enum' ? 1 : 0} ${schema}.${name}`,
    })),
    edges: relations
      .filter(({ from, to }) => inside.has(from) && inside.has(to))
      .map(({ from, to }) => ({ from: to, to: from })),
  }
}

interface Rectangle extends Point {
  readonly width: number
  readonly height: number
}

/** A place for each of a few new shapes: beside what it references or what references it, else at the right end; never over another. */
export function placeNear(
  fresh: readonly Shape[],
  shapes: readonly Shape[],
  relations: readonly Relation[],
  positions: Placed,
): Readonly<Record<string, Point>> {
  const taken: Rectangle[] = []
  const places = new Map<string, Rectangle>()
  const take = (shape: Shape, { x, y }: Point): void => {
    const box = { x, y, width: shape.width, height: shape.height }
    taken.push(box)
    places.set(shape.id, box)
  }
  for (const shape of shapes) {
    const place = positions[shape.id]
    if (place !== undefined) take(shape, place)
  }
  const result: Record<string, Point> = {}
  for (const shape of fresh) {
    const near = neighbourOf(shape, relations, places)
    const place = freePlace(shape, near, taken)
    take(shape, place)
    result[shape.id] = place
  }
  return result
}

function neighbourOf(
  shape: Shape,
  relations: readonly Relation[],
  places: ReadonlyMap<string, Rectangle>,
): Rectangle | undefined {
  for (const { from, to } of relations) {
    if (from === shape.id && to !== shape.id && places.has(to)) return places.get(to)
    if (to === shape.id && from !== shape.id && places.has(from)) return places.get(from)
  }
  return undefined
}

/** A free place for a new shape of this size, as near to `at` as there is one. */
export function placeAround(
  size: Pick<Shape, 'width' | 'height'>,
  at: Point,
  shapes: readonly Shape[],
  positions: Placed,
): Point {
  const taken = shapes.flatMap(({ id, width, height }): Rectangle[] => {
    const place = positions[id]
    return place === undefined ? [] : [{ ...place, width, height }]
  })
  for (let ring = 0; ring < 4 * RINGS; ring += 1)
    for (const [dx, dy] of AROUND) {
      const place = { x: Math.round(at.x + dx * ring * 40), y: Math.round(at.y + dy * ring * 40) }
      if (isFree(size, place, taken)) return place
    }
  return at
}

const AROUND = [
  [0, 0],
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
  [1, 1],
  [-1, 1],
  [1, -1],
  [-1, -1],
] as const

function isFree(
  { width, height }: Pick<Shape, 'width' | 'height'>,
  { x, y }: Point,
  taken: readonly Rectangle[],
): boolean {
  return taken.every(
    (box) =>
      x >= box.x + box.width + GAP_Y / 2 ||
      box.x >= x + width + GAP_Y / 2 ||
      y >= box.y + box.height + GAP_Y / 2 ||
      box.y >= y + height + GAP_Y / 2,
  )
}

const RINGS = 12

function freePlace(shape: Shape, near: Rectangle | undefined, taken: readonly Rectangle[]): Point {
  const right = Math.max(0, ...taken.map((box) => box.x + box.width + GAP_X))
  const top = Math.min(...taken.map((box) => box.y), right === 0 ? 0 : Number.POSITIVE_INFINITY)
  if (near === undefined) return { x: right, y: Number.isFinite(top) ? top : 0 }
  for (let ring = 0; ring < RINGS; ring += 1) {
    const step = ring * (shape.height / 2 + GAP_Y)
    const candidates: readonly Point[] = [
      { x: near.x + near.width + GAP_X, y: near.y + step },
      { x: near.x + near.width + GAP_X, y: near.y - step },
      { x: near.x, y: near.y + near.height + GAP_Y + step },
      { x: near.x - shape.width - GAP_X, y: near.y + step },
      { x: near.x - shape.width - GAP_X, y: near.y - step },
      { x: near.x, y: near.y - shape.height - GAP_Y - step },
    ]
    const free = candidates.find((place) => isFree(shape, place, taken))
    if (free !== undefined) return { x: Math.round(free.x), y: Math.round(free.y) }
  }
  return { x: right, y: near.y }
}
