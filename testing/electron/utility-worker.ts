// First lines of a utility process in the double: gives the module process.parentPort, then runs it unmodified.
import { EventEmitter } from 'node:events'
import { pathToFileURL } from 'node:url'
import { MessagePort, parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { PortDouble } from './ports.ts'

const { modulePath } = z.object({ modulePath: z.string() }).parse(workerData)
const Envelope = z.object({ data: z.unknown(), ports: z.array(z.instanceof(MessagePort)) })

class ParentPort extends EventEmitter {
  postMessage(message: unknown): void {
    parentPort?.postMessage(message)
  }
  start(): void {}
}

const port = new ParentPort()
Object.defineProperty(process, 'parentPort', { value: port })
parentPort?.on('message', (message: unknown) => {
  const { data, ports } = Envelope.parse(message)
  port.emit('message', { data, ports: ports.map((real) => new PortDouble(real)) })
})
await import(pathToFileURL(modulePath).href)
