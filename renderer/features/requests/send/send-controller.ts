// Sending: one exchange under way per tab, what has come of it so far, and the one before.
import {
  ExchangeId,
  type Exchange,
  type HeaderPair,
  type SendEvent,
  type SentRequest,
} from '#contract/requests/exchange.ts'
import type { CollectionId } from '#contract/requests/collection.ts'
import type { ApiRequest } from '#contract/requests/request.ts'
import { describeError } from '../../../host/error-text.ts'
import type { Host } from '../../../host/host-provider.tsx'
import { createStore, type Store } from '../../../host/store.ts'
import type { Problem } from '../tabs/open-tab.ts'

export type ServerEvent = Extract<SendEvent, { readonly type: 'serverEvent' }>

/** Events of a stream that are kept in the page; earlier ones are in the body. */
const MOST_EVENTS = 5_000

export interface SendState {
  readonly exchangeId: ExchangeId
  readonly status: 'sending' | 'done' | 'failed'
  /** Milliseconds, as `now` gives them. */
  readonly startedAt: number
  readonly sent: SentRequest | null
  readonly head: {
    readonly status: number
    readonly statusText: string
    readonly headers: readonly HeaderPair[]
  } | null
  readonly received: number
  readonly total: number | null
  readonly events: readonly ServerEvent[]
  /** Set when it is done. */
  readonly exchange: Exchange | null
  /** Why the host could not send it at all. */
  readonly problem: Problem | null
}

export interface SendInput {
  readonly request: ApiRequest
  readonly collectionId: CollectionId | null
  readonly path: string | null
  readonly environment: string | null
}

export interface SendController {
  /** What a tab shows; null before the first send. */
  state(tabId: string): Store<SendState | null>
  /** The exchanges of a tab, the newest first: what a response can be compared with. */
  earlier(tabId: string): readonly Exchange[]
  /** Sends; what is under way in the tab is cancelled first. Resolves when it is over. */
  send(tabId: string, input: SendInput): Promise<void>
  cancel(tabId: string): void
  /** Shows an exchange of the history in a tab. */
  show(tabId: string, exchange: Exchange): void
  forget(tabId: string): void
}

export interface SendControllerOptions {
  readonly host: Pick<Host, 'requests'>
  readonly newId: () => string
  readonly now: () => number
}

/** Makes it, with nothing under way. */
export function createSendController({ host, newId, now }: SendControllerOptions): SendController {
  const states = new Map<string, Store<SendState | null>>()
  const running = new Map<string, AbortController>()
  const past = new Map<string, Exchange[]>()

  const state = (tabId: string): Store<SendState | null> => {
    const known = states.get(tabId)
    if (known !== undefined) return known
    const made = createStore<SendState | null>(null)
    states.set(tabId, made)
    return made
  }
  const remember = (tabId: string, exchange: Exchange): void =>
    void past.set(
      tabId,
      [exchange, ...(past.get(tabId) ?? []).filter((one) => one.id !== exchange.id)].slice(0, 20),
    )

  return {
    state,
    earlier: (tabId) => past.get(tabId) ?? [],
    async send(tabId, input) {
      running.get(tabId)?.abort()
      const controller = new AbortController()
      running.set(tabId, controller)
      const exchangeId = ExchangeId.parse(newId())
      const store = state(tabId)
      store.set({ ...started(exchangeId, now()) })
      const isCurrent = (): boolean => store.get()?.exchangeId === exchangeId
      try {
        for await (const event of host.requests.send(
          { exchangeId, ...input },
          { signal: controller.signal },
        )) {
          if (event.type === 'done') remember(tabId, event.exchange)
          if (isCurrent()) store.update((before) => (before === null ? before : after(before, event)))
        }
        if (isCurrent() && store.get()?.status === 'sending') throw new Error('It ended without a response.')
      } catch (error) {
        if (!isCurrent()) return
        const exchange = controller.signal.aborted
          ? await host.requests.exchange({ exchangeId }).catch(() => null)
          : null
        store.update((before) =>
          before === null || !isCurrent()
            ? before
            : exchange !== null
              ? { ...before, status: 'done', exchange }
              : { ...before, status: 'failed', problem: problemOf(error, controller.signal.aborted) },
        )
      } finally {
        if (running.get(tabId) === controller) running.delete(tabId)
      }
    },
    cancel(tabId) {
      running.get(tabId)?.abort()
    },
    show(tabId, exchange) {
      remember(tabId, exchange)
      state(tabId).set({ ...started(exchange.id, now()), status: 'done', sent: exchange.request, exchange })
    },
    forget(tabId) {
      running.get(tabId)?.abort()
      states.delete(tabId)
      past.delete(tabId)
    },
  }
}

function started(exchangeId: ExchangeId, startedAt: number): SendState {
  return {
    exchangeId,
    status: 'sending',
    startedAt,
    sent: null,
    head: null,
    received: 0,
    total: null,
    events: [],
    exchange: null,
    problem: null,
  }
}

function after(before: SendState, event: SendEvent): SendState {
  switch (event.type) {
    case 'sent':
      return { ...before, sent: event.request }
    case 'headers':
      return { ...before, head: event }
    case 'progress':
      return { ...before, received: event.received, total: event.total }
    case 'serverEvent':
      return { ...before, events: [...before.events, event].slice(-MOST_EVENTS) }
    case 'done':
      return { ...before, status: 'done', exchange: event.exchange, sent: event.exchange.request }
  }
}

function problemOf(error: unknown, isCancelled: boolean): Problem {
  if (isCancelled) return { message: 'Cancelled.', hint: undefined }
  return describeError(error) ?? { message: 'It could not be sent.', hint: undefined }
}
