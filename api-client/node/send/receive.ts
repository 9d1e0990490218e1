// Takes the body of a response: decodes it, hands it on no faster than it is taken, and tells when it ends too early.
import { isAppError } from '#contract/errors.ts'
import type { ExchangeFailure, ReceivedResponse, Timings } from '#contract/requests/exchange.ts'
import { headerOf } from './body.ts'
import { decodeBody, encodingsOf } from './decode.ts'
import { EventStreamParser } from './event-stream.ts'
import { SendError, describeFailure } from './failure.ts'
import { withSignal } from './network.ts'
import type { Arrived } from './transport.ts'
import type { SendContext } from './types.ts'

/** Progress is told at most this often. */
const PROGRESS_MS = 100

interface ReceiveOptions {
  readonly method: string
  readonly context: SendContext
  /** Decoded bytes after which the body is cut. */
  readonly limit: number
  /** Of performance.now(). */
  readonly startedAt: number
  readonly stopper: AbortController
  readonly stopTimer: () => void
}

interface Received {
  readonly response: ReceivedResponse
  readonly interruption: ExchangeFailure | null
  readonly timings: Timings
}

/** Never rejects for what the server does: a body that breaks off is a response that is incomplete. */
export async function receiveBody(arrived: Arrived, options: ReceiveOptions): Promise<Received> {
  const { response } = arrived
  const { context, stopper, startedAt } = options
  const contentType = headerOf(response.headers, 'Content-Type')
  const isEventStream = /^\s*text\/event-stream\b/i.test(contentType ?? '')
  if (isEventStream) options.stopTimer()
  context.onEvent({
    type: 'headers',
    status: response.status,
    statusText: response.statusText,
    headers: [...response.headers],
  })

  const length = headerOf(response.headers, 'Content-Length')
  const total = length !== null && /^\d+$/.test(length) ? Number(length) : null
  let bodyBytes = 0
  let decodedBytes = 0
  let toldAt = startedAt
  const events = isEventStream ? new EventStreamParser() : null

  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of response.body ?? []) {
      if (!(chunk instanceof Uint8Array)) continue
      bodyBytes += chunk.length
      const now = performance.now()
      if (now - toldAt >= PROGRESS_MS) {
        toldAt = now
        context.onEvent({ type: 'progress', received: bodyBytes, total })
      }
      yield chunk
    }
  }
  const encodings = encodingsOf(headerOf(response.headers, 'Content-Encoding')) ?? []
  let interruption: ExchangeFailure | null = null
  try {
    for await (const chunk of decodeBody(counted(), encodings)) {
      const room = options.limit - decodedBytes
      const taken = chunk.length > room ? chunk.subarray(0, room) : chunk
      decodedBytes += taken.length
      for (const event of events?.push(taken) ?? []) {
        context.onEvent({ type: 'serverEvent', ...event, atMs: performance.now() - startedAt })
      }
      if (taken.length > 0) await hand(context, taken, stopper.signal)
      if (taken.length < chunk.length) throw tooLarge(options.limit)
      // Between chunks that were there already, nothing else would notice.
      stopper.signal.throwIfAborted()
    }
    const brokenBy = response.brokenBy()
    if (brokenBy !== null) throw brokenBy
    // So that the next request finds the connection.
    await withSignal(response.released, stopper.signal)
  } catch (error) {
    response.discard()
    interruption = whyInterrupted(
      stopper.signal.aborted ? stopper.signal.reason : reasonFor(error, response.brokenBy()),
      bodyBytes,
      total,
    )
  }
  const trailers = response.trailers()
  return {
    interruption,
    timings: { ...arrived.timings, download: Math.max(0, performance.now() - response.times.firstByteAt) },
    response: {
      status: response.status,
      statusText: response.statusText,
      httpVersion: response.httpVersion,
      headers: [...response.headers],
      contentType,
      remoteAddress: arrived.remoteAddress,
      tls: arrived.tls,
      headerBytes: response.headerBytes,
      bodyBytes,
      decodedBytes,
      incomplete: interruption?.message ?? null,
      ...(trailers.length === 0 ? {} : { trailers }),
    },
  }
}

/** What the taker throws is its own trouble, told as such. */
async function hand(context: SendContext, chunk: Uint8Array, signal: AbortSignal): Promise<void> {
  try {
    const taking = context.sink(chunk)
    if (taking !== undefined) await withSignal(taking, signal)
  } catch (error) {
    if (isAppError(error)) throw new SendError(error.code, error.message, error.hint ?? '', error)
    // A plain error is the taker's own words; one with a code is the system's.
    if (error instanceof Error && !('code' in error)) throw new SendError('STORE', error.message, '', error)
    throw new SendError(
      'STORE',
      'The body could not be kept on this machine.',
      'Check the space on its disk.',
      error,
    )
  }
}

function tooLarge(limit: number): SendError {
  return new SendError('TOO_LARGE', `The body is larger than ${String(limit)} bytes; the rest was left.`)
}

/** Our own words first; then what the protocol says, which knows more than `aborted`. */
function reasonFor(error: unknown, brokenBy: Error | null): unknown {
  return error instanceof SendError || brokenBy === null ? error : brokenBy
}

function whyInterrupted(error: unknown, received: number, total: number | null): ExchangeFailure {
  const failure = describeFailure(error, 'The server')
  if (failure.code !== 'ECONNRESET') return failure
  return {
    code: failure.code,
    message:
      total === null
        ? `The connection was closed after ${String(received)} bytes, before the body had ended.`
        : `The connection was closed after ${String(received)} of ${String(total)} bytes.`,
    hint: 'Try again; the server’s log may say why.',
  }
}
