// How the page in Electron reaches the host: it asks preload, which hands over a MessagePort; and asks again when the host was started again.
import type { Transport } from '#contract/rpc/frames.ts'
import { createMessagePortTransport } from '#contract/transports/message-port.ts'
import { CONNECT_MESSAGE, PORT_MESSAGE } from '#contract/transports/port-handover.ts'

/** Listens for ports. Each call of the result asks for one and waits for it. */
export function listenForPorts(page: Window): () => Promise<Transport> {
  const waiting: ((port: MessagePort) => void)[] = []
  page.addEventListener('message', (event) => {
    const port = event.ports[0]
    // Only this page's own preload may hand one over.
    if (event.source !== page || port === undefined || !isPortMessage(event.data)) return
    waiting.shift()?.(port)
  })
  return async () => {
    page.postMessage({ type: CONNECT_MESSAGE }, page.location.origin)
    const port = await new Promise<MessagePort>((resolve) => waiting.push(resolve))
    return createMessagePortTransport({
      postMessage: (message) => port.postMessage(message),
      onMessage: (listener) => port.addEventListener('message', (event) => listener(event.data)),
      onClose: (listener) => port.addEventListener('close', listener),
      start: () => port.start(),
      close: () => port.close(),
    })
  }
}

function isPortMessage(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === PORT_MESSAGE
}
