// The keyboard of the canvas: commands with keys of their own, and the keys that move in it.
import { useReactFlow } from '@xyflow/react'
import {
  Columns3,
  Copy,
  CopyPlus,
  Link2,
  Maximize,
  Network,
  Redo2,
  Search,
  Share2,
  StickyNote,
  Table2,
  Trash2,
  Undo2,
} from 'lucide-react'
import type { KeyboardEvent, RefObject } from 'react'
import type { Command } from '../../../shell/commands.ts'
import { useCommands } from '../../../shell/shell.tsx'
import { NOTHING_SELECTED, type DesignSession } from '../session.ts'
import { addColumn, addTable, useCanvas, type Point } from './canvas-state.ts'
import { withPlaces } from './diagram-nodes.ts'
import { nodeDomId } from './dom-id.ts'
import { move, stopsOf, type Direction, type Stop } from './navigate.ts'
import { newNote } from './new-note.ts'
import { finishReference, pointAt, startReference } from './reference-drawing.tsx'
import type { ShapeNodeType } from './shape-node.tsx'

const GROUP = 'Designer'
const STEP = 20

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
}

export interface CanvasKeyActions {
  readonly find: () => void
  readonly fit: () => void
  readonly layout: () => void
  readonly leaveFocus: () => void
  readonly focusNeighbours: (hops: number) => void
  readonly openMenu: (point: Point) => void
}

export interface CanvasKeys {
  readonly session: DesignSession
  readonly nodes: ReadonlyMap<string, ShapeNodeType>
  readonly container: RefObject<HTMLDivElement | null>
  /** Only a neighbourhood is shown. */
  readonly isFocused: boolean
  readonly actions: CanvasKeyActions
}

/** Registers the commands; gives what the canvas does with other keys. */
export function useCanvasKeys(keys: CanvasKeys): (event: KeyboardEvent) => void {
  const { session, nodes, container } = keys
  const flow = useReactFlow()
  const canvas = useCanvas()
  const { actions, tool, reference, announcement } = canvas
  const { history, selection } = session
  const isHere = (): boolean => {
    const focus = document.activeElement
    // The toolbar counts as the canvas.
    return (
      focus === null || focus === document.body || container.current?.parentElement?.contains(focus) === true
    )
  }
  const tableIds = (): readonly string[] =>
    selection.get().objectIds.filter((id) => nodes.get(id)?.data.shape.kind === 'table')
  const hasTables = (): boolean => isHere() && tableIds().length > 0
  const hasSelection = (): boolean => isHere() && selection.get().objectIds.length > 0
  const centre = (): Point => {
    const box = container.current?.getBoundingClientRect()
    return flow.screenToFlowPosition({
      x: (box?.left ?? 0) + (box?.width ?? 0) / 2,
      y: (box?.top ?? 0) + (box?.height ?? 0) / 2,
    })
  }
  const commands: readonly Command[] = [
    {
      id: 'designer.table',
      title: 'Add table',
      group: GROUP,
      icon: Table2,
      keys: ['T'],
      when: isHere,
      run: () => addTable(canvas, centre()),
    },
    {
      id: 'designer.column',
      title: 'Add column',
      group: GROUP,
      icon: Columns3,
      keys: ['C'],
      when: () => hasTables() && tableIds().length === 1,
      run: () => {
        const [id] = tableIds()
        if (id !== undefined) addColumn(canvas, id)
      },
    },
    {
      id: 'designer.note',
      title: 'Add note',
      group: GROUP,
      icon: StickyNote,
      run: () =>
        newNote(
          canvas,
          [...nodes.values()].map(({ data }) => data.shape),
          centre(),
        ),
    },
    {
      id: 'designer.relation',
      title: 'Draw a relation',
      group: GROUP,
      icon: Link2,
      keys: ['R'],
      when: isHere,
      run: () => {
        const { objectIds, partId } = selection.get()
        const objectId = objectIds[0]
        const isColumn =
          objectId !== undefined &&
          nodes.get(objectId)?.data.shape.rows.some((row) => row.id === partId) === true
        tool.set('relation')
        // With a column selected the keyboard draws: arrows choose the other end, Enter makes it.
        if (isColumn && partId !== null) startReference(canvas, { objectId, columnId: partId })
      },
    },
    {
      id: 'designer.layout',
      title: 'Lay out the diagram or the selection',
      group: GROUP,
      icon: Network,
      keys: ['L'],
      when: isHere,
      run: keys.actions.layout,
    },
    {
      id: 'designer.fit',
      title: 'Zoom to fit',
      group: GROUP,
      icon: Maximize,
      keys: ['F'],
      when: isHere,
      run: keys.actions.fit,
    },
    {
      id: 'designer.find',
      title: 'Find in the diagram',
      group: GROUP,
      icon: Search,
      keys: ['Mod+F'],
      run: keys.actions.find,
    },
    {
      id: 'designer.undo',
      title: 'Undo the last change of the design',
      group: GROUP,
      icon: Undo2,
      keys: ['Mod+Z'],
      when: isHere,
      run: () => history.undo(),
    },
    {
      id: 'designer.redo',
      title: 'Redo the change of the design',
      group: GROUP,
      icon: Redo2,
      keys: ['Mod+Shift+Z', 'Mod+Y'],
      when: isHere,
      run: () => history.redo(),
    },
    {
      id: 'designer.copy',
      title: 'Copy tables',
      group: GROUP,
      icon: Copy,
      keys: ['Mod+C'],
      when: hasTables,
      run: () => actions.copy(tableIds()),
    },
    {
      id: 'designer.paste',
      title: 'Paste tables',
      group: GROUP,
      keys: ['Mod+V'],
      when: isHere,
      run: () => actions.paste(centre()),
    },
    {
      id: 'designer.duplicate',
      title: 'Duplicate tables',
      group: GROUP,
      icon: CopyPlus,
      keys: ['Mod+D'],
      when: hasTables,
      run: () => actions.duplicate(tableIds()),
    },
    {
      id: 'designer.remove',
      title: 'Drop what is selected',
      group: GROUP,
      icon: Trash2,
      keys: ['Delete', 'Backspace'],
      when: hasSelection,
      run: () => actions.remove(selection.get()),
    },
    {
      id: 'designer.selectAll',
      title: 'Select all tables',
      group: GROUP,
      keys: ['Mod+A'],
      when: isHere,
      run: () => selection.set({ objectIds: [...nodes.keys()], partId: null }),
    },
    {
      id: 'designer.neighbours',
      title: 'Show neighbours only',
      group: GROUP,
      icon: Share2,
      keys: ['N'],
      when: hasSelection,
      run: () => keys.actions.focusNeighbours(1),
    },
    {
      id: 'designer.actualSize',
      title: 'Zoom to 100 %',
      group: GROUP,
      keys: ['1'],
      when: isHere,
      run: () => void flow.zoomTo(1),
    },
  ]
  useCommands(commands)

  const escape = (): void => {
    if (reference.get() !== null) {
      reference.set(null)
      tool.set('select')
    } else if (tool.get() !== 'select') tool.set('select')
    else if (selection.get().partId !== null) selection.update((now) => ({ ...now, partId: null }))
    else if (keys.isFocused) keys.actions.leaveFocus()
    else selection.set(NOTHING_SELECTED)
  }
  const moveShapes = (direction: Direction): void => {
    const places = new Map<string, Point>()
    const { groups } = session.diagram.get()
    const stops = stopsOf(nodes, session.diagram.get())
    const [dx = 0, dy = 0] = { up: [0, -STEP], down: [0, STEP], left: [-STEP, 0], right: [STEP, 0] }[
      direction
    ]
    for (const selectedId of selection.get().objectIds)
      // A group goes with its members.
      for (const id of groups.find((group) => group.id === selectedId)?.members ?? [selectedId]) {
        const stop = stops.get(id)
        if (stop !== undefined) places.set(id, { x: stop.box.x + dx, y: stop.box.y + dy })
      }
    if (places.size > 0) history.changeDiagram('Move', (now) => withPlaces(now, places))
  }
  const go = (direction: Direction): void => {
    const drawn = reference.get()
    const from = drawn?.over ?? drawn?.from
    const start = from === undefined ? selection.get() : { objectIds: [from.objectId], partId: from.columnId }
    // A foreign key ends at a column only.
    const stops = stopsOf(nodes, drawn === null ? session.diagram.get() : { notes: [], groups: [] })
    const inside = move(start, direction, stops)
    // Nor at a table: above its first column comes the next table.
    const isHead = drawn !== null && inside?.partId === null && inside.objectIds[0] === start.objectIds[0]
    const next = isHead ? move(inside, direction, stops) : inside
    const objectId = next?.objectIds[0]
    const stop = objectId === undefined ? undefined : stops.get(objectId)
    if (next === null || stop === undefined) return
    if (drawn === null) selection.set(next)
    else {
      const columnId = next.partId ?? stop.rows[0]?.id
      if (columnId !== undefined) pointAt(canvas, null, { objectId: stop.id, columnId })
    }
    bringIntoView(stop)
    const row = stop.rows.find(({ id }) => id === next.partId)
    announcement.set(
      row === undefined
        ? stop.label
        : `${row.name}, ${row.type}${row.isKey ? ', primary key' : ''}${row.isReference ? ', foreign key' : ''}${row.isNullable ? ', can be null' : ''}${reference.get()?.problem === null || reference.get() === null ? '' : `. ${reference.get()?.problem ?? ''}`}`,
    )
  }
  const bringIntoView = ({ box }: Stop): void => {
    const view = container.current?.getBoundingClientRect()
    if (view === undefined) return
    const { x, y } = flow.flowToScreenPosition(box)
    const zoom = flow.getZoom()
    const isInside =
      x >= view.left &&
      y >= view.top &&
      x + box.width * zoom <= view.right &&
      y + Math.min(box.height * zoom, view.height) <= view.bottom
    if (!isInside) void flow.setCenter(box.x + box.width / 2, box.y + box.height / 2, { zoom })
  }

  return (event) => {
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return
    if (event.target instanceof HTMLButtonElement) return
    const direction = DIRECTIONS[event.key]
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey
    if (direction !== undefined && isPlain) {
      if (event.shiftKey) moveShapes(direction)
      else go(direction)
    } else if (event.key === 'Escape') escape()
    else if (event.key === 'Enter' && isPlain) {
      const { objectIds, partId } = selection.get()
      const objectId = objectIds[0]
      if (reference.get() !== null) finishReference(canvas)
      else if (objectId !== undefined) actions.edit(objectId, partId)
    } else if (event.key === 'F2') {
      const { objectIds, partId } = selection.get()
      const objectId = objectIds[0]
      if (objectId !== undefined && canvas.InlineEditor !== null) canvas.editing.set({ objectId, partId })
    } else if ((event.key === '+' || event.key === '=') && isPlain) void flow.zoomIn()
    else if (event.key === '-' && isPlain) void flow.zoomOut()
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      const current = selection.get().objectIds.at(-1)
      const box =
        current === undefined
          ? undefined
          : document.getElementById(nodeDomId(current))?.getBoundingClientRect()
      if (box !== undefined) keys.actions.openMenu({ x: box.left + 24, y: box.top + 24 })
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
}
