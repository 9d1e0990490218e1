// How the page in Electron reaches the host: preload posts a MessagePort to the page, and another one if the host was started again.
import type { Transport } from '#contract/rpc/frames.ts'
import { createMessagePortTransport } from '#contract/transports/message-port.ts'

/** Listens for ports from now on, and tells preload that the page does. Each call of the result waits for the next port not yet taken. */
export function listenForPorts(page: Window): () => Promise<Transport> {
  const ready: MessagePort[] = []
  const waiting: ((port: MessagePort) => void)[] = []
  page.addEventListener('message', (event) => {
    const port = event.ports[0]
    // Only this page's own preload may hand one over.
    if (event.source !== page || port === undefined || !isPortMessage(event.data)) return
    const take = waiting.shift()
    if (take === undefined) ready.push(port)
    else take(port)
  })
  page.postMessage({ type: 'nebuladb:ready' }, page.location.origin === 'null' ? '*' : page.location.origin)
  return async () => {
    const port = ready.shift() ?? (await new Promise<MessagePort>((resolve) => waiting.push(resolve)))
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
  return typeof data === 'object' && data !== null && 'type' in data && data.type === 'nebuladb:port'
}
