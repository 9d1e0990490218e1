// How a collection and the API it was made from differ since: per request, with what to do about it.
import { useState, type ReactNode } from 'react'
import type { Drift } from '#contract/capabilities/explorer.ts'
import type { CollectionId } from '#contract/requests/collection.ts'
import { Button, TextButton } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { describeError } from '../../host/error-text.ts'
import { useCall } from '../../host/host-provider.tsx'
import { useRequestWorkbench } from '../requests/index.ts'

/** By kind of difference. */
const ADVICE: Readonly<Record<string, string>> = {
  'missing-table': 'Delete the request, or give it the table’s new name.',
  'missing-function': 'Delete the request, or give it the function’s new name.',
  'missing-column': 'Take the column out of the request, or give it its new name.',
  'missing-relation': 'Take the relation out of the request’s select.',
  'missing-operation': 'Grant it again, or delete the request.',
  'missing-argument': 'Take the argument out, or give it its new name.',
  'new-argument': 'Give the argument in the request.',
  'changed-type': 'Look whether values and the expected shape still hold.',
  'missing-endpoint': 'Delete the request, or give it the new address.',
  'missing-parameter': 'Take the parameter out, or give it its new name.',
}

export interface DriftDialogProps {
  readonly collectionId: CollectionId
  readonly onClose: () => void
}

/** Rendered only while it is open. */
export function DriftDialog({ collectionId, onClose }: DriftDialogProps): ReactNode {
  const reading = useCall(['explorer', 'drift', collectionId], (host, options) =>
    host.explorer.drift({ collectionId }, options),
  )
  const problem = describeError(reading.error)
  return (
    <Dialog
      title="Changes since the collection was made"
      width="large"
      isOpen
      onClose={onClose}
      actions={
        <Button onPress={() => void reading.refetch()} isBusy={reading.isFetching}>
          Compare again
        </Button>
      }
    >
      {problem !== undefined ? (
        <p role="alert" className="text-body text-danger">
          {problem.message} {problem.hint}
        </p>
      ) : reading.data === undefined ? (
        <SkeletonRows count={4} label="Comparing with the source" />
      ) : (
        <Differences collectionId={collectionId} drift={reading.data} onClose={onClose} />
      )}
    </Dialog>
  )
}

function Differences(props: {
  readonly collectionId: CollectionId
  readonly drift: readonly Drift[]
  readonly onClose: () => void
}): ReactNode {
  const { collectionId, drift, onClose } = props
  const workbench = useRequestWorkbench()
  const [showsNew, setShowsNew] = useState(false)
  const requests = Map.groupBy(
    drift.filter(({ kind }) => kind !== 'new-endpoint'),
    ({ path }) => path ?? '',
  )
  const news = drift.filter(({ kind }) => kind === 'new-endpoint')
  return (
    <div className="flex flex-col gap-12">
      <p className="text-body text-2">
        {requests.size === 0
          ? 'Every request fits the API as it is now.'
          : `${String(requests.size)} ${requests.size === 1 ? 'request asks' : 'requests ask'} for something that is gone or another now.`}
      </p>
      {requests.size === 0 ? null : (
        <ul
          aria-label="Requests that do not fit"
          tabIndex={0}
          className="flex max-h-360 flex-col overflow-y-auto rounded-control border border-line-1 text-body"
        >
          {[...requests].map(([path, found]) => (
            <li key={path} className="flex flex-col gap-4 border-b border-line-1 px-12 py-8 last:border-b-0">
              <div className="flex items-baseline gap-8">
                <span className="min-w-0 flex-1 truncate font-medium" title={path}>
                  {nameOf(path, found)}
                </span>
                {path === '' ? null : (
                  <TextButton
                    onPress={() => {
                      onClose()
                      workbench.openFile(collectionId, path)
                    }}
                  >
                    Open
                  </TextButton>
                )}
              </div>
              {found.map(({ kind, message }) => (
                <p key={`${kind} ${message}`} className="text-small text-2 select-text">
                  <span className="text-1">{withoutName(message)}</span> {ADVICE[kind] ?? ''}
                </p>
              ))}
            </li>
          ))}
        </ul>
      )}
      {news.length === 0 ? null : (
        <div className="flex flex-col gap-6">
          <div className="flex items-baseline gap-8">
            <p className="min-w-0 flex-1 text-body text-2">
              {news.length === 1 ? '1 endpoint' : `${String(news.length)} endpoints`} of the API no request
              calls.
            </p>
            <TextButton onPress={() => setShowsNew(!showsNew)}>
              {showsNew ? 'Hide them' : 'Show them'}
            </TextButton>
          </div>
          {showsNew ? (
            <ul
              aria-label="Endpoints without a request"
              tabIndex={0}
              className="max-h-160 overflow-y-auto text-small text-2 select-text"
            >
              {news.map(({ message }) => (
                <li key={message}>{message}</li>
              ))}
            </ul>
          ) : null}
        </div>
      )}
    </div>
  )
}

/** The request as its file is called. */
function nameOf(path: string, found: readonly Drift[]): string {
  return path === '' ? (found[0]?.message.split(': ')[0] ?? '') : path.replace(/\.ya?ml$/, '')
}

/** The name stands above already. Names of tables stay as they are written. */
function withoutName(message: string): string {
  const text = message.includes(': ') ? message.slice(message.indexOf(': ') + 2) : message
  return text.replace(/^there /, 'There ')
}
