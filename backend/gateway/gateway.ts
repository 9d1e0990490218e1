// The contract over WebSocket at /rpc: the desktop host's way to the service.
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { randomUUID } from 'node:crypto'
import { WebSocket, WebSocketServer } from 'ws'
import type { Contract, Handlers } from '#contract/rpc/definition.ts'
import { serve } from '#contract/rpc/server.ts'
import { createWebSocketTransport } from '#contract/transports/web-socket.ts'
import type { Observe } from '../monitoring/index.ts'

export const RPC_PATH = '/rpc'
const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024
const HEARTBEAT_MS = 20_000
const CLOSE_MS = 2_000
/** Of one client address. A desktop needs one. */
const MAX_CONNECTIONS_PER_ADDRESS = 200

export interface GatewayOptions {
  readonly server: Server
  readonly contract: Contract
  /** Already guarded. */
  readonly handlers: Handlers<Contract>
  readonly observe: Observe
  /** Browser pages of these origins may connect; none by default. Programs send no origin. */
  readonly allowedOrigins: readonly string[]
  /** The client's address as the HTTP server sees it (trusted proxies taken into account). */
  readonly addressOf: (request: IncomingMessage) => string
  readonly validateOutputs?: boolean
  readonly heartbeatMs?: number
}

export interface Gateway {
  /** Tells every client to go away and waits until they did, two seconds at most. */
  close(): Promise<void>
}

/** Serves the contract on the upgrades of an HTTP server. */
export function createGateway(options: GatewayOptions): Gateway {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAYLOAD_BYTES,
    perMessageDeflate: false,
    clientTracking: true,
  })
  const alive = new WeakSet<WebSocket>()
  const perAddress = new Map<string, number>()

  const heartbeat = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!alive.delete(socket)) socket.terminate()
      else socket.ping()
    }
  }, options.heartbeatMs ?? HEARTBEAT_MS)
  heartbeat.unref()

  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const refused = refusal(request)
    if (refused !== undefined) return refuse(stream, refused)
    sockets.handleUpgrade(request, stream, head, (socket) => accept(socket, options.addressOf(request)))
  }

  function refusal(request: IncomingMessage): string | undefined {
    if (new URL(request.url ?? '/', 'http://service').pathname !== RPC_PATH) return '404 Not Found'
    const { origin } = request.headers
    if (origin !== undefined && !options.allowedOrigins.includes(origin)) return '403 Forbidden'
    if ((perAddress.get(options.addressOf(request)) ?? 0) >= MAX_CONNECTIONS_PER_ADDRESS)
      return '429 Too Many Requests'
    return undefined
  }

  function accept(socket: WebSocket, address: string): void {
    perAddress.set(address, (perAddress.get(address) ?? 0) + 1)
    alive.add(socket)
    socket.on('pong', () => alive.add(socket))
    socket.on('message', () => alive.add(socket))
    socket.on('close', () => {
      const left = (perAddress.get(address) ?? 1) - 1
      if (left <= 0) perAddress.delete(address)
      else perAddress.set(address, left)
    })
    serve(options.contract, options.handlers, createWebSocketTransport(socket), {
      kind: 'service',
      newBugId: () => randomUUID(),
      onBug: ({ id, at, error }) => options.observe({ type: 'bug', id, at, error }),
      validateOutputs: options.validateOutputs ?? false,
      metadata: { 'client-address': address, 'request-id': randomUUID() },
    })
  }

  options.server.on('upgrade', upgrade)
  return {
    async close() {
      clearInterval(heartbeat)
      options.server.off('upgrade', upgrade)
      const closing = [...sockets.clients].map((socket) => leave(socket))
      sockets.close()
      await Promise.all(closing)
    },
  }
}

/** 1001 is "going away": a client that sees it connects again later. */
async function leave(socket: WebSocket): Promise<void> {
  const gone = Promise.withResolvers<void>()
  socket.once('close', () => gone.resolve())
  const force = setTimeout(() => socket.terminate(), CLOSE_MS)
  if (socket.readyState === WebSocket.CLOSED) gone.resolve()
  else socket.close(1001, 'The service stops.')
  await gone.promise
  clearTimeout(force)
}

function refuse(stream: Duplex, status: string): void {
  stream.on('error', () => undefined)
  stream.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}
