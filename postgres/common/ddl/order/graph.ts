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
    const graph = makeGraph(nodes, kept)
    const { component, count } = componentsOf(graph)
    if (count === nodes.length) break
    kept = kept.filter((_, at) => {
      const [from, to] = [graph.from[at] ?? -1, graph.to[at] ?? -1]
      return (kept[at]?.weight ?? 0) > weight || component[from] !== component[to]
    })
  }
  return kept
}

/** The groups of nodes that need each other in a circle. */
export function cyclesOf(nodes: readonly string[], edges: readonly Edge[]): ReadonlySet<string>[] {
  const { component, count } = componentsOf(makeGraph(nodes, edges))
  if (count === nodes.length) return []
  const groups = Array.from({ length: count }, () => new Set<string>())
  for (const [at, node] of nodes.entries()) groups[component[at] ?? 0]?.add(node)
  return groups.filter((group) => group.size > 1)
}

/** The nodes in the order given, each with what it needs before it. Without cycles every edge is kept. */
export function sortByNeeds(nodes: readonly string[], edges: readonly Edge[]): string[] {
  const graph = makeGraph(nodes, edges)
  const sorted: string[] = []
  const seen = new Uint8Array(nodes.length)
  const stack: number[] = []
  const next = graph.first.slice(0, nodes.length)
  for (let start = 0; start < nodes.length; start += 1) {
    if (seen[start] === 1) continue
    seen[start] = 1
    stack.push(start)
    // Chains of partitions or views may be thousands long: no recursion.
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const place = next[top] ?? 0
      if (place >= (graph.first[top + 1] ?? 0)) {
        sorted.push(nodes[top] ?? '')
        stack.pop()
        continue
      }
      next[top] = place + 1
      const needed = graph.needs[place] ?? 0
      if (seen[needed] === 1) continue
      seen[needed] = 1
      stack.push(needed)
    }
  }
  return sorted
}

/** Nodes by their places. The needs of node n stand in `needs` from `first[n]` to `first[n + 1]`, sorted; `from` and `to` are the edges' ends, -1 for no node. */
interface Graph {
  readonly size: number
  readonly from: Int32Array
  readonly to: Int32Array
  readonly first: Int32Array
  readonly needs: Int32Array
}

function makeGraph(nodes: readonly string[], edges: readonly Edge[]): Graph {
  const places = new Map(nodes.map((node, at) => [node, at]))
  const from = Int32Array.from(edges, (edge) => places.get(edge.from) ?? -1)
  const to = Int32Array.from(edges, (edge) => places.get(edge.to) ?? -1)
  const first = new Int32Array(nodes.length + 1)
  const isEdge = (at: number): boolean => (from[at] ?? -1) >= 0 && (to[at] ?? -1) >= 0
  for (let at = 0; at < edges.length; at += 1) {
    const node = (from[at] ?? 0) + 1
    if (isEdge(at)) first[node] = (first[node] ?? 0) + 1
  }
  for (let node = 0; node < nodes.length; node += 1)
    first[node + 1] = (first[node + 1] ?? 0) + (first[node] ?? 0)
  const needs = new Int32Array(first[nodes.length] ?? 0)
  const free = first.slice()
  for (let at = 0; at < edges.length; at += 1) {
    if (!isEdge(at)) continue
    const node = from[at] ?? 0
    const place = free[node] ?? 0
    needs[place] = to[at] ?? 0
    free[node] = place + 1
  }
  for (let node = 0; node < nodes.length; node += 1) needs.subarray(first[node], first[node + 1]).sort()
  return { size: nodes.length, from, to, first, needs }
}

/** The number of each node's strongly connected component (Tarjan's algorithm, without recursion), and how many there are. */
function componentsOf(graph: Graph): { readonly component: Int32Array; readonly count: number } {
  const { size, first, needs } = graph
  const order = new Int32Array(size).fill(-1)
  const low = new Int32Array(size)
  const component = new Int32Array(size).fill(-1)
  const next = first.slice(0, size)
  const open: number[] = []
  const stack: number[] = []
  let visited = 0
  let count = 0
  const visit = (node: number): void => {
    order[node] = visited
    low[node] = visited
    visited += 1
    open.push(node)
    stack.push(node)
  }
  const lower = (node: number, to: number): void => {
    if (to < (low[node] ?? 0)) low[node] = to
  }
  for (let start = 0; start < size; start += 1) {
    if (order[start] !== -1) continue
    visit(start)
    for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
      const place = next[node] ?? 0
      if (place < (first[node + 1] ?? 0)) {
        next[node] = place + 1
        const needed = needs[place] ?? 0
        if (order[needed] === -1) visit(needed)
        else if (component[needed] === -1) lower(node, order[needed] ?? 0)
        continue
      }
      stack.pop()
      const parent = stack.at(-1)
      if (parent !== undefined) lower(parent, low[node] ?? 0)
      if (low[node] !== order[node]) continue
      for (let one = open.pop(); one !== undefined; one = open.pop()) {
        component[one] = count
        if (one === node) break
      }
      count += 1
    }
  }
  return { component, count }
}
