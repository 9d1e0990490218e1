// Serves a contract over a transport: checks inputs, runs handlers, honours credit and cancellation.
import { AppError, toWireError } from '../errors.ts'
import { PROTOCOL_VERSION } from '../limits.ts'
import type { CallContext, CallMetadata, Contract, Handlers, Member, WithBodies } from './definition.ts'
import type { Frame, FrameHead, Transport } from './frames.ts'
import { isWithBodies } from './with-bodies.ts'

export interface ServeOptions {
  /** What kind of process serves, told to the client in `hello`. */
  readonly kind: 'desktop' | 'headless' | 'service'
  /** Gives the id under which a bug is logged. */
  readonly newBugId: () => string
  /** Told of everything that is not an AppError, and of nothing else. */
  readonly onBug: (bug: { readonly id: string; readonly at: string; readonly error: unknown }) => void
  /** Whether outputs are checked too (development and tests). */
  readonly validateOutputs?: boolean
  /** Added to the metadata of each call; what the client sent never replaces it. */
  readonly metadata?: CallMetadata
}

/** A handler with its types erased: the contract's schemas are applied around it. */
export type ErasedHandler = (input: unknown, context: CallContext) => unknown

interface Running {
  readonly controller: AbortController
  credit: number
  wake: () => void
}

/** Serves `handlers` on `transport` until it closes. Returns how to stop: running calls are aborted, the transport stays open. */
export function serve<C extends Contract>(
  contract: C,
  handlers: Handlers<C>,
  transport: Transport,
  options: ServeOptions,
): () => void
export function serve(
  contract: Contract,
  handlers: object,
  transport: Transport,
  options: ServeOptions,
): () => void {
  const running = new Map<number, Running>()
  let greeted = false

  const stop = (): void => {
    for (const call of running.values()) {
      call.controller.abort(new AppError('TRANSPORT_CLOSED', 'The caller went away.'))
      call.wake()
    }
    running.clear()
  }

  const fail = (id: number, at: string, error: unknown): void => {
    const bugId = error instanceof AppError ? '' : options.newBugId()
    if (bugId !== '') options.onBug({ id: bugId, at, error })
    transport.send({ head: { type: 'fail', id, error: toWireError(error, bugId) }, bodies: [] })
  }

  const start = (head: StartFrame): void => {
    if (running.has(head.id))
      return fail(head.id, at(head), new AppError('INVALID_INPUT', `Call id ${head.id} is in use.`))
    const call: Running = {
      controller: new AbortController(),
      credit: head.type === 'open' ? head.credit : 0,
      wake: noop,
    }
    running.set(head.id, call)
    const context: CallContext = {
      signal: call.controller.signal,
      metadata: { ...head.metadata, ...options.metadata },
    }
    void run({ head, call, context }).catch((error: unknown) => {
      if (running.get(head.id) === call) fail(head.id, at(head), error)
      running.delete(head.id)
    })
  }

  async function run({
    head,
    call,
    context,
  }: {
    head: StartFrame
    call: Running
    context: CallContext
  }): Promise<void> {
    const { member, handler } = findMember(contract, handlers, head)
    if (head.type === 'subscribe') {
      if (member.kind !== 'event') throw notOfKind(head)
      const unsubscribe = handler((payload: unknown) => {
        if (running.get(head.id) === call)
          transport.send({ head: { type: 'event', id: head.id, payload }, bodies: [] })
      }, context)
      const end = (): void => void (typeof unsubscribe === 'function' && unsubscribe())
      if (call.controller.signal.aborted) end()
      else call.controller.signal.addEventListener('abort', end, { once: true })
      return
    }
    if (member.kind === 'event') throw notOfKind(head)
    const input = member.input.safeParse(head.input)
    if (!input.success) throw invalidInput(input.error.issues)
    if (member.kind === 'call' && head.type === 'call') {
      const value: unknown = await handler(input.data, context)
      if (running.get(head.id) !== call) return
      const carried = carry(member, value)
      if (options.validateOutputs) assertOutput(member.output, carried.value, at(head))
      transport.send({ head: { type: 'reply', id: head.id, value: carried.value }, bodies: carried.bodies })
      running.delete(head.id)
      return
    }
    if (member.kind !== 'stream' || head.type !== 'open') throw notOfKind(head)
    const items: unknown = handler(input.data, context)
    if (!isAsyncIterable(items)) throw new TypeError(`${at(head)} did not return an async iterable`)
    const iterator = items[Symbol.asyncIterator]()
    try {
      for (;;) {
        while (call.credit === 0 && !call.controller.signal.aborted)
          await new Promise<void>((resolve) => (call.wake = resolve))
        if (call.controller.signal.aborted) return
        const next = await iterator.next()
        if (running.get(head.id) !== call) return
        if (next.done === true) break
        const carried = carry(member, next.value)
        if (options.validateOutputs) assertOutput(member.item, carried.value, at(head))
        call.credit -= 1
        transport.send({ head: { type: 'item', id: head.id, value: carried.value }, bodies: carried.bodies })
      }
      transport.send({ head: { type: 'end', id: head.id }, bodies: [] })
      running.delete(head.id)
    } finally {
      await iterator.return?.()
    }
  }

  const receive = (frame: Frame): void => {
    const head = frame.head
    if (!greeted && head.type !== 'hello') return transport.close('The first frame was not hello.')
    switch (head.type) {
      case 'hello': {
        greeted = head.version === PROTOCOL_VERSION
        const capabilities = Object.keys(contract)
        transport.send({
          head: { type: 'hello', version: PROTOCOL_VERSION, kind: options.kind, capabilities },
          bodies: [],
        })
        return
      }
      case 'call':
      case 'open':
      case 'subscribe':
        return start(head)
      case 'cancel': {
        const call = running.get(head.id)
        running.delete(head.id)
        call?.controller.abort(new AppError('CANCELLED', 'Cancelled.'))
        call?.wake()
        return
      }
      case 'credit': {
        const call = running.get(head.id)
        if (call === undefined) return
        call.credit += head.amount
        call.wake()
        return
      }
      case 'reply':
      case 'fail':
      case 'item':
      case 'end':
      case 'event':
        return transport.close(`A client does not send ${head.type}.`)
    }
  }

  transport.onClose(stop)
  transport.onFrame(receive)
  return stop
}

type StartFrame = Extract<FrameHead, { type: 'call' | 'open' | 'subscribe' }>

/** Finds a member of the contract and its handler. Throws NOT_FOUND for names that the contract does not have. */
export function findMember(
  contract: Contract,
  handlers: object,
  path: { readonly capability: string; readonly member: string },
): { member: Member; handler: ErasedHandler } {
  const members = own(contract, path.capability)?.members
  const member = members === undefined ? undefined : own(members, path.member)
  const group: unknown = Reflect.get(handlers, path.capability)
  const handler: unknown =
    typeof group === 'object' && group !== null ? Reflect.get(group, path.member) : undefined
  if (member === undefined || !isHandler(handler))
    throw new AppError('NOT_FOUND', `There is no ${path.capability}.${path.member} here.`)
  return { member, handler }
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}

function isHandler(value: unknown): value is ErasedHandler {
  return typeof value === 'function'
}

/** The error for an input that does not fit its schema, with one line per field. */
export function invalidInput(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): AppError {
  const named = issues.map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message }))
  const first = named[0]
  const message =
    first === undefined
      ? 'The input is not valid.'
      : first.path === ''
        ? first.message
        : `${first.path}: ${first.message}`
  return new AppError('INVALID_INPUT', message, { details: { issues: named } })
}

function carry(member: { readonly binary: boolean }, value: unknown): WithBodies<unknown> {
  if (!member.binary) return { value, bodies: [] }
  if (!isWithBodies(value)) throw new TypeError('A binary member must give { value, bodies }.')
  return value
}

function assertOutput(
  schema: { safeParse: (value: unknown) => { success: boolean; error?: unknown } },
  value: unknown,
  where: string,
): void {
  const checked = schema.safeParse(value)
  if (!checked.success)
    throw new TypeError(`${where} gave an output that does not fit its schema`, { cause: checked.error })
}

function notOfKind(head: StartFrame): AppError {
  return new AppError('INVALID_INPUT', `${at(head)} cannot be reached by ${head.type}.`)
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

function at(head: StartFrame): string {
  return `${head.capability}.${head.member}`
}

function noop(): void {}
