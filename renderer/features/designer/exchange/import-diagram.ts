// What a diagram file says besides the schema: where things stand, groups, notes. It is taken for the objects that the file places.
import type { Diagram } from '#contract/capabilities/designs.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import { keyOf } from '#postgres/common/exchange/diagram/write-diagram.ts'
import { addToGroup } from '../canvas/diagram-edits.ts'

/** Between what stands there and what is imported beside it, from left edge to left edge. */
const BESIDE = 400

export interface ImportedDiagram {
  /** As the file has it: ids are names, `table shop.film`. */
  readonly file: Diagram
  /** The design's model with the import. */
  readonly model: SchemaModel
  readonly newId: (kind: string) => string
}

/**
 * The design's diagram with the file's. Tables that were there go where the file says; where all of them are new, they stand right of what is there. The same
 * value when the file places nothing.
 */
export function withImportedDiagram(diagram: Diagram, { file, model, newId }: ImportedDiagram): Diagram {
  const ids = new Map(
    model.objects.flatMap((object): [string, string][] =>
      object.kind === 'table' || object.kind === 'view' || object.kind === 'enum'
        ? [[keyOf(object.kind, object), object.id]]
        : [],
    ),
  )
  const placed = Object.entries(file.positions).flatMap(([key, point]) => {
    const id = ids.get(key)
    return id === undefined ? [] : [{ id, key, point }]
  })
  if (placed.length === 0 && file.notes.length === 0 && file.groups.length === 0) return diagram
  const here = new Set(model.objects.map(({ id }) => id))
  const moved = new Set(placed.map(({ id }) => id))
  const others = Object.entries(diagram.positions).filter(([id]) => here.has(id) && !moved.has(id))
  const isAllNew = placed.every(({ id }) => diagram.positions[id] === undefined)
  const left = Math.min(...placed.map(({ point }) => point.x))
  const aside =
    isAllNew && others.length > 0 && placed.length > 0
      ? Math.max(...others.map(([, { x }]) => x)) + BESIDE - left
      : 0
  let next: Diagram = {
    ...diagram,
    positions: {
      ...diagram.positions,
      ...Object.fromEntries(placed.map(({ id, point: { x, y } }) => [id, { x: x + aside, y }])),
    },
    names: { ...diagram.names, ...Object.fromEntries(placed.map(({ id, key }) => [id, key])) },
    notes: [
      ...diagram.notes,
      ...file.notes
        .map((note) => ({ ...note, id: newId('note'), x: note.x + aside }))
        .filter(
          (note) =>
            !diagram.notes.some(({ x, y, text }) => x === note.x && y === note.y && text === note.text),
        ),
    ],
  }
  for (const { title, colour, members } of file.groups) {
    const inside = members.flatMap((key) => ids.get(key) ?? [])
    const present = next.groups.find((group) => group.title === title)
    if (inside.length > 0)
      next = addToGroup(next, inside, { id: present?.id ?? newId('group'), title, colour })
  }
  return next
}
