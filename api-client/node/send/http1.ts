// One request and its response over a connection of HTTP/1.1.
import { request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream'
import type { HeaderPair } from '#contract/requests/exchange.ts'
import type { Connection } from './connection.ts'
import { abortReason } from './network.ts'
import { pairsOf, toWire } from './headers.ts'
import type { WireRequest, WireResponse } from './wire.ts'

/** How long a server may take to say that it wants the body (Expect: 100-continue), as curl waits. */
const CONTINUE_MS = 1_000

/** Resolves when the headers are there. The body must be read to its end, or `discard` called. */
export function exchangeHttp1(
  connection: Connection & { readonly protocol: '1.1' },
  wire: WireRequest,
  { signal, headerBytes }: { readonly signal: AbortSignal; readonly headerBytes: number },
): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(abortReason(signal))
      return
    }
    const startedAt = performance.now()
    let sentAt: number | null = null
    let lastError: Error | null = null
    const request = httpRequest({
      method: wire.method,
      path: wire.target,
      headers: wire.headers.flatMap(({ name, value }) => [name, toWire(value)]),
      agent: connection.agent,
      maxHeaderSize: headerBytes,
    })
    const abort = (): void => {
      request.destroy(abortReason(signal))
    }
    const settle = (): void => {
      signal.removeEventListener('abort', abort)
    }
    signal.addEventListener('abort', abort, { once: true })

    const released = new Promise<void>((free) => {
      // Node says `free` right after it.
      request.once('close', free)
    })
    const respond = (message: IncomingMessage, hasBody: boolean): void => {
      const firstByteAt = performance.now()
      const headers = pairsOf(message.rawHeaders)
      message.once('close', () => {
        settle()
        // The rest of a request that the server did not wait for.
        if (!request.writableFinished) request.destroy()
      })
      resolve({
        status: message.statusCode ?? 0,
        statusText: message.statusMessage ?? '',
        httpVersion: message.httpVersion,
        headers,
        headerBytes: sizeOf(message, headers),
        body: hasBody ? message : null,
        trailers: () => pairsOf(message.rawTrailers),
        brokenBy: () => lastError,
        times: { startedAt, sentAt: Math.min(sentAt ?? firstByteAt, firstByteAt), firstByteAt },
        released,
        discard: () => {
          settle()
          if (message.complete || hasNoBody(wire.method, message)) message.resume()
          else request.destroy()
        },
      })
    }
    request.once('finish', () => {
      sentAt = performance.now()
    })
    request.once('response', (message) => {
      respond(message, true)
    })
    request.once('upgrade', (message, socket) => {
      socket.destroy()
      respond(message, false)
      settle()
    })
    request.on('error', (error) => {
      settle()
      lastError = error
      reject(signal.aborted ? abortReason(signal) : error)
    })

    const { body } = wire
    const send = (): void => {
      const content = body?.open()
      if (content === undefined || Buffer.isBuffer(content)) {
        request.end(content)
        return
      }
      pipeline(content, request, (error) => {
        if (error !== undefined && error !== null) request.destroy(error)
      })
    }
    if (!wire.expectsContinue || body === null) {
      send()
      return
    }
    const timer = setTimeout(begin, CONTINUE_MS)
    let hasBegun = false
    function begin(): void {
      clearTimeout(timer)
      if (!hasBegun && !request.destroyed) send()
      hasBegun = true
    }
    request.once('continue', begin)
    request.once('response', () => {
      clearTimeout(timer)
    })
    request.once('close', () => {
      clearTimeout(timer)
    })
    request.flushHeaders()
  })
}

function hasNoBody(method: string, { statusCode = 0 }: IncomingMessage): boolean {
  return method === 'HEAD' || statusCode === 204 || statusCode === 304
}

function sizeOf({ httpVersion, statusMessage }: IncomingMessage, headers: readonly HeaderPair[]): number {
  const first = `HTTP/${httpVersion} 000 ${statusMessage ?? ''}\r\n`.length
  return headers.reduce((sum, { name, value }) => sum + name.length + toWire(value).length + 4, first + 2)
}
