// A table, view or enum on the canvas: header, then a row per column. From afar only its name.
import { Eye, Hash, KeyRound, Link2, Plus, Table2, type LucideIcon } from 'lucide-react'
import { memo, type ReactNode } from 'react'
import type { Node, NodeProps } from '@xyflow/react'
import { classNames } from '../../../components/class-names.ts'
import { useStore } from '../../../host/store.ts'
import { addColumn, finishEditing, shapeLabel, useCanvas, useStorePart } from './canvas-state.ts'
import { GROUP_HEADERS } from './colours.ts'
import { nodeDomId } from './dom-id.ts'
import { markText, type Mark } from './marks.ts'
import { titleOf, type Row, type Shape } from './shapes.ts'

export type ShapeNodeType = Node<{ readonly shape: Shape; readonly colour: number | null }, 'shape'>

const ICONS: Readonly<Record<Shape['kind'], LucideIcon>> = { table: Table2, view: Eye, enum: Hash }
const BORDERS: Readonly<Record<Mark | 'none', string>> = {
  new: 'border-success',
  changed: 'border-warning/60',
  dropped: 'border-danger border-dashed',
  none: 'border-line-2',
}
const MARK_TEXT: Readonly<Record<Mark, string>> = {
  new: 'text-success',
  changed: 'text-warning',
  dropped: 'text-danger',
}

/** Drawn by React Flow at the shape's place and size. */
export const ShapeNode = memo(function ShapeNode({
  id,
  data,
  selected,
}: NodeProps<ShapeNodeType>): ReactNode {
  const { detail, highlight } = useCanvas()
  const { shape, colour } = data
  const isNear = useStorePart(highlight, ({ shapeIds }) => shapeIds.has(id))
  const isFull = useStore(detail) === 'full'
  const { mark } = shape.marks
  return (
    <div
      id={nodeDomId(id)}
      role="group"
      aria-label={shapeLabel(shape)}
      data-shape={shape.kind}
      className={classNames(
        'flex h-full w-full flex-col rounded-control border bg-s1',
        isFull && 'overflow-hidden',
        selected
          ? 'border-accent-text shadow-[0_0_0_1px_var(--accent-text)]'
          : isNear
            ? 'border-accent-text/60'
            : BORDERS[mark ?? 'none'],
      )}
    >
      {isFull ? (
        <>
          <Header shape={shape} colour={colour} />
          <Rows shape={shape} />
        </>
      ) : (
        <FarName shape={shape} colour={colour} />
      )}
    </div>
  )
})

function Header({ shape, colour }: { readonly shape: Shape; readonly colour: number | null }): ReactNode {
  const canvas = useCanvas()
  const { editing, InlineEditor, session } = canvas
  const isEdited = useStorePart(
    editing,
    (at) => at !== null && at.objectId === shape.id && at.partId === null,
  )
  const Icon = ICONS[shape.kind]
  const text = markText(shape.marks)
  return (
    <div
      className={classNames(
        'group/header flex h-27 flex-none items-center gap-6 border-b border-line-2 px-8 text-body font-semibold',
        colour === null ? 'bg-s2' : GROUP_HEADERS[colour],
      )}
    >
      <Icon aria-hidden="true" size={13} strokeWidth={1.75} className="text-3" />
      {isEdited && InlineEditor !== null ? (
        <InlineEditor
          session={session}
          objectId={shape.id}
          partId={null}
          isNew={editing.get()?.isNew === true}
          onDone={() => finishEditing(canvas)}
        />
      ) : (
        <span
          className={classNames(
            'min-w-0 flex-1 truncate',
            shape.marks.mark === 'dropped' && 'text-3 line-through',
          )}
          title={titleOf(shape)}
        >
          {shape.schema === 'public' ? null : <bdi className="font-normal text-3">{shape.schema}.</bdi>}
          <bdi>{shape.name}</bdi>
        </span>
      )}
      {shape.marks.mark !== null && text !== null ? (
        <span className={classNames('flex-none text-micro', MARK_TEXT[shape.marks.mark])}>{text}</span>
      ) : shape.note === null ? null : (
        <span className="flex-none text-micro text-3">{shape.note}</span>
      )}
      {shape.kind === 'table' && shape.marks.mark !== 'dropped' && !isEdited ? (
        // For the pointer; the keyboard has C.
        <span
          aria-hidden="true"
          title="Add column (C)"
          className="nodrag nopan -mr-4 hidden size-20 flex-none items-center justify-center rounded-badge text-3 group-hover/header:flex hover:bg-hover hover:text-1"
          onClick={(event) => {
            event.stopPropagation()
            addColumn(canvas, shape.id)
          }}
          onDoubleClick={(event) => event.stopPropagation()}
        >
          <Plus size={14} strokeWidth={1.75} />
        </span>
      ) : null}
    </div>
  )
}

function Rows({ shape }: { readonly shape: Shape }): ReactNode {
  const { session, editing } = useCanvas()
  const partId = useStorePart(session.selection, ({ objectIds, partId: part }) =>
    objectIds.length === 1 && objectIds[0] === shape.id ? part : null,
  )
  const editedId = useStorePart(editing, (at) => (at?.objectId === shape.id ? at.partId : null))
  return (
    <>
      {shape.rows.map((row) => (
        <ColumnRow
          key={row.id}
          row={row}
          kind={shape.kind}
          objectId={shape.id}
          isSelected={row.id === partId}
          isEdited={row.id === editedId}
        />
      ))}
      {shape.hiddenRows > 0 ? (
        <div className="h-20 pl-26 text-micro leading-20 text-3">
          {shape.hiddenRows} more {shape.kind === 'enum' ? 'values' : 'columns'}
        </div>
      ) : null}
    </>
  )
}

interface ColumnRowProps {
  readonly row: Row
  readonly kind: Shape['kind']
  readonly objectId: string
  readonly isSelected: boolean
  readonly isEdited: boolean
}

const ColumnRow = memo(function ColumnRow({
  row,
  kind,
  objectId,
  isSelected,
  isEdited,
}: ColumnRowProps): ReactNode {
  const canvas = useCanvas()
  const { InlineEditor, session, reference, editing } = canvas
  // While a foreign key is drawn: what it runs from, what it would end at, and whether it may.
  const drawn = useStorePart(reference, (now) =>
    now === null
      ? 'none'
      : now.from.columnId === row.id
        ? 'from'
        : now.over?.columnId === row.id
          ? now.problem === null
            ? 'target'
            : 'refused'
          : 'none',
  )
  if (isEdited && InlineEditor !== null)
    return (
      <div className="nodrag nopan flex h-20 flex-none items-center pr-4 pl-26">
        <InlineEditor
          session={session}
          objectId={objectId}
          partId={row.id}
          isNew={editing.get()?.isNew === true}
          onDone={() => finishEditing(canvas)}
        />
      </div>
    )
  return (
    <div
      data-row={row.id}
      className={classNames(
        'group/row relative flex h-20 flex-none items-center gap-6 px-8 font-mono text-data',
        isSelected && 'bg-accent-soft shadow-[inset_2px_0_0_var(--accent-text)]',
        drawn === 'target' && 'bg-success-soft shadow-[inset_0_0_0_1px_var(--success)]',
        drawn === 'refused' && 'bg-active opacity-60',
        drawn === 'from' && 'bg-accent-soft',
      )}
    >
      <span className="flex w-12 flex-none justify-center text-3">
        {row.isKey ? (
          <KeyRound aria-label="Primary key" role="img" size={11} strokeWidth={1.75} />
        ) : row.isReference ? (
          <Link2 aria-label="Foreign key" role="img" size={11} strokeWidth={1.75} />
        ) : null}
      </span>
      <span
        className={classNames(
          'min-w-0 flex-1 truncate',
          row.mark === 'dropped' ? 'text-danger line-through' : row.mark !== null && MARK_TEXT[row.mark],
        )}
        title={row.name}
      >
        <bdi>{row.name}</bdi>
      </span>
      {row.mark === null ? null : (
        <span
          role="img"
          aria-label={MARK_WORDS[row.mark]}
          title={MARK_WORDS[row.mark]}
          className={classNames('-ml-3 flex-none font-semibold', MARK_TEXT[row.mark])}
        >
          {MARK_SIGNS[row.mark]}
        </span>
      )}
      {row.type === '' ? null : (
        <span
          className="max-w-[60%] flex-none truncate text-[11px] text-3"
          title={row.isNullable ? `${row.type}, can be null` : `${row.type}, not null`}
        >
          {row.type}
          {row.isNullable ? <span aria-label=", can be null">?</span> : null}
        </span>
      )}
      {kind === 'table' && row.mark !== 'dropped' ? (
        <>
          <Handle side="left-0" />
          <Handle side="right-0" />
        </>
      ) : null}
    </div>
  )
})

const MARK_WORDS: Readonly<Record<Mark, string>> = { new: 'New', changed: 'Changed', dropped: 'Dropped' }
/** One character, as the width of a row allows: a word would take the name's room. */
const MARK_SIGNS: Readonly<Record<Mark, string>> = { new: '+', changed: '~', dropped: '−' }

/** Where a foreign key is drawn from; shown on hover. */
function Handle({ side }: { readonly side: 'left-0' | 'right-0' }): ReactNode {
  return (
    <span
      data-handle=""
      aria-hidden="true"
      title="Drag to the column that it references"
      className={classNames(
        'nodrag nopan absolute top-0 hidden h-20 w-12 cursor-crosshair items-center justify-center group-hover/row:flex',
        side,
      )}
    >
      <span className="size-8 rounded-full border-[1.5px] border-accent-text bg-s1" />
    </span>
  )
}

/** Cut to what fits here: were it the style sheet that cuts, each name would be a thing of its own to the compositor. */
function FarName({ shape, colour }: { readonly shape: Shape; readonly colour: number | null }): ReactNode {
  const size = useStore(useCanvas().nameSize)
  const { mark } = shape.marks
  return (
    <div
      className={classNames(
        'designer-far-name flex-1 px-6 py-4 font-semibold',
        colour === null ? 'bg-s2' : GROUP_HEADERS[colour],
        mark !== null && MARK_TEXT[mark],
      )}
    >
      {cutToFit(titleOf(shape), shape, size).map((line, at) => (
        <div key={at}>{line}</div>
      ))}
    </div>
  )
}

/** The lines of a name at this size that fit into its shape: broken after an underscore or blank where one is near, ended by an ellipsis where it goes on. */
function cutToFit(
  name: string,
  { width, height }: Pick<Shape, 'width' | 'height'>,
  size: number,
): readonly string[] {
  const characters = Math.max(2, Math.floor((width - 12) / (size * 0.58)))
  const count = Math.max(1, Math.floor((height - 8) / (size * 1.15)))
  const lines: string[] = []
  let rest = name
  while (rest !== '' && lines.length < count) {
    const isLast = lines.length === count - 1
    const end = rest.length <= characters ? rest.length : isLast ? characters - 1 : breakOf(rest, characters)
    const line = rest.slice(0, end)
    rest = rest.slice(end)
    lines.push(isLast && rest !== '' ? `${line}…` : line)
  }
  return lines
}

function breakOf(text: string, characters: number): number {
  const at = Math.max(text.lastIndexOf('_', characters - 1), text.lastIndexOf(' ', characters - 1)) + 1
  return at >= characters / 3 ? at : characters
}
