// From layers (who stands left of whom) to places: columns of a bounded height in which every node is as near to its neighbours as the others let it.
import {
  ASPECT,
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

interface Extent {
  readonly columns: readonly (readonly LayoutNode[])[]
  readonly width: number
  readonly top: number
  readonly height: number
}

function extentOf(columns: readonly (readonly LayoutNode[])[], middles: ReadonlyMap<string, number>): Extent {
  const nodes = columns.flat()
  const middle = ({ id }: LayoutNode): number => middles.get(id) ?? 0
  const top = Math.min(...nodes.map((node) => middle(node) - node.height / 2), Number.POSITIVE_INFINITY)
  const bottom = Math.max(...nodes.map((node) => middle(node) + node.height / 2), Number.NEGATIVE_INFINITY)
  const width = columns.reduce((sum, column) => sum + widthOf(column) + GAP_X, -GAP_X)
  return {
    columns,
    width: Math.max(0, width),
    top: nodes.length === 0 ? 0 : top,
    height: Math.max(0, bottom - top),
  }
}

function widthOf(column: readonly LayoutNode[]): number {
  return Math.max(0, ...column.map((node) => node.width))
}

/** Long chains make few low columns side by side: they go on in a second row, and a third, as long as the whole can be drawn that much larger. */
function fold(
  columns: readonly (readonly LayoutNode[])[],
  middles: ReadonlyMap<string, number>,
): readonly Extent[] {
  let best = [extentOf(columns, middles)]
  if (scaleOf(best) * READABLE_WIDTH >= ASPECT) return best
  for (let count = 2; count <= MAX_ROWS; count += 1) {
    const rows = inRows(columns, count).map((row) => extentOf(row, middles))
    if (scaleOf(rows) > scaleOf(best) * WORTH_A_ROW) best = rows
  }
  return best
}

const MAX_ROWS = 4
/** As wide as a diagram may be so that a usual window shows it at a size that one can read. */
const READABLE_WIDTH = 1500
const WORTH_A_ROW = 1.15

/** How large it is drawn in a window of the usual shape. */
function scaleOf(rows: readonly Extent[]): number {
  const height = rows.reduce((sum, row) => sum + row.height + 2 * GAP_Y, -2 * GAP_Y)
  return Math.min(ASPECT / Math.max(1, ...rows.map(({ width }) => width)), 1 / Math.max(1, height))
}

/** Cut where the rows become about equally wide. */
function inRows(
  columns: readonly (readonly LayoutNode[])[],
  count: number,
): readonly (readonly (readonly LayoutNode[])[])[] {
  const total = columns.reduce((sum, column) => sum + widthOf(column) + GAP_X, 0)
  const rows: (readonly LayoutNode[])[][] = Array.from({ length: count }, () => [])
  let before = 0
  for (const column of columns) {
    const width = widthOf(column) + GAP_X
    rows[Math.min(count - 1, Math.floor(((before + width / 2) / total) * count))]?.push(column)
    before += width
  }
  return rows.filter((row) => row.length > 0)
}

/** Every other row runs from right to left, so that what goes on in the next row stands below. */
function placed(columns: readonly (readonly LayoutNode[])[], middles: ReadonlyMap<string, number>): Block {
  const rows = fold(columns, middles)
  const width = Math.max(0, ...rows.map((row) => row.width))
  const places = new Map<string, Point>()
  let top = 0
  rows.forEach((row, at) => {
    let x = 0
    for (const column of row.columns) {
      const columnWidth = widthOf(column)
      for (const node of column)
        places.set(node.id, {
          x: at % 2 === 0 ? x : width - x - columnWidth,
          y: Math.round((middles.get(node.id) ?? 0) - node.height / 2 - row.top + top),
        })
      x += columnWidth + GAP_X
    }
    top += row.height + 2 * GAP_Y
  })
  return { places, width, height: Math.max(0, Math.round(top - 2 * GAP_Y)) }
}
