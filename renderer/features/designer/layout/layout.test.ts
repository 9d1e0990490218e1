import ELK from 'elkjs/lib/elk.bundled.js'
import { describe, expect, it } from 'vitest'
import { designModel } from '#testing/design-model.ts'
import { drawingOf } from '../canvas/shapes.ts'
import { elkEngine } from './elk-layers.ts'
import { componentsOf, gridOf, packBlocks, type LayoutGraph, type Places } from './graph.ts'
import { quickLayers } from './layers.ts'
import { layoutGraph } from './layout-graph.ts'
import { graphOf } from './places.ts'

const ALL = { showsViews: true, showsEnums: true, schemas: null }
const engine = elkEngine(new ELK())

function graphOfTables(count: number): LayoutGraph {
  const model = designModel(count)
  const { shapes, relations } = drawingOf(model, model, ALL)
  return graphOf(shapes, relations)
}

function overlaps({ nodes }: LayoutGraph, places: Places): readonly string[] {
  const boxes = nodes.map((node) => ({ ...node, ...places.get(node.id)! }))
  return boxes.flatMap((a, at) =>
    boxes
      .slice(at + 1)
      .filter(
        (b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height,
      )
      .map((b) => `${a.id} ${b.id}`),
  )
}

describe('layout of a diagram', () => {
  it('puts every table somewhere and none over another', async () => {
    const graph = graphOfTables(120)
    const places = await layoutGraph(graph, { engine })
    expect(places.size).toBe(120)
    expect(overlaps(graph, places)).toEqual([])
  })

  it('does so too for parts that are too large for the engine', async () => {
    const graph = graphOfTables(2500)
    const places = await layoutGraph(graph, {
      engine: async (part) => {
        if (part.nodes.length > 1000) throw new Error('This takes minutes.')
        return quickLayers(part)
      },
    })
    expect(places.size).toBe(2500)
    const near = { ...graph, nodes: graph.nodes.slice(0, 400) }
    expect(overlaps(near, places)).toEqual([])
  })

  it('has what references right of what it references', async () => {
    const nodes = ['film', 'inventory', 'rental'].map((id) => ({ id, name: id, width: 180, height: 90 }))
    const edges = [
      { from: 'film', to: 'inventory' },
      { from: 'inventory', to: 'rental' },
    ]
    const places = await layoutGraph({ nodes, edges }, { engine })
    expect(['film', 'inventory', 'rental'].map((id) => places.get(id)!.x)).toEqual(
      ['film', 'inventory', 'rental'].map((id) => places.get(id)!.x).toSorted((a, b) => a - b),
    )
    expect(places.get('film')!.y).toBe(places.get('rental')!.y)
  })

  it('tells how far it is and stops when it is aborted', async () => {
    const told: number[] = []
    const controller = new AbortController()
    const running = layoutGraph(graphOfTables(60), {
      engine: async (part) => {
        controller.abort()
        return quickLayers(part)
      },
      onProgress: (done) => told.push(done),
      signal: controller.signal,
    })
    await expect(running).rejects.toThrow()
    expect(told).toEqual([])
    await layoutGraph(graphOfTables(60), { engine, onProgress: (done) => told.push(done) })
    expect(told.at(-1)).toBeGreaterThan(40)
  })

  it('is of a pleasant shape, neither a row nor a column', async () => {
    const graph = graphOfTables(300)
    const places = await layoutGraph(graph, { engine: async (part) => quickLayers(part) })
    const width = Math.max(...graph.nodes.map((node) => places.get(node.id)!.x + node.width))
    const height = Math.max(...graph.nodes.map((node) => places.get(node.id)!.y + node.height))
    expect(width / height).toBeGreaterThan(0.6)
    expect(width / height).toBeLessThan(4)
  })

  it('folds a long chain, so that it can be read', async () => {
    const ids = Array.from({ length: 12 }, (_, at) => `t${at}`)
    const nodes = ids.map((id) => ({ id, name: id, width: 200, height: 120 }))
    const edges = ids.slice(1).map((to, at) => ({ from: ids[at] ?? '', to }))
    const places = await layoutGraph({ nodes, edges }, { engine })
    expect(Math.max(...[...places.values()].map(({ x }) => x + 200))).toBeLessThan(1500)
    expect(overlaps({ nodes, edges }, places)).toEqual([])
    // The next row begins below the end of the one before.
    const rows = [...new Set(ids.map((id) => places.get(id)!.y))]
    const lastOfFirst = ids.findLast((id) => places.get(id)!.y === rows[0])!
    const next = ids[ids.indexOf(lastOfFirst) + 1]!
    expect(places.get(next)!.x).toBe(places.get(lastOfFirst)!.x)
  })
})

describe('parts of a layout', () => {
  const node = (id: string, height = 100) => ({ id, name: id, width: 100, height })

  it('finds what hangs together; circles and edges to nowhere do no harm', () => {
    const parts = componentsOf({
      nodes: ['a', 'b', 'c', 'd', 'e'].map((id) => node(id)),
      edges: [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c' },
        { from: 'c', to: 'a' },
        { from: 'd', to: 'd' },
        { from: 'e', to: 'gone' },
      ],
    })
    expect(parts.map((part) => part.nodes.map(({ id }) => id).join(''))).toEqual(['abc', 'd', 'e'])
  })

  it('layers a circle', () => {
    const layers = quickLayers({
      nodes: ['a', 'b', 'c'].map((id) => node(id)),
      edges: [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c' },
        { from: 'c', to: 'a' },
      ],
    })
    expect(layers.flat().toSorted()).toEqual(['a', 'b', 'c'])
  })

  it('puts the unrelated into columns by name', () => {
    const { places } = gridOf([node('b'), node('c'), node('a'), node('d')])
    expect([...places.keys()]).toEqual(['a', 'b', 'c', 'd'])
    expect(new Set([...places.values()].map(({ x, y }) => `${x} ${y}`)).size).toBe(4)
  })

  it('packs blocks beside each other without overlap', () => {
    const block = (id: string, width: number, height: number) => ({
      places: new Map([[id, { x: 0, y: 0 }]]),
      width,
      height,
    })
    const { places } = packBlocks([block('a', 500, 300), block('b', 200, 200), block('c', 400, 100)], 10)
    expect(places.get('a')).toEqual({ x: 0, y: 0 })
    expect(places.get('b')).not.toEqual({ x: 0, y: 0 })
    expect(places.size).toBe(3)
  })
})
