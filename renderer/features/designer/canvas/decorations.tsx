// What stands around the tables: tinted frames of colour groups, and notes.
import { ViewportPortal, type Node, type NodeProps } from '@xyflow/react'
import { memo, type ReactNode } from 'react'
import type { Diagram } from '#contract/capabilities/designs.ts'
import { classNames } from '../../../components/class-names.ts'
import { GROUP_FRAMES, GROUP_HEADERS } from './colours.ts'
import { nodeDomId } from './dom-id.ts'
import type { ShapeNodeType } from './shape-node.tsx'

export type Note = Diagram['notes'][number]
export type Group = Diagram['groups'][number]
export type NoteNodeType = Node<{ readonly note: Note }, 'note'>

const MARGIN = 20
const TITLE = 26

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

/** A frame around the members of each group. */
export function GroupFrames({ groups, nodes, selectedIds, onSelect }: GroupFramesProps): ReactNode {
  return (
    <ViewportPortal>
      {groups.map((group) => {
        const members = group.members.flatMap((id) => nodes.get(id) ?? [])
        if (members.length === 0) return null
        const left = Math.min(...members.map(({ position }) => position.x)) - MARGIN
        const top = Math.min(...members.map(({ position }) => position.y)) - MARGIN - TITLE
        const right = Math.max(...members.map(({ position, data }) => position.x + data.shape.width)) + MARGIN
        const bottom =
          Math.max(...members.map(({ position, data }) => position.y + data.shape.height)) + MARGIN
        return (
          <div
            key={group.id}
            style={{ transform: `translate(${left}px, ${top}px)`, width: right - left, height: bottom - top }}
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
