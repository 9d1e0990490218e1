// One result of a run: what was sent, how its tests went, why it failed; its exchange opens in the tab of its request.
import { FileText, ScrollText } from 'lucide-react'
import type { ReactNode } from 'react'
import type { CollectionId } from '#contract/requests/collection.ts'
import type { RequestResult } from '#contract/requests/run.ts'
import { Button } from '../../components/button.tsx'
import { formatBytes, formatDuration } from '../../components/format.ts'
import { FormError } from '../../components/form-error.tsx'
import { MethodLabel } from '../../components/method-label.tsx'
import { useAction } from '../../host/host-provider.tsx'
import { describeError } from '../../host/error-text.ts'
import { TestsPart, useRequestWorkbench } from '../requests/index.ts'

/** Below the list of results. */
export function ResultDetail(props: {
  readonly collectionId: CollectionId
  readonly result: RequestResult
}): ReactNode {
  const { collectionId, result } = props
  const { tabs, sends } = useRequestWorkbench()
  const open = useAction(
    (host, exchangeId: NonNullable<RequestResult['exchangeId']>) => host.requests.exchange({ exchangeId }),
    [],
    { onSuccess: (exchange) => sends.show(tabs.openFile(collectionId, result.path), exchange) },
  )
  const { exchangeId, failure } = result
  const problem = describeError(open.error)
  return (
    <section aria-label={`Result of ${result.name}`} className="flex min-h-0 flex-1 flex-col overflow-auto">
      <div className="flex flex-none flex-wrap items-center gap-x-12 gap-y-6 border-b border-line-1 px-12 py-8 text-small">
        <span className="flex w-full items-baseline gap-8">
          <MethodLabel method={result.method} />
          <span className="min-w-0 flex-1 font-mono text-data [overflow-wrap:anywhere] select-text">
            {result.url}
          </span>
        </span>
        <span className="min-w-0 flex-1 text-2 tabular-nums">
          {[
            result.status === null ? '' : `Status ${result.status}`,
            formatDuration(result.durationMs),
            formatBytes(result.bodyBytes),
            `Iteration ${result.iteration + 1}`,
            result.attempts > 1 ? `${result.attempts} tries` : '',
          ]
            .filter((word) => word !== '')
            .join(' · ')}
        </span>
        <span className="flex gap-6">
          <Button
            size="compact"
            icon={FileText}
            onPress={() => void tabs.openFile(collectionId, result.path)}
          >
            Open request
          </Button>
          <Button
            size="compact"
            icon={ScrollText}
            isBusy={open.isPending}
            disabledReason={
              exchangeId === null
                ? 'Responses of the last run are kept, those that failed first. Send the request to see one.'
                : undefined
            }
            onPress={() => {
              if (exchangeId !== null) open.mutate(exchangeId)
            }}
          >
            Open response
          </Button>
        </span>
      </div>
      {failure === null && problem === undefined ? null : (
        <div className="flex flex-col gap-8 px-12 py-8">
          {failure === null ? null : <FormError message={failure.message} hint={failure.hint} />}
          {problem === undefined ? null : <FormError message={problem.message} hint={problem.hint} />}
        </div>
      )}
      <TestsPart tests={result.tests} changed={[]} />
    </section>
  )
}
