// Chooses a folder or a file of this machine: one folder at a time, its folders first; new folders can be made.
import { ArrowUp, Eye, EyeOff, File, Folder, FolderPlus, Home } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { FileEntry, FolderListing } from '#contract/capabilities/files.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { DataList, RowAction } from '../../components/data-list.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { FormError } from '../../components/form-error.tsx'
import { Form } from '../../components/form.tsx'
import { formatBytes, formatMoment } from '../../components/format.ts'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { SearchField, TextField } from '../../components/text-field.tsx'
import { useNow } from '../../components/use-now.ts'
import { describeError } from '../../host/error-text.ts'
import { useAction, useCall } from '../../host/host-provider.tsx'
import { joinPath } from './path-text.ts'

/** `any`: a file or a folder that is there. */
export type Choosing = 'folder' | 'file' | 'newFile' | 'any'

export interface BrowseDialogProps {
  readonly choosing: Choosing
  readonly endings: readonly string[]
  /** Where it begins; the person's own folder where that cannot be listed. */
  readonly start: string
  readonly home: string
  /** The name that a new file begins with. */
  readonly name: string
  readonly onChoose: (path: string) => void
  readonly onClose: () => void
}

const TITLES: Readonly<Record<Choosing, string>> = {
  folder: 'Choose a folder',
  file: 'Choose a file',
  any: 'Choose a file or a folder',
  newFile: 'Choose where it is saved',
}

/** Rendered only while it is open. */
export function BrowseDialog(props: BrowseDialogProps): ReactNode {
  const { choosing, endings, onChoose, onClose } = props
  const [folder, setFolder] = useState(props.start)
  const [filter, setFilter] = useState('')
  const [showsHidden, setShowsHidden] = useState(false)
  const [isMaking, setIsMaking] = useState(false)
  const [name, setName] = useState(props.name)
  const reading = useCall(
    ['files', 'list', folder, filter, choosing === 'folder', endings, showsHidden],
    (host, options) =>
      host.files.list(
        {
          folder,
          startsWith: filter,
          kinds: choosing === 'folder' ? 'folders' : 'all',
          endings: [...endings],
          showsHidden,
        },
        options,
      ),
  )
  // While the next folder is read, the one before stays: the dialog does not jump.
  const [last, setLast] = useState<FolderListing | undefined>(undefined)
  if (reading.data !== undefined && reading.data !== last) setLast(reading.data)
  const listing = reading.data ?? (reading.isError ? undefined : last)
  const problem = describeError(reading.error)
  const go = (next: string): void => {
    setFolder(next)
    setFilter('')
    setIsMaking(false)
  }
  const fileName = name.trim()
  return (
    <Dialog
      title={TITLES[choosing]}
      width="medium"
      isOpen
      onClose={onClose}
      hint={listing?.isCut === true ? 'There are more: type how the name begins.' : listing?.folder}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          {choosing === 'file' ? null : (
            <Button
              variant="primary"
              isDisabled={listing === undefined || (choosing === 'newFile' && fileName === '')}
              onPress={() => {
                if (listing !== undefined)
                  onChoose(
                    choosing === 'newFile'
                      ? joinPath(listing.folder, fileName, listing.separator)
                      : listing.folder,
                  )
              }}
            >
              {choosing === 'newFile' ? 'Choose' : 'Choose this folder'}
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-10">
        <div className="flex items-center gap-4">
          <IconButton
            icon={ArrowUp}
            label="The folder above"
            isDisabled={listing === undefined || listing.parent === null}
            onPress={() => {
              if (listing !== undefined && listing.parent !== null) go(listing.parent)
            }}
          />
          <IconButton icon={Home} label="Home folder" onPress={() => go(props.home)} />
          <IconButton
            icon={showsHidden ? EyeOff : Eye}
            label={showsHidden ? 'Leave out hidden names' : 'Show hidden names'}
            isActive={showsHidden}
            onPress={() => setShowsHidden(!showsHidden)}
          />
          <IconButton
            icon={FolderPlus}
            label="New folder"
            isDisabled={listing === undefined}
            onPress={() => setIsMaking(!isMaking)}
          />
          <SearchField className="ml-6 flex-1" label="Name begins with" value={filter} onChange={setFilter} />
        </div>
        {isMaking && listing !== undefined ? <NewFolder folder={listing.folder} onMade={go} /> : null}
        <div className="h-320 overflow-y-auto rounded-control border border-line-1">
          {problem !== undefined ? (
            <EmptyState
              title="This folder cannot be listed"
              action={<Button onPress={() => go(props.home)}>Go to the home folder</Button>}
            >
              {problem.message}
            </EmptyState>
          ) : listing === undefined ? (
            <SkeletonRows count={8} label="Reading the folder" />
          ) : listing.entries.length === 0 ? (
            <EmptyState title={filter === '' ? 'Nothing to choose here' : 'No name begins so'}>
              {emptyWords(choosing, endings)}
            </EmptyState>
          ) : (
            <Entries
              listing={listing}
              onPress={(entry) => {
                const path = joinPath(listing.folder, entry.name, listing.separator)
                if (entry.kind === 'folder') go(path)
                else if (choosing === 'newFile') setName(entry.name)
                else onChoose(path)
              }}
            />
          )}
        </div>
        {choosing === 'newFile' ? (
          <TextField label="Name of the file" isMono value={name} onChange={setName} />
        ) : null}
      </div>
    </Dialog>
  )
}

function emptyWords(choosing: Choosing, endings: readonly string[]): string {
  if (choosing === 'folder') return 'There is no folder in it. It can be chosen itself.'
  return endings.length === 0
    ? 'This folder is empty.'
    : `There is no folder in it, and no file that ends in ${endings.map((one) => `.${one}`).join(', ')}.`
}

function Entries(props: {
  readonly listing: FolderListing
  readonly onPress: (entry: FileEntry) => void
}): ReactNode {
  const now = useNow()
  return (
    <DataList
      label={`In ${props.listing.folder}`}
      columns={[
        { id: 'name', title: 'Name', isFluid: true },
        { id: 'size', title: 'Size', align: 'right' },
        { id: 'changed', title: 'Changed', align: 'right' },
      ]}
      rows={props.listing.entries.map((entry) => ({
        id: entry.name,
        cells: [
          <RowAction
            key="name"
            icon={entry.kind === 'folder' ? Folder : File}
            name={entry.name}
            onPress={() => props.onPress(entry)}
          />,
          entry.sizeBytes === null ? '' : formatBytes(entry.sizeBytes),
          entry.modifiedAt === null ? '' : formatMoment(entry.modifiedAt, now),
        ],
      }))}
    />
  )
}

function NewFolder(props: { readonly folder: string; readonly onMade: (folder: string) => void }): ReactNode {
  const [name, setName] = useState('')
  const making = useAction(
    (host, wanted: string) => host.files.makeFolder({ folder: props.folder, name: wanted }),
    ['files'],
    { onSuccess: ({ folder }) => props.onMade(folder) },
  )
  const problem = describeError(making.error)
  const make = (): void => {
    if (name.trim() !== '') making.mutate(name.trim())
  }
  return (
    <Form onSubmit={make} className="gap-6">
      <div className="flex items-end gap-8">
        <div className="min-w-0 flex-1">
          <TextField label="Name of the new folder" autoFocus value={name} onChange={setName} />
        </div>
        <Button type="submit" isBusy={making.isPending} isDisabled={name.trim() === ''}>
          Make folder
        </Button>
      </div>
      <FormError message={problem?.message} hint={problem?.hint} />
    </Form>
  )
}
