// Node's message ports in the two shapes that the host knows: the adapted one of the transport, and Electron's.
import type { MessagePort } from 'node:worker_threads'
import type { MessagePortLike } from '#contract/transports/message-port.ts'
import type { ElectronPort } from '../main/host/private-port.ts'

/** For createMessagePortTransport. */
export function adaptNodePort(port: MessagePort): MessagePortLike {
  return {
    postMessage: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on('message', listener),
    onClose: (listener) => void port.on('close', listener),
    start: () => port.start(),
    close: () => port.close(),
  }
}

/** As MessagePortMain: a message comes as an event with `data`, and none before `start`. */
export function asElectronPort(port: MessagePort): ElectronPort {
  const waiting: unknown[] = []
  let isStarted = false
  const listeners: ((event: { readonly data: unknown }) => void)[] = []
  const deliver = (data: unknown): void => {
    if (!isStarted) return void waiting.push(data)
    for (const listener of listeners) listener({ data })
  }
  port.on('message', deliver)
  return {
    postMessage: (message) => port.postMessage(message),
    on(event: 'message' | 'close', listener: (event: { readonly data: unknown }) => void) {
      if (event === 'close') port.on('close', () => listener({ data: undefined }))
      else listeners.push(listener)
    },
    start() {
      isStarted = true
      for (const data of waiting.splice(0)) deliver(data)
    },
    close: () => port.close(),
  }
}
