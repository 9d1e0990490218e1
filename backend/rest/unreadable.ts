// Requests that Node's parser refuses before there is a request: a method that it has never heard of, a head that is too long or broken. They get
// an error in PostgREST's form all the same; by itself Node would send a bare status.
import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { RestError } from './errors.ts'
import { reasonPhrase } from './http.ts'
import { methodUnsupported, rpcMethodRefused } from './parse/errors.ts'
import { respondError } from './respond/index.ts'

/** Answers the requests that `server` cannot read, and closes their connections. */
export function answerUnreadableRequests(server: Server): void {
  /** Answers under way: what is not read while one is written cannot be answered between its bytes. */
  const answering = new WeakMap<Duplex, number>()
  server.on('request', ({ socket }, response) => {
    answering.set(socket, (answering.get(socket) ?? 0) + 1)
    response.once('close', () => answering.set(socket, (answering.get(socket) ?? 1) - 1))
  })
  server.on('clientError', (error, socket) => {
    const isFree = (answering.get(socket) ?? 0) === 0
    if (!socket.writable || !isFree || codeOf(error) === 'ECONNRESET') socket.destroy()
    else socket.end(answerTo(error))
  })
}

function codeOf(error: Error): unknown {
  return 'code' in error ? error.code : undefined
}

function answerTo(error: Error): Buffer {
  const { status, headers, body } = respondError(toRestError(error), 'verbose')
  const bytes = body?.kind === 'bytes' ? body.bytes : new Uint8Array()
  const lines = [
    `HTTP/1.1 ${String(status)} ${reasonPhrase(status)}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${String(bytes.byteLength)}`,
    'Connection: close',
  ]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), bytes])
}

const REQUEST_LINE = /^([\w!#$%&'*+.^`|~-]{1,64}) (\S*)/

function toRestError(error: Error): RestError {
  switch (codeOf(error)) {
    case 'HPE_INVALID_METHOD': {
      const packet = 'rawPacket' in error && error.rawPacket instanceof Uint8Array ? error.rawPacket : null
      const line = REQUEST_LINE.exec(Buffer.from(packet?.subarray(0, 256) ?? []).toString('latin1'))
      const [, method, target = ''] = line ?? []
      if (method === undefined) break
      return target.startsWith('/rpc/') ? rpcMethodRefused(method) : methodUnsupported(method)
    }
    case 'HPE_HEADER_OVERFLOW':
      return unreadable(431, 'The head of the request is too long')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return unreadable(408, 'The request did not come in time')
  }
  return unreadable(400, 'The request is not HTTP')
}

function unreadable(status: number, message: string): RestError {
  return new RestError({ code: 'REQUEST_UNREADABLE', status, message })
}
