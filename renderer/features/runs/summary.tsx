// What a run comes to, while it goes and afterwards: counts, latencies, and how far it is.
import type { ReactNode } from 'react'
import type { RunProgress, RunSummary } from '#contract/requests/run.ts'
import { Badge } from '../../components/badge.tsx'
import { formatBytes, formatCount, formatDuration } from '../../components/format.ts'
import type { StartedRun } from './run-state.ts'

export interface SummaryProps {
  readonly counts: RunProgress
  /** Null while it is under way. */
  readonly summary: RunSummary | null
  /** The run that goes on; null for one that is over. */
  readonly started: StartedRun | null
}

/** Two lines at most. */
export function Summary({ counts, summary, started }: SummaryProps): ReactNode {
  const { requests, tests, latency } = counts
  const passed = requests.total - requests.failed - requests.skipped
  const planned = started?.planned ?? null
  const p = (ms: number): string => formatDuration(ms)
  return (
    <section aria-label="Summary" className="flex-none border-b border-line-1">
      <div className="flex flex-wrap items-center gap-x-14 gap-y-4 px-12 py-8 text-small">
        <State summary={summary} />
        <span className="tabular-nums" role="status">
          {formatCount(requests.total)}
          {planned === null || summary !== null ? '' : ` of ${formatCount(planned)}`} requests
        </span>
        <Count word="passed" count={passed} className="text-success" />
        <Count word="failed" count={requests.failed} className="text-danger" />
        {requests.skipped === 0 ? null : <Count word="skipped" count={requests.skipped} className="text-3" />}
        {tests.total === 0 ? null : (
          <span className="text-2 tabular-nums">
            {formatCount(tests.total - tests.failed)} of {formatCount(tests.total)} tests passed
          </span>
        )}
        <span className="text-2 tabular-nums" title="Of all requests that were answered">
          p50 {p(latency.p50)} · p95 {p(latency.p95)} · p99 {p(latency.p99)} · max {p(latency.max)}
        </span>
        <span className="text-2 tabular-nums">{formatBytes(counts.bytesReceived)}</span>
        {summary === null ? null : (
          <span className="text-2 tabular-nums">
            {summary.iterations === 1 ? '' : `${formatCount(summary.iterations)} iterations in `}
            {formatDuration(summary.durationMs)}
          </span>
        )}
      </div>
      {summary !== null || planned === null || planned === 0 ? null : (
        <progress
          aria-label="Progress of the run"
          value={Math.min(requests.total, planned)}
          max={planned}
          className="block h-2 w-full appearance-none overflow-hidden bg-active [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-active [&::-webkit-progress-value]:bg-accent"
        />
      )}
    </section>
  )
}

function State({ summary }: { readonly summary: RunSummary | null }): ReactNode {
  if (summary === null) return <Badge tone="info">Running</Badge>
  if (summary.ended === 'cancelled') return <Badge tone="warning">Cancelled</Badge>
  if (summary.ended === 'stopped') return <Badge tone="danger">Stopped on a failure</Badge>
  return summary.requests.failed > 0 ? (
    <Badge tone="danger">Failed</Badge>
  ) : (
    <Badge tone="success">Passed</Badge>
  )
}

function Count(props: {
  readonly word: string
  readonly count: number
  readonly className: string
}): ReactNode {
  return (
    <span className="tabular-nums">
      <span className={props.count === 0 ? 'text-3' : props.className}>{formatCount(props.count)}</span>{' '}
      <span className="text-2">{props.word}</span>
    </span>
  )
}
