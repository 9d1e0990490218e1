// Where a report is written to: its format, a path, and a question when something is there already.
import { useState, type ReactNode } from 'react'
import type { CollectionRunId } from '#contract/capabilities/runs.ts'
import { isAppError } from '#contract/errors.ts'
import type { ReportFormat } from '#contract/requests/run.ts'
import { FormDialog } from '../../components/form-dialog.tsx'
import { Select } from '../../components/select.tsx'
import { Checkbox } from '../../components/toggles.tsx'
import { describeError } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { useShell } from '../../shell/shell.tsx'
import { PathField } from '../files/index.ts'

const FORMATS: readonly { readonly id: ReportFormat; readonly label: string; readonly detail: string }[] = [
  { id: 'junit', label: 'JUnit', detail: 'XML, for CI' },
  { id: 'html', label: 'HTML', detail: 'A page, for people' },
  { id: 'json', label: 'JSON', detail: 'Everything, for programs' },
]
const ENDINGS: Readonly<Record<ReportFormat, string>> = { junit: 'xml', html: 'html', json: 'json' }

/** Rendered only while it is open. */
export function ReportDialog(props: {
  readonly runId: CollectionRunId
  readonly name: string
  readonly onClose: () => void
}): ReactNode {
  const { runId, onClose } = props
  const { notifications } = useShell()
  const [format, setFormat] = useState<ReportFormat>('html')
  const [file, setFile] = useState('')
  const [replaces, setReplaces] = useState(false)
  const save = useAction(
    (host, input: { readonly format: ReportFormat; readonly file: string; readonly replaces: boolean }) =>
      host.runs.report({ runId, ...input }),
    [],
    {
      onSuccess: () => {
        notifications.toast({ text: `The report is written to ${file}.` })
        onClose()
      },
    },
  )
  const isThere = isAppError(save.error, 'ALREADY_EXISTS')
  const ending = ENDINGS[format]
  return (
    <FormDialog
      title="Save a report of the run"
      submitLabel="Save report"
      busyLabel="Saving…"
      isBusy={save.isPending}
      isBlocked={file.trim() === ''}
      problem={describeError(save.error)}
      onSubmit={() => save.mutate({ format, file: file.trim(), replaces })}
      onClose={onClose}
    >
      <Select label="Format" options={FORMATS} value={format} onChange={setFormat} />
      <PathField
        label="File"
        choosing="newFile"
        endings={[ending]}
        suggestedName={`${props.name.replaceAll(/[^\p{L}\p{N} _-]/gu, '')} run.${ending}`}
        value={file}
        onChange={(next) => {
          setFile(next)
          setReplaces(false)
        }}
        help="An absolute path, with the file’s name. Secrets are masked in reports."
      />
      {isThere || replaces ? (
        <Checkbox label="Replace the file that is there" isSelected={replaces} onChange={setReplaces} />
      ) : null}
    </FormDialog>
  )
}
