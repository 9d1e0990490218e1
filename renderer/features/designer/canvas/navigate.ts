// Where the arrow keys go: through the rows of a shape, then to the nearest shape in that direction. Pure.
import type { Selection } from '../session.ts'
import type { ShapeNodeType } from './shape-node.tsx'

export type Direction = 'up' | 'down' | 'left' | 'right'

/** What is selected after the key; null when there is nowhere to go. */
export function move(
  selection: Selection,
  direction: Direction,
  nodes: ReadonlyMap<string, ShapeNodeType>,
): Selection | null {
  const currentId = selection.objectIds.at(-1)
  const current = currentId === undefined ? undefined : nodes.get(currentId)
  if (current === undefined) {
    const first = firstOf(nodes)
    return first === undefined ? null : { objectIds: [first.id], partId: null }
  }
  const { rows } = current.data.shape
  const at = rows.findIndex((row) => row.id === selection.partId)
  const step = direction === 'down' ? 1 : direction === 'up' ? -1 : 0
  if (step !== 0 && at + step >= -1 && at + step < rows.length && !(at === -1 && step === -1)) {
    return { objectIds: [current.id], partId: rows[at + step]?.id ?? null }
  }
  const found = nearest(current, direction, nodes)
  return found === undefined ? null : { objectIds: [found.id], partId: null }
}

/** The one at the top left. */
function firstOf(nodes: ReadonlyMap<string, ShapeNodeType>): ShapeNodeType | undefined {
  let first: ShapeNodeType | undefined
  for (const node of nodes.values()) {
    const weight = node.position.x + node.position.y
    if (first === undefined || weight < first.position.x + first.position.y) first = node
  }
  return first
}

function nearest(
  from: ShapeNodeType,
  direction: Direction,
  nodes: ReadonlyMap<string, ShapeNodeType>,
): ShapeNodeType | undefined {
  const [x, y] = centreOf(from)
  let best: ShapeNodeType | undefined
  let bestCost = Number.POSITIVE_INFINITY
  for (const node of nodes.values()) {
    if (node.id === from.id) continue
    const [nodeX, nodeY] = centreOf(node)
    const [dx, dy] = [nodeX - x, nodeY - y]
    const [along, across] =
      direction === 'right'
        ? [dx, dy]
        : direction === 'left'
          ? [-dx, dy]
          : direction === 'down'
            ? [dy, dx]
            : [-dy, dx]
    if (along <= 0) continue
    // Straight ahead counts for more than near.
    const cost = along + 2 * Math.abs(across)
    if (cost < bestCost) {
      best = node
      bestCost = cost
    }
  }
  return best
}

function centreOf({ position, data: { shape } }: ShapeNodeType): readonly [number, number] {
  return [position.x + shape.width / 2, position.y + shape.height / 2]
}
