// Opens a folder that holds a collection; a folder of another tool's files is handed to the import.
import { useState, type ReactNode } from 'react'
import { isAppError } from '#contract/errors.ts'
import { TextButton } from '../../components/button.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { formatCount } from '../../components/format.ts'
import { describeError } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { useShell } from '../../shell/shell.tsx'
import { PathField } from '../files/index.ts'

export interface OpenFolderDialogProps {
  /** The folder holds no collection of ours: it may be one of another tool. */
  readonly onImport: (path: string) => void
  readonly onClose: () => void
}

/** Rendered only while it is open. */
export function OpenFolderDialog({ onImport, onClose }: OpenFolderDialogProps): ReactNode {
  const { notifications } = useShell()
  const [folder, setFolder] = useState('')
  const opening = useAction(
    async (host, typed: string) =>
      // The host lists it first: so `~` and a separator at the end count here too.
      host.collections.open({ folder: (await host.files.list({ folder: typed, kinds: 'folders' })).folder }),
    ['collections'],
    {
      onSuccess: ({ name, requests }) => {
        notifications.toast({
          tone: 'success',
          text: `${name} is open: ${formatCount(requests)} ${requests === 1 ? 'request' : 'requests'}.`,
        })
        onClose()
      },
    },
  )
  const isAnother = isAppError(opening.error, 'INVALID_INPUT') || isAppError(opening.error, 'NOT_FOUND')
  return (
    <FormDialog
      title="Open a folder"
      submitLabel="Open folder"
      busyLabel="Opening…"
      isBusy={opening.isPending}
      isBlocked={folder.trim() === ''}
      problem={describeError(opening.error)}
      onSubmit={() => opening.mutate(folder.trim())}
      onClose={onClose}
    >
      <PathField
        label="Folder"
        choosing="folder"
        autoFocus
        value={folder}
        onChange={(next) => {
          setFolder(next)
          opening.reset()
        }}
        help="The one that has opencollection.yml in it. Its files are watched, and are not moved."
      />
      {isAnother ? (
        <p className="text-small text-2">
          Does it hold a collection of another tool?{' '}
          <TextButton onPress={() => onImport(folder.trim())}>Import it</TextButton>
        </p>
      ) : null}
    </FormDialog>
  )
}
