import { describe, expect, it } from 'vitest'
import type { Diagram, ModelPatch } from '#contract/capabilities/designs.ts'
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'
import { createStore } from '../../host/store.ts'
import { createDraft } from './draft.ts'
import { createHistory } from './history.ts'

const schema = (id: string, name: string): ModelObject => ({
  kind: 'schema',
  id,
  name,
  owner: 'postgres',
  comment: null,
  grants: [],
})
const BASE: SchemaModel = {
  serverVersion: 180_000,
  database: 'app',
  objects: [schema('a', 'shop')],
  dependencies: [],
}
const EMPTY: Diagram = { positions: {}, names: {}, groups: [], notes: [], schemas: null, viewport: null }
const rename = (name: string): ModelPatch => ({
  label: `Rename to ${name}`,
  put: [schema('a', name)],
  remove: [],
})

function start(steps: readonly ModelPatch[] = [], head = steps.length) {
  const done = async (): Promise<void> => undefined
  const journal = { append: done, moveHead: done, rebase: done }
  const draft = createDraft({ base: BASE, steps, head, journal, describe: String })
  const diagram = createStore(EMPTY)
  const history = createHistory(draft, diagram)
  const move = (x: number): void =>
    history.changeDiagram(`Move to ${x}`, (now) => ({
      ...now,
      positions: { ...now.positions, a: { x, y: 0 } },
    }))
  return {
    draft,
    diagram,
    history,
    move,
    seen: () => [draft.state.get().model.objects[0]!.name, diagram.get().positions['a']?.x],
  }
}

describe('undo of a design', () => {
  it('takes steps and moves back in the order in which they were made, and does them again', () => {
    const { draft, history, move, seen } = start()
    move(1)
    draft.stage(rename('store'))
    move(2)
    expect(history.labels.get()).toEqual({ undo: 'Move to 2', redo: null })
    history.undo()
    expect(seen()).toEqual(['store', 1])
    history.undo()
    expect(seen()).toEqual(['shop', 1])
    expect(history.labels.get()).toEqual({ undo: 'Move to 1', redo: 'Rename to store' })
    history.redo()
    history.redo()
    history.redo()
    expect(seen()).toEqual(['store', 2])
  })

  it('knows the steps that were journalled', () => {
    const { history, seen } = start([rename('store'), rename('market')], 1)
    expect(history.labels.get()).toEqual({ undo: 'Rename to store', redo: 'Rename to market' })
    history.redo()
    expect(seen()[0]).toBe('market')
  })

  it('follows what others undo and do again in the draft', () => {
    const { draft, history, move, seen } = start()
    draft.stage(rename('store'))
    move(1)
    draft.undo()
    expect(history.labels.get()).toEqual({ undo: 'Move to 1', redo: 'Rename to store' })
    draft.redo()
    history.undo()
    expect(seen()).toEqual(['shop', 1])
  })

  it('keeps moves when the draft goes to another base', () => {
    const { draft, history, move } = start()
    move(1)
    draft.stage(rename('store'))
    draft.rebase({ ...BASE, objects: [schema('a', 'store')] }, [])
    expect(history.labels.get()).toEqual({ undo: 'Move to 1', redo: null })
  })

  it('passes over a change that changes nothing', () => {
    const { history, diagram } = start()
    history.changeDiagram('Nothing', (now) => ({ ...now }))
    expect(history.labels.get().undo).toBeNull()
    expect(diagram.get()).toBe(EMPTY)
  })

  it('leaves the view and the places of what came since alone', () => {
    const { diagram, history, move } = start()
    move(1)
    const viewport = { x: 5, y: 5, zoom: 2 }
    diagram.update((now) => ({ ...now, viewport, positions: { ...now.positions, b: { x: 9, y: 9 } } }))
    history.undo()
    expect(diagram.get().viewport).toEqual(viewport)
    expect(diagram.get().positions['b']).toEqual({ x: 9, y: 9 })
  })

  it('takes a step and its part of the diagram back at once', () => {
    const { draft, history, move, seen } = start()
    move(1)
    const place = (x: number) => (now: Diagram) => ({ ...now, positions: { a: { x, y: 0 } } })
    history.stage(rename('store'), place(9))
    expect(seen()).toEqual(['store', 9])
    history.undo()
    expect(seen()).toEqual(['shop', 1])
    history.redo()
    expect(seen()).toEqual(['store', 9])
    draft.undo()
    expect(seen()).toEqual(['shop', 1])
    history.stage({ ...rename('shop'), label: 'Places' }, place(5))
    expect(seen()).toEqual(['shop', 5])
    expect(history.labels.get().undo).toBe('Places')
    history.undo()
    expect(seen()).toEqual(['shop', 1])
  })
})
