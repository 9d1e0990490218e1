// The headless host's door: the built page and the contract over a WebSocket, on loopback, for whoever has the token.
import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { AppError } from '#contract/errors.ts'
import { MAX_FRAME_BYTES } from '#contract/limits.ts'
import type { Transport } from '#contract/rpc/frames.ts'
import { createWebSocketTransport } from '#contract/transports/web-socket.ts'
import { createPageFiles } from './page-files.ts'
import { pageHeaders } from './page-headers.ts'
import type { RevealPages } from './reveal-pages.ts'

export interface HeadlessServerOptions {
  /** 0 takes any free port. */
  readonly port: number
  readonly token: string
  readonly rendererDirectory: string
  readonly revealPages: RevealPages
  /** Called with each page's transport. */
  readonly onPage: (transport: Transport) => void
}

export interface HeadlessServer {
  /** `http://127.0.0.1:7410`, without the token. */
  readonly origin: string
  close(): Promise<void>
}

const ADDRESS = '127.0.0.1'
const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]']
const PROTOCOL_PREFIX = 'nebuladb.'

/** Listens. Throws CONFLICT when the port is taken. */
export async function startHeadlessServer(options: HeadlessServerOptions): Promise<HeadlessServer> {
  const pageFiles = createPageFiles(options.rendererDirectory)
  const expected = digest(PROTOCOL_PREFIX + options.token)
  const isAllowed = (protocol: string): boolean => timingSafeEqual(digest(protocol), expected)
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    // Loopback is faster than compression.
    perMessageDeflate: false,
    handleProtocols: (protocols) => [...protocols].find(isAllowed) ?? false,
  })
  const server = createServer((request, response) => answer(request, response))
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    const refusal = refuseUpgrade(request, isAllowed)
    if (refusal !== undefined) return rejectUpgrade(socket, refusal)
    sockets.handleUpgrade(request, socket, head, (page) => options.onPage(createWebSocketTransport(page)))
  })

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const refuse = (status: number, text: string): void => {
      response.writeHead(status, pageHeaders('text/plain; charset=utf-8', 'no-store')).end(`${text}\n`)
    }
    // A name that was made to point here (DNS rebinding) comes with its own Host.
    if (!isLoopbackHost(request.headers.host)) return refuse(421, 'This host answers to loopback names only.')
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'Only GET is served here.')
    const path = pathOf(request)
    if (path.startsWith('/reveal/')) {
      // Only as a frame of the app: a script's fetch cannot claim to be one, so not even the app's own page reads it.
      if (
        request.headers['sec-fetch-dest'] !== 'iframe' ||
        request.headers['sec-fetch-site'] !== 'same-origin'
      )
        return refuse(403, 'This is shown inside NebulaDB only.')
      const page = request.method === 'GET' ? options.revealPages.take(path) : undefined
      if (page === undefined)
        return refuse(404, 'It was shown already, or a minute has passed. Copy it again.')
      return void response.writeHead(200, page.headers).end(page.html)
    }
    if (pageFiles.send(path, response, { headOnly: request.method === 'HEAD' })) return
    refuse(404, path === '/' ? 'The page is not built yet. Run: npm run build' : 'Not found.')
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenFailure(error, options.port)))
    server.listen(options.port, ADDRESS, resolve)
  })
  return {
    origin: `http://${ADDRESS}:${portOf(server.address())}`,
    async close() {
      for (const socket of sockets.clients) socket.close(1001, 'NebulaDB was closed.')
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      // Pages get a moment to take the goodbye; none keeps the host from ending.
      setTimeout(() => sockets.clients.forEach((socket) => socket.terminate()), 500).unref()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Why an upgrade is refused, as an HTTP status line; undefined when it is not. */
function refuseUpgrade(
  request: IncomingMessage,
  isAllowed: (protocol: string) => boolean,
): string | undefined {
  const { host, origin } = request.headers
  if (!isLoopbackHost(host)) return '421 Misdirected Request'
  if (pathOf(request) !== '/rpc') return '404 Not Found'
  if (origin !== `http://${host ?? ''}`) return '403 Forbidden'
  const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
  return protocols.some(isAllowed) ? undefined : '401 Unauthorized'
}

function rejectUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

/** Any port: a person may have forwarded another one to this one. */
function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && LOOPBACK_NAMES.includes(host.replace(/:\d+$/, ''))
}

function pathOf(request: IncomingMessage): string {
  const [path = '/'] = (request.url ?? '/').split('?')
  try {
    return decodeURIComponent(path)
  } catch {
    return ''
  }
}

/** Digests have one length, so comparing them tells nothing about the text. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0
}

function listenFailure(error: Error, port: number): Error {
  const code = 'code' in error ? error.code : undefined
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return error
  const why = code === 'EADDRINUSE' ? 'is used by another program' : 'may not be used by this user'
  return new AppError('CONFLICT', `Port ${port} ${why}.`, {
    hint: 'Set NEBULADB_HOST_PORT to another one; 0 takes any that is free.',
    cause: error,
  })
}
