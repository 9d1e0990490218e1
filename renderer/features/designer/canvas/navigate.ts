// Where the arrow keys go: through the rows of a shape, then to the nearest shape, note or group in that direction. Pure.
import type { Diagram } from '#contract/capabilities/designs.ts'
import type { Box } from '#postgres/common/exchange/svg/obstacles.ts'
import type { Selection } from '../session.ts'
import { shapeLabel } from './canvas-state.ts'
import { groupBox, GROUP_TITLE, type Group, type Note } from './decorations.tsx'
import type { ShapeNodeType } from './shape-node.tsx'
import type { Row } from './shapes.ts'

export type Direction = 'up' | 'down' | 'left' | 'right'

/** What can be selected on the canvas. */
export interface Stop {
  readonly id: string
  readonly box: Box
  readonly rows: readonly Row[]
  /** As it is read out. */
  readonly label: string
}

/** Everything on the canvas that the keys go to. A group is reached at its title. */
export function stopsOf(
  nodes: ReadonlyMap<string, ShapeNodeType>,
  { notes, groups }: Pick<Diagram, 'notes' | 'groups'>,
): ReadonlyMap<string, Stop> {
  const stops = new Map<string, Stop>()
  for (const { id, position, data } of nodes.values()) {
    const { width, height, rows } = data.shape
    stops.set(id, { id, box: { ...position, width, height }, rows, label: shapeLabel(data.shape) })
  }
  for (const note of notes) stops.set(note.id, { id: note.id, box: note, rows: [], label: noteLabel(note) })
  for (const group of groups) {
    const box = groupBox(group, nodes)
    if (box !== null)
      stops.set(group.id, {
        id: group.id,
        box: { ...box, height: GROUP_TITLE },
        rows: [],
        label: groupLabel(group),
      })
  }
  return stops
}

function noteLabel({ text }: Note): string {
  return text === '' ? 'Empty note' : `Note: ${text}`
}

function groupLabel({ title, members }: Group): string {
  return `Group ${title}, ${members.length} ${members.length === 1 ? 'member' : 'members'}`
}

/** What is selected after the key; null when there is nowhere to go. */
export function move(
  selection: Selection,
  direction: Direction,
  stops: ReadonlyMap<string, Stop>,
): Selection | null {
  const currentId = selection.objectIds.at(-1)
  const current = currentId === undefined ? undefined : stops.get(currentId)
  if (current === undefined) {
    const first = firstOf(stops)
    return first === undefined ? null : { objectIds: [first.id], partId: null }
  }
  const { rows } = current
  const at = rows.findIndex((row) => row.id === selection.partId)
  const step = direction === 'down' ? 1 : direction === 'up' ? -1 : 0
  if (step !== 0 && at + step >= -1 && at + step < rows.length && !(at === -1 && step === -1)) {
    return { objectIds: [current.id], partId: rows[at + step]?.id ?? null }
  }
  const found = nearest(current, direction, stops)
  return found === undefined ? null : { objectIds: [found.id], partId: null }
}

/** The one at the top left. */
function firstOf(stops: ReadonlyMap<string, Stop>): Stop | undefined {
  let first: Stop | undefined
  for (const stop of stops.values()) {
    const weight = stop.box.x + stop.box.y
    if (first === undefined || weight < first.box.x + first.box.y) first = stop
  }
  return first
}

function nearest(from: Stop, direction: Direction, stops: ReadonlyMap<string, Stop>): Stop | undefined {
  const [x, y] = centreOf(from)
  let best: Stop | undefined
  let bestCost = Number.POSITIVE_INFINITY
  for (const stop of stops.values()) {
    if (stop.id === from.id) continue
    const [stopX, stopY] = centreOf(stop)
    const [dx, dy] = [stopX - x, stopY - y]
    const [along, across] =
      direction === 'right'
        ? [dx, dy]
        : direction === 'left'
          ? [-dx, dy]
          : direction === 'down'
            ? [dy, dx]
            : [-dy, dx]
    if (along <= 0) continue
    // Straight ahead counts for more than near.
    const cost = along + 2 * Math.abs(across)
    if (cost < bestCost) {
      best = stop
      bestCost = cost
    }
  }
  return best
}

function centreOf({ box }: Stop): readonly [number, number] {
  return [box.x + box.width / 2, box.y + box.height / 2]
}
