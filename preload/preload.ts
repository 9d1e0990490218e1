// The whole preload script: when the page asks for its connection, get a message port from the main process and hand it over. Nothing is exposed.
import { ipcRenderer } from 'electron'
import {
  CONNECT_MESSAGE,
  PORT_CHANNEL,
  PORT_MESSAGE,
  REQUEST_PORT_CHANNEL,
} from '#contract/transports/port-handover.ts'

const waiting = new Set<string>()

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const message = event.data
  if (event.source !== window || typeof message !== 'object' || message === null || !('type' in message))
    return
  if (message.type !== CONNECT_MESSAGE) return
  const nonce = crypto.randomUUID()
  waiting.add(nonce)
  ipcRenderer.send(REQUEST_PORT_CHANNEL, nonce)
})

// The nonce ties the answer to the question: a port that nobody asked for is dropped.
ipcRenderer.on(PORT_CHANNEL, (event, nonce: unknown) => {
  if (typeof nonce !== 'string' || !waiting.delete(nonce)) return
  window.postMessage({ type: PORT_MESSAGE }, window.location.origin, [...event.ports])
})
