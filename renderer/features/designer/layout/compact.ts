// From layers (who stands left of whom) to places: columns of a bounded height in which every node is as near to its neighbours as the others let it.
import {
  GAP_X,
  GAP_Y,
  targetHeight,
  type Block,
  type LayoutGraph,
  type LayoutNode,
  type Point,
} from './graph.ts'

const SWEEPS = 8

/** Puts the layers' nodes, in their order, into columns. A layer that is too tall becomes several columns. */
export function compact(graph: LayoutGraph, layers: readonly (readonly string[])[]): Block {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]))
  const limit = targetHeight(graph.nodes)
  const columns = layers.flatMap((layer) =>
    split(
      layer.flatMap((id) => nodes.get(id) ?? []),
      limit,
    ),
  )
  const neighbours = neighboursOf(graph)
  const middles = new Map<string, number>()
  for (const column of columns) stack(column, middles, limit)
  let ordered: readonly (readonly LayoutNode[])[] = columns
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const order = sweep % 2 === 0 ? ordered.keys() : [...ordered.keys()].reverse()
    const next = [...ordered]
    for (const at of order) {
      const column = next[at]
      if (column !== undefined) next[at] = settle(column, { neighbours, middles, limit })
    }
    ordered = next
  }
  return placed(ordered, middles)
}

function split(layer: readonly LayoutNode[], limit: number): readonly (readonly LayoutNode[])[] {
  const total = layer.reduce((sum, node) => sum + node.height + GAP_Y, 0)
  const count = Math.max(1, Math.ceil(total / (limit + GAP_Y)))
  if (count === 1) return [layer]
  const share = total / count
  const columns: LayoutNode[][] = [[]]
  let filled = 0
  for (const node of layer) {
    if (filled >= share * columns.length) columns.push([])
    columns.at(-1)?.push(node)
    filled += node.height + GAP_Y
  }
  return columns
}

function neighboursOf({ nodes, edges }: LayoutGraph): ReadonlyMap<string, readonly string[]> {
  const neighbours = new Map(nodes.map((node): [string, string[]] => [node.id, []]))
  for (const { from, to } of edges) {
    neighbours.get(from)?.push(to)
    neighbours.get(to)?.push(from)
  }
  return neighbours
}

/** First places: one below the other, the column centred. */
function stack(column: readonly LayoutNode[], middles: Map<string, number>, limit: number): void {
  const total = column.reduce((sum, node) => sum + node.height + GAP_Y, -GAP_Y)
  let y = (limit - total) / 2
  for (const node of column) {
    middles.set(node.id, y + node.height / 2)
    y += node.height + GAP_Y
  }
}

interface Settling {
  readonly neighbours: ReadonlyMap<string, readonly string[]>
  readonly middles: Map<string, number>
  readonly limit: number
}

/** Moves the column's nodes to where their neighbours pull them, without overlap; the order follows the pull. */
function settle(
  column: readonly LayoutNode[],
  { neighbours, middles, limit }: Settling,
): readonly LayoutNode[] {
  const wished = column.map((node) => {
    const around = neighbours.get(node.id) ?? []
    const own = middles.get(node.id) ?? 0
    const pull =
      around.length === 0
        ? own
        : around.reduce((sum, id) => sum + (middles.get(id) ?? own), 0) / around.length
    const half = node.height / 2
    return { node, middle: Math.min(Math.max(pull, half), Math.max(half, limit - half)) }
  })
  wished.sort((a, b) => a.middle - b.middle)
  // Least squares under "each at least so far below the one before": isotonic regression of the wishes less the room above them.
  let offset = 0
  const offsets = wished.map(({ node }) => {
    const mine = offset + node.height / 2
    offset += node.height + GAP_Y
    return mine
  })
  const runs: { sum: number; count: number }[] = []
  wished.forEach(({ middle }, at) => {
    runs.push({ sum: middle - (offsets[at] ?? 0), count: 1 })
    for (;;) {
      const last = runs.at(-1)
      const before = runs.at(-2)
      if (last === undefined || before === undefined) break
      if (before.sum / before.count <= last.sum / last.count) break
      runs.splice(-2, 2, { sum: before.sum + last.sum, count: before.count + last.count })
    }
  })
  const starts = runs.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count))
  wished.forEach(({ node }, at) => middles.set(node.id, (starts[at] ?? 0) + (offsets[at] ?? 0)))
  return wished.map(({ node }) => node)
}

function placed(columns: readonly (readonly LayoutNode[])[], middles: ReadonlyMap<string, number>): Block {
  const places = new Map<string, Point>()
  const tops = columns.flat().map((node) => (middles.get(node.id) ?? 0) - node.height / 2)
  const top = Math.min(...tops, Number.POSITIVE_INFINITY)
  let x = 0
  let height = 0
  for (const column of columns) {
    for (const node of column) {
      const y = Math.round((middles.get(node.id) ?? 0) - node.height / 2 - top)
      places.set(node.id, { x, y })
      height = Math.max(height, y + node.height)
    }
    x += Math.max(0, ...column.map((node) => node.width)) + GAP_X
  }
  return { places, width: Math.max(0, x - GAP_X), height }
}
