// How a run differs from the one before: what fails newly, what passes again, what became slower.
import { ArrowDown, Check, FileText, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { CollectionRunId } from '#contract/capabilities/runs.ts'
import type { CollectionId } from '#contract/requests/collection.ts'
import type { RunChange } from '#contract/requests/run.ts'
import { Button } from '../../components/button.tsx'
import { classNames } from '../../components/class-names.ts'
import { DataList, RowAction } from '../../components/data-list.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { formatDuration, formatMoment } from '../../components/format.ts'
import { MethodLabel } from '../../components/method-label.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { useNow } from '../../components/use-now.ts'
import { describeError } from '../../host/error-text.ts'
import { useRequestWorkbench } from '../requests/index.ts'
import { useComparison } from './use-runs.ts'

const KINDS = {
  newlyFailed: { icon: X, word: 'Newly failed', className: 'text-danger' },
  newlyPassed: { icon: Check, word: 'Newly passed', className: 'text-success' },
  slower: { icon: ArrowDown, word: 'Slower', className: 'text-warning' },
} as const

/** "2 newly failed, 1 newly passed"; empty for no difference. */
export function changesInWords(changes: readonly RunChange[]): string {
  const count = (kind: RunChange['kind']): number => changes.filter((one) => one.kind === kind).length
  return (['newlyFailed', 'newlyPassed', 'slower'] as const)
    .filter((kind) => count(kind) > 0)
    .map((kind) => `${count(kind)} ${KINDS[kind].word.toLowerCase()}`)
    .join(', ')
}

/** The list. */
export function ChangesPane(props: {
  readonly collectionId: CollectionId
  readonly runId: CollectionRunId
}): ReactNode {
  const { tabs } = useRequestWorkbench()
  const reading = useComparison(props.runId)
  const now = useNow(30_000)
  const problem = describeError(reading.error)
  if (reading.data === undefined)
    return problem === undefined ? (
      <SkeletonRows count={4} label="Comparing the runs" />
    ) : (
      <EmptyState
        title="The runs cannot be compared"
        action={<Button onPress={() => void reading.refetch()}>Try again</Button>}
      >
        {problem.message} {problem.hint}
      </EmptyState>
    )
  const { before, changes } = reading.data
  if (before === null)
    return (
      <EmptyState title="This is the first run">
        The next run is compared with this one: what fails newly, what passes again, what became slower.
      </EmptyState>
    )
  const when = formatMoment(before.summary.startedAt, now)
  if (changes.length === 0)
    return (
      <EmptyState title="Nothing changed">
        {`Every request came out as in the run before, of ${when}, and about as fast.`}
      </EmptyState>
    )
  return (
    <div className="min-h-0 flex-1 overflow-auto">
      <p role="status" className="px-14 py-10 text-small text-2">
        {`${changesInWords(changes)}, compared with the run of ${when}.`}
      </p>
      <DataList
        label="Changes since the run before"
        columns={[
          { id: 'kind', title: 'Change' },
          { id: 'request', title: 'Request', isFluid: true },
          { id: 'iterations', title: 'Iterations', align: 'right' },
          { id: 'before', title: 'Before', align: 'right' },
          { id: 'after', title: 'Now', align: 'right' },
        ]}
        rows={changes.map((change) => {
          const { icon: Icon, word, className } = KINDS[change.kind]
          return {
            id: `${change.kind} ${change.path}`,
            cells: [
              <span key="kind" className={classNames('flex items-center gap-6', className)}>
                <Icon aria-hidden="true" size={14} strokeWidth={2} />
                {word}
              </span>,
              <span key="request" className="flex min-w-0 items-center gap-10">
                <MethodLabel method={change.method} isColumn />
                <RowAction
                  icon={FileText}
                  name={change.name}
                  detail={change.path}
                  onPress={() => void tabs.openFile(props.collectionId, change.path)}
                />
              </span>,
              change.iterations,
              formatDuration(change.beforeMs),
              formatDuration(change.afterMs),
            ],
          }
        })}
      />
    </div>
  )
}
