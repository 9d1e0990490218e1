// A WebSocket while it is open: messages in and out, a field to write one, the saved ones at hand.
import { ArrowDown, ArrowUp } from 'lucide-react'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import type { WebSocketRequest } from '#contract/requests/request.ts'
import { Badge } from '../../../components/badge.tsx'
import { Button, TextButton } from '../../../components/button.tsx'
import { CopyIconButton } from '../../../components/copy-button.tsx'
import { formatBytes, formatDuration } from '../../../components/format.ts'
import { MenuButton } from '../../../components/menu.tsx'
import { SearchField, TextArea } from '../../../components/text-field.tsx'
import { describeError } from '../../../host/error-text.ts'
import { useStore } from '../../../host/store.ts'
import { useShell } from '../../../shell/shell.tsx'
import { useRequestWorkbench } from '../request-workbench.tsx'
import type { RequestActions } from '../use-request-actions.ts'
import type { SocketMessage, SocketState } from './socket-controller.ts'

/** Rows that are drawn; the earlier ones on demand. */
const SHOWN = 500

export interface SocketPaneProps {
  readonly tabId: string
  readonly request: WebSocketRequest
  readonly actions: RequestActions
}

/** The pane. */
export function SocketPane({ tabId, request, actions }: SocketPaneProps): ReactNode {
  const { sockets } = useRequestWorkbench()
  const { notifications } = useShell()
  const state = useStore(sockets.state(tabId))
  const [draft, setDraft] = useState('')
  const [filter, setFilter] = useState('')
  const [isAll, setIsAll] = useState(false)
  const list = useRef<HTMLOListElement>(null)
  const messages = state?.messages ?? []
  const fitting = filter === '' ? messages : messages.filter((message) => message.data.includes(filter))
  const shown = isAll ? fitting : fitting.slice(-SHOWN)
  const newest = messages.at(-1)
  useEffect(() => {
    const element = list.current
    // Who reads further up is not pulled down.
    if (element !== null && element.scrollHeight - element.scrollTop - element.clientHeight < 120)
      element.scrollTop = element.scrollHeight
  }, [newest])
  if (state === null)
    return (
      <section aria-label="Messages" className="px-14 py-14 text-small text-3">
        Connect to see messages here.
      </section>
    )
  const send = (format: 'text' | 'binary', data: string): void => {
    sockets.send(tabId, { format, data }).catch((error: unknown) =>
      notifications.toast({
        tone: 'danger',
        text: describeError(error)?.message ?? 'It could not be sent.',
      }),
    )
  }
  return (
    <section aria-label="Messages" className="flex min-h-0 flex-1 flex-col">
      <div className="flex h-38 flex-none items-center gap-10 border-b border-line-1 px-12 text-small">
        <StateBadge state={state} />
        <span className="min-w-0 truncate text-3">
          {state.closed === null
            ? ''
            : `Closed with ${state.closed.code}${state.closed.reason === '' ? '' : `: ${state.closed.reason}`}`}
        </span>
        <div className="ml-auto w-220">
          <SearchField label="Filter messages" value={filter} onChange={setFilter} />
        </div>
        <Button variant="ghost" onPress={() => sockets.clear(tabId)}>
          Clear
        </Button>
      </div>
      {state.failure === null ? null : (
        <div role="alert" className="flex items-center gap-8 px-14 py-8 text-small text-danger">
          <span>
            {state.failure.message} {state.failure.hint}
          </span>
          <TextButton onPress={() => actions.send(tabId)}>Connect again</TextButton>
        </div>
      )}
      {shown.length < fitting.length ? (
        <p className="px-12 py-6 text-small">
          <TextButton
            onPress={() => setIsAll(true)}
          >{`Show ${fitting.length - shown.length} earlier messages`}</TextButton>
        </p>
      ) : null}
      <ol
        ref={list}
        aria-label="Messages"
        aria-live="polite"
        tabIndex={0}
        className="min-h-0 flex-1 overflow-auto select-text"
      >
        {shown.length === 0 ? <li className="px-14 py-10 text-small text-3">No messages yet.</li> : null}
        {shown.map((message, at) => (
          <MessageRow key={`${message.atMs} ${at}`} message={message} />
        ))}
      </ol>
      {state.status === 'open' ? (
        <form
          className="flex flex-none items-end gap-8 border-t border-line-1 px-12 py-8"
          onSubmit={(event) => {
            event.preventDefault()
            send('text', draft)
          }}
        >
          <div className="min-w-0 flex-1">
            <TextArea label="Message" isMono rows={2} value={draft} onChange={setDraft} />
          </div>
          {request.messages.length === 0 ? null : (
            <MenuButton
              label="Saved messages"
              placement="top end"
              entries={request.messages.map((message, at) => ({
                id: String(at),
                label: message.title,
                onAction: () => send(message.type === 'binary' ? 'binary' : 'text', message.data),
              }))}
            >
              <Button>Send saved</Button>
            </MenuButton>
          )}
          <Button type="submit" isDisabled={draft === ''}>
            Send message
          </Button>
        </form>
      ) : null}
    </section>
  )
}

function StateBadge({ state }: { readonly state: SocketState }): ReactNode {
  return state.status === 'open' ? (
    <Badge tone="success">{state.protocol === '' ? 'Connected' : `Connected, ${state.protocol}`}</Badge>
  ) : state.status === 'connecting' ? (
    <Badge tone="info">Connecting…</Badge>
  ) : (
    <Badge tone={state.failure === null ? 'neutral' : 'danger'}>Closed</Badge>
  )
}

function MessageRow({ message }: { readonly message: SocketMessage }): ReactNode {
  const isSent = message.direction === 'sent'
  const Icon = isSent ? ArrowUp : ArrowDown
  return (
    <li className="group/row flex items-start gap-10 border-b border-line-1 px-12 py-4 font-mono text-data hover:bg-hover">
      <Icon
        aria-hidden="true"
        size={14}
        strokeWidth={2}
        className={isSent ? 'mt-2 text-warning' : 'mt-2 text-success'}
      />
      <span className="sr-only">{isSent ? 'Sent' : 'Received'}: </span>
      <span className="w-70 flex-none text-right text-3 tabular-nums">{formatDuration(message.atMs)}</span>
      <span className="min-w-0 flex-1 [overflow-wrap:anywhere] whitespace-pre-wrap">
        {message.format === 'binary' ? <span className="text-data-bytes">{message.data}</span> : message.data}
      </span>
      <span className="flex-none text-3">{formatBytes(message.bytes)}</span>
      <span className="flex-none opacity-0 group-focus-within/row:opacity-100 group-hover/row:opacity-100">
        <CopyIconButton text={message.data} label="Copy the message" />
      </span>
    </li>
  )
}
