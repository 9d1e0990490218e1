// The runs of a collection that are kept, the newest first; each opens with its results.
import { ListChecks } from 'lucide-react'
import type { ReactNode } from 'react'
import type { CollectionRunId, RunEntry } from '#contract/capabilities/runs.ts'
import { Badge } from '../../components/badge.tsx'
import { DataList, RowAction } from '../../components/data-list.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { formatCount, formatDuration, formatFull, formatMoment } from '../../components/format.ts'
import { useNow } from '../../components/use-now.ts'

/** The list. */
export function EarlierRuns(props: {
  readonly runs: readonly RunEntry[]
  readonly shown: CollectionRunId | null
  readonly onShow: (runId: CollectionRunId) => void
}): ReactNode {
  const now = useNow(30_000)
  if (props.runs.length === 0)
    return (
      <EmptyState title="No runs yet">The last 20 runs of a collection are kept on this machine.</EmptyState>
    )
  return (
    <div className="min-h-0 flex-1 overflow-auto">
      <DataList
        label="Earlier runs"
        columns={[
          { id: 'when', title: 'Run', isFluid: true },
          { id: 'ended', title: 'Ended' },
          { id: 'requests', title: 'Requests', align: 'right' },
          { id: 'failed', title: 'Failed', align: 'right' },
          { id: 'p95', title: 'p95', align: 'right' },
          { id: 'time', title: 'Time', align: 'right' },
        ]}
        rows={props.runs.map(({ runId, summary, isUnderWay }) => ({
          id: runId,
          cells: [
            <span key="when" title={formatFull(summary.startedAt)}>
              <RowAction
                icon={ListChecks}
                name={formatMoment(summary.startedAt, now)}
                detail={runId === props.shown ? 'shown' : ''}
                onPress={() => props.onShow(runId)}
              />
            </span>,
            isUnderWay ? (
              <Badge key="ended" tone="info">
                Running
              </Badge>
            ) : summary.ended === 'cancelled' ? (
              <Badge key="ended" tone="warning">
                Cancelled
              </Badge>
            ) : summary.requests.failed > 0 ? (
              <Badge key="ended" tone="danger">
                Failed
              </Badge>
            ) : (
              <Badge key="ended" tone="success">
                Passed
              </Badge>
            ),
            formatCount(summary.requests.total),
            formatCount(summary.requests.failed),
            formatDuration(summary.latency.p95),
            formatDuration(summary.durationMs),
          ],
        }))}
      />
    </div>
  )
}
