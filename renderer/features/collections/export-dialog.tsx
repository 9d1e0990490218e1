// Export: a format, what of it cannot be kept, and the text to copy or to save as a file.
import { useState, type ReactNode } from 'react'
import type { ExportFormat } from '#contract/capabilities/collections.ts'
import { isAppError } from '#contract/errors.ts'
import type { CollectionId } from '#contract/requests/collection.ts'
import { CodeBlock } from '../../components/code-block.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { FormDialog } from '../../components/form-dialog.tsx'
import { formatBytes } from '../../components/format.ts'
import { Select } from '../../components/select.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { Checkbox } from '../../components/toggles.tsx'
import { describeError } from '../../host/error-text.ts'
import { useAction, useCall } from '../../host/host-provider.tsx'
import { useShell } from '../../shell/shell.tsx'
import { PathField } from '../files/index.ts'
import { useCollections } from '../requests/index.ts'
import { ProblemList, problemCounts } from './problem-list.tsx'

const FORMATS: readonly { readonly id: ExportFormat; readonly label: string; readonly detail: string }[] = [
  { id: 'postman-2.1', label: 'Postman 2.1', detail: 'scripts, examples and variables' },
  { id: 'openapi-3.1', label: 'OpenAPI 3.1', detail: 'paths, parameters, bodies, examples' },
  { id: 'opencollection', label: 'OpenCollection', detail: 'a folder of files, nothing is lost' },
  { id: 'har', label: 'HAR', detail: 'requests as they would be sent' },
  { id: 'curl', label: 'cURL', detail: 'one command per request' },
]
const ENDINGS: Readonly<Record<ExportFormat, string>> = {
  'postman-2.1': '.postman_collection.json',
  'openapi-3.1': '.openapi.json',
  opencollection: '',
  har: '.har',
  curl: '.sh',
}
/** More than this is saved or copied whole, but not drawn. */
const MOST_DRAWN = 100_000

export interface ExportDialogProps {
  readonly collectionId: CollectionId
  /** Of a folder or a request; empty for the whole collection. */
  readonly path: string
  readonly onClose: () => void
}

/** Rendered only while it is open. */
export function ExportDialog({ collectionId, path, onClose }: ExportDialogProps): ReactNode {
  const { notifications } = useShell()
  const { collections } = useCollections()
  const collection = collections.find((one) => one.id === collectionId)
  const name = path === '' ? (collection?.name ?? 'collection') : nameOf(path)
  const [format, setFormat] = useState<ExportFormat>('postman-2.1')
  const [file, setFile] = useState('')
  const [replaces, setReplaces] = useState(false)
  const isFolder = format === 'opencollection'
  const made = useCall(
    ['collections', 'export', collectionId, path, format],
    (host, options) => host.collections.export({ id: collectionId, path, format, file: null }, options),
    { enabled: !isFolder },
  )
  const save = useAction(
    (host, input: { file: string; replaces: boolean }) =>
      host.collections.export({ id: collectionId, path, format, ...input }),
    [],
    {
      onSuccess: (_, input) => {
        notifications.toast({ tone: 'success', text: `${name} is written to ${input.file}.` })
        onClose()
      },
    },
  )
  const text = isFolder ? '' : (made.data?.text ?? '')
  const problems = isFolder ? [] : (made.data?.problems ?? [])
  const reading = isFolder ? undefined : describeError(made.error)
  const isThere = isAppError(save.error, 'ALREADY_EXISTS') && !isFolder
  const suggested = `${fileName(name)}${ENDINGS[format]}`
  return (
    <FormDialog
      title={`Export ${name}`}
      width="large"
      submitLabel={isFolder ? 'Save folder' : 'Save file'}
      busyLabel="Saving…"
      isBusy={save.isPending}
      isBlocked={file.trim() === '' || (!isFolder && made.data === undefined)}
      problem={describeError(save.error) ?? reading}
      otherActions={isFolder ? null : <CopyButton label="Copy" text={text} />}
      hint={isFolder || text === '' ? undefined : formatBytes(text.length)}
      onSubmit={() => save.mutate({ file: file.trim(), replaces })}
      onClose={onClose}
    >
      <Select
        label="Format"
        options={FORMATS}
        value={format}
        onChange={(next) => {
          setFormat(next)
          setFile('')
          setReplaces(false)
          save.reset()
        }}
      />
      {isFolder ? (
        <p className="text-small text-2">
          The collection’s own format: a copy of its files, as other tools that know OpenCollection read it.
          Values of secrets stay in this machine’s keychain.
        </p>
      ) : made.data === undefined ? (
        reading === undefined ? (
          <SkeletonRows count={5} label="Writing the export" />
        ) : null
      ) : (
        <>
          <p className="text-small text-2">
            {problems.length === 0
              ? 'Everything in it is kept. Values of secrets are left out.'
              : `What this format cannot hold: ${problemCounts(problems)}. Values of secrets are left out.`}
          </p>
          <ProblemList label="What cannot be kept" problems={problems} />
          <div className="h-200 flex-none overflow-hidden rounded-control border border-line-1 bg-s1">
            <CodeBlock
              label="Text of the export"
              language={format === 'curl' ? 'curl' : 'json'}
              text={text.slice(0, MOST_DRAWN)}
              className="h-full"
            />
          </div>
          {text.length > MOST_DRAWN ? (
            <p className="text-small text-3">The beginning is shown. Copied and saved, it is whole.</p>
          ) : null}
        </>
      )}
      <PathField
        label={isFolder ? 'New folder' : 'File'}
        choosing="newFile"
        suggestedName={suggested}
        value={file}
        onChange={(next) => {
          setFile(next)
          save.reset()
        }}
        placeholder={suggested}
      />
      {isThere || replaces ? (
        <Checkbox label="Replace the file that is there" isSelected={replaces} onChange={setReplaces} />
      ) : null}
    </FormDialog>
  )
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.ya?ml$/, '')
}

/** A name that every file system takes. */
function fileName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '') || 'collection'
}
