// Keeps a composed request in a collection.
import { useState, type ReactNode } from 'react'
import type { HttpRequest } from '#contract/requests/request.ts'
import { FormDialog } from '../../components/form-dialog.tsx'
import { Select } from '../../components/select.tsx'
import { TextField } from '../../components/text-field.tsx'
import { describeError } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { useCollections, useRequestWorkbench } from '../requests/index.ts'

const NEW = 'new'

export interface SaveDialogProps {
  readonly request: HttpRequest
  readonly onClose: () => void
}

/** Rendered only while it is open. */
export function SaveDialog({ request, onClose }: SaveDialogProps): ReactNode {
  const workbench = useRequestWorkbench()
  const { collections } = useCollections()
  const [name, setName] = useState(request.name)
  const [choice, setChoice] = useState<string>()
  const chosen = choice ?? collections[0]?.id ?? NEW
  const [collectionName, setCollectionName] = useState('Data API')
  const saving = useAction(
    async (host) => {
      const known = collections.find(({ id }) => id === chosen)
      const id =
        known?.id ?? (await host.collections.create({ name: collectionName.trim(), parent: null })).id
      const { path } = await host.collections.createRequest({
        id,
        folder: '',
        request: { ...request, name: name.trim() },
      })
      return { id, path }
    },
    ['collections'],
    {
      onSuccess: ({ id, path }) => {
        onClose()
        workbench.openFile(id, path)
      },
    },
  )
  return (
    <FormDialog
      title="Save to a collection"
      submitLabel="Save request"
      busyLabel="Saving…"
      isBusy={saving.isPending}
      isBlocked={name.trim() === '' || (chosen === NEW && collectionName.trim() === '')}
      problem={describeError(saving.error)}
      onClose={onClose}
      onSubmit={() => saving.mutate(undefined)}
    >
      <TextField label="Name" value={name} onChange={setName} isRequired autoFocus />
      <Select
        label="Collection"
        options={[
          ...collections.map((one) => ({ id: String(one.id), label: one.name })),
          { id: NEW, label: 'A new collection' },
        ]}
        value={chosen}
        onChange={setChoice}
      />
      {chosen === NEW ? (
        <TextField
          label="Name of the collection"
          value={collectionName}
          onChange={setCollectionName}
          isRequired
        />
      ) : null}
    </FormDialog>
  )
}
