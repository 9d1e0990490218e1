// Frames over a message port: the page's MessagePort, Electron's MessagePortMain, or a worker's. Structured clone carries the bodies; nothing is
// transferred, because Electron loses messages whose buffers are transferred from a page to another process.
import { FrameHead, type Frame, type Transport } from '../rpc/frames.ts'
import { createInbox } from './inbox.ts'

/** What the page's, Electron's and Node's message ports have in common, once adapted. */
export interface MessagePortLike {
  postMessage(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  onClose(listener: () => void): void
  start(): void
  close(): void
}

const CLOSE = 'close'

/** Wraps a port and starts it. A page's port does not tell when the other end goes, so closing says so in a last message. */
export function createMessagePortTransport(port: MessagePortLike): Transport {
  const inbox = createInbox()
  const close = (reason: string): void => {
    if (inbox.isClosed()) return
    port.postMessage({ [CLOSE]: reason })
    inbox.close(reason)
    port.close()
  }
  port.onMessage((message) => {
    if (isCloseMessage(message)) {
      inbox.close(message.close)
      return port.close()
    }
    const frame = parseFrame(message)
    if (frame === undefined) close('A message was not a frame.')
    else inbox.deliver(frame)
  })
  port.onClose(() => inbox.close('The other process went away.'))
  port.start()
  return {
    send: (frame) =>
      void (inbox.isClosed() || port.postMessage({ head: frame.head, bodies: [...frame.bodies] })),
    onFrame: inbox.onFrame,
    onClose: inbox.onClose,
    close: (reason = '') => close(reason),
  }
}

function isCloseMessage(message: unknown): message is { readonly close: string } {
  return (
    typeof message === 'object' && message !== null && CLOSE in message && typeof message.close === 'string'
  )
}

function parseFrame(message: unknown): Frame | undefined {
  if (typeof message !== 'object' || message === null || !('head' in message) || !('bodies' in message))
    return undefined
  const head = FrameHead.safeParse(message.head)
  const bodies: unknown = message.bodies
  if (!head.success || !Array.isArray(bodies)) return undefined
  const bytes = bodies.filter((body) => body instanceof Uint8Array)
  return bytes.length === bodies.length ? { head: head.data, bodies: bytes } : undefined
}
