// The desktop host inside Electron's utility process: pages come as message ports, the keychain and the clipboard are asked of the main process.
import type { Transport } from '#contract/rpc/frames.ts'
import { AppError } from '#contract/errors.ts'
import { createMessagePortTransport } from '#contract/transports/message-port.ts'
import { composeHost, type Host } from './compose.ts'
import { readHostConfig } from './config.ts'
import {
  adaptElectronPort,
  connectPrivateServices,
  MessageToHost,
  type ElectronPort,
  type MessageFromHost,
} from './private-port.ts'

/** What Electron adds to `process` in a utility process (https://www.electronjs.org/docs/latest/api/parent-port). */
interface ParentPort {
  on(
    event: 'message',
    listener: (event: { readonly data: unknown; readonly ports: readonly ElectronPort[] }) => void,
  ): unknown
  postMessage(message: unknown): void
}

function findParentPort(): ParentPort {
  if (!hasParentPort(process)) throw new Error('utility-entry runs in a utility process of Electron only.')
  return process.parentPort
}

function hasParentPort(candidate: object): candidate is { readonly parentPort: ParentPort } {
  return (
    'parentPort' in candidate && typeof candidate.parentPort === 'object' && candidate.parentPort !== null
  )
}

const parentPort = findParentPort()
const tell = (message: MessageFromHost): void => parentPort.postMessage(message)
/** Set by the first `private` message; pages that come before the host is up wait for it. */
let host: Promise<Host> | undefined

async function start(transport: Transport): Promise<Host> {
  const services = await connectPrivateServices(transport)
  const started = composeHost(readHostConfig(), { kind: 'desktop', ...services })
  process.on('uncaughtException', (error) =>
    started.observe({ type: 'bug', id: 'uncaught', at: 'the host', error }),
  )
  return started
}

function fail(error: unknown): void {
  const hint = error instanceof AppError ? error.hint : undefined
  const message =
    error instanceof AppError
      ? error.message
      : `The host could not start: ${error instanceof Error ? error.message : String(error)}`
  tell({ type: 'failed', message, ...(hint === undefined ? {} : { hint }) })
  // The message above is delivered before the process is gone.
  setTimeout(() => process.exit(1), 100)
}

async function stop(): Promise<void> {
  const running = await host?.catch(() => undefined)
  await running?.close()
  tell({ type: 'stopped' })
  setTimeout(() => process.exit(0), 100)
}

parentPort.on('message', ({ data, ports }) => {
  const message = MessageToHost.safeParse(data)
  if (!message.success) return
  const [port] = ports
  switch (message.data.type) {
    case 'private':
      if (port === undefined || host !== undefined) return
      host = start(createMessagePortTransport(adaptElectronPort(port)))
      host.then(() => tell({ type: 'ready' }), fail)
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
