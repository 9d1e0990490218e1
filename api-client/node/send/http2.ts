// One request and its response as a stream of a connection of HTTP/2.
import { constants } from 'node:http2'
import type { ClientHttp2Session } from 'node:http2'
import { pipeline } from 'node:stream'
import type { HeaderPair } from '#contract/requests/exchange.ts'
import type { Connection } from './connection.ts'
import { abortReason } from './network.ts'
import { pairsOf, toWire } from './headers.ts'
import type { WireRequest, WireResponse } from './wire.ts'

/** Fields of a connection, which HTTP/2 forbids (RFC 9113, 8.2.2). */
const CONNECTION_FIELDS = new Set([
  'connection',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

const CONTINUE_MS = 1_000

/** Streams under way on each session: a session without any keeps no process alive. */
const streamsOf = new WeakMap<ClientHttp2Session, number>()

/** The fields that go out: names in lower case, as the protocol wants them. */
export function fieldsOf(headers: readonly HeaderPair[]): HeaderPair[] {
  return headers
    .map(({ name, value }) => ({ name: name.toLowerCase(), value }))
    .filter(({ name, value }) => !CONNECTION_FIELDS.has(name) && (name !== 'te' || value === 'trailers'))
}

/** Resolves when the headers are there. The body must be read to its end, or `discard` called. */
export function exchangeHttp2(
  connection: Connection & { readonly protocol: '2' },
  wire: WireRequest,
  signal: AbortSignal,
): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(abortReason(signal))
      return
    }
    const startedAt = performance.now()
    let sentAt: number | null = null
    const host = wire.headers.find(({ name }) => name.toLowerCase() === 'host')?.value ?? wire.url.host
    const { session } = connection
    const stream = session.request(
      [
        ':method',
        wire.method,
        ':scheme',
        wire.url.protocol.slice(0, -1),
        ':authority',
        host,
        ':path',
        wire.target,
        ...fieldsOf(wire.headers).flatMap(({ name, value }) => [name, toWire(value)]),
      ],
      { endStream: wire.body === null },
    )
    hold(session)
    const abort = (): void => {
      stream.close(constants.NGHTTP2_CANCEL)
      stream.destroy(abortReason(signal))
    }
    signal.addEventListener('abort', abort, { once: true })
    let trailers: HeaderPair[] = []
    stream.once('close', () => {
      signal.removeEventListener('abort', abort)
      release(session)
      reject(signal.aborted ? abortReason(signal) : closedBy(stream.rstCode))
    })
    stream.on('error', (error) => {
      reject(signal.aborted ? abortReason(signal) : error)
    })
    stream.on('trailers', (_fields: unknown, _flags: unknown, raw: unknown) => {
      if (Array.isArray(raw)) trailers = pairsOf(raw.map(String))
    })
    stream.once('finish', () => {
      sentAt = performance.now()
    })
    stream.once('response', (fields, flags, raw) => {
      const firstByteAt = performance.now()
      const headers = pairsOf(raw).filter(({ name }) => !name.startsWith(':'))
      const hasEnded = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0
      if (hasEnded) stream.resume()
      resolve({
        status: fields[':status'] ?? 0,
        // HTTP/2 has none.
        statusText: '',
        httpVersion: '2',
        headers,
        headerBytes: pairsOf(raw).reduce(
          (sum, { name, value }) => sum + name.length + toWire(value).length,
          0,
        ),
        body: hasEnded ? null : stream,
        trailers: () => trailers,
        // Node ends a stream that was cut like one that ended; only its code differs.
        brokenBy: () => (hasEnded || (stream.rstCode ?? 0) === 0 ? null : cutShort()),
        times: { startedAt, sentAt: Math.min(sentAt ?? firstByteAt, firstByteAt), firstByteAt },
        released: Promise.resolve(),
        discard: () => {
          if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL)
          stream.resume()
        },
      })
    })

    const { body } = wire
    if (body === null) return
    const send = (): void => {
      const content = body.open()
      if (Buffer.isBuffer(content)) {
        stream.end(content)
        return
      }
      pipeline(content, stream, (error) => {
        // The response may have ended before the request: that is no failure.
        if (error !== undefined && error !== null && !stream.destroyed) stream.destroy(error)
      })
    }
    if (!wire.expectsContinue) {
      send()
      return
    }
    let hasBegun = false
    const begin = (): void => {
      clearTimeout(timer)
      if (!hasBegun && !stream.destroyed) send()
      hasBegun = true
    }
    const timer = setTimeout(begin, CONTINUE_MS)
    stream.once('continue', begin)
    stream.once('response', (_fields, flags) => {
      clearTimeout(timer)
      if (hasBegun) return
      hasBegun = true
      // The server does not want the body: our half is dropped when its answer is complete.
      const drop = (): void => {
        // Not close(): that would end the body as if it were complete, which its length contradicts.
        stream.destroy()
      }
      if ((flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0) drop()
      else stream.once('end', drop)
    })
    stream.once('close', () => {
      clearTimeout(timer)
    })
  })
}

/** Node closes a stream without an error when the server resets it with NO_ERROR or CANCEL. */
function closedBy(code: number | undefined): Error {
  return Object.assign(new Error(`stream closed with code ${String(code ?? 0)}`), {
    code: 'ERR_HTTP2_STREAM_ERROR',
  })
}

function cutShort(): Error {
  return Object.assign(new Error('the stream was reset'), { code: 'ECONNRESET' })
}

function hold(session: ClientHttp2Session): void {
  const streams = streamsOf.get(session) ?? 0
  streamsOf.set(session, streams + 1)
  if (streams === 0) session.ref()
}

function release(session: ClientHttp2Session): void {
  const streams = (streamsOf.get(session) ?? 1) - 1
  streamsOf.set(session, streams)
  if (streams === 0 && !session.destroyed) session.unref()
}
