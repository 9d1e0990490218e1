// WebSockets: open while the page reads their stream.
import type { OpenSocket, Sender } from '#api-client/node/send/types.ts'
import type { requests } from '#contract/capabilities/requests.ts'
import { AppError } from '#contract/errors.ts'
import type { SocketEvent } from '#contract/requests/exchange.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { CookieJars } from './cookie-jars.ts'
import { eventStream } from '../collections/index.ts'
import type { RequestResolver } from './resolve.ts'

type SocketHandlers = Pick<CapabilityHandlers<typeof requests>, 'connect' | 'sendMessage'>

export interface SocketDependencies {
  readonly sender: Sender
  readonly resolver: RequestResolver
  readonly jars: CookieJars
}

/** The handlers. */
export function createSocketHandlers({ sender, resolver, jars }: SocketDependencies): SocketHandlers {
  const open = new Map<string, OpenSocket>()
  return {
    connect: ({ socketId, request, ...place }, { signal }) =>
      eventStream<SocketEvent>({
        signal,
        work: async (emit, cancelled) => {
          if (open.has(socketId))
            throw new AppError('ALREADY_EXISTS', 'This WebSocket is open already. Close it first.')
          const [resolved, cookies] = await Promise.all([
            resolver.toSend(request, place),
            jars.of(place.collectionId),
          ])
          const socket = sender.connectSocket(resolved, {
            signal: cancelled,
            protocols: request.protocols,
            cookies,
            onEvent: emit,
          })
          open.set(socketId, socket)
          try {
            await socket.closed
          } finally {
            open.delete(socketId)
          }
        },
      }),
    async sendMessage({ socketId, format, data }) {
      const socket = open.get(socketId)
      if (socket === undefined)
        throw new AppError('CONFLICT', 'This WebSocket is closed. Connect again to send a message.')
      await socket.send(format, data)
    },
  }
}
