// The inspectors of what belongs to the diagram alone: notes and colour groups.
import { Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Diagram } from '#contract/capabilities/designs.ts'
import { Button } from '../../../components/button.tsx'
import { LABEL } from '../../../components/field.tsx'
import { COLOUR_NAMES, SWATCHES } from '../canvas/colours.ts'
import { removeDecorations } from '../canvas/diagram-edits.ts'
import { NOTHING_SELECTED } from '../session.ts'
import { CommitField } from './commit-field.tsx'
import { useEditing } from './editing.tsx'
import { Fields, PanelActions } from './section.tsx'

type Note = Diagram['notes'][number]
type Group = Diagram['groups'][number]

/** A note on the canvas. */
export function NotePanel({ note }: { readonly note: Note }): ReactNode {
  const { session } = useEditing()
  const change = (label: string, what: Partial<Note>): void =>
    session.history.changeDiagram(label, (diagram) => ({
      ...diagram,
      notes: diagram.notes.map((one) => (one.id === note.id ? { ...one, ...what } : one)),
    }))
  return (
    <>
      <Fields>
        <CommitField
          label="Text"
          rows={5}
          value={note.text}
          onCommit={(text) => {
            change('Change note', { text })
            return null
          }}
        />
        <Colours value={note.colour} onChange={(colour) => change('Colour note', { colour })} />
      </Fields>
      <RemoveButton id={note.id} label="Remove note" />
    </>
  )
}

/** A colour group. */
export function GroupPanel({ group }: { readonly group: Group }): ReactNode {
  const { session } = useEditing()
  const change = (label: string, what: Partial<Group>): void =>
    session.history.changeDiagram(label, (diagram) => ({
      ...diagram,
      groups: diagram.groups.map((one) => (one.id === group.id ? { ...one, ...what } : one)),
    }))
  return (
    <>
      <Fields>
        <CommitField
          label="Title"
          value={group.title}
          onCommit={(title) => {
            if (title.trim() === '') return 'Enter a title.'
            change('Rename group', { title: title.trim() })
            return null
          }}
        />
        <Colours value={group.colour} onChange={(colour) => change('Colour group', { colour })} />
        <p className="text-small text-3">
          {group.members.length} {group.members.length === 1 ? 'table' : 'tables'}
        </p>
      </Fields>
      <RemoveButton id={group.id} label="Remove group" />
    </>
  )
}

function Colours({
  value,
  onChange,
}: {
  readonly value: number
  readonly onChange: (colour: number) => void
}): ReactNode {
  return (
    <div role="radiogroup" aria-label="Colour">
      <span className={LABEL}>Colour</span>
      <div className="flex gap-6">
        {COLOUR_NAMES.map((name, colour) => (
          <label key={name} title={name} className="relative">
            <input
              type="radio"
              name="colour"
              aria-label={name}
              checked={colour === value}
              onChange={() => onChange(colour)}
              className="peer absolute inset-0 opacity-0"
            />
            <span
              aria-hidden="true"
              className={`block size-20 rounded-full outline-offset-2 peer-checked:outline-2 peer-checked:outline-accent-text peer-focus-visible:outline-2 ${SWATCHES[colour] ?? ''}`}
            />
          </label>
        ))}
      </div>
    </div>
  )
}

function RemoveButton({ id, label }: { readonly id: string; readonly label: string }): ReactNode {
  const { session } = useEditing()
  return (
    <PanelActions>
      <Button
        variant="danger"
        icon={Trash2}
        onPress={() => {
          session.history.changeDiagram(label, (diagram) => removeDecorations(diagram, [id]))
          session.selection.set(NOTHING_SELECTED)
        }}
      >
        {label}
      </Button>
    </PanelActions>
  )
}
