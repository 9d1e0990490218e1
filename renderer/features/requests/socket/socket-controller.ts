// WebSockets: one connection per tab, its messages in and out.
import type { CollectionId } from '#contract/requests/collection.ts'
import type { ExchangeFailure, HeaderPair, SocketEvent } from '#contract/requests/exchange.ts'
import type { WebSocketRequest } from '#contract/requests/request.ts'
import { describeError } from '../../../host/error-text.ts'
import type { Host } from '../../../host/host-provider.tsx'
import { createStore, type Store } from '../../../host/store.ts'

export type SocketMessage = Extract<SocketEvent, { readonly type: 'message' }>

/** Messages that are kept in the page. */
const MOST_MESSAGES = 10_000

export interface SocketState {
  readonly socketId: string
  readonly status: 'connecting' | 'open' | 'closed'
  readonly protocol: string
  readonly headers: readonly HeaderPair[]
  readonly messages: readonly SocketMessage[]
  /** Messages that are no longer kept. */
  readonly dropped: number
  readonly closed: { readonly code: number; readonly reason: string } | null
  readonly failure: ExchangeFailure | null
}

export interface SocketController {
  state(tabId: string): Store<SocketState | null>
  connect(
    tabId: string,
    input: {
      readonly request: WebSocketRequest
      readonly collectionId: CollectionId | null
      readonly path: string | null
      readonly environment: string | null
    },
  ): Promise<void>
  /** Sends over the open connection. Throws what the host throws. */
  send(tabId: string, message: { readonly format: 'text' | 'binary'; readonly data: string }): Promise<void>
  disconnect(tabId: string): void
  clear(tabId: string): void
}

/** Makes it, with no connection. */
export function createSocketController(options: {
  readonly host: Pick<Host, 'requests'>
  readonly newId: () => string
  readonly now: () => number
}): SocketController {
  const { host, newId } = options
  const states = new Map<string, Store<SocketState | null>>()
  const open = new Map<string, AbortController>()
  const state = (tabId: string): Store<SocketState | null> => {
    const known = states.get(tabId) ?? createStore<SocketState | null>(null)
    states.set(tabId, known)
    return known
  }
  return {
    state,
    async connect(tabId, input) {
      open.get(tabId)?.abort()
      const controller = new AbortController()
      open.set(tabId, controller)
      const socketId = newId()
      const store = state(tabId)
      store.set({
        socketId,
        status: 'connecting',
        protocol: '',
        headers: [],
        messages: [],
        dropped: 0,
        closed: null,
        failure: null,
      })
      const update = (step: (before: SocketState) => SocketState): void =>
        store.update((before) => (before?.socketId === socketId ? step(before) : before))
      try {
        for await (const event of host.requests.connect(
          { socketId, ...input },
          { signal: controller.signal },
        ))
          update((before) => after(before, event))
      } catch (error) {
        if (!controller.signal.aborted) update((before) => ({ ...before, failure: failureOf(error) }))
      } finally {
        if (open.get(tabId) === controller) open.delete(tabId)
        update((before) => ({ ...before, status: 'closed' }))
      }
    },
    async send(tabId, message) {
      const socketId = state(tabId).get()?.socketId
      if (socketId !== undefined) await host.requests.sendMessage({ socketId, ...message })
    },
    disconnect: (tabId) => open.get(tabId)?.abort(),
    clear: (tabId) =>
      state(tabId).update((before) => (before === null ? null : { ...before, messages: [], dropped: 0 })),
  }
}

function after(before: SocketState, event: SocketEvent): SocketState {
  switch (event.type) {
    case 'opened':
      return { ...before, status: 'open', protocol: event.protocol, headers: event.headers }
    case 'message': {
      const messages = [...before.messages, event]
      const over = Math.max(0, messages.length - MOST_MESSAGES)
      return {
        ...before,
        messages: over > 0 ? messages.slice(over) : messages,
        dropped: before.dropped + over,
      }
    }
    case 'closed':
      return { ...before, status: 'closed', closed: { code: event.code, reason: event.reason } }
    case 'failed':
      return { ...before, status: 'closed', failure: event.failure }
  }
}

function failureOf(error: unknown): ExchangeFailure {
  const text = describeError(error)
  return { code: 'HOST', message: text?.message ?? 'The connection was lost.', hint: text?.hint ?? '' }
}
