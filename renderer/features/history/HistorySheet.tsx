// What was run on this connection (or on all), newest first: search, open in a tab, copy.
import { CircleAlert, Clock, ClipboardCopy, SquareTerminal, X } from 'lucide-react'
import { useDeferredValue, useState, type ReactNode } from 'react'
import type { HistoryEntry } from '#contract/capabilities/history.ts'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { Sheet } from '../../components/dialog.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { formatAge, formatCount, formatDuration, formatFull } from '../../components/format.ts'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { SearchField } from '../../components/text-field.tsx'
import { Switch } from '../../components/toggles.tsx'
import { useNow } from '../../components/use-now.ts'
import { useCall } from '../../host/host-provider.tsx'
import { useShell } from '../../shell/shell.tsx'

const PAGE = 100

export interface HistorySheetProps {
  readonly isOpen: boolean
  readonly connectionId: ConnectionId | null
  readonly onOpen: (entry: HistoryEntry) => void
  readonly onClose: () => void
}

/** The sheet from the right. */
export function HistorySheet({ isOpen, connectionId, onOpen, onClose }: HistorySheetProps): ReactNode {
  return (
    <Sheet title="History" isOpen={isOpen} onClose={onClose}>
      <HistoryList connectionId={connectionId} onOpen={onOpen} />
    </Sheet>
  )
}

function HistoryList({
  connectionId,
  onOpen,
}: Pick<HistorySheetProps, 'connectionId' | 'onOpen'>): ReactNode {
  const [search, setSearch] = useState('')
  const [isEverywhere, setIsEverywhere] = useState(connectionId === null)
  const [limit, setLimit] = useState(PAGE)
  const wanted = useDeferredValue(search)
  const now = useNow()
  const filter = { search: wanted, limit, ...(isEverywhere || connectionId === null ? {} : { connectionId }) }
  const { data, error, isPending } = useCall(['history', 'list', filter], (host, options) =>
    host.history.list(filter, options),
  )
  return (
    <div className="-mx-20 -my-16 flex h-[calc(100%+32px)] flex-col">
      <div className="flex flex-none items-center gap-12 whitespace-nowrap border-b border-line-1 px-20 py-10">
        <SearchField label="Search in history" value={search} onChange={setSearch} />
        {connectionId === null ? null : (
          <Switch label="All connections" isSelected={isEverywhere} onChange={setIsEverywhere} />
        )}
      </div>
      {error !== null ? (
        <EmptyState title="History could not be read">{error.message}</EmptyState>
      ) : isPending ? (
        <SkeletonRows count={8} label="Reading the history" />
      ) : data.entries.length === 0 ? (
        <EmptyState title={wanted === '' ? 'Nothing was run yet' : 'No statement matches'}>
          {wanted === ''
            ? 'Every statement that you run is kept here, on this machine only.'
            : `Nothing contains “${wanted}”.`}
        </EmptyState>
      ) : (
        <ul className="min-h-0 flex-1 overflow-auto">
          {data.entries.map((entry) => (
            <HistoryRow key={entry.id} entry={entry} now={now} onOpen={onOpen} />
          ))}
          {data.hasMore ? (
            <li className="px-20 py-8">
              <Button size="compact" onPress={() => setLimit(Math.min(500, limit + PAGE))}>
                Show older statements
              </Button>
            </li>
          ) : null}
        </ul>
      )}
    </div>
  )
}

interface HistoryRowProps {
  readonly entry: HistoryEntry
  readonly now: Date
  readonly onOpen: (entry: HistoryEntry) => void
}

function HistoryRow({ entry, now, onOpen }: HistoryRowProps): ReactNode {
  const shell = useShell()
  const copy = (): void => {
    navigator.clipboard.writeText(entry.sql).then(
      () => shell.notifications.toast({ text: 'Copied the statement' }),
      () => shell.notifications.toast({ text: 'The clipboard is not available.', tone: 'danger' }),
    )
  }
  return (
    <li className="group border-b border-line-1 px-20 py-8 hover:bg-hover">
      <div className="flex items-center gap-6 text-small text-3">
        <Outcome entry={entry} />
        <span className="tabular-nums">{outcomeWords(entry)}</span>
        <span aria-hidden="true">·</span>
        <span className="truncate">{entry.connectionName}</span>
        <span className="flex-none tabular-nums" title={formatFull(entry.startedAt)}>
          {formatAge(entry.startedAt, now)}
        </span>
        <span className="flex-1" />
        <IconButton size="small" icon={ClipboardCopy} label="Copy the statement" onPress={copy} />
        <IconButton
          size="small"
          icon={SquareTerminal}
          label="Open in a new tab"
          onPress={() => onOpen(entry)}
        />
      </div>
      <button
        type="button"
        onClick={() => onOpen(entry)}
        className="mt-2 block w-full rounded-badge text-left font-mono text-data text-1"
      >
        <span className="line-clamp-4 [overflow-wrap:anywhere] whitespace-pre-wrap">{entry.sql.trim()}</span>
      </button>
      {entry.error === null ? null : <p className="mt-2 text-small text-danger">{entry.error}</p>}
    </li>
  )
}

function Outcome({ entry }: { readonly entry: HistoryEntry }): ReactNode {
  if (entry.outcome === 'failed')
    return <CircleAlert aria-label="Failed" role="img" size={14} strokeWidth={1.75} className="text-danger" />
  if (entry.outcome === 'cancelled')
    return <X aria-label="Cancelled" role="img" size={14} strokeWidth={1.75} />
  if (entry.outcome === 'snapshot')
    return <Clock aria-label="From a snapshot" role="img" size={14} strokeWidth={1.75} />
  return null
}

function outcomeWords(entry: HistoryEntry): string {
  if (entry.outcome === 'failed') return 'Failed'
  if (entry.outcome === 'cancelled') return `Cancelled after ${formatDuration(entry.elapsedMs)}`
  const rows =
    entry.rowCount === null ? '' : `${formatCount(entry.rowCount)} ${entry.rowCount === 1 ? 'row' : 'rows'}, `
  return `${rows}${formatDuration(entry.elapsedMs)}`
}
