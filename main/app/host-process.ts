// Runs the host in a utility process, gives it its ports, and starts it again when it crashes: pages ask for a new port by themselves.
import {
  clipboard,
  MessageChannelMain,
  utilityProcess,
  type MessagePortMain,
  type UtilityProcess,
} from 'electron'
import type { SandboxProcess } from '#api-client/node/sandbox/start-process.ts'
import { createMessagePortTransport } from '#contract/transports/message-port.ts'
import { AppError } from '#contract/errors.ts'
import {
  adaptElectronPort,
  MessageFromHost,
  servePrivateServices,
  type MessageToHost,
} from '../host/private-port.ts'
import type { SecretStore } from '../secrets/index.ts'
import { openInBrowser } from './session-guard.ts'

const STOP_TIMEOUT_MS = 10_000
/** A host that ends more often than this within a minute is given up. */
const MAX_CRASHES = 5

export interface HostProcessOptions {
  /** Path of the built utility-process entry. */
  readonly modulePath: string
  /** Path of the built entry of the sandbox. */
  readonly sandboxPath: string
  readonly secretStore: SecretStore
  readonly log: (line: string) => void
  /** The host cannot start, or keeps crashing; in words for the person. */
  readonly onFailed: (message: string) => void
}

export interface HostProcess {
  /** Resolves when the host answers; rejects when it cannot start. */
  readonly ready: Promise<void>
  /** Hands a page's port to the host, now or when it is up again. */
  connectPage(port: MessagePortMain): void
  /** Ends the host in order, with force after ten seconds. */
  stop(): Promise<void>
}

/** Starts the host. */
export function startHostProcess(options: HostProcessOptions): HostProcess {
  const ready = Promise.withResolvers<void>()
  ready.promise.catch(() => undefined)
  let child: UtilityProcess | undefined
  let waiting: MessagePortMain[] = []
  let isUp = false
  let isStopping = false
  let crashes: number[] = []

  const post = (message: MessageToHost, ports: MessagePortMain[] = []): void =>
    child?.postMessage(message, ports)

  function launch(): void {
    child = utilityProcess.fork(options.modulePath, [], { serviceName: 'NebulaDB host', stdio: 'pipe' })
    child.stdout?.on('data', (chunk: Buffer) => options.log(chunk.toString('utf8').trimEnd()))
    child.stderr?.on('data', (chunk: Buffer) => options.log(chunk.toString('utf8').trimEnd()))
    child.on('message', receive)
    child.once('exit', ended)
    const { port1, port2 } = new MessageChannelMain()
    const transport = createMessagePortTransport(adaptElectronPort(port1))
    servePrivateServices(
      {
        secretStore: options.secretStore,
        clipboard: { write: (text) => (clipboard.writeText(text), Promise.resolve(true)) },
        openBrowser: openInBrowser,
        startSandbox: () => startSandboxProcess(options.sandboxPath),
      },
      transport,
      { newBugId: () => crypto.randomUUID(), onBug: ({ id, at }) => options.log(`bug ${id} at ${at}`) },
    )
    post({ type: 'private' }, [port2])
  }

  function receive(message: unknown): void {
    const told = MessageFromHost.safeParse(message)
    if (!told.success || told.data.type === 'stopped') return
    if (told.data.type === 'failed') {
      const { message: why, hint } = told.data
      fail(hint === undefined ? why : `${why} ${hint}`)
      return
    }
    isUp = true
    ready.resolve()
    const pages = waiting
    waiting = []
    for (const page of pages) post({ type: 'page' }, [page])
  }

  function fail(message: string): void {
    isStopping = true
    ready.reject(new AppError('INTERNAL', message))
    options.onFailed(message)
  }

  function ended(code: number): void {
    isUp = false
    child = undefined
    if (isStopping) return
    const now = performance.now()
    crashes = [...crashes.filter((at) => now - at < 60_000), now]
    options.log(`the host ended with code ${code}`)
    if (crashes.length > MAX_CRASHES)
      fail(
        'The part of NebulaDB that talks to databases keeps ending. Your work is saved; the log in the data folder says more.',
      )
    else launch()
  }

  launch()
  return {
    ready: ready.promise,
    connectPage(port) {
      if (isUp) post({ type: 'page' }, [port])
      else waiting.push(port)
    },
    async stop() {
      isStopping = true
      if (child === undefined) return
      const gone = new Promise<void>((resolve) => child?.once('exit', () => resolve()))
      post({ type: 'stop' })
      const deadline = setTimeout(() => child?.kill(), STOP_TIMEOUT_MS)
      await gone
      clearTimeout(deadline)
    },
  }
}

/** A process for scripts: with nothing of our environment. */
function startSandboxProcess(modulePath: string): SandboxProcess {
  const child = utilityProcess.fork(modulePath, [], {
    serviceName: 'NebulaDB scripts',
    env: {},
    stdio: 'ignore',
  })
  return {
    post: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.once('exit', listener),
    kill: () => void child.kill(),
  }
}
