import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { Frame } from '#contract/rpc/frames.ts'
import { createMemoryTransports } from '#contract/transports/memory.ts'
import { createMessagePortTransport, type MessagePortLike } from '#contract/transports/message-port.ts'
import { createWebSocketTransport } from '#contract/transports/web-socket.ts'
import { describeTransport } from './transports.ts'

describeTransport('memory', async () => {
  const ends = createMemoryTransports()
  return {
    ends,
    close: async () => ends.forEach((end) => end.close()),
  }
})

async function startSocketServer() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `ws://127.0.0.1:${address.port}`,
    accepted: new Promise<WebSocket>((resolve) => server.once('connection', resolve)),
    close: async () => {
      for (const client of server.clients) client.terminate()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

describeTransport('web-socket', async () => {
  const server = await startSocketServer()
  const socket = new WebSocket(server.url)
  const near = createWebSocketTransport(socket)
  const far = createWebSocketTransport(await server.accepted)
  await new Promise<void>((resolve) =>
    socket.readyState === socket.OPEN ? resolve() : socket.once('open', resolve),
  )
  return {
    ends: [near, far],
    sendGarbage: () => socket.send('no frame'),
    crash: () => socket.terminate(),
    close: async () => {
      socket.terminate()
      await server.close()
    },
  }
})

// RPC-3
test('a web socket keeps what is sent while it connects', async () => {
  const server = await startSocketServer()
  const near = createWebSocketTransport(new WebSocket(server.url))
  near.send({ head: { type: 'end', id: 1 }, bodies: [new Uint8Array([7])] })
  const far = createWebSocketTransport(await server.accepted)
  const frame = await new Promise<Frame>((resolve) => far.onFrame(resolve))
  expect(frame.head).toEqual({ type: 'end', id: 1 })
  near.close()
  await server.close()
})

// RPC-4
test('a web socket that cannot connect is closed', async () => {
  const server = await startSocketServer()
  await server.close()
  const near = createWebSocketTransport(new WebSocket(server.url))
  near.send({ head: { type: 'end', id: 1 }, bodies: [] })
  expect(await new Promise((resolve) => near.onClose(resolve))).toBe('The connection failed.')
})

function adapt(port: MessagePort): MessagePortLike {
  return {
    postMessage: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on('message', listener),
    onClose: (listener) => void port.on('close', listener),
    start: () => port.start(),
    close: () => port.close(),
  }
}

describeTransport('message-port', async () => {
  const { port1, port2 } = new MessageChannel()
  const ends = [createMessagePortTransport(adapt(port1)), createMessagePortTransport(adapt(port2))] as const
  return {
    ends,
    sendGarbage: () => port1.postMessage({ head: { type: 'nonsense' }, bodies: [] }),
    crash: () => port1.close(),
    close: async () => {
      port1.close()
      port2.close()
    },
  }
})
