// Frames over a WebSocket: one binary message each. Works on the browser's WebSocket and on `ws`, which share this shape.
import { decodeFrame, encodeFrame } from '../rpc/codec.ts'
import type { Transport } from '../rpc/frames.ts'
import { createInbox } from './inbox.ts'

/** What the browser's WebSocket and the `ws` package have in common. */
export interface WebSocketLike {
  binaryType: string
  readonly readyState: number
  send(bytes: Uint8Array<ArrayBuffer>): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'open' | 'error', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { readonly reason: string }) => void): void
}

const CONNECTING = 0
const OPEN = 1

/** Wraps a WebSocket, open or still connecting; frames sent before it is open are kept. A malformed message closes it. */
export function createWebSocketTransport(socket: WebSocketLike): Transport {
  const inbox = createInbox()
  let unsent: Uint8Array<ArrayBuffer>[] = []
  socket.binaryType = 'arraybuffer'
  const close = (reason: string): void => {
    inbox.close(reason)
    // 1000 is "normal closure"; a reason is at most 123 bytes (RFC 6455, 5.5.1).
    socket.close(1000, reason.slice(0, 100))
  }
  socket.addEventListener('open', () => {
    for (const bytes of unsent) socket.send(bytes)
    unsent = []
  })
  socket.addEventListener('message', ({ data }) => {
    if (!(data instanceof ArrayBuffer)) return close('A message was not binary.')
    try {
      inbox.deliver(decodeFrame(new Uint8Array(data)))
    } catch {
      close('A message was not a frame.')
    }
  })
  socket.addEventListener('error', () => inbox.close('The connection failed.'))
  socket.addEventListener('close', ({ reason }) => inbox.close(reason))
  return {
    send(frame) {
      if (inbox.isClosed()) return
      const bytes = encodeFrame(frame)
      if (socket.readyState === OPEN) socket.send(bytes)
      else if (socket.readyState === CONNECTING) unsent.push(bytes)
    },
    onFrame: inbox.onFrame,
    onClose: inbox.onClose,
    close: (reason = '') => close(reason),
  }
}
