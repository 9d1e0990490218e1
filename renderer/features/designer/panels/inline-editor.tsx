// Edits a name where it stands on the canvas: of a table, view or enum, of a column with its type, of a value.
import { useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import type { ModelPatch } from '#contract/capabilities/designs.ts'
import { changeColumn } from '#postgres/common/catalog/edit/columns.ts'
import type { Edit, EditContext } from '#postgres/common/catalog/edit/model-edit.ts'
import { renameObject } from '#postgres/common/catalog/edit/rename.ts'
import { renameLabel } from '#postgres/common/catalog/edit/types.ts'
import { indexModel } from '#postgres/common/catalog/find.ts'
import { classNames } from '../../../components/class-names.ts'
import { useShell } from '../../../shell/shell.tsx'
import { newId } from '../actions/new-id.ts'
import type { InlineEditorProps } from '../canvas/canvas-state.ts'
import { shownType } from './type-field.tsx'

/** Enter or leaving keeps what was typed, Esc takes it back (with what was just made to be named here). A column is written as `name type`. */
export function InlineEditor(props: InlineEditorProps): ReactNode {
  const { session, objectId, partId, isNew, onDone } = props
  const initial = textOf(session, objectId, partId)
  const [text, setText] = useState(initial)
  const [problem, setProblem] = useState<string | null>(null)
  const { notifications } = useShell()
  const isOver = useRef(false)
  const commit = (): boolean => {
    if (text === initial) return true
    const { base, model } = session.draft.state.get()
    const edit = editOf({ base, model, newId }, { objectId, partId, text })
    if (edit.problem !== null) {
      setProblem(edit.problem)
      notifications.notify({ tone: 'warning', text: edit.problem })
      return false
    }
    if (isNew && lastStepMakes(session, objectId))
      session.draft.amend({ ...edit.patch, label: addedLabel(edit.patch, objectId, partId) })
    else session.draft.stage(edit.patch)
    return true
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    // The canvas has keys of its own.
    event.stopPropagation()
    if (event.key === 'Escape') {
      isOver.current = true
      if (isNew && lastStepMakes(session, objectId)) session.history.undo()
      onDone()
    } else if (event.key === 'Enter' && commit()) {
      isOver.current = true
      onDone()
    }
  }
  return (
    <input
      aria-label={partId === null ? 'Name' : 'Name and type'}
      aria-invalid={problem !== null}
      title={problem ?? undefined}
      autoFocus
      spellCheck={false}
      value={text}
      onFocus={(event) => event.target.select()}
      onChange={(event) => {
        setText(event.target.value)
        setProblem(null)
      }}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.stopPropagation()}
      onBlur={() => {
        // The field loses the focus as it goes, too.
        if (isOver.current) return
        // What cannot be is dropped: the editor is about to go.
        commit()
        onDone()
      }}
      className={classNames(
        'nodrag nopan min-w-0 flex-1 rounded-badge border bg-s0 px-3 font-mono text-data text-1 outline-none',
        problem === null ? 'border-accent-text' : 'border-danger',
      )}
    />
  )
}

/** Whether the last step put the object: what was just made, or what got a part. */
function lastStepMakes({ draft }: InlineEditorProps['session'], objectId: string): boolean {
  const { steps, head } = draft.state.get()
  return steps[head - 1]?.put.some(({ id }) => id === objectId) === true
}

function addedLabel({ put, label }: ModelPatch, objectId: string, partId: string | null): string {
  const object = put.find(({ id }) => id === objectId)
  if (object?.kind !== 'table') return label
  if (partId === null) return `Add table ${object.name}`
  const column = object.columns.find(({ id }) => id === partId)
  return column === undefined ? label : `Add column ${column.name} to ${object.name}`
}

function textOf(session: InlineEditorProps['session'], objectId: string, partId: string | null): string {
  const object = indexModel(session.draft.state.get().model).byId(objectId)
  if (object === undefined) return ''
  if (partId === null) return object.name
  if (object.kind === 'enum') return object.labels.find(({ id }) => id === partId)?.label ?? ''
  if (object.kind !== 'table') return ''
  const column = object.columns.find(({ id }) => id === partId)
  return column === undefined ? '' : `${column.name} ${shownType(column.type)}`
}

function editOf(
  context: EditContext,
  {
    objectId,
    partId,
    text,
  }: { readonly objectId: string; readonly partId: string | null; readonly text: string },
): Edit {
  if (partId === null) return renameObject(context, { objectId, name: text.trim() })
  const object = indexModel(context.model).byId(objectId)
  if (object?.kind === 'enum') return renameLabel(context, { enumId: objectId, labelId: partId, label: text })
  if (object?.kind !== 'table') return { problem: 'It cannot be changed here.' }
  const column = object.columns.find(({ id }) => id === partId)
  if (column === undefined) return { problem: 'The column is no longer there.' }
  return changeColumn(context, { tableId: objectId, columnId: partId, change: columnChange(text, column) })
}

/** `name type`: the name may have blanks where it had them before; a name alone keeps the type. */
export function columnChange(
  text: string,
  column: { readonly name: string; readonly type: string },
): { readonly name: string; readonly type?: string } {
  const trimmed = text.trim()
  const hasOldName = trimmed.startsWith(`${column.name} `)
  const oldType = shownType(column.type)
  if (!hasOldName && trimmed.endsWith(` ${oldType}`))
    return { name: trimmed.slice(0, -oldType.length).trim() }
  const at = hasOldName ? column.name.length : trimmed.indexOf(' ')
  if (at === -1) return { name: trimmed }
  const type = trimmed.slice(at).trim()
  const name = trimmed.slice(0, at)
  return type === '' || type === oldType ? { name } : { name, type }
}
