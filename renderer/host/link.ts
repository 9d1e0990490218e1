// One client of the host for the life of the page: connects again when the host went away and renews every subscription, so that nobody else has to.
import { hostContract, type HostContract } from '#contract/contract.ts'
import { AppError, isAppError } from '#contract/errors.ts'
import { createClient, type ConnectedClient } from '#contract/rpc/client.ts'
import type { CallOptions, Client } from '#contract/rpc/definition.ts'
import type { Transport } from '#contract/rpc/frames.ts'
import { createStore, type Store } from './store.ts'

export type HostState =
  | { readonly status: 'connecting' }
  | { readonly status: 'connected'; readonly kind: string }
  /** The host went away; the page tries again by itself. */
  | { readonly status: 'lost'; readonly since: Date; readonly attempts: number }
  /** Trying again is of no use: the versions differ. */
  | { readonly status: 'refused'; readonly message: string }

export interface HostLink {
  /** Stable: calls made while the host is away wait for the next attempt to reach it and fail with TRANSPORT_CLOSED if that fails. */
  readonly api: Client<HostContract>
  readonly state: Store<HostState>
  /** Told each time a connection is there again after one was lost: what was read before may be old. */
  onReconnect(listener: () => void): () => void
  close(): void
}

export interface HostLinkOptions {
  /** How long to wait before attempt `n` (from 1) to connect again, in milliseconds. */
  readonly backoffMs?: (attempt: number) => number
  readonly now?: () => Date
}

const defaultBackoff = (attempt: number): number => Math.min(250 * 2 ** (attempt - 1), 4000)

/** Connects through `openTransport` at once, and again whenever the transport closes. */
export function createHostLink(
  openTransport: () => Promise<Transport>,
  options: HostLinkOptions = {},
): HostLink {
  const { backoffMs = defaultBackoff, now = () => new Date() } = options
  const state = createStore<HostState>({ status: 'connecting' })
  const reconnectListeners = new Set<() => void>()
  const subscriptions = new Set<Subscription>()
  let current: ConnectedClient<HostContract> | undefined
  let next = Promise.withResolvers<ConnectedClient<HostContract>>()
  next.promise.catch(() => undefined)
  let timer: ReturnType<typeof setTimeout> | undefined
  let attempts = 0
  let wasConnected = false
  let closed = false

  const failWaiting = (error: unknown): void => {
    next.reject(error)
    next = Promise.withResolvers()
    next.promise.catch(() => undefined)
  }

  const lost = (error: unknown): void => {
    current = undefined
    for (const subscription of subscriptions) subscription.stop = undefined
    if (closed) return
    if (isAppError(error, 'PROTOCOL_MISMATCH')) {
      state.set({ status: 'refused', message: error.message })
      next.reject(error)
      return
    }
    failWaiting(error)
    attempts += 1
    state.update((before) => ({
      status: 'lost',
      since: before.status === 'lost' ? before.since : now(),
      attempts,
    }))
    timer = setTimeout(() => void connect(), backoffMs(attempts))
  }

  const connect = async (): Promise<void> => {
    try {
      const transport = await openTransport()
      if (closed) return transport.close()
      const client = createClient(hostContract, transport)
      const { kind } = await client.hello
      // From here on only the transport's close can end it; it may already have come.
      current = client
      attempts = 0
      for (const subscription of subscriptions) subscription.stop = subscription.start(client)
      next.resolve(client)
      state.set({ status: 'connected', kind })
      if (wasConnected) for (const tell of reconnectListeners) tell()
      wasConnected = true
      transport.onClose((reason) => {
        next = Promise.withResolvers()
        next.promise.catch(() => undefined)
        lost(new AppError('TRANSPORT_CLOSED', reason === '' ? 'The host went away.' : reason))
      })
    } catch (error) {
      lost(error)
    }
  }
  void connect()

  const subscribe = (start: Subscription['start']): (() => void) => {
    const subscription: Subscription = { start, stop: undefined }
    subscriptions.add(subscription)
    if (current !== undefined) subscription.stop = start(current)
    return () => {
      subscriptions.delete(subscription)
      subscription.stop?.()
    }
  }

  return {
    api: facade({ ready: () => next.promise, subscribe }),
    state,
    onReconnect(listener) {
      reconnectListeners.add(listener)
      return () => reconnectListeners.delete(listener)
    },
    close() {
      closed = true
      clearTimeout(timer)
      next.reject(new AppError('TRANSPORT_CLOSED', 'The page closed.'))
      current?.close()
    },
  }
}

interface Subscription {
  readonly start: (client: ConnectedClient<HostContract>) => () => void
  stop: (() => void) | undefined
}

interface FacadeParts {
  readonly ready: () => Promise<ConnectedClient<HostContract>>
  readonly subscribe: (start: Subscription['start']) => () => void
}

function facade(parts: FacadeParts): Client<HostContract>
function facade({ ready, subscribe }: FacadeParts): Record<string, Record<string, unknown>> {
  const find = (client: ConnectedClient<HostContract>, capability: string, member: string): unknown => {
    const group: unknown = Reflect.get(client.api, capability)
    return typeof group === 'object' && group !== null ? Reflect.get(group, member) : undefined
  }
  const invoke = (target: unknown, ...parameters: readonly unknown[]): unknown => {
    if (typeof target !== 'function') throw new AppError('INTERNAL', 'The contract has no such member.')
    return Reflect.apply(target, undefined, parameters)
  }
  const api: Record<string, Record<string, unknown>> = {}
  for (const [capability, { members }] of Object.entries(hostContract)) {
    const made: Record<string, unknown> = {}
    for (const [name, member] of Object.entries(members)) {
      made[name] =
        member.kind === 'call'
          ? async (input: unknown, options?: CallOptions) =>
              invoke(find(await ready(), capability, name), input, options)
          : member.kind === 'stream'
            ? async function* (input: unknown, options?: CallOptions) {
                const items = invoke(find(await ready(), capability, name), input, options)
                if (isAsyncIterable(items)) yield* items
              }
            : (listener: (payload: unknown) => void) =>
                subscribe((client) => {
                  const stop = invoke(find(client, capability, name), listener)
                  return () => void (typeof stop === 'function' && Reflect.apply(stop, undefined, []))
                })
    }
    api[capability] = made
  }
  return api
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
