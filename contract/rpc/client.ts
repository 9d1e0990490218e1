// The caller's side of a contract over a transport.
import type { z } from 'zod'
import { AppError, fromWireError } from '../errors.ts'
import { PROTOCOL_VERSION, STREAM_INITIAL_CREDIT } from '../limits.ts'
import type { CallMetadata, CallOptions, Client, Contract, Member, WithBodies } from './definition.ts'
import type { Frame, FrameHead, Transport } from './frames.ts'

export interface ClientOptions {
  /** Metadata sent with each call, read anew each time (an access token changes), knowing what is called. */
  readonly metadata?: (called: CallPath) => CallMetadata | Promise<CallMetadata>
}

/** What the other side said of itself. */
export interface Hello {
  readonly kind: string
  readonly capabilities: readonly string[]
}

export interface ConnectedClient<C extends Contract> {
  readonly api: Client<C>
  /** Resolves when the other side greeted; rejects with PROTOCOL_MISMATCH or TRANSPORT_CLOSED. */
  readonly hello: Promise<Hello>
  close(): void
}

interface Pending {
  reply(value: unknown, bodies: readonly Uint8Array[]): void
  item(value: unknown, bodies: readonly Uint8Array[]): void
  end(): void
  fail(error: AppError): void
}

/** Makes a client of `contract` over `transport`. Calls made before `hello` came wait for it. */
export function createClient<C extends Contract>(
  contract: C,
  transport: Transport,
  options?: ClientOptions,
): ConnectedClient<C>
export function createClient(
  contract: Contract,
  transport: Transport,
  options: ClientOptions = {},
): { api: Record<string, Record<string, unknown>>; hello: Promise<Hello>; close: () => void } {
  const pending = new Map<number, Pending>()
  let nextId = 1
  let closed: AppError | undefined
  const greeting = Promise.withResolvers<Hello>()
  greeting.promise.catch(() => undefined)

  const send = (head: FrameHead): void => transport.send({ head, bodies: [] })

  transport.onClose((reason) => {
    closed = new AppError('TRANSPORT_CLOSED', reason === '' ? 'The connection closed.' : reason)
    greeting.reject(closed)
    for (const call of pending.values()) call.fail(closed)
    pending.clear()
  })
  transport.onFrame(({ head, bodies }: Frame) => {
    switch (head.type) {
      case 'hello':
        if (head.version === PROTOCOL_VERSION)
          return greeting.resolve({ kind: head.kind, capabilities: head.capabilities })
        greeting.reject(
          new AppError(
            'PROTOCOL_MISMATCH',
            `This side speaks protocol ${PROTOCOL_VERSION}, the other ${head.version}.`,
          ),
        )
        return transport.close('Protocol versions differ.')
      case 'reply':
        return pending.get(head.id)?.reply(head.value, bodies)
      case 'item':
        return pending.get(head.id)?.item(head.value, bodies)
      case 'event':
        return pending.get(head.id)?.item(head.payload, bodies)
      case 'end':
        return pending.get(head.id)?.end()
      case 'fail':
        return pending.get(head.id)?.fail(fromWireError(head.error))
      case 'call':
      case 'open':
      case 'subscribe':
      case 'cancel':
      case 'credit':
        return transport.close(`A server does not send ${head.type}.`)
    }
  })
  send({ type: 'hello', version: PROTOCOL_VERSION, kind: 'client', capabilities: Object.keys(contract) })

  async function prepare(path: CallPath, signal: AbortSignal | undefined): Promise<CallMetadata> {
    await greeting.promise
    const metadata = (await options.metadata?.(path)) ?? {}
    if (signal?.aborted) throw new AppError('CANCELLED', 'Cancelled before it was sent.')
    if (closed !== undefined) throw closed
    return metadata
  }

  /** Registers a pending call that a cancel, a failure or an end takes away again. */
  function register(handlers: Pending, signal: AbortSignal | undefined): { id: number; release: () => void } {
    const id = nextId++
    const abort = (): void => {
      send({ type: 'cancel', id })
      pending.get(id)?.fail(new AppError('CANCELLED', 'Cancelled.'))
    }
    const release = (): void => {
      pending.delete(id)
      signal?.removeEventListener('abort', abort)
    }
    pending.set(id, {
      reply: (value, bodies) => (release(), handlers.reply(value, bodies)),
      item: handlers.item,
      end: () => (release(), handlers.end()),
      fail: (error) => (release(), handlers.fail(error)),
    })
    signal?.addEventListener('abort', abort, { once: true })
    return { id, release }
  }

  /** A frame that cannot be sent (TOO_LARGE) has no answer to wait for. */
  function sendOrRelease(head: FrameHead, release: () => void): void {
    try {
      send(head)
    } catch (error) {
      release()
      throw error
    }
  }

  function makeCall(path: CallPath, member: Extract<Member, { kind: 'call' }>) {
    return async (input: unknown, callOptions: CallOptions = {}): Promise<unknown> => {
      const metadata = await prepare(path, callOptions.signal)
      const settled = Promise.withResolvers<WithBodies<unknown>>()
      const { id, release } = register(
        {
          reply: (value, bodies) => settled.resolve({ value, bodies }),
          item: unexpected,
          end: unexpected,
          fail: settled.reject,
        },
        callOptions.signal,
      )
      sendOrRelease({ type: 'call', id, ...path, input, metadata: { ...metadata } }, release)
      // Checked here, so that a reply that does not fit its schema fails this call and not the transport.
      return deliver(member, member.output, await settled.promise)
    }
  }

  function makeStream(path: CallPath, member: Extract<Member, { kind: 'stream' }>) {
    return async function* (
      input: unknown,
      callOptions: CallOptions = {},
    ): AsyncGenerator<unknown, void, undefined> {
      const metadata = await prepare(path, callOptions.signal)
      const queue: WithBodies<unknown>[] = []
      let outcome: { readonly error?: AppError } | undefined
      let wake = (): void => undefined
      const { id, release } = register(
        {
          reply: unexpected,
          item: (value, bodies) => (queue.push({ value, bodies }), wake()),
          end: () => ((outcome = {}), wake()),
          fail: (error) => ((outcome = { error }), wake()),
        },
        callOptions.signal,
      )
      const open = { ...path, input, credit: STREAM_INITIAL_CREDIT, metadata: { ...metadata } }
      sendOrRelease({ type: 'open', id, ...open }, release)
      try {
        for (;;) {
          const carried = queue.shift()
          if (carried !== undefined) {
            yield deliver(member, member.item, carried)
            // The item is consumed when the reader comes back for the next one: only now may another be sent.
            if (outcome === undefined) send({ type: 'credit', id, amount: 1 })
          } else if (outcome === undefined) {
            await new Promise<void>((resolve) => (wake = resolve))
          } else if (outcome.error !== undefined) {
            throw outcome.error
          } else {
            return
          }
        }
      } finally {
        if (outcome === undefined) send({ type: 'cancel', id })
        release()
      }
    }
  }

  function makeEvent(path: CallPath, member: Extract<Member, { kind: 'event' }>) {
    return (listener: (payload: unknown) => void): (() => void) => {
      const controller = new AbortController()
      void prepare(path, controller.signal)
        .then((metadata) => {
          const { id } = register(
            {
              reply: unexpected,
              item: (value) => listener(member.payload.parse(value)),
              end: noop,
              fail: noop,
            },
            controller.signal,
          )
          send({ type: 'subscribe', id, ...path, metadata: { ...metadata } })
        })
        // A subscription over a closed transport simply hears nothing; whoever reconnects subscribes again.
        .catch(noop)
      return () => controller.abort()
    }
  }

  const api: Record<string, Record<string, unknown>> = {}
  for (const [capability, { members }] of Object.entries(contract)) {
    const made: Record<string, unknown> = {}
    for (const [name, member] of Object.entries(members)) {
      const path = { capability, member: name }
      made[name] =
        member.kind === 'call'
          ? makeCall(path, member)
          : member.kind === 'stream'
            ? makeStream(path, member)
            : makeEvent(path, member)
    }
    api[capability] = made
  }
  return { api, hello: greeting.promise, close: () => transport.close('Closed by this side.') }
}

/** What is called. */
export interface CallPath {
  readonly capability: string
  readonly member: string
}

function deliver(
  member: { readonly binary: boolean },
  schema: z.ZodType,
  carried: WithBodies<unknown>,
): unknown {
  const value = schema.parse(carried.value)
  return member.binary ? { value, bodies: carried.bodies } : value
}

function unexpected(): void {
  throw new AppError('INTERNAL', 'A frame of the wrong kind came for this call.')
}

function noop(): void {}
