// What was run on the project from this machine lately.
import { Check, CircleAlert, Clock, Ban } from 'lucide-react'
import type { ReactNode } from 'react'
import type { HistoryEntry } from '#contract/capabilities/history.ts'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import { Card } from '../../components/card.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { formatAge, formatCount, formatDuration, formatFull } from '../../components/format.ts'
import { useNow } from '../../components/use-now.ts'
import { useCall } from '../../host/host-provider.tsx'
import { useShell } from '../../shell/shell.tsx'

const SHOWN = 8
const MARKS = {
  done: { icon: Check, className: 'text-success', word: 'done' },
  failed: { icon: CircleAlert, className: 'text-danger', word: 'failed' },
  cancelled: { icon: Ban, className: 'text-3', word: 'cancelled' },
  snapshot: { icon: Clock, className: 'text-3', word: 'from a snapshot' },
} as const

/** The newest entries of the history; choosing one opens it in the editor. */
export function RecentQueries({ connectionId }: { readonly connectionId: ConnectionId }): ReactNode {
  const now = useNow()
  const shell = useShell()
  const reading = useCall(['history', 'recent', connectionId], (host, options) =>
    host.history.list({ connectionId, limit: SHOWN }, options),
  )
  const entries = reading.data?.entries
  return (
    <Card title="Recent">
      {entries === undefined ? (
        <div className="h-64" />
      ) : entries.length === 0 ? (
        <EmptyState title="Nothing was run here yet">
          Statements that you run on this database show up here.
        </EmptyState>
      ) : (
        <ul className="py-6">
          {entries.map((entry) => (
            <li key={entry.id}>
              <RecentRow
                entry={entry}
                now={now}
                onOpen={() => shell.openSql({ connectionId, sql: entry.sql })}
              />
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

function RecentRow(props: {
  readonly entry: HistoryEntry
  readonly now: Date
  readonly onOpen: () => void
}): ReactNode {
  const { entry } = props
  const { icon: Icon, className, word } = MARKS[entry.outcome]
  return (
    <button
      type="button"
      onClick={props.onOpen}
      title={entry.error ?? entry.sql.slice(0, 1000)}
      className="flex h-28 w-full items-center gap-10 px-14 text-small hover:bg-hover focus-visible:outline-offset-[-2px]"
    >
      <Icon aria-label={word} size={14} strokeWidth={1.75} className={className} />
      <span className="min-w-0 flex-1 truncate text-left font-mono text-data">
        {entry.sql.replace(/\s+/g, ' ').trim()}
      </span>
      <span className="text-3 tabular-nums">
        {entry.rowCount === null ? '' : `${formatCount(entry.rowCount)} rows, `}
        {formatDuration(entry.elapsedMs)}
      </span>
      <span className="w-70 text-right text-3" title={formatFull(entry.startedAt)}>
        {formatAge(entry.startedAt, props.now)}
      </span>
    </button>
  )
}
