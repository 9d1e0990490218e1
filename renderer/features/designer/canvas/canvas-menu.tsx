// The menu of what is selected on the canvas, and of its ground.
import { useReactFlow } from '@xyflow/react'
import {
  Columns3,
  Copy,
  CopyPlus,
  LayoutDashboard,
  Maximize,
  Palette,
  PencilLine,
  Share2,
  StickyNote,
  Table2,
  TextCursorInput,
  Trash2,
} from 'lucide-react'
import { memo, type ReactNode } from 'react'
import { ContextMenu } from '../../../components/context-menu.tsx'
import type { MenuEntry } from '../../../components/menu.tsx'
import { useStore } from '../../../host/store.ts'
import { useCaps } from '../../../shell/command-hint.tsx'
import { useShell } from '../../../shell/shell.tsx'
import type { DesignSession } from '../session.ts'
import { addColumn, addTable, useCanvas, type Point } from './canvas-state.ts'
import { addToGroup, freeColour, removeFromGroups } from './diagram-edits.ts'
import { newNote } from './new-note.ts'
import type { Drawing } from './shapes.ts'

export interface CanvasMenuProps {
  readonly point: Point | null
  readonly session: DesignSession
  readonly drawing: Drawing
  readonly onClose: () => void
  readonly onFocus: (hops: number) => void
  readonly onLayout: () => void
}

/** Opens at the point. */
export const CanvasMenu = memo(function CanvasMenu({
  point,
  session,
  drawing,
  onClose,
  onFocus,
  onLayout,
}: CanvasMenuProps): ReactNode {
  const canvas = useCanvas()
  const { actions, editing, InlineEditor } = canvas
  const columnCaps = useCaps('designer.column')
  const selection = useStore(session.selection)
  const diagram = useStore(session.diagram)
  const copyCaps = useCaps('designer.copy')
  const { commands } = useShell()
  const flow = useReactFlow()
  const pasteCaps = useCaps('designer.paste')
  const duplicateCaps = useCaps('designer.duplicate')
  const layoutCaps = useCaps('designer.layout')
  const shapes = drawing.shapes.filter((shape) => selection.objectIds.includes(shape.id))
  const ids = shapes.map((shape) => shape.id)
  const tableIds = shapes.filter(({ kind }) => kind === 'table').map((shape) => shape.id)
  const first = selection.objectIds[0]
  const isGrouped = diagram.groups.some(({ members }) => members.some((id) => ids.includes(id)))
  const entries: MenuEntry[] = []
  const run = (id: string): void => void commands.run(id)
  if (selection.objectIds.length === 0)
    entries.push(
      {
        id: 'table',
        label: 'Add table',
        icon: Table2,
        caps: ['T'],
        onAction: () => {
          if (point !== null) addTable(canvas, flow.screenToFlowPosition(point))
        },
      },
      {
        id: 'note',
        label: 'Add note',
        icon: StickyNote,
        onAction: () => {
          if (point !== null) newNote(canvas, drawing.shapes, flow.screenToFlowPosition(point))
        },
      },
      { id: 'paste', label: 'Paste', caps: pasteCaps, onAction: () => run('designer.paste') },
      {
        id: 'layout',
        label: 'Lay out the diagram',
        icon: LayoutDashboard,
        caps: layoutCaps,
        startsGroup: true,
        onAction: onLayout,
      },
      { id: 'fit', label: 'Zoom to fit', icon: Maximize, caps: ['F'], onAction: () => run('designer.fit') },
    )
  if (first !== undefined && selection.objectIds.length === 1)
    entries.push({
      id: 'edit',
      label: 'Edit',
      icon: PencilLine,
      caps: ['Enter'],
      onAction: () => actions.edit(first, selection.partId),
    })
  if (first !== undefined && ids.length === 1 && InlineEditor !== null && selection.objectIds.length === 1) {
    entries.push({
      id: 'rename',
      label: 'Rename',
      icon: TextCursorInput,
      caps: ['F2'],
      onAction: () => editing.set({ objectId: first, partId: selection.partId }),
    })
    if (tableIds.length === 1)
      entries.push({
        id: 'column',
        label: 'Add column',
        icon: Columns3,
        caps: columnCaps,
        onAction: () => addColumn(canvas, first),
      })
  }
  if (ids.length > 0)
    entries.push({ id: 'focus', label: 'Show neighbours only', icon: Share2, onAction: () => onFocus(1) })
  if (ids.length > 1)
    entries.push({
      id: 'layout',
      label: `Lay out ${ids.length} tables`,
      icon: LayoutDashboard,
      caps: layoutCaps,
      onAction: onLayout,
    })
  if (tableIds.length > 0)
    entries.push(
      {
        id: 'copy',
        label: 'Copy',
        icon: Copy,
        caps: copyCaps,
        startsGroup: true,
        onAction: () => actions.copy(tableIds),
      },
      {
        id: 'duplicate',
        label: 'Duplicate',
        icon: CopyPlus,
        caps: duplicateCaps,
        onAction: () => actions.duplicate(tableIds),
      },
    )
  if (ids.length > 0) {
    entries.push({
      id: 'group',
      label: 'New colour group',
      icon: Palette,
      startsGroup: true,
      onAction: () => {
        const id = `group:${crypto.randomUUID()}`
        session.history.changeDiagram('New group', (now) =>
          addToGroup(now, ids, { id, title: 'Group', colour: freeColour(now) }),
        )
        // Its name and colour are chosen in the panel.
        actions.edit(id, null)
      },
    })
    for (const group of diagram.groups)
      entries.push({
        id: group.id,
        label: `Add to ${group.title}`,
        onAction: () =>
          session.history.changeDiagram(`Add to ${group.title}`, (now) => addToGroup(now, ids, group)),
      })
    if (isGrouped)
      entries.push({
        id: 'ungroup',
        label: 'Take out of its group',
        onAction: () =>
          session.history.changeDiagram('Take out of group', (now) => removeFromGroups(now, ids)),
      })
  }
  if (selection.objectIds.length > 0)
    entries.push({
      id: 'remove',
      label:
        ids.length === 0
          ? 'Remove'
          : selection.objectIds.length === 1
            ? 'Drop'
            : `Drop ${selection.objectIds.length}`,
      icon: ids.length === 0 ? StickyNote : Trash2,
      caps: ['Delete'],
      isDanger: true,
      startsGroup: true,
      onAction: () => actions.remove(selection),
    })
  return (
    <ContextMenu
      label="What is selected"
      point={entries.length === 0 ? null : point}
      entries={entries}
      onClose={onClose}
    />
  )
})
