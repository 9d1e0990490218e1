// Electron's message ports, on Node's: real ports with a real structured clone, in Electron's shape.
import { EventEmitter } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type Electron from 'electron'

/** Electron's MessagePortMain over a port of Node. */
export class PortDouble extends EventEmitter implements Electron.MessagePortMain {
  readonly port: MessagePort

  constructor(port: MessagePort) {
    super()
    this.port = port
    // Electron queues until start() is called; so does Node, as long as nobody listens with `on('message')`.
    port.on('close', () => this.emit('close'))
  }

  postMessage(message: unknown): void {
    this.port.postMessage(message)
  }

  start(): void {
    this.port.on('message', (data: unknown) => this.emit('message', { data, ports: [] }))
  }

  close(): void {
    this.port.close()
  }
}

/** Electron's MessageChannelMain. */
export class MessageChannelMain implements Electron.MessageChannelMain {
  readonly port1: PortDouble
  readonly port2: PortDouble

  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.port1 = new PortDouble(port1)
    this.port2 = new PortDouble(port2)
  }
}

/** The Node ports behind what Electron code passed as a transfer list. */
export function nodePorts(transfer: readonly Electron.MessagePortMain[] | undefined): MessagePort[] {
  return (transfer ?? []).map((port) => {
    if (!(port instanceof PortDouble)) throw new TypeError('Only ports can be transferred.')
    return port.port
  })
}
