// Orders things that need each other: strongly connected components, cycles broken where they are weakest, what is needed first.

/** `from` needs `to`. */
export interface Edge {
  readonly from: string
  readonly to: string
  readonly weight: Weight
  /** The part of `from` that needs it, when that part can be made later: a default, a check. */
  readonly part: string | null
}

/** 0: a body names it. 1: an expression seems to name it. 2: the catalog says so. 3: the structure does. */
export type Weight = 0 | 1 | 2 | 3

/** Edges without those of weight `upTo` and less that lie on a cycle: the weakest are given up first, and no more than needed. */
export function breakCycles(nodes: readonly string[], edges: readonly Edge[], upTo: Weight): readonly Edge[] {
  let kept = edges.filter(({ from, to }) => from !== to)
  for (const weight of [0, 1, 2, 3] as const) {
    if (weight > upTo) break
    const component = componentOf(nodes, kept)
    kept = kept.filter((edge) => edge.weight > weight || component.get(edge.from) !== component.get(edge.to))
  }
  return kept
}

/** The groups of nodes that need each other in a circle. */
export function cyclesOf(nodes: readonly string[], edges: readonly Edge[]): ReadonlySet<string>[] {
  const groups = new Map<number, Set<string>>()
  for (const [node, component] of componentOf(nodes, edges)) {
    const group = groups.get(component)
    if (group === undefined) groups.set(component, new Set([node]))
    else group.add(node)
  }
  return [...groups.values()].filter((group) => group.size > 1)
}

/** The nodes in the order given, each with what it needs before it. Without cycles every edge is kept. */
export function sortByNeeds(nodes: readonly string[], edges: readonly Edge[]): string[] {
  const needs = adjacency(nodes, edges)
  const place = new Map(nodes.map((node, at) => [node, at]))
  for (const list of needs.values())
    list.sort((left, right) => (place.get(left) ?? 0) - (place.get(right) ?? 0))
  const sorted: string[] = []
  const seen = new Set<string>()
  for (const start of nodes) {
    if (seen.has(start)) continue
    seen.add(start)
    // Chains of partitions or views may be thousands long: no recursion.
    const stack = [{ node: start, next: 0 }]
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const needed = needs.get(top.node)?.[top.next]
      top.next += 1
      if (needed === undefined) {
        sorted.push(top.node)
        stack.pop()
      } else if (!seen.has(needed)) {
        seen.add(needed)
        stack.push({ node: needed, next: 0 })
      }
    }
  }
  return sorted
}

function adjacency(nodes: readonly string[], edges: readonly Edge[]): Map<string, string[]> {
  const needs = new Map<string, string[]>(nodes.map((node) => [node, []]))
  for (const { from, to } of edges) if (needs.has(to)) needs.get(from)?.push(to)
  return needs
}

/** The number of each node's strongly connected component (Tarjan's algorithm, without recursion). */
function componentOf(nodes: readonly string[], edges: readonly Edge[]): ReadonlyMap<string, number> {
  const needs = adjacency(nodes, edges)
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const component = new Map<string, number>()
  const open: string[] = []
  let components = 0
  for (const start of nodes) {
    if (order.has(start)) continue
    const stack = [{ node: start, next: 0 }]
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const { node } = top
      if (top.next === 0) {
        order.set(node, order.size)
        low.set(node, order.size - 1)
        open.push(node)
      }
      const needed = needs.get(node)?.[top.next]
      top.next += 1
      if (needed !== undefined) {
        if (!order.has(needed)) stack.push({ node: needed, next: 0 })
        else if (!component.has(needed)) lower(low, node, order.get(needed))
        continue
      }
      stack.pop()
      const parent = stack.at(-1)
      if (parent !== undefined) lower(low, parent.node, low.get(node))
      if (low.get(node) !== order.get(node)) continue
      for (let one = open.pop(); one !== undefined; one = open.pop()) {
        component.set(one, components)
        if (one === node) break
      }
      components += 1
    }
  }
  return component
}

function lower(low: Map<string, number>, node: string, to: number | undefined): void {
  if (to !== undefined && to < (low.get(node) ?? Infinity)) low.set(node, to)
}
