// Electron's utilityProcess: the module runs in a worker thread, which can be given real ports, with process.parentPort as Electron has it.
import { EventEmitter } from 'node:events'
import { Worker } from 'node:worker_threads'
import type Electron from 'electron'
import { nodePorts } from './ports.ts'

class UtilityProcessDouble extends EventEmitter {
  readonly #worker: Worker
  readonly pid: number
  readonly stdout: NodeJS.ReadableStream
  readonly stderr: NodeJS.ReadableStream

  constructor(modulePath: string) {
    super()
    this.#worker = new Worker(new URL('./utility-worker.ts', import.meta.url), {
      workerData: { modulePath },
      stdout: true,
      stderr: true,
    })
    this.pid = this.#worker.threadId
    this.stdout = this.#worker.stdout
    this.stderr = this.#worker.stderr
    this.#worker.on('online', () => this.emit('spawn'))
    this.#worker.on('message', (message: unknown) => this.emit('message', message))
    this.#worker.on('error', (error) =>
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`),
    )
    this.#worker.on('exit', (code) => this.emit('exit', code))
  }

  postMessage(message: unknown, transfer?: Electron.MessagePortMain[]): void {
    const ports = nodePorts(transfer)
    this.#worker.postMessage({ data: message, ports }, ports)
  }

  kill(): boolean {
    void this.#worker.terminate()
    return true
  }
}

export const utilityProcess = {
  fork: (modulePath: string): UtilityProcessDouble => new UtilityProcessDouble(modulePath),
}
