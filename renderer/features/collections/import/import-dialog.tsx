// Import: what is given is read at once and shown with what cannot be kept; then a place is chosen, and it is written with progress.
import { useMemo, useState, type ReactNode } from 'react'
import { CollectionId } from '#contract/requests/collection.ts'
import { FormDialog } from '../../../components/form-dialog.tsx'
import { Select } from '../../../components/select.tsx'
import { TextField } from '../../../components/text-field.tsx'
import { folderOptions, indexItems, useCollections, useItems } from '../../requests/index.ts'
import { parentProblem, TargetFields } from '../target-fields.tsx'
import { isLoose, planImport, type ImportStep, type ImportTarget, type ReadSource } from './plan.ts'
import { SourceInput } from './source-input.tsx'
import { SourceList } from './source-list.tsx'
import type { GivenSource } from './sources.ts'
import { usePreviews, useSettled } from './use-previews.ts'

export interface ImportDialogProps {
  /** Asked for on a collection or a folder of it: that is where it goes. */
  readonly collectionId: CollectionId | null
  readonly folder: string
  /** A path to begin with. */
  readonly path: string
  readonly onImport: (steps: readonly ImportStep[]) => void
  /** A single request of a cURL command, opened without a file. */
  readonly onOpenRequest: (text: string) => Promise<void>
  readonly onClose: () => void
}

const NEW = 'new'
const REQUEST = 'request'
const NO_COLLECTION = CollectionId.parse('00000000-0000-4000-8000-000000000000')

/** Rendered only while it is open. */
export function ImportDialog(props: ImportDialogProps): ReactNode {
  const { collections } = useCollections()
  const known = collections.filter((one) => one.unavailable === null)
  const [given, setGiven] = useState<readonly GivenSource[]>([])
  const [text, setText] = useState('')
  const [path, setPath] = useState(props.path)
  const settled = { text: useSettled(text), path: useSettled(path.trim()) }
  const typed = useTyped(settled.text, settled.path)
  const shown = usePreviews([...given, ...typed])
  const read = shown.flatMap(({ given: one, preview }): ReadSource[] =>
    preview === undefined ? [] : [{ given: one, preview }],
  )
  const isSettling = text !== settled.text || path.trim() !== settled.path
  const isReading = isSettling || shown.some((one) => one.preview === undefined && one.error === null)

  const command = commandOf(read)
  const [chosen, setChosen] = useState<string | null>(props.collectionId)
  const place = chosen ?? (command === null ? NEW : REQUEST)
  const into = known.find((one) => one.id === place)
  const items = useItems(into?.id ?? NO_COLLECTION, into !== undefined)
  const folders = folderOptions(
    items.data === undefined ? undefined : indexItems(items.data),
    into?.name ?? '',
    null,
  )
  const [folder, setFolder] = useState(props.folder)
  const [typedName, setTypedName] = useState<string | null>(null)
  const first = read.find((one) => one.preview.requests > 0) ?? read[0]
  const name = typedName ?? first?.preview.name ?? ''
  const [parent, setParent] = useState<string | null>(null)
  const [wasTried, setWasTried] = useState(false)
  const [isOpening, setIsOpening] = useState(false)
  const isNew = into === undefined && place !== REQUEST
  const wrong = isNew
    ? name.trim() === ''
      ? 'name'
      : parentProblem(parent) === undefined
        ? null
        : 'parent'
    : null

  const submit = (): void => {
    setWasTried(true)
    if (wrong !== null) return
    if (place === REQUEST && command !== null) {
      setIsOpening(true)
      void props.onOpenRequest(command).finally(() => setIsOpening(false))
      return
    }
    const target: ImportTarget =
      into === undefined
        ? { type: 'new', name: name.trim(), parent: parent?.trim() ?? null }
        : { type: 'into', id: into.id, folder: folders.some((one) => one.id === folder) ? folder : '' }
    props.onImport(planImport(read, target))
  }
  return (
    <FormDialog
      title="Import"
      width="large"
      submitLabel={place === REQUEST ? 'Open request' : 'Import'}
      busyLabel="Reading…"
      isBusy={isOpening}
      isBlocked={read.length === 0 || isReading}
      onSubmit={submit}
      onClose={props.onClose}
    >
      <SourceInput
        text={text}
        onText={setText}
        path={path}
        onPath={setPath}
        onGiven={(more) => setGiven([...given, ...more])}
        isCompact={shown.length > 0}
      />
      {shown.length === 0 ? null : (
        <SourceList
          sources={shown}
          onRemove={(key) => {
            if (key.startsWith(TEXT_KEY)) setText('')
            else if (key.startsWith(PATH_KEY)) setPath('')
            else setGiven(given.filter((one) => one.key !== key))
          }}
        />
      )}
      {read.length === 0 ? null : (
        <div className="flex flex-col gap-12">
          <Select
            label="Import into"
            options={[
              ...(command === null ? [] : [{ id: REQUEST, label: 'A request, not saved yet' }]),
              {
                id: NEW,
                label:
                  read.filter((one) => !isLoose(one)).length > 1 ? 'New collections' : 'A new collection',
              },
              ...known.map((one) => ({ id: String(one.id), label: one.name })),
            ]}
            value={into === undefined && place !== REQUEST ? NEW : place}
            onChange={(id) => {
              setChosen(id)
              setFolder('')
            }}
          />
          {into !== undefined && folders.length > 1 ? (
            <Select
              label="Folder"
              options={folders}
              value={folders.some((one) => one.id === folder) ? folder : ''}
              onChange={setFolder}
            />
          ) : null}
          {isNew ? (
            <>
              <TextField
                label="Name"
                isRequired
                value={name}
                onChange={setTypedName}
                error={wasTried && wrong === 'name' ? 'Give it a name.' : undefined}
              />
              <TargetFields
                parent={parent}
                onChange={setParent}
                error={wasTried ? parentProblem(parent) : undefined}
              />
            </>
          ) : null}
        </div>
      )}
    </FormDialog>
  )
}

const TEXT_KEY = 'text '
const PATH_KEY = 'path '

/** Sources of what is typed; each text another one. */
function useTyped(text: string, path: string): readonly GivenSource[] {
  const pasted = useMemo(
    (): readonly GivenSource[] =>
      text.trim() === ''
        ? []
        : [{ key: `${TEXT_KEY}${crypto.randomUUID()}`, name: 'Pasted text', source: { text, name: '' } }],
    [text],
  )
  const chosen = useMemo(
    (): readonly GivenSource[] =>
      path === '' ? [] : [{ key: `${PATH_KEY}${path}`, name: path, source: { path } }],
    [path],
  )
  return useMemo(() => [...pasted, ...chosen], [pasted, chosen])
}

/** The text of a single cURL command with a single request; null for anything else. */
function commandOf(read: readonly ReadSource[]): string | null {
  const [only, ...others] = read
  if (only === undefined || others.length > 0) return null
  const { source } = only.given
  return only.preview.format === 'curl' && only.preview.requests === 1 && 'text' in source
    ? source.text
    : null
}
