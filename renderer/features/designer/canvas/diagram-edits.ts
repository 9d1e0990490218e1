// Changes of what is only drawn: notes and colour groups. Pure.
import type { Diagram } from '#contract/capabilities/designs.ts'
import type { Box } from '#postgres/common/exchange/svg/obstacles.ts'

type Group = Diagram['groups'][number]
type Note = Diagram['notes'][number]

/** Puts the objects into the group (made if it is not there) and takes them out of others; a group that is empty then goes. */
export function addToGroup(
  diagram: Diagram,
  ids: readonly string[],
  group: Pick<Group, 'id' | 'title' | 'colour'>,
): Diagram {
  const { groups } = removeFromGroups(diagram, ids)
  const kept = groups.some(({ id }) => id === group.id)
  const before = diagram.groups.find(({ id }) => id === group.id)?.members ?? []
  const members = [...new Set([...before, ...ids])]
  return {
    ...diagram,
    groups: kept
      ? groups.map((one) => (one.id === group.id ? { ...one, members } : one))
      : [...groups, { id: group.id, title: group.title, colour: group.colour, members }],
  }
}

/** Takes the objects out of their groups; a group that is empty then goes. */
export function removeFromGroups(diagram: Diagram, ids: readonly string[]): Diagram {
  const groups = diagram.groups
    .map((group) => ({ ...group, members: group.members.filter((id) => !ids.includes(id)) }))
    .filter(({ members }) => members.length > 0)
  return { ...diagram, groups }
}

/** Takes notes and groups away; objects of the schema are not touched. */
export function removeDecorations(diagram: Diagram, ids: readonly string[]): Diagram {
  return {
    ...diagram,
    notes: diagram.notes.filter(({ id }) => !ids.includes(id)),
    groups: diagram.groups.filter(({ id }) => !ids.includes(id)),
  }
}

/** A colour that no group has, or the one after the last. */
export function freeColour(diagram: Diagram): number {
  const used = new Set(diagram.groups.map(({ colour }) => colour))
  for (let colour = 0; colour < 8; colour += 1) if (!used.has(colour)) return colour
  return diagram.groups.length % 8
}

export const NOTE_SIZE = { width: 220, height: 96 } as const

/** The diagram with a note whose top left corner is there. */
export function addNote(diagram: Diagram, note: Pick<Note, 'id' | 'x' | 'y'>): Diagram {
  return {
    ...diagram,
    notes: [
      ...diagram.notes,
      { ...note, x: Math.round(note.x), y: Math.round(note.y), ...NOTE_SIZE, text: '', colour: 1 },
    ],
  }
}

export const ALIGNMENTS = ['Left', 'Centre', 'Right', 'Top', 'Middle', 'Bottom', 'Across', 'Down'] as const
/** `Across` and `Down` put them at equal distances, the outer ones stay. */
export type Alignment = (typeof ALIGNMENTS)[number]

/** Where the boxes stand once aligned. */
export function aligned(
  boxes: ReadonlyMap<string, Box>,
  alignment: Alignment,
): ReadonlyMap<string, { readonly x: number; readonly y: number }> {
  const all = [...boxes.values()]
  const left = Math.min(...all.map(({ x }) => x))
  const right = Math.max(...all.map(({ x, width }) => x + width))
  const top = Math.min(...all.map(({ y }) => y))
  const bottom = Math.max(...all.map(({ y, height }) => y + height))
  const place = {
    Left: ({ y }: Box) => ({ x: left, y }),
    Centre: ({ y, width }: Box) => ({ x: (left + right - width) / 2, y }),
    Right: ({ y, width }: Box) => ({ x: right - width, y }),
    Top: ({ x }: Box) => ({ x, y: top }),
    Middle: ({ x, height }: Box) => ({ x, y: (top + bottom - height) / 2 }),
    Bottom: ({ x, height }: Box) => ({ x, y: bottom - height }),
  }
  if (alignment !== 'Across' && alignment !== 'Down')
    return new Map([...boxes].map(([id, box]) => [id, place[alignment](box)]))
  const isAcross = alignment === 'Across'
  const lengthOf = ({ width, height }: Box): number => (isAcross ? width : height)
  const room = isAcross ? right - left : bottom - top
  const gap = (room - all.reduce((sum, box) => sum + lengthOf(box), 0)) / Math.max(1, all.length - 1)
  let next = isAcross ? left : top
  const places = new Map<string, { readonly x: number; readonly y: number }>()
  for (const [id, box] of [...boxes].toSorted(([, a], [, b]) => (isAcross ? a.x - b.x : a.y - b.y))) {
    places.set(id, isAcross ? { x: next, y: box.y } : { x: box.x, y: next })
    next += lengthOf(box) + gap
  }
  return places
}
