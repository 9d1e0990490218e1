// Runs the host over the port to Electron's main process: the private port comes first, then a port for each page, at last the wish to stop.
import { AppError } from '#contract/errors.ts'
import { createMessagePortTransport } from '#contract/transports/message-port.ts'
import { composeHost, type Host } from './compose.ts'
import type { HostConfig } from './config.ts'
import {
  adaptElectronPort,
  connectPrivateServices,
  MessageToHost,
  type ElectronPort,
  type MessageFromHost,
} from './private-port.ts'

/** What Electron adds to `process` in a utility process (https://www.electronjs.org/docs/latest/api/parent-port). */
export interface ParentPort {
  on(
    event: 'message',
    listener: (event: { readonly data: unknown; readonly ports: readonly ElectronPort[] }) => void,
  ): unknown
  postMessage(message: unknown): void
}

export interface UtilityHostOptions {
  readonly parentPort: ParentPort
  readonly readConfig: () => HostConfig
  /** Told of the host once it is up. */
  readonly onStarted?: (host: Host) => void
  /** Ends the process, after the last message. */
  readonly exit: (code: number) => void
}

/** Waits for the main process's messages from now on. */
export function runUtilityHost({ parentPort, readConfig, onStarted, exit }: UtilityHostOptions): void {
  const tell = (message: MessageFromHost): void => parentPort.postMessage(message)
  let host: Promise<Host> | undefined

  async function start(port: ElectronPort): Promise<Host> {
    const services = await connectPrivateServices(createMessagePortTransport(adaptElectronPort(port)))
    const started = composeHost(readConfig(), { kind: 'desktop', ...services })
    onStarted?.(started)
    tell({ type: 'ready' })
    return started
  }

  function fail(error: unknown): void {
    tell(
      error instanceof AppError
        ? {
            type: 'failed',
            message: error.message,
            ...(error.hint === undefined ? {} : { hint: error.hint }),
          }
        : { type: 'failed', message: `The host could not start: ${String(error)}` },
    )
    exit(1)
  }

  async function stop(): Promise<void> {
    const running = await host?.catch(() => undefined)
    await running?.close()
    tell({ type: 'stopped' })
    exit(0)
  }

  parentPort.on('message', ({ data, ports }) => {
    const message = MessageToHost.safeParse(data)
    if (!message.success) return
    const [port] = ports
    switch (message.data.type) {
      case 'private':
        if (port === undefined || host !== undefined) return port?.close()
        host = start(port)
        host.catch(fail)
        return
      case 'page':
        if (port === undefined || host === undefined) return port?.close()
        // A port that is not started keeps its messages, so nothing is lost while the host comes up.
        void host.then(
          (running) => running.attach(createMessagePortTransport(adaptElectronPort(port))),
          () => port.close(),
        )
        return
      case 'stop':
        void stop()
    }
  })
}
