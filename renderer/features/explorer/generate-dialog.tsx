// Makes a collection of an API: which tables, its name, and where its folder goes.
import { useState, type ReactNode } from 'react'
import type { ApiDescription, ApiSource } from '#contract/requests/api-description.ts'
import { FormDialog } from '../../components/form-dialog.tsx'
import { TextField } from '../../components/text-field.tsx'
import { Checkbox } from '../../components/toggles.tsx'
import { describeError } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { PathField } from '../files/index.ts'

export interface GenerateDialogProps {
  readonly source: ApiSource
  readonly description: ApiDescription
  /** What the API is called: its project's name. */
  readonly title: string
  /** What is chosen at first; null for all. */
  readonly tables: readonly string[] | null
  readonly onClose: () => void
}

/** Rendered only while it is open. */
export function GenerateDialog(props: GenerateDialogProps): ReactNode {
  const { source, description, title, tables, onClose } = props
  const all = [
    ...description.tables.map(({ name }) => name),
    ...description.functions.map(({ name }) => `rpc/${name}`),
  ]
  const [name, setName] = useState(
    tables?.length === 1 ? (tables[0] ?? '') : title === '' ? 'Data API' : title,
  )
  const [parent, setParent] = useState('')
  const [left, setLeft] = useState<ReadonlySet<string>>(
    () => new Set(tables === null ? [] : all.filter((one) => !tables.includes(one))),
  )
  const chosen = all.filter((one) => !left.has(one))
  const generating = useAction(
    (host) =>
      host.explorer.generate({
        source,
        name: name.trim(),
        parent: parent.trim() === '' ? null : parent.trim(),
        tables: left.size === 0 ? null : chosen,
      }),
    ['collections'],
    // The tree shows it.
    { onSuccess: onClose },
  )
  return (
    <FormDialog
      title="Generate a collection"
      submitLabel="Generate collection"
      busyLabel="Generating…"
      isBusy={generating.isPending}
      isBlocked={name.trim() === '' || chosen.length === 0}
      problem={describeError(generating.error)}
      onClose={onClose}
      onSubmit={() => generating.mutate(undefined)}
    >
      <TextField label="Name" value={name} onChange={setName} isRequired autoFocus />
      <PathField
        label="Folder"
        choosing="folder"
        value={parent}
        onChange={setParent}
        help="Where the collection’s folder is made. Left empty, it stays on this machine only."
      />
      <fieldset className="flex min-h-0 flex-col gap-4">
        <legend className="mb-4 text-small font-medium">{`Endpoints, ${String(chosen.length)} of ${String(all.length)}`}</legend>
        <Checkbox
          label="All"
          isSelected={left.size === 0}
          isMixed={left.size > 0 && chosen.length > 0}
          onChange={(isSelected) => setLeft(new Set(isSelected ? [] : all))}
        />
        <div className="flex max-h-240 flex-col gap-4 overflow-y-auto pl-20">
          {all.map((one) => (
            <Checkbox
              key={one}
              label={<span className="font-mono text-data">/{one}</span>}
              isSelected={!left.has(one)}
              onChange={(isSelected) =>
                setLeft((before) => {
                  const after = new Set(before)
                  if (isSelected) after.delete(one)
                  else after.add(one)
                  return after
                })
              }
            />
          ))}
        </div>
      </fieldset>
      <p className="text-small text-2">
        Each table gets requests to list, filter, read, create, update, upsert and delete, with checks from
        its constraints. A run creates a row and deletes it again; functions that may write are skipped.
      </p>
    </FormDialog>
  )
}
