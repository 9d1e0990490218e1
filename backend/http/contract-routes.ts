// Mounts every operation of the contract at /v1/<path>.
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError, type WireError } from '#contract/errors.ts'
import { invalidInput, type ErasedHandler } from '#contract/rpc/server.ts'
import type { CallContext, Contract } from '#contract/rpc/definition.ts'
import type { Authenticate } from '../auth/index.ts'
import { handlerOf, listOperations, type Operation, readsQuery } from './operations.ts'
import { eventStream } from './server-sent-events.ts'

/** Bodies of calls that anybody may make are small. */
const PUBLIC_BODY_BYTES = 64 * 1024
export const BODY_BYTES = 16 * 1024 * 1024

export interface ContractRoutesOptions {
  readonly contract: Contract
  /** Already guarded. */
  readonly handlers: object
  readonly authenticate: Authenticate
  readonly addressOf: (request: IncomingMessage) => string
  /** Aborts when the service stops: ends open streams. */
  readonly stopping: AbortSignal
  readonly heartbeatMs: number
  readonly toError: (error: unknown) => WireError
}

const Fields = z.record(z.string(), z.unknown())

/** Adds the routes. */
export function addContractRoutes(server: FastifyInstance, options: ContractRoutesOptions): void {
  const contexts = new WeakMap<FastifyRequest, CallContext>()
  for (const operation of listOperations(options.contract)) {
    const handler = handlerOf(options.contract, options.handlers, operation)
    const isPublic = operation.http.public === true
    server.route({
      method: operation.http.method,
      url: `/v1${operation.http.path.replace(/\{(\w+)\}/g, ':$1')}`,
      bodyLimit: isPublic ? PUBLIC_BODY_BYTES : BODY_BYTES,
      config: { operation: operation.id },
      // Before the body is read: nobody without a token makes us read a large one.
      onRequest: async (request, reply) => {
        const context = contextOf(request, reply, options)
        contexts.set(request, context)
        if (!isPublic) await options.authenticate(context)
      },
      handler: async (request, reply) => {
        const context = contexts.get(request) ?? contextOf(request, reply, options)
        const input = parseInput(operation, request)
        if (operation.definition.kind === 'call') return answer(operation, { handler, input, context }, reply)
        return stream(operation, { handler, input, context }, { reply, options })
      },
    })
  }
}

/** What a handler is told of its caller. The signal aborts when the caller goes away or the service stops. */
function contextOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { stopping, addressOf }: ContractRoutesOptions,
): CallContext {
  const controller = new AbortController()
  const stop = (): void => controller.abort(new AppError('TRANSPORT_CLOSED', 'The service stops.'))
  stopping.addEventListener('abort', stop, { once: true })
  reply.raw.once('close', () => {
    stopping.removeEventListener('abort', stop)
    if (!reply.raw.writableFinished) controller.abort(new AppError('CANCELLED', 'The caller went away.'))
  })
  const { authorization } = request.headers
  return {
    signal: controller.signal,
    metadata: {
      ...(authorization === undefined ? {} : { authorization }),
      'client-address': addressOf(request.raw),
      'request-id': request.id,
    },
  }
}

/** Fields of the path, and the others from the query or the body, checked by the contract's schema. */
function parseInput(operation: Operation, request: FastifyRequest): unknown {
  const params = Fields.parse(request.params)
  const others = Fields.safeParse((readsQuery(operation.http) ? request.query : request.body) ?? {})
  if (!others.success) throw new AppError('INVALID_INPUT', 'The body must be a JSON object.')
  const input = operation.definition.input.safeParse({ ...others.data, ...params })
  if (!input.success) throw invalidInput(input.error.issues)
  return input.data
}

interface OpenCall {
  readonly handler: ErasedHandler
  readonly input: unknown
  readonly context: CallContext
}

async function answer(operation: Operation, call: OpenCall, reply: FastifyReply): Promise<FastifyReply> {
  if (operation.definition.kind !== 'call') throw new TypeError(`${operation.id} is no call`)
  const value: unknown = await call.handler(call.input, call.context)
  if (value === undefined) return reply.code(204).send()
  // Through the schema: what it does not name does not leave.
  const output = operation.definition.output.safeParse(value)
  if (!output.success)
    throw new TypeError(`${operation.id} gave an output that does not fit its schema`, {
      cause: output.error,
    })
  return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(output.data))
}

async function stream(
  operation: Operation,
  call: OpenCall,
  to: { reply: FastifyReply; options: ContractRoutesOptions },
): Promise<FastifyReply> {
  const items: unknown = call.handler(call.input, call.context)
  if (!isAsyncIterable(items)) throw new TypeError(`${operation.id} did not return an async iterable`)
  const iterator = items[Symbol.asyncIterator]()
  const first = await iterator.next()
  const events = eventStream(first, iterator, {
    signal: call.context.signal,
    heartbeatMs: to.options.heartbeatMs,
    toError: to.options.toError,
  })
  return to.reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    .header('x-accel-buffering', 'no')
    .send(Readable.from(events))
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
