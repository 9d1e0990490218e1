// From shapes and places to what React Flow takes: one node per shape and note. A node is the same value as before where nothing about it changed, so that
// React Flow passes it over.
import type { CSSProperties } from 'react'
import type { Diagram } from '#contract/capabilities/designs.ts'
import type { Point } from './canvas-state.ts'
import type { Note, NoteNodeType } from './decorations.tsx'
import type { ShapeNodeType } from './shape-node.tsx'
import type { Shape } from './shapes.ts'

export type CanvasNode = ShapeNodeType | NoteNodeType

export interface NodeParts {
  readonly shapes: readonly Shape[]
  readonly diagram: Pick<Diagram, 'positions' | 'notes' | 'groups'>
  /** Places while something is dragged. */
  readonly moving: ReadonlyMap<string, Point>
  readonly selectedIds: readonly string[]
}

export interface MadeNodes {
  /** React Flow takes it as its own. */
  readonly all: CanvasNode[]
  readonly shapes: ReadonlyMap<string, ShapeNodeType>
}

/** Makes nodes and remembers the last ones. Shapes without a place are left out. */
export function createNodeMaker(): (parts: NodeParts) => MadeNodes {
  let before = new Map<string, CanvasNode>()
  return ({ shapes, diagram, moving, selectedIds }) => {
    const selected = new Set(selectedIds)
    const colours = new Map(
      diagram.groups.flatMap(({ members, colour }) => members.map((id) => [id, colour])),
    )
    const all: CanvasNode[] = []
    const byId = new Map<string, ShapeNodeType>()
    const after = new Map<string, CanvasNode>()
    for (const note of diagram.notes) {
      const node = noteNode(note, moving.get(note.id) ?? note, selected.has(note.id), before.get(note.id))
      all.push(node)
      after.set(note.id, node)
    }
    for (const shape of shapes) {
      const place = moving.get(shape.id) ?? diagram.positions[shape.id]
      if (place === undefined) continue
      const colour = colours.get(shape.id) ?? null
      const node = shapeNode({ shape, colour }, place, selected.has(shape.id), before.get(shape.id))
      all.push(node)
      byId.set(shape.id, node)
      after.set(shape.id, node)
    }
    before = after
    return { all, shapes: byId }
  }
}

/**
 * Places by `left` and `top`: with React Flow's own transforms each node is a thing of its own to the compositor, and a thousand of them cost more than a
 * frame whenever the diagram moves.
 */
function styleAt({ x, y }: Point): CSSProperties {
  return { transform: 'none', left: x, top: y }
}

function isAt(node: CanvasNode, { x, y }: Point, isSelected: boolean): boolean {
  return node.position.x === x && node.position.y === y && node.selected === isSelected
}

function shapeNode(
  data: ShapeNodeType['data'],
  place: Point,
  isSelected: boolean,
  old: CanvasNode | undefined,
): ShapeNodeType {
  const { shape, colour } = data
  const isSame = old?.type === 'shape' && old.data.shape === shape && old.data.colour === colour
  if (isSame && isAt(old, place, isSelected)) return old
  return {
    id: shape.id,
    type: 'shape',
    position: { x: place.x, y: place.y },
    style: styleAt(place),
    data: isSame ? old.data : data,
    width: shape.width,
    height: shape.height,
    measured: { width: shape.width, height: shape.height },
    // None: relations are ours. An empty list tells React Flow that it need not look for any.
    handles: [],
    selected: isSelected,
    zIndex: isSelected ? 2 : 1,
    ariaRole: 'group',
    domAttributes: { 'aria-roledescription': 'shape' },
  }
}

function noteNode(note: Note, place: Point, isSelected: boolean, old: CanvasNode | undefined): NoteNodeType {
  const isSame = old?.type === 'note' && old.data.note === note
  if (isSame && isAt(old, place, isSelected)) return old
  return {
    id: note.id,
    type: 'note',
    position: { x: place.x, y: place.y },
    style: styleAt(place),
    data: { note },
    width: note.width,
    height: note.height,
    measured: { width: note.width, height: note.height },
    handles: [],
    selected: isSelected,
    zIndex: 0,
    ariaRole: 'group',
    domAttributes: { 'aria-roledescription': 'note' },
  }
}

/** The diagram with some shapes and notes at other places. */
export function withPlaces(diagram: Diagram, places: ReadonlyMap<string, Point>): Diagram {
  const positions = { ...diagram.positions }
  const noteIds = new Set(diagram.notes.map((note) => note.id))
  for (const [id, { x, y }] of places)
    if (!noteIds.has(id)) positions[id] = { x: Math.round(x), y: Math.round(y) }
  return {
    ...diagram,
    positions,
    notes: diagram.notes.map((note) => {
      const place = places.get(note.id)
      return place === undefined ? note : { ...note, x: Math.round(place.x), y: Math.round(place.y) }
    }),
  }
}
