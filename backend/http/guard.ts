// The guard in front of every handler, whichever way a call came: deny by default. Only what the contract marks public is reached without a
// valid access token, so a handler that forgets to ask is still behind it.
import { ERROR_CATALOGUE, isAppError } from '#contract/errors.ts'
import { findMember } from '#contract/rpc/server.ts'
import type { CallContext, Contract, Handler, Handlers, Member } from '#contract/rpc/definition.ts'
import type { Authenticate } from '../auth/index.ts'

interface GuardOptions {
  readonly contract: Contract
  readonly handlers: object
  readonly authenticate: Authenticate
  /** Told of every call that is over. */
  readonly onSettled?: (call: SettledCall) => void
}

export interface SettledCall {
  readonly operation: string
  readonly status: number
  readonly durationMs: number
  readonly context: CallContext
}

/** Wraps the handlers of a contract. */
export function guardHandlers(options: GuardOptions): Handlers<Contract> {
  const guarded: Record<string, Record<string, Handler<Member>>> = {}
  for (const [capability, { members }] of Object.entries(options.contract)) {
    const group: Record<string, Handler<Member>> = {}
    for (const [member, definition] of Object.entries(members))
      group[member] = guardMember(options, { capability, member }, definition)
    guarded[capability] = group
  }
  return guarded
}

function guardMember(
  options: GuardOptions,
  path: { readonly capability: string; readonly member: string },
  definition: Member,
): Handler<Member> {
  const { handler } = findMember(options.contract, options.handlers, path)
  const operation = `${path.capability}.${path.member}`
  if (definition.kind === 'event') throw new TypeError(`${operation}: the service has no events.`)
  const isPublic = definition.http?.public === true
  const admit = async (context: CallContext): Promise<void> => {
    if (!isPublic) await options.authenticate(context)
  }
  const timed = (context: CallContext): ((status: number) => void) => {
    const startedAt = performance.now()
    return (status) =>
      options.onSettled?.({ operation, status, durationMs: performance.now() - startedAt, context })
  }
  if (definition.kind === 'call')
    return async (input: unknown, context: CallContext): Promise<unknown> => {
      const settle = timed(context)
      try {
        await admit(context)
        const value: unknown = await handler(input, context)
        settle(200)
        return value
      } catch (error) {
        settle(statusOf(error))
        throw error
      }
    }
  return async function* (input: unknown, context: CallContext): AsyncGenerator<unknown, void, undefined> {
    const settle = timed(context)
    let status = 200
    try {
      await admit(context)
      const items: unknown = handler(input, context)
      if (!isAsyncIterable(items)) throw new TypeError(`${operation} did not return an async iterable`)
      yield* items
    } catch (error) {
      status = statusOf(error)
      throw error
    } finally {
      settle(status)
    }
  }
}

/** The HTTP status of anything thrown. */
export function statusOf(error: unknown): number {
  return isAppError(error) ? ERROR_CATALOGUE[error.code].status : ERROR_CATALOGUE.INTERNAL.status
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
