// What was sent: of one request or of all, the newest first; opened again as a draft, with its response.
import { History, Trash2 } from 'lucide-react'
import { useDeferredValue, useState, type ReactNode } from 'react'
import { z } from 'zod'
import { newHttpRequest } from '#api-client/common/new-request.ts'
import type { HistoryEntry } from '#contract/capabilities/requests.ts'
import { CollectionId } from '#contract/requests/collection.ts'
import type { Exchange } from '#contract/requests/exchange.ts'
import { Badge } from '../../../components/badge.tsx'
import { Button, IconButton } from '../../../components/button.tsx'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { DataList, RowAction } from '../../../components/data-list.tsx'
import { EmptyState } from '../../../components/empty-state.tsx'
import { formatAge, formatBytes, formatDuration, formatFull } from '../../../components/format.ts'
import { MethodLabel } from '../../../components/method-label.tsx'
import { SkeletonRows } from '../../../components/skeleton.tsx'
import { SearchField } from '../../../components/text-field.tsx'
import { useNow } from '../../../components/use-now.ts'
import { describeError } from '../../../host/error-text.ts'
import { useAction, useCall, useHost, useHostEvent } from '../../../host/host-provider.tsx'
import { useShell } from '../../../shell/shell.tsx'
import { useRequestWorkbench } from '../request-workbench.tsx'
import { toneOf } from '../response/status-line.tsx'

const PAGE = 100
const Params = z.object({ collectionId: CollectionId.nullable(), path: z.string().nullable() })

/** The history of the request that `params` names, or of all. */
export function HistoryView({ params }: { readonly params: string }): ReactNode {
  const scope = readParams(params)
  const { notifications } = useShell()
  const { tabs, sends } = useRequestWorkbench()
  const host = useHost()
  const [text, setText] = useState('')
  const wanted = useDeferredValue(text.trim())
  const [limit, setLimit] = useState(PAGE)
  const [isClearing, setIsClearing] = useState(false)
  const now = useNow(30_000)
  const reading = useCall(
    ['requests', 'history', scope.collectionId, scope.path, wanted, limit],
    (one, options) => one.requests.history({ ...scope, text: wanted, before: null, limit }, options),
  )
  useHostEvent(
    (one) => one.requests.historyChanged,
    () => void reading.refetch(),
  )
  const remove = useAction((one, id: HistoryEntry['id'] | null) => one.requests.removeHistory({ id }), [], {
    onSuccess: () => {
      setIsClearing(false)
      void reading.refetch()
    },
  })
  const [kept, setKept] = useState(reading.data)
  if (reading.data !== undefined && reading.data !== kept) setKept(reading.data)
  const entries = reading.data ?? kept
  const open = async (entry: HistoryEntry): Promise<void> => {
    try {
      const exchange = await host.requests.exchange({ exchangeId: entry.id })
      const id = tabs.openNew(requestOf(exchange), entry.collectionId)
      sends.show(id, exchange)
    } catch (error) {
      notifications.toast({
        tone: 'danger',
        text: describeError(error)?.message ?? 'It could not be opened.',
      })
    }
  }
  const problem = describeError(reading.error)
  return (
    <section aria-label="History" className="flex min-h-0 flex-1 flex-col">
      <div className="flex h-44 flex-none items-center gap-12 border-b border-line-1 px-12">
        <div className="w-280">
          <SearchField label="Filter history" value={text} onChange={setText} />
        </div>
        <span className="ml-auto">
          <Button
            variant="ghost"
            isDisabled={entries === undefined || entries.length === 0}
            onPress={() => setIsClearing(true)}
          >
            Clear history
          </Button>
        </span>
      </div>
      <div className="min-h-0 flex-1 overflow-auto">
        {entries === undefined ? (
          problem === undefined ? (
            <SkeletonRows count={8} label="Reading the history" />
          ) : (
            <EmptyState
              title="The history cannot be shown"
              action={<Button onPress={() => void reading.refetch()}>Try again</Button>}
            >
              {problem.message}
            </EmptyState>
          )
        ) : entries.length === 0 ? (
          wanted === '' ? (
            <EmptyState title="Nothing was sent yet">
              Every request that is sent is listed here with its response. Secrets are masked.
            </EmptyState>
          ) : (
            <EmptyState
              title="No entries match"
              action={<Button onPress={() => setText('')}>Clear the filter</Button>}
            >
              {`No address or name has “${wanted}”.`}
            </EmptyState>
          )
        ) : (
          <>
            <DataList
              label="Requests that were sent"
              columns={[
                { id: 'name', title: 'Request', isFluid: true },
                { id: 'status', title: 'Status' },
                { id: 'time', title: 'Time', align: 'right' },
                { id: 'size', title: 'Size', align: 'right' },
                { id: 'when', title: 'Sent', align: 'right' },
                { id: 'remove', title: 'Remove', isTitleHidden: true },
              ]}
              rows={entries.map((entry) => ({
                id: entry.id,
                cells: [
                  <span key="name" className="flex min-w-0 items-center gap-10">
                    <MethodLabel method={entry.method} isColumn />
                    <span className="min-w-0 flex-1 overflow-hidden">
                      <RowAction
                        icon={History}
                        name={entry.name}
                        detail={entry.url}
                        onPress={() => void open(entry)}
                      />
                    </span>
                  </span>,
                  entry.status === null ? (
                    <Badge key="status" tone="danger">
                      {entry.failure ?? 'No response'}
                    </Badge>
                  ) : (
                    <Badge key="status" tone={toneOf(entry.status)}>
                      {entry.status}
                    </Badge>
                  ),
                  formatDuration(entry.durationMs),
                  entry.hasBody ? formatBytes(entry.bodyBytes) : 'not kept',
                  <span key="when" title={formatFull(entry.startedAt)}>
                    {formatAge(entry.startedAt, now)}
                  </span>,
                  <IconButton
                    key="remove"
                    icon={Trash2}
                    size="small"
                    label={`Remove ${entry.name} from the history`}
                    onPress={() => remove.mutate(entry.id)}
                  />,
                ],
              }))}
            />
            {entries.length < limit || limit >= 500 ? null : (
              <div className="p-12">
                <Button onPress={() => setLimit(Math.min(500, limit + PAGE))}>Show more</Button>
              </div>
            )}
          </>
        )}
      </div>
      <ConfirmDialog
        isOpen={isClearing}
        title="Clear the history of all requests?"
        lost="Every entry and its response are deleted from this machine."
        survives="Saved requests and their examples stay."
        confirmLabel="Clear history"
        busyLabel="Clearing…"
        isBusy={remove.isPending}
        error={describeError(remove.error)?.message}
        onConfirm={() => remove.mutate(null)}
        onClose={() => setIsClearing(false)}
      />
    </section>
  )
}

function readParams(params: string): z.infer<typeof Params> {
  if (params === '') return { collectionId: null, path: null }
  try {
    return Params.parse(JSON.parse(params))
  } catch {
    return { collectionId: null, path: null }
  }
}

/** What was sent, as a request of its own: values are as they went out, secrets masked. */
export function requestOf(exchange: Exchange): ReturnType<typeof newHttpRequest> {
  const { request } = exchange
  const isJson = request.headers.some(
    ({ name, value }) => name.toLowerCase() === 'content-type' && value.includes('json'),
  )
  return newHttpRequest(exchange.name === '' ? request.url : exchange.name, {
    method: request.method,
    url: request.url,
    auth: { type: 'none' },
    headers: request.headers
      .filter(({ name }) => !SENT_BY_CLIENT.has(name.toLowerCase()))
      .map((header) => ({ ...header, isEnabled: true, description: '' })),
    body:
      request.bodyPreview === null || request.bodyPreview === ''
        ? { type: 'none' }
        : { type: isJson ? 'json' : 'text', text: request.bodyPreview },
  })
}

const SENT_BY_CLIENT = new Set([
  'host',
  'connection',
  'content-length',
  'accept-encoding',
  'transfer-encoding',
  'cookie',
])
