// Moving an item to another folder of its collection, without a pointer.
import { useState, type ReactNode } from 'react'
import { FormDialog } from '../../../components/form-dialog.tsx'
import { Select } from '../../../components/select.tsx'
import { folderOf, type ItemIndex, type RequestNode } from './tree-nodes.ts'

/** Every folder of a collection, the collection itself first; `except` and what is in it are left out. */
export function folderOptions(
  index: ItemIndex | undefined,
  collectionName: string,
  except: string | null,
): readonly { readonly id: string; readonly label: string }[] {
  const folders: { id: string; label: string }[] = [{ id: '', label: collectionName }]
  const add = (folder: string): void => {
    for (const item of index?.children.get(folder) ?? []) {
      if (item.kind !== 'folder' || item.path === except) continue
      folders.push({ id: item.path, label: item.path.split('/').join(' / ') })
      add(item.path)
    }
  }
  add('')
  return folders
}

/** Rendered only while it is open. */
export function MoveDialog(props: {
  readonly node: RequestNode
  readonly index: ItemIndex | undefined
  readonly onMove: (folder: string) => Promise<void>
  readonly onClose: () => void
}): ReactNode {
  const { node } = props
  const [folder, setFolder] = useState(folderOf(node.path))
  const [isBusy, setIsBusy] = useState(false)
  return (
    <FormDialog
      title={`Move ${node.label}`}
      submitLabel="Move"
      busyLabel="Moving…"
      isBusy={isBusy}
      isBlocked={folder === folderOf(node.path)}
      onSubmit={() => {
        setIsBusy(true)
        void props.onMove(folder).finally(() => setIsBusy(false))
      }}
      onClose={props.onClose}
    >
      <Select
        label="To folder"
        options={folderOptions(props.index, node.collection.name, node.path)}
        value={folder}
        onChange={setFolder}
      />
    </FormDialog>
  )
}
