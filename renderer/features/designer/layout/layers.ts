// Layers without ELK, for graphs that are too large for it: each node right of what it references, in linear time.
import type { LayoutGraph } from './graph.ts'

/** Layers from left to right. Edges that close a circle are passed over. */
export function quickLayers({ nodes, edges }: LayoutGraph): readonly (readonly string[])[] {
  const next = new Map(nodes.map((node): [string, string[]] => [node.id, []]))
  const waiting = new Map(nodes.map((node) => [node.id, 0]))
  for (const { from, to } of edges) {
    next.get(from)?.push(to)
    waiting.set(to, (waiting.get(to) ?? 0) + 1)
  }
  const depth = new Map<string, number>()
  const ready = nodes.filter((node) => waiting.get(node.id) === 0).map((node) => node.id)
  const left = new Set(nodes.map((node) => node.id))
  const layers: string[][] = []
  const visit = (id: string): void => {
    left.delete(id)
    const at = depth.get(id) ?? 0
    const layer = (layers[at] ??= [])
    layer.push(id)
    for (const to of next.get(id) ?? []) {
      if (!left.has(to)) continue
      depth.set(to, Math.max(depth.get(to) ?? 0, at + 1))
      const count = (waiting.get(to) ?? 0) - 1
      waiting.set(to, count)
      if (count === 0) ready.push(to)
    }
  }
  for (;;) {
    const id = ready.pop()
    if (id !== undefined) {
      if (left.has(id)) visit(id)
      continue
    }
    // Only circles are left: one of them is opened where it comes first.
    const [opened] = left
    if (opened === undefined) return layers.filter((layer) => layer !== undefined)
    visit(opened)
  }
}
