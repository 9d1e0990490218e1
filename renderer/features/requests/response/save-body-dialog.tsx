// Where a body is written to: a path on this machine, and a question when something is there already.
import { useState, type ReactNode } from 'react'
import { isAppError } from '#contract/errors.ts'
import type { Exchange } from '#contract/requests/exchange.ts'
import { FormDialog } from '../../../components/form-dialog.tsx'
import { formatBytes } from '../../../components/format.ts'
import { Checkbox } from '../../../components/toggles.tsx'
import { describeError } from '../../../host/error-text.ts'
import { useAction } from '../../../host/host-provider.tsx'
import { PathField } from '../../files/index.ts'
import { useShell } from '../../../shell/shell.tsx'

/** Rendered only while it is open. */
export function SaveBodyDialog(props: {
  readonly exchange: Exchange
  readonly onClose: () => void
}): ReactNode {
  const { exchange, onClose } = props
  const { notifications } = useShell()
  const [file, setFile] = useState('')
  const [replaces, setReplaces] = useState(false)
  const save = useAction(
    (host, input: { file: string; replaces: boolean }) =>
      host.requests.saveBody({ exchangeId: exchange.id, ...input }),
    [],
    {
      onSuccess: ({ bytes }) => {
        notifications.toast({ text: `${formatBytes(bytes)} written to ${file}.` })
        onClose()
      },
    },
  )
  const isThere = isAppError(save.error, 'ALREADY_EXISTS')
  return (
    <FormDialog
      title="Save response to a file"
      submitLabel="Save file"
      busyLabel="Saving…"
      isBusy={save.isPending}
      isBlocked={file.trim() === ''}
      problem={describeError(save.error)}
      onSubmit={() => save.mutate({ file: file.trim(), replaces })}
      onClose={onClose}
    >
      <PathField
        label="File"
        choosing="newFile"
        autoFocus
        value={file}
        onChange={setFile}
        help="An absolute path, with the file’s name."
      />
      {isThere || replaces ? (
        <Checkbox label="Replace the file that is there" isSelected={replaces} onChange={setReplaces} />
      ) : null}
    </FormDialog>
  )
}
