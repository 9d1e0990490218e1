// How a collection and the API it was made from differ since.
import { useState, type ReactNode } from 'react'
import type { CollectionId } from '#contract/requests/collection.ts'
import { Button, TextButton } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { describeError } from '../../host/error-text.ts'
import { useCall } from '../../host/host-provider.tsx'
import { useRequestWorkbench } from '../requests/index.ts'

export interface DriftDialogProps {
  readonly collectionId: CollectionId
  readonly onClose: () => void
}

/** Rendered only while it is open. */
export function DriftDialog({ collectionId, onClose }: DriftDialogProps): ReactNode {
  const workbench = useRequestWorkbench()
  const [showsNew, setShowsNew] = useState(true)
  const reading = useCall(['explorer', 'drift', collectionId], (host, options) =>
    host.explorer.drift({ collectionId }, options),
  )
  const problem = describeError(reading.error)
  const shown = reading.data?.filter(({ kind }) => showsNew || kind !== 'new-endpoint')
  const news = reading.data?.filter(({ kind }) => kind === 'new-endpoint').length ?? 0
  return (
    <Dialog
      title="Changes since the collection was made"
      isOpen
      onClose={onClose}
      actions={
        <>
          {news === 0 ? null : (
            <Button onPress={() => setShowsNew(!showsNew)}>
              {showsNew ? 'Hide new endpoints' : `Show ${String(news)} new endpoints`}
            </Button>
          )}
          <Button onPress={() => void reading.refetch()} isBusy={reading.isFetching}>
            Compare again
          </Button>
        </>
      }
    >
      {problem !== undefined ? (
        <p role="alert" className="text-body text-danger">
          {problem.message} {problem.hint}
        </p>
      ) : shown === undefined ? (
        <SkeletonRows count={4} label="Comparing with the schema" />
      ) : shown.length === 0 ? (
        <p className="text-body text-2">Every request fits the API as it is now.</p>
      ) : (
        <ul aria-label="Differences" className="flex max-h-360 flex-col gap-6 overflow-y-auto text-body">
          {shown.map(({ path, kind, message }) => (
            <li key={`${path ?? ''} ${kind} ${message}`} className="flex items-baseline gap-8">
              <span className="min-w-0 flex-1 select-text">{message}</span>
              {path === null ? null : (
                <TextButton
                  onPress={() => {
                    onClose()
                    workbench.openFile(collectionId, path)
                  }}
                >
                  Open
                </TextButton>
              )}
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  )
}
