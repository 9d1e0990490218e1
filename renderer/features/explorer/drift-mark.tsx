// The quiet mark at a collection of which requests do not fit their API any more.
import { Unplug } from 'lucide-react'
import type { ReactNode } from 'react'
import type { CollectionId } from '#contract/requests/collection.ts'
import { useCall } from '../../host/host-provider.tsx'
import { useIsAreaVisible } from '../../shell/shell.tsx'
import { useRequestWorkbench } from '../requests/index.ts'

const ASKED_EVERY_MS = 8_000

/** Nothing while all fits, and for collections without a source. */
export function DriftMark({ collectionId }: { readonly collectionId: CollectionId }): ReactNode {
  const { ask } = useRequestWorkbench()
  const isVisible = useIsAreaVisible()
  const { data } = useCall(
    ['explorer', 'alarm', collectionId],
    (host, options) => host.explorer.alarm({ collectionId }, options),
    { enabled: isVisible, refetchInterval: ASKED_EVERY_MS },
  )
  if (data === undefined || data === null || data.requests === 0) return null
  const words = `${String(data.requests)} ${data.requests === 1 ? 'request does' : 'requests do'} not fit the API any more`
  return (
    <span
      title={`${words}. Compare with its source to see why.`}
      className="inline-flex items-center gap-3 text-warning"
      // The keyboard has it in the menu of the row.
      onClick={(event) => {
        event.stopPropagation()
        ask.set({ kind: 'drift', collectionId, path: '' })
      }}
    >
      <Unplug aria-hidden="true" size={12} strokeWidth={1.75} />
      <span aria-hidden="true">{data.requests}</span>
      <span className="sr-only">{words}</span>
    </span>
  )
}
