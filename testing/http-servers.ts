// Servers for tests of HTTP clients: each on a free port of loopback, closed with its connections.
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { createSecureServer, createServer as createHttp2Server } from 'node:http2'
import type { ServerHttp2Stream } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import type { ServerOptions } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { TEST_CERTIFICATE, TEST_CERTIFICATE_KEY } from './certificate.ts'

export interface TestServer extends AsyncDisposable {
  readonly server: Server
  readonly port: number
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly url: string
  /** Connections that were accepted so far. */
  readonly connections: () => number
  /** Connections that are open now. */
  readonly open: () => number
}

const SECURE = { cert: TEST_CERTIFICATE, key: TEST_CERTIFICATE_KEY }

export function startHttp(listener: RequestListener): Promise<TestServer> {
  return start(createServer(listener), 'http')
}

export function startHttps(listener: RequestListener, options: ServerOptions = {}): Promise<TestServer> {
  return start(createHttpsServer({ ...SECURE, ...options }, listener), 'https')
}

/** HTTP/2 with TLS, and HTTP/1.1 for who wants that. */
export function startHttp2(
  onStream: (stream: ServerHttp2Stream, headers: Readonly<Record<string, unknown>>) => void,
  allowHTTP1 = false,
): Promise<TestServer> {
  const server = createSecureServer({ ...SECURE, allowHTTP1 })
  server.on('stream', onStream)
  return start(server, 'https')
}

/** HTTP/2 without TLS, by prior knowledge. */
export function startH2c(onStream: (stream: ServerHttp2Stream) => void): Promise<TestServer> {
  const server = createHttp2Server()
  server.on('stream', onStream)
  return start(server, 'http')
}

/** A server that says whatever bytes it likes. */
export function startRaw(onConnection: (socket: Socket) => void): Promise<TestServer> {
  return start(createTcpServer(onConnection), 'http')
}

/** Answers every request that has arrived completely with the same bytes. */
export function answerWith(answer: (socket: Socket, request: string) => void): (socket: Socket) => void {
  return (socket) => {
    let seen = ''
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      seen += chunk.toString('latin1')
      const end = seen.indexOf('\r\n\r\n')
      if (end < 0) return
      const request = seen
      seen = ''
      answer(socket, request)
    })
  }
}

async function start(server: Server, scheme: 'http' | 'https'): Promise<TestServer> {
  const sockets = new Set<Socket>()
  let accepted = 0
  server.on('connection', (socket: Socket) => {
    accepted++
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port')
  return {
    server,
    port: address.port,
    url: `${scheme}://127.0.0.1:${String(address.port)}`,
    connections: () => accepted,
    open: () => sockets.size,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
