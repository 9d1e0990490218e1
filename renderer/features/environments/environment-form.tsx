// One environment: its name, what it extends, its colour, and its variables.
import { ClipboardPaste, Copy, FileWarning, MoreHorizontal, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Button, IconButton } from '../../components/button.tsx'
import { FormError } from '../../components/form-error.tsx'
import { MenuButton } from '../../components/menu.tsx'
import { Select, type Option } from '../../components/select.tsx'
import { TextField } from '../../components/text-field.tsx'
import { describeError } from '../../host/error-text.ts'
import { COLOURS, EnvironmentDot } from './colours.tsx'
import { isDirty, KEEP, type DraftVariable, type EnvironmentDraft, type StoredEnvironment } from './draft.ts'
import { draftErrors, type Others } from './draft-errors.ts'
import { differences, mergeOutside } from './merge.ts'
import { PasteDialog } from './paste-dialog.tsx'
import { looksSecret, readPasted, type Pasted } from './paste-variables.ts'
import { VariableTable } from './variable-table.tsx'

export interface EnvironmentFormProps {
  readonly draft: EnvironmentDraft
  /** As its file is now; undefined where there is none. */
  readonly stored: StoredEnvironment | undefined
  readonly others: Others
  /** What is looked for: rows that have it are shown alone. */
  readonly search: string
  /** Errors of fields that were not touched are shown too: somebody wanted to save. */
  readonly showsAll: boolean
  readonly error: unknown
  readonly isSaving: boolean
  readonly onChange: (draft: EnvironmentDraft) => void
  readonly onTakeTheirs: () => void
  readonly onDuplicate: () => void
  readonly onRemove: () => void
}

/** The form. */
export function EnvironmentForm(props: EnvironmentFormProps): ReactNode {
  const { draft, stored, others, onChange } = props
  const [isPasting, setIsPasting] = useState(false)
  const [note, setNote] = useState('')
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  // Decided when something else is looked for, not at each letter: a row must not go while somebody types in it.
  const [looked, setLooked] = useState({ search: '', hidden: hiddenIds(draft.variables, '') })
  if (looked.search !== props.search)
    setLooked({ search: props.search, hidden: hiddenIds(draft.variables, props.search) })
  const errors = draftErrors(draft, others)
  const isGlobals = draft.collectionId === null
  const isConflict =
    !props.isSaving &&
    draft.base !== null &&
    stored !== undefined &&
    stored.revision !== draft.base.revision &&
    isDirty(draft)
  const isGone = !props.isSaving && draft.base !== null && stored === undefined
  const problem = describeError(props.error)
  const take = (pasted: Pasted, keepsSecrets: boolean): void => {
    onChange({ ...draft, variables: withPasted(draft.variables, pasted, keepsSecrets) })
    setNote(noteOf(pasted, draft.variables))
  }
  // What is still being typed is not called wrong.
  const shownErrors = props.showsAll
    ? errors.variables
    : new Map([...errors.variables].filter(([id]) => left.has(id)))
  return (
    <div
      className="flex min-w-0 flex-1 flex-col gap-12"
      onBlur={(event) => {
        const row = event.target.closest('tr')
        if (row === null || row.contains(event.relatedTarget)) return
        const index = [...(row.parentElement?.children ?? [])].indexOf(row)
        const id = draft.variables.filter((one) => !looked.hidden.has(one.id))[index]?.id
        if (id !== undefined && !left.has(id)) setLeft(new Set([...left, id]))
      }}
    >
      {isGlobals ? (
        <p className="text-small text-2">
          Variables of all collections. They count where no environment, collection, folder or request has one
          of the same name.
        </p>
      ) : (
        <div className="flex items-start gap-12">
          <div className="min-w-0 flex-1">
            <TextField
              label="Name"
              value={draft.name}
              onChange={(name) => onChange({ ...draft, name })}
              error={errors.name}
              autoFocus={draft.base === null}
            />
          </div>
          <div className="w-160 flex-none">
            <Select
              label="Extends"
              options={parentsOf(draft, others)}
              value={draft.extends ?? ''}
              onChange={(name) => onChange({ ...draft, extends: name === '' ? null : name })}
              {...(errors.extends === undefined ? {} : { error: errors.extends })}
            />
          </div>
          <div className="w-130 flex-none">
            <Select
              label="Colour"
              options={coloursOf(draft.color)}
              value={draft.color}
              onChange={(color) => onChange({ ...draft, color })}
            />
          </div>
          <span className="pt-23">
            <MenuButton
              label="More for this environment"
              placement="bottom end"
              entries={[
                { id: 'duplicate', label: 'Duplicate', icon: Copy, onAction: props.onDuplicate },
                {
                  id: 'remove',
                  label: draft.base === null ? 'Discard' : 'Remove',
                  icon: Trash2,
                  isDanger: true,
                  startsGroup: true,
                  onAction: props.onRemove,
                },
              ]}
            >
              <IconButton icon={MoreHorizontal} label="More for this environment" />
            </MenuButton>
          </span>
        </div>
      )}
      {isConflict ? (
        <Conflict
          draft={draft}
          stored={stored}
          onTakeTheirs={props.onTakeTheirs}
          onMerge={() => onChange(mergeOutside(draft, stored))}
        />
      ) : isGone ? (
        <div
          role="status"
          className="flex items-center gap-8 rounded-control bg-warning-soft px-10 py-8 text-small text-warning"
        >
          <FileWarning aria-hidden="true" size={14} strokeWidth={1.75} />
          <span className="min-w-0 flex-1">The file is gone. What is here is the only copy.</span>
          <Button size="compact" onPress={() => onChange({ ...draft, base: null })}>
            Keep it as a new one
          </Button>
        </div>
      ) : null}
      <FormError message={problem?.message} hint={problem?.hint} />
      <div>
        <div className="flex h-28 items-center justify-between gap-8">
          <h3 className="text-heading">Variables</h3>
          <span role="status" className="min-w-0 flex-1 truncate text-small text-2">
            {note}
          </span>
          <Button variant="ghost" size="compact" icon={ClipboardPaste} onPress={() => setIsPasting(true)}>
            Paste variables
          </Button>
        </div>
        <VariableTable
          variables={draft.variables}
          hidden={looked.hidden}
          errors={shownErrors}
          onChange={(variables) => onChange({ ...draft, variables })}
          onPaste={(text) => take(readPasted(text), true)}
        />
      </div>
      {isPasting ? (
        <PasteDialog
          existing={draft.variables.map((one) => one.name)}
          onTake={(pasted, keepsSecrets) => {
            take(pasted, keepsSecrets)
            setIsPasting(false)
          }}
          onClose={() => setIsPasting(false)}
        />
      ) : null}
    </div>
  )
}

/** Rows in which it is not found; none where no row has it, or nothing is looked for. */
function hiddenIds(variables: readonly DraftVariable[], search: string): ReadonlySet<string> {
  const wanted = search.trim().toLowerCase()
  const found = variables.filter(
    (one) => one.name.toLowerCase().includes(wanted) || one.value.toLowerCase().includes(wanted),
  )
  const shown = new Set(found.length === 0 ? variables : found)
  return new Set(variables.filter((one) => !shown.has(one)).map((one) => one.id))
}

function parentsOf(draft: EnvironmentDraft, others: Others): readonly Option[] {
  const known = others.map(({ name }) => ({ id: name, label: name }))
  const missing = draft.extends !== null && !known.some((one) => one.id === draft.extends)
  return [
    { id: '', label: 'Nothing' },
    ...known,
    ...(missing && draft.extends !== null ? [{ id: draft.extends, label: draft.extends }] : []),
  ]
}

function coloursOf(color: string): readonly Option[] {
  const known = COLOURS.map(({ id, label }) => ({ id, label, icon: <EnvironmentDot colour={id} /> }))
  const isOther = color !== '' && !known.some((one) => one.id === color)
  return [
    { id: '', label: 'None', icon: <EnvironmentDot colour="" /> },
    ...known,
    ...(isOther ? [{ id: color, label: color, icon: <EnvironmentDot colour={color} /> }] : []),
  ]
}

/** Those of a name that is there already replace its value. */
function withPasted(
  variables: readonly DraftVariable[],
  pasted: Pasted,
  keepsSecrets: boolean,
): readonly DraftVariable[] {
  const next = new Map(variables.map((one) => [one.name === '' ? one.id : one.name, one]))
  for (const one of pasted.variables) {
    const before = next.get(one.name)
    const isSecret = before?.isSecret === true || (keepsSecrets && (one.isSecret || looksSecret(one.name)))
    next.set(one.name, {
      id: before?.id ?? `pasted ${one.name}`,
      description: before?.description ?? '',
      keptAs: before?.keptAs ?? null,
      name: one.name,
      isEnabled: one.isEnabled,
      isSecret,
      type: isSecret ? 'string' : one.type,
      value: isSecret ? '' : one.value,
      secret: isSecret && one.value !== '' ? { kind: 'set', value: one.value } : KEEP,
    })
  }
  return [...next.values()]
}

function noteOf(pasted: Pasted, before: readonly DraftVariable[]): string {
  const names = new Set(before.map((one) => one.name))
  const replaced = pasted.variables.filter((one) => names.has(one.name)).length
  const count = pasted.variables.length
  return [
    `${count} ${count === 1 ? 'variable' : 'variables'} taken`,
    ...(replaced === 0 ? [] : [`${replaced} of them replaced`]),
    ...(pasted.leftOut.length === 0 ? [] : [`${pasted.leftOut.length} left out`]),
  ].join(', ')
}

interface ConflictProps {
  readonly draft: EnvironmentDraft
  readonly stored: StoredEnvironment
  readonly onTakeTheirs: () => void
  readonly onMerge: () => void
}

/** The file is another one than it was when the editing began. Nothing is written over, and nothing that was typed is lost. */
function Conflict({ draft, stored, onTakeTheirs, onMerge }: ConflictProps): ReactNode {
  const found = differences(draft, stored)
  return (
    <div role="status" className="flex flex-col gap-8 rounded-control bg-warning-soft px-10 py-8 text-small">
      <div className="flex items-center gap-8 text-warning">
        <FileWarning aria-hidden="true" size={14} strokeWidth={1.75} />
        <span className="min-w-0 flex-1">
          <b className="font-semibold">It changed outside.</b> What you typed is kept here and not saved yet.
        </span>
        <Button size="compact" onPress={onTakeTheirs}>
          Take what is outside
        </Button>
        <Button size="compact" onPress={onMerge}>
          Keep both changes
        </Button>
      </div>
      {found.length === 0 ? null : (
        <table aria-label="What differs" className="w-full table-fixed text-left">
          <thead className="text-2">
            <tr>
              <th scope="col" className="font-medium">
                What
              </th>
              <th scope="col" className="font-medium">
                Outside
              </th>
              <th scope="col" className="font-medium">
                Yours
              </th>
            </tr>
          </thead>
          <tbody className="font-mono text-data">
            {found.map((one) => (
              <tr key={one.what}>
                <td className="truncate pr-8">{one.what}</td>
                <td className="truncate pr-8" title={one.theirs}>
                  {one.theirs}
                </td>
                <td className="truncate" title={one.mine}>
                  {one.mine}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  )
}
