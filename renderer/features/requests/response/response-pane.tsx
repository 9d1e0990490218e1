// What came back: status, time and size at the right of its tabs, and one of body, headers, cookies, tests, timeline, events.
import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Exchange } from '#contract/requests/exchange.ts'
import type { ApiRequest } from '#contract/requests/request.ts'
import { Button } from '../../../components/button.tsx'
import { CopyButton } from '../../../components/copy-button.tsx'
import { formatBytes, formatDuration } from '../../../components/format.ts'
import { useDelayed } from '../../../components/spinner.tsx'
import { useNow } from '../../../components/use-now.ts'
import { useCaps } from '../../../shell/command-hint.tsx'
import { KeyboardHint } from '../../../components/keyboard-hint.tsx'
import { InPageTabs, type PageTab } from '../in-page-tabs.tsx'
import { InsightButton } from '../insight-pane.tsx'
import { useRequestWorkbench, useSendState, useShownPart } from '../request-workbench.tsx'
import type { SendState } from '../send/send-controller.ts'
import type { RequestTab } from '../tabs/open-tab.ts'
import type { RequestActions } from '../use-request-actions.ts'
import { BodyPart } from './body-part.tsx'
import { CookiesPart, EventsPart, HeadersPart } from './list-parts.tsx'
import { StatusLine } from './status-line.tsx'
import { TestsPart } from './tests-part.tsx'
import { TimelinePart } from './timeline-part.tsx'

type Part = 'body' | 'headers' | 'cookies' | 'tests' | 'timeline' | 'events'
const PARTS = (['body', 'headers', 'cookies', 'tests', 'timeline', 'events'] as const).map((id) => ({ id }))

export interface ResponsePaneProps {
  readonly tab: RequestTab
  readonly request: ApiRequest
  readonly actions: RequestActions
}

/** The pane of a request's last sending. */
export function ResponsePane({ tab, request, actions }: ResponsePaneProps): ReactNode {
  const state = useSendState(tab.id)
  const [chosen, setPart] = useShownPart(`response ${tab.id}`, PARTS)
  const caps = useCaps('requests.send')
  const { Why } = useRequestWorkbench().parts
  if (state === null)
    return (
      <section aria-label="Response" className="flex min-h-0 flex-1 flex-col">
        <p className="flex items-center gap-8 px-14 py-14 text-small text-3">
          Send the request to see its response here.{' '}
          {caps === undefined ? null : <KeyboardHint caps={caps} />}
        </p>
      </section>
    )
  if (state.problem !== null)
    return (
      <Failure
        title="It could not be sent"
        code=""
        problem={state.problem}
        state={state}
        onRetry={() => actions.send(tab.id)}
      />
    )
  const { exchange } = state
  if (exchange === null && state.head === null)
    return <Sending state={state} onCancel={() => actions.cancel(tab.id)} />
  if (exchange !== null && exchange.response === null)
    return (
      <Failure
        title={exchange.failure?.message ?? 'No response came.'}
        code={exchange.failure?.code ?? ''}
        problem={{ message: '', hint: exchange.failure?.hint }}
        state={state}
        onRetry={() => actions.send(tab.id)}
      />
    )
  const parts = partsOf(state)
  const shown = chosen ?? (state.events.length > 0 ? 'events' : 'body')
  const part = parts.some(({ id }) => id === shown) ? shown : 'body'
  return (
    <section aria-label="Response" className="flex min-h-0 flex-1 flex-col">
      <InPageTabs
        label="Parts of the response"
        items={parts}
        value={part}
        onChange={setPart}
        end={
          <>
            <StatusLine state={state} />
            <InsightButton tab={tab} />
          </>
        }
      >
        {exchange === null ? (
          part === 'events' ? (
            <EventsPart events={state.events} startedAt={state.startedAt} />
          ) : part === 'headers' ? (
            <HeadersPart headers={state.head?.headers ?? []} />
          ) : (
            <Sending state={state} onCancel={() => actions.cancel(tab.id)} />
          )
        ) : (
          <>
            {Why === undefined ? null : <Why key={exchange.id} exchange={exchange} />}
            <DonePart part={part} exchange={exchange} state={state} tab={tab} request={request} />
          </>
        )}
      </InPageTabs>
    </section>
  )
}

interface DonePartProps {
  readonly part: Part
  readonly exchange: Exchange
  readonly state: SendState
  readonly tab: RequestTab
  readonly request: ApiRequest
}

function DonePart({ part, exchange, state, tab, request }: DonePartProps): ReactNode {
  switch (part) {
    case 'body':
      return <BodyPart key={exchange.id} exchange={exchange} tab={tab} request={request} />
    case 'headers':
      return <HeadersPart headers={exchange.response?.headers ?? []} />
    case 'cookies':
      return <CookiesPart cookies={exchange.cookies} />
    case 'tests':
      return <TestsPart tests={exchange.tests} changed={exchange.changedVariables} />
    case 'timeline':
      return <TimelinePart exchange={exchange} />
    case 'events':
      return <EventsPart events={state.events} startedAt={state.startedAt} />
  }
}

function partsOf(state: SendState): readonly PageTab<Part>[] {
  const { exchange } = state
  const failed = exchange?.tests.filter((test) => test.outcome === 'failed').length ?? 0
  const tests = exchange?.tests.length ?? 0
  const headers = exchange?.response?.headers.length ?? state.head?.headers.length ?? 0
  const events: readonly PageTab<Part>[] =
    state.events.length === 0 ? [] : [{ id: 'events', title: 'Events', hint: String(state.events.length) }]
  return [
    ...events,
    { id: 'body', title: 'Body', hint: '' },
    { id: 'headers', title: 'Headers', hint: headers === 0 ? '' : String(headers) },
    ...(exchange === null
      ? []
      : [
          {
            id: 'cookies' as const,
            title: 'Cookies',
            hint: exchange.cookies.length === 0 ? '' : String(exchange.cookies.length),
          },
          {
            id: 'tests' as const,
            title: 'Tests',
            hint: tests === 0 ? '' : failed > 0 ? `${failed} failed` : `${tests} passed`,
          },
          { id: 'timeline' as const, title: 'Timeline', hint: '' },
        ]),
  ]
}

/** Under 150 ms nothing moves; then how long it takes, what has come, and Cancel. */
function Sending({
  state,
  onCancel,
}: {
  readonly state: SendState
  readonly onCancel: () => void
}): ReactNode {
  const isDue = useDelayed(true)
  const now = useNow(100)
  if (!isDue) return <section aria-label="Response" aria-busy="true" className="min-h-0 flex-1" />
  const elapsed = Math.max(0, now.getTime() - state.startedAt)
  return (
    <section aria-label="Response" aria-busy="true" className="flex min-h-0 flex-1 flex-col">
      <div className="h-2 flex-none overflow-hidden bg-line-1">
        <div
          className="h-full bg-accent"
          style={{
            width:
              state.total === null || state.total === 0 ? '30%' : `${(state.received / state.total) * 100}%`,
          }}
        />
      </div>
      <p role="status" className="flex items-center gap-12 px-14 py-14 text-small text-2 tabular-nums">
        <span>
          {state.head === null ? 'Waiting for the response' : 'Receiving'} {formatDuration(elapsed)}
          {state.received === 0
            ? ''
            : `, ${formatBytes(state.received)}${state.total === null ? '' : ` of ${formatBytes(state.total)}`}`}
        </span>
        <Button onPress={onCancel}>Cancel</Button>
      </p>
    </section>
  )
}

interface FailureProps {
  readonly title: string
  readonly code: string
  readonly problem: { readonly message: string; readonly hint: string | undefined }
  readonly state: SendState
  readonly onRetry: () => void
}

/** What happened, why, what to do; and what was sent. */
function Failure({ title, code, problem, state, onRetry }: FailureProps): ReactNode {
  const text = [title, problem.message, problem.hint ?? '', code].filter((part) => part !== '').join('\n')
  return (
    <section aria-label="Response" className="min-h-0 flex-1 overflow-auto">
      <div role="alert" className="flex max-w-640 flex-col items-start gap-4 px-14 py-20">
        <h2 className="flex items-center gap-8 text-heading">
          <CircleAlert aria-hidden="true" size={16} strokeWidth={1.75} className="text-danger" />
          {title}
        </h2>
        {problem.message === '' ? null : (
          <p className="text-body [overflow-wrap:anywhere] text-2">{problem.message}</p>
        )}
        {problem.hint === undefined || problem.hint === '' ? null : (
          <p className="text-body text-2">{problem.hint}</p>
        )}
        {code === '' ? null : <p className="font-mono text-data text-3">{code}</p>}
        <div className="mt-12 flex gap-8">
          <Button onPress={onRetry}>Send again</Button>
          <CopyButton label="Copy error" text={text} variant="ghost" />
        </div>
      </div>
      {state.exchange === null ? null : <TimelinePart exchange={state.exchange} />}
    </section>
  )
}
