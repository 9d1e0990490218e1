// A service for tests of what goes wrong: serves the given part of a contract over a real WebSocket, and can crash, fall silent and come back.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import type { Contract, Handlers } from '#contract/rpc/definition.ts'
import { serve } from '#contract/rpc/server.ts'
import { createWebSocketTransport } from '#contract/transports/web-socket.ts'

export interface ServiceDouble {
  readonly url: string
  readonly port: number
  /** How many clients connected since the start. */
  readonly connections: () => number
  /** Ends as a crash does: every socket is cut. */
  crash(): Promise<void>
  close(): Promise<void>
}

export interface ServiceDoubleOptions {
  /** For coming back where the one before was. */
  readonly port?: number
  /** Takes connections and greets, but never answers a ping. */
  readonly isSilent?: boolean
}

/** Starts serving on a free port of 127.0.0.1. */
export async function startServiceDouble<C extends Contract>(
  contract: C,
  handlers: Handlers<C>,
  options: ServiceDoubleOptions = {},
): Promise<ServiceDouble> {
  let connections = 0
  const server = createServer()
  const sockets = new WebSocketServer({ server, path: '/rpc', autoPong: options.isSilent !== true })
  sockets.on('connection', (socket) => {
    connections += 1
    serve(contract, handlers, createWebSocketTransport(socket), {
      kind: 'service',
      newBugId: () => 'test-bug',
      onBug: ({ at, error }) => console.error('a bug of the service double at', at, error),
      validateOutputs: true,
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const port = portOf(server.address())
  const crash = (): Promise<void> => {
    for (const socket of sockets.clients) socket.terminate()
    server.closeAllConnections()
    return new Promise((resolve) => server.close(() => resolve()))
  }
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    connections: () => connections,
    crash,
    close: crash,
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address === 'object' && address !== null) return address.port
  throw new Error('The service double has no port.')
}
