// A response held against an earlier one: the lines that differ, with three around.
import { useState, type ReactNode } from 'react'
import type { HistoryEntry } from '#contract/capabilities/requests.ts'
import { ExchangeId, type Exchange } from '#contract/requests/exchange.ts'
import { classNames } from '../../../components/class-names.ts'
import { Dialog } from '../../../components/dialog.tsx'
import { formatBytes, formatMoment } from '../../../components/format.ts'
import { Select } from '../../../components/select.tsx'
import { SkeletonRows } from '../../../components/skeleton.tsx'
import { describeError } from '../../../host/error-text.ts'
import { useCall } from '../../../host/host-provider.tsx'
import { useRequestWorkbench } from '../request-workbench.tsx'

export interface DiffDialogProps {
  readonly exchange: Exchange
  readonly tabId: string
  readonly onClose: () => void
}

/** Rendered only while it is open. */
export function DiffDialog({ exchange, tabId, onClose }: DiffDialogProps): ReactNode {
  const { sends } = useRequestWorkbench()
  const [chosen, setChosen] = useState<string | null>(null)
  const { collectionId, path } = exchange
  const history = useCall(['requests', 'history', 'of', collectionId, path], (host, options) =>
    host.requests.history({ collectionId, path, text: '', before: null, limit: 100 }, options),
  )
  const kept = (history.data ?? []).filter((one) => one.hasBody && one.id !== exchange.id && path !== null)
  // A request without a file is known by this tab only.
  const here = sends
    .earlier(tabId)
    .filter((one) => one.id !== exchange.id && kept.every(({ id }) => id !== one.id))
  const options = [...here.map(optionOfExchange), ...kept.map(optionOfEntry)]
  const older = options.find((one) => one.id === chosen)?.id ?? options[0]?.id
  const diff = useCall(
    ['requests', 'diff', older, exchange.id],
    (host, call) => host.requests.diff({ older: ExchangeId.parse(older), newer: exchange.id }, call),
    { enabled: older !== undefined, staleTime: Infinity },
  )
  const problem = describeError(diff.error)
  return (
    <Dialog title="Compare responses" width="large" isOpen onClose={onClose}>
      {older === undefined ? (
        <p className="text-body text-2">
          There is no earlier response of this request. Send it again to compare.
        </p>
      ) : (
        <div className="flex flex-col gap-12">
          <Select label="With the response of" options={options} value={older} onChange={setChosen} />
          {problem !== undefined ? (
            <p role="alert" className="text-small text-danger">
              {problem.message}
            </p>
          ) : diff.data === undefined ? (
            <SkeletonRows count={6} label="Comparing" />
          ) : diff.data.hunks === null ? (
            <p className="text-body text-2">They differ in too many lines to show them one by one.</p>
          ) : diff.data.hunks.length === 0 ? (
            <p className="text-body text-2">Both bodies are the same.</p>
          ) : (
            <div
              role="region"
              aria-label="Lines that differ"
              tabIndex={0}
              className="max-h-[50vh] overflow-auto rounded-control border border-line-1 bg-s1 py-6 font-mono text-data select-text"
            >
              {diff.data.hunks.map((hunk, at) => (
                <div key={at} className="border-b border-line-1 py-4 last:border-b-0">
                  <p className="px-12 text-3">
                    line {hunk.olderLine + 1} before, {hunk.newerLine + 1} now
                  </p>
                  {hunk.lines.map((line, index) => (
                    <DiffLine key={index} type={line.type} text={line.text} />
                  ))}
                </div>
              ))}
            </div>
          )}
        </div>
      )}
    </Dialog>
  )
}

/** A line with its sign; the sign says it too, never colour alone. */
export function DiffLine(props: {
  readonly type: 'same' | 'removed' | 'added'
  readonly text: string
}): ReactNode {
  const { type, text } = props
  return (
    <div
      className={classNames(
        'flex px-12 whitespace-pre',
        type === 'removed' && 'bg-danger-soft text-danger',
        type === 'added' && 'bg-success-soft text-success',
        type === 'same' && 'text-2',
      )}
    >
      <span className="w-16 flex-none">{type === 'same' ? ' ' : type === 'removed' ? '−' : '+'}</span>
      <span>{text}</span>
    </div>
  )
}

function optionOfExchange(exchange: Exchange): { id: string; label: string } {
  const { response } = exchange
  return {
    id: exchange.id,
    label: `${formatMoment(exchange.startedAt, new Date())}, ${response === null ? 'no response' : `${response.status}, ${formatBytes(response.decodedBytes)}`}`,
  }
}

function optionOfEntry(entry: HistoryEntry): { id: string; label: string } {
  return {
    id: entry.id,
    label: `${formatMoment(entry.startedAt, new Date())}, ${entry.status ?? 'no response'}, ${formatBytes(entry.bodyBytes)}`,
  }
}
