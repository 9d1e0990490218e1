// Where a request that has no file gets one: its name, its collection, its folder.
import { useState, type ReactNode } from 'react'
import { z } from 'zod'
import { CollectionId } from '#contract/requests/collection.ts'
import { FormDialog } from '../../components/form-dialog.tsx'
import { Select } from '../../components/select.tsx'
import { TextField } from '../../components/text-field.tsx'
import { useForm } from '../../components/use-form.ts'
import { describeError } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { useRequestWorkbench } from './request-workbench.tsx'
import { titleOf } from './tabs/open-tab.ts'
import { folderOptions } from './tree/move-dialog.tsx'
import { folderOf, indexItems } from './tree/tree-nodes.ts'
import { useCollections, useItems } from './use-collections.ts'

const NEW = 'new'
const Values = z.object({
  name: z.string().trim().min(1, 'Give it a name.').max(500, 'Use at most 500 letters.'),
  collection: z.string(),
  newName: z.string(),
})

/** Rendered only while it is open. */
export function SaveDialog(props: { readonly tabId: string; readonly onClose: () => void }): ReactNode {
  const { tabs } = useRequestWorkbench()
  const { collections } = useCollections()
  const tab = tabs.get(props.tabId)
  const own = tab?.kind === 'request' ? tab : undefined
  const known = collections.filter((one) => one.unavailable === null)
  const form = useForm(
    {
      name: tab === undefined ? '' : titleOf(tab),
      collection: String(own?.collectionId ?? known[0]?.id ?? NEW),
      newName: 'Requests',
    },
    Values,
  )
  const [folder, setFolder] = useState(own?.path === null || own === undefined ? '' : folderOf(own.path))
  const chosen = known.find((one) => one.id === form.values.collection)
  const isNew = chosen === undefined
  const items = useItems(chosen?.id ?? NO_COLLECTION, !isNew)
  const folders = items.data === undefined ? undefined : indexItems(items.data)
  const options = folderOptions(folders, chosen?.name ?? '', null)
  const save = useAction(
    async (host, values: z.infer<typeof Values>) => {
      const id =
        chosen?.id ?? (await host.collections.create({ name: values.newName.trim(), parent: null })).id
      await tabs.saveAs(props.tabId, {
        collectionId: id,
        folder: isNew || !options.some((one) => one.id === folder) ? '' : folder,
        name: values.name.trim(),
      })
    },
    ['collections'],
    { onSuccess: props.onClose },
  )
  return (
    <FormDialog
      title="Save request"
      submitLabel="Save request"
      busyLabel="Saving…"
      isBusy={save.isPending}
      problem={describeError(save.error)}
      onSubmit={() => {
        if (form.check()) save.mutate(form.values)
      }}
      onClose={props.onClose}
    >
      <TextField label="Name" autoFocus {...form.field('name')} />
      <Select
        label="Collection"
        options={[
          ...known.map((one) => ({ id: String(one.id), label: one.name })),
          { id: NEW, label: 'A new one, on this machine' },
        ]}
        value={isNew ? NEW : String(chosen.id)}
        onChange={(id) => {
          form.set('collection', id)
          setFolder('')
        }}
      />
      {isNew ? (
        <TextField label="Name of the collection" {...form.field('newName')} />
      ) : options.length > 1 ? (
        <Select label="Folder" options={options} value={folder} onChange={setFolder} />
      ) : null}
    </FormDialog>
  )
}

/** Asked for nothing: the reading is off while no collection is chosen. */
const NO_COLLECTION = CollectionId.parse('00000000-0000-4000-8000-000000000000')
