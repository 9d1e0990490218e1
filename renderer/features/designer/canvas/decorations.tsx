// What stands around the tables: tinted frames of colour groups, and notes.
import { ViewportPortal, type Node, type NodeProps } from '@xyflow/react'
import { memo, type ReactNode } from 'react'
import type { Diagram } from '#contract/capabilities/designs.ts'
import type { Box } from '#postgres/common/exchange/svg/obstacles.ts'
import { classNames } from '../../../components/class-names.ts'
import { GROUP_FRAMES, GROUP_HEADERS } from './colours.ts'
import { nodeDomId } from './dom-id.ts'
import type { ShapeNodeType } from './shape-node.tsx'

export type Note = Diagram['notes'][number]
export type Group = Diagram['groups'][number]
export type NoteNodeType = Node<{ readonly note: Note }, 'note'>

const MARGIN = 20
/** Height of a group's title, above its members. */
export const GROUP_TITLE = 26

/** A note. Its text is edited in the panel. */
export const NoteNode = memo(function NoteNode({ data, selected }: NodeProps<NoteNodeType>): ReactNode {
  return (
    <div
      id={nodeDomId(data.note.id)}
      role="note"
      aria-label={data.note.text === '' ? 'Empty note' : 'Note'}
      className={classNames(
        'h-full w-full overflow-hidden rounded-control border px-10 py-8 text-small whitespace-pre-wrap',
        GROUP_HEADERS[data.note.colour],
        selected ? 'border-accent-text' : 'border-line-2',
      )}
    >
      {data.note.text === '' ? <span className="italic text-2">Empty note</span> : data.note.text}
    </div>
  )
})

export interface GroupFramesProps {
  readonly groups: readonly Group[]
  readonly nodes: ReadonlyMap<string, ShapeNodeType>
  readonly selectedIds: readonly string[]
  readonly onSelect: (groupId: string) => void
}

/** The frame of a group; null while none of its members is shown. */
export function groupBox(group: Group, nodes: ReadonlyMap<string, ShapeNodeType>): Box | null {
  const members = group.members.flatMap((id) => nodes.get(id) ?? [])
  if (members.length === 0) return null
  const x = Math.min(...members.map(({ position }) => position.x)) - MARGIN
  const y = Math.min(...members.map(({ position }) => position.y)) - MARGIN - GROUP_TITLE
  const right = Math.max(...members.map(({ position, data }) => position.x + data.shape.width)) + MARGIN
  const bottom = Math.max(...members.map(({ position, data }) => position.y + data.shape.height)) + MARGIN
  return { x, y, width: right - x, height: bottom - y }
}

/** A frame around the members of each group. */
export function GroupFrames({ groups, nodes, selectedIds, onSelect }: GroupFramesProps): ReactNode {
  return (
    <ViewportPortal>
      {groups.map((group) => {
        const box = groupBox(group, nodes)
        if (box === null) return null
        return (
          <div
            key={group.id}
            id={nodeDomId(group.id)}
            role="group"
            aria-label={`Group ${group.title}`}
            style={{ transform: `translate(${box.x}px, ${box.y}px)`, width: box.width, height: box.height }}
            className={classNames(
              'absolute top-0 left-0 rounded-card border',
              GROUP_FRAMES[group.colour],
              selectedIds.includes(group.id) && 'border-accent-text',
            )}
          >
            <button
              type="button"
              tabIndex={-1}
              onClick={() => onSelect(group.id)}
              className="pointer-events-auto flex h-26 max-w-full cursor-pointer items-center truncate px-10 text-small font-semibold text-2 hover:text-1"
            >
              {group.title}
            </button>
          </div>
        )
      })}
    </ViewportPortal>
  )
}
