// One request and its response headers, over whatever connection there is: the pool, both protocols, and the one retry of a connection that had been closed meanwhile.
import type { ResolvedRequest } from '#api-client/common/resolve/types.ts'
import type { HeaderPair, ReceivedResponse, Timings } from '#contract/requests/exchange.ts'
import { hostOf, portOf } from './address.ts'
import type { RequestBody } from './body.ts'
import { headerOf } from './body.ts'
import type { Route } from './connection.ts'
import { SendError } from './failure.ts'
import { completeHeaders } from './headers.ts'
import { exchangeHttp1 } from './http1.ts'
import { exchangeHttp2, fieldsOf } from './http2.ts'
import type { ConnectionPool, Lease } from './pool.ts'
import { chooseProxy, proxyAuthorization, proxyRefusal } from './proxy.ts'
import { certificateFor } from './tls.ts'
import type { SystemProxy } from './types.ts'
import type { WireResponse } from './wire.ts'

/** Bytes of a hop's body that are cheaper to read than a new connection. */
const MOST_DRAINED = 65_536

/** How a request reaches its server. */
export type Way = Pick<ResolvedRequest, 'settings' | 'proxy' | 'clientCertificates' | 'directory'>

export interface Outgoing {
  readonly method: string
  readonly url: URL
  /** Path and query as they are sent. */
  readonly target: string
  readonly headers: readonly HeaderPair[]
  readonly body: RequestBody | null
  readonly cookie: string
  /** Of the authentication. */
  readonly extra: readonly HeaderPair[]
}

export interface Arrived {
  readonly response: WireResponse
  /** As they were sent. */
  readonly headers: readonly HeaderPair[]
  readonly remoteAddress: string | null
  readonly tls: ReceivedResponse['tls']
  /** Without `download` and `total`, which are not over. */
  readonly timings: Timings
}

export interface TransportOptions {
  readonly pool: ConnectionPool
  readonly systemProxy: () => SystemProxy
  readonly userAgent: string
  readonly headerBytes: number
}

interface ExchangeOptions {
  readonly signal: AbortSignal
  /** Called with all headers, before anything is sent. */
  readonly onSend?: (headers: readonly HeaderPair[]) => void
}

/** Methods that do the same when they are done twice (RFC 9110, 9.2.2). */
const REPEATABLE = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PUT',
  'DELETE',
  'QUERY',
  'PROPFIND',
  'REPORT',
  'SEARCH',
])

/** What a connection does that the server closed while it waited. */
const STALE = new Set([
  'ECONNRESET',
  'EPIPE',
  'ERR_HTTP2_GOAWAY_SESSION',
  'ERR_HTTP2_INVALID_SESSION',
  'ERR_HTTP2_SESSION_ERROR',
  'ERR_HTTP2_STREAM_CANCEL',
])

/** The route to an address. `tunnels` for WebSockets, which no proxy forwards. */
export function routeOf(url: URL, way: Way, system: SystemProxy, tunnels = false): Route {
  const target = { host: hostOf(url), port: portOf(url) }
  const certificate = certificateFor(way.clientCertificates, target)
  return {
    isSecure: url.protocol === 'https:' || url.protocol === 'wss:',
    target,
    proxy: chooseProxy(way.proxy, system, url),
    tls: {
      verifies: way.settings.verifiesCertificates,
      minVersion: way.settings.minTlsVersion,
      certificate,
      // Without a certificate, collections share their connections.
      directory: certificate === null ? null : way.directory,
    },
    httpVersion: tunnels ? '1.1' : way.settings.httpVersion,
    tunnels,
  }
}

export class Transport {
  readonly #options: TransportOptions

  constructor(options: TransportOptions) {
    this.#options = options
  }

  /** Resolves when the response's headers are there. The body must be read to its end, or `response.discard` called. */
  async exchange(outgoing: Outgoing, way: Way, options: ExchangeOptions): Promise<Arrived> {
    const route = routeOf(outgoing.url, way, this.#options.systemProxy())
    const mayRepeat = REPEATABLE.has(outgoing.method)
    for (let isFresh = false; ; isFresh = true) {
      const startedAt = performance.now()
      const lease = await this.#options.pool.take(route, { mayRepeat, isFresh, signal: options.signal })
      try {
        return await this.#once({ outgoing, route, lease, startedAt }, options)
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : ''
        const isStale = lease.isReused && !isFresh && mayRepeat && STALE.has(code)
        if (!isStale || options.signal.aborted) throw error
      }
    }
  }

  async #once(
    {
      outgoing,
      route,
      lease,
      startedAt,
    }: { outgoing: Outgoing; route: Route; lease: Lease; startedAt: number },
    { signal, onSend }: ExchangeOptions,
  ): Promise<Arrived> {
    const { connection, isReused } = lease
    const { proxy } = route
    const forwarding = connection.isForwarding && proxy !== null ? proxy : null
    const authorization = forwarding === null ? null : proxyAuthorization(forwarding)
    const complete = completeHeaders(outgoing.headers, {
      method: outgoing.method,
      url: outgoing.url,
      body: outgoing.body,
      userAgent: this.#options.userAgent,
      cookie: outgoing.cookie,
      extra: [
        ...outgoing.extra,
        ...(authorization === null ? [] : [{ name: 'Proxy-Authorization', value: authorization }]),
      ],
    })
    onSend?.(connection.protocol === '2' ? fieldsOf(complete) : complete)
    const wire = {
      method: outgoing.method,
      target: forwarding === null ? outgoing.target : `http://${outgoing.url.host}${outgoing.target}`,
      url: outgoing.url,
      headers: complete,
      body: outgoing.body,
      expectsContinue: /^100-continue$/i.test(headerOf(outgoing.headers, 'Expect') ?? ''),
    }
    const takenAt = performance.now()
    const response =
      connection.protocol === '2'
        ? await exchangeHttp2(connection, wire, signal)
        : await exchangeHttp1(connection, wire, { signal, headerBytes: this.#options.headerBytes })
    if (forwarding !== null && response.status === 407) {
      response.discard()
      throw proxyRefusal(response.status, response.statusText, forwarding)
    }
    const { opening } = connection
    const spent = isReused ? 0 : (opening.dns ?? 0) + opening.connect + (opening.tls ?? 0)
    const { times } = response
    return {
      response,
      headers: connection.protocol === '2' ? fieldsOf(complete) : complete,
      remoteAddress: connection.remoteAddress,
      tls: connection.tls,
      timings: {
        blocked: Math.max(0, takenAt - startedAt - spent),
        dns: isReused ? null : opening.dns,
        connect: isReused ? null : opening.connect,
        tls: isReused ? null : opening.tls,
        send: Math.max(0, times.sentAt - times.startedAt),
        firstByte: Math.max(0, times.firstByteAt - times.sentAt),
        download: null,
        total: performance.now() - startedAt,
      },
    }
  }
}

/** Reads a short body to its end. Rejects with TOO_LARGE beyond `limit` bytes. */
export async function readAll(
  response: WireResponse,
  limit: number,
  decode: (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of decode(bytesOf(response))) {
    size += chunk.length
    if (size > limit) {
      response.discard()
      throw new SendError('TOO_LARGE', `The answer is longer than ${String(limit)} bytes.`)
    }
    chunks.push(chunk)
  }
  await response.released
  return Buffer.concat(chunks)
}

/** The body as it comes, chunk by chunk. */
export async function* bytesOf({ body }: WireResponse): AsyncGenerator<Uint8Array> {
  for await (const chunk of body ?? []) {
    if (chunk instanceof Uint8Array) yield chunk
  }
}

/** Reads what nobody wants when it is short, so that its connection can be used again; lets it go when it is long or broken. */
export async function drain(response: WireResponse): Promise<void> {
  let size = 0
  try {
    for await (const chunk of bytesOf(response)) {
      size += chunk.length
      if (size > MOST_DRAINED) break
    }
    if (size <= MOST_DRAINED) await response.released
    else response.discard()
  } catch {
    response.discard()
  }
}
