// The layout of a whole diagram: connected components one by one, each in layers, packed beside each other; what has no relations in a grid of its own.
import { compact } from './compact.ts'
import { componentsOf, gridOf, packBlocks, type Block, type LayoutGraph, type Places } from './graph.ts'
import { quickLayers } from './layers.ts'

/** Finds layers, from left to right, and the order in them that crosses few edges. */
export type LayerEngine = (graph: LayoutGraph) => Promise<readonly (readonly string[])[]>

export interface LayoutOptions {
  readonly engine: LayerEngine
  readonly onProgress?: (done: number, total: number) => void
  readonly signal?: AbortSignal
}

/** Above this an engine that weighs crossings takes too long; the quick one does. */
const MAX_FOR_ENGINE = 1_500

/** Places for all nodes, from 0, 0. Rejects when it is aborted or the engine fails. */
export async function layoutGraph(graph: LayoutGraph, options: LayoutOptions): Promise<Places> {
  const { engine, onProgress, signal } = options
  const components = componentsOf(graph)
  const alone = components.filter(({ nodes }) => nodes.length === 1).flatMap(({ nodes }) => nodes)
  const blocks: Block[] = []
  let done = 0
  for (const component of components) {
    const count = component.nodes.length
    if (count === 1) continue
    signal?.throwIfAborted()
    const isSmall = count <= 2
    const layers = isSmall || count > MAX_FOR_ENGINE ? quickLayers(component) : await engine(component)
    signal?.throwIfAborted()
    blocks.push(compact(component, layers))
    done += count
    onProgress?.(done, graph.nodes.length)
  }
  if (alone.length > 0) blocks.push(gridOf(alone))
  return packBlocks(blocks).places
}
