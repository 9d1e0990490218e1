// What is laid out, and the small things that layout is made of: connected components, packing.

export interface LayoutNode {
  readonly id: string
  readonly width: number
  readonly height: number
  /** Nodes without any edge are put in this order. */
  readonly name: string
}

export interface LayoutEdge {
  /** The referenced side: it comes left. */
  readonly from: string
  readonly to: string
}

export interface LayoutGraph {
  readonly nodes: readonly LayoutNode[]
  readonly edges: readonly LayoutEdge[]
}

export interface Point {
  readonly x: number
  readonly y: number
}

export type Places = ReadonlyMap<string, Point>

export interface Block {
  readonly places: Places
  readonly width: number
  readonly height: number
}

export const GAP_X = 76
export const GAP_Y = 36
/** Width to height of the whole. */
export const ASPECT = 1.7

/** The parts of the graph that hang together, largest first. Edges to nodes that are not there, and to itself, are left out. */
export function componentsOf({ nodes, edges }: LayoutGraph): readonly LayoutGraph[] {
  const root = new Map(nodes.map((node) => [node.id, node.id]))
  const find = (id: string): string => {
    let top = id
    for (let next = root.get(top); next !== undefined && next !== top; next = root.get(top)) top = next
    for (let at = id; at !== top;) {
      const next = root.get(at) ?? top
      root.set(at, top)
      at = next
    }
    return top
  }
  const inside = edges.filter(({ from, to }) => from !== to && root.has(from) && root.has(to))
  for (const { from, to } of inside) root.set(find(from), find(to))
  const parts = new Map<string, { nodes: LayoutNode[]; edges: LayoutEdge[] }>()
  for (const node of nodes) {
    const top = find(node.id)
    const part = parts.get(top)
    if (part === undefined) parts.set(top, { nodes: [node], edges: [] })
    else part.nodes.push(node)
  }
  for (const edge of inside) parts.get(find(edge.from))?.edges.push(edge)
  return [...parts.values()].sort((a, b) => b.nodes.length - a.nodes.length)
}

/** The height at which columns of these nodes make a pleasant whole. */
export function targetHeight(nodes: readonly LayoutNode[]): number {
  const area = nodes.reduce((sum, node) => sum + (node.width + GAP_X) * (node.height + GAP_Y), 0)
  const tallest = Math.max(0, ...nodes.map((node) => node.height))
  return Math.max(tallest, Math.sqrt(area / ASPECT) * 1.1)
}

/** Nodes without edges, by name, in columns of about the same height. */
export function gridOf(nodes: readonly LayoutNode[]): Block {
  const sorted = nodes.toSorted((a, b) => a.name.localeCompare(b.name))
  const limit = targetHeight(sorted)
  const places = new Map<string, Point>()
  let [x, y, columnWidth, height] = [0, 0, 0, 0]
  for (const node of sorted) {
    if (y > 0 && y + node.height > limit) {
      x += columnWidth + GAP_Y
      y = 0
      columnWidth = 0
    }
    places.set(node.id, { x, y })
    columnWidth = Math.max(columnWidth, node.width)
    height = Math.max(height, y + node.height)
    y += node.height + GAP_Y
  }
  return { places, width: x + columnWidth, height }
}

/** Blocks beside and below each other: tall ones first, in shelves. */
export function packBlocks(blocks: readonly Block[], gap = 2 * GAP_Y): Block {
  const [first, ...others] = blocks
  if (first !== undefined && others.length === 0) return first
  const area = blocks.reduce((sum, { width, height }) => sum + (width + gap) * (height + gap), 0)
  const limit = Math.max(...blocks.map(({ width }) => width), Math.sqrt(area * ASPECT))
  const places = new Map<string, Point>()
  let [x, y, shelf, width] = [0, 0, 0, 0]
  for (const block of blocks.toSorted((a, b) => b.height - a.height)) {
    if (x > 0 && x + block.width > limit) {
      y += shelf + gap
      x = 0
      shelf = 0
    }
    for (const [id, place] of block.places) places.set(id, { x: place.x + x, y: place.y + y })
    x += block.width + gap
    shelf = Math.max(shelf, block.height)
    width = Math.max(width, x - gap)
  }
  return { places, width, height: y + shelf }
}
