// ELK's layered algorithm as the engine: it is asked for layers and their order only; places are made by compact.ts, since relations are routed by us.
import type { ELK, ElkNode } from 'elkjs/lib/elk-api.js'
import type { LayoutGraph } from './graph.ts'
import type { LayerEngine } from './layout-graph.ts'

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.separateConnectedComponents': 'false',
  'elk.layered.nodePlacement.strategy': 'SIMPLE',
  'elk.edgeRouting': 'POLYLINE',
  // More care changes little, since the order follows the neighbours afterwards, and takes twice the time.
  'elk.layered.thoroughness': '2',
  'elk.layered.crossingMinimization.greedySwitch.type': 'OFF',
} as const

/** The engine over an ELK, in a worker or not. */
export function elkEngine(elk: Pick<ELK, 'layout'>): LayerEngine {
  return async (graph) => layersOf(await elk.layout(elkGraph(graph)))
}

function elkGraph({ nodes, edges }: LayoutGraph): ElkNode {
  return {
    id: 'diagram',
    layoutOptions: OPTIONS,
    children: nodes.map(({ id, width, height }) => ({ id, width, height })),
    edges: edges.map(({ from, to }, at) => ({ id: String(at), sources: [from], targets: [to] })),
  }
}

/** Nodes of one layer overlap in x, those of different layers never do. */
function layersOf({ children = [] }: ElkNode): readonly (readonly string[])[] {
  const sorted = children.toSorted((a, b) => (a.x ?? 0) - (b.x ?? 0))
  const layers: ElkNode[][] = []
  let right = Number.NEGATIVE_INFINITY
  for (const node of sorted) {
    const x = node.x ?? 0
    if (x >= right) layers.push([])
    layers.at(-1)?.push(node)
    right = Math.max(right, x + (node.width ?? 0))
  }
  return layers.map((layer) => layer.toSorted((a, b) => (a.y ?? 0) - (b.y ?? 0)).map(({ id }) => id))
}
