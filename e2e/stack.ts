// The real service and the real desktop host as processes of their own, on a data folder of their own, for one spec.
import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { freePort } from '../scripts/choose-port.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const Report = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), url: z.string() }),
  z.object({ type: z.literal('failed'), message: z.string() }),
])

export interface Stack {
  readonly dataDirectory: string
  readonly serviceUrl: string
  /** Where the proxy to the projects' databases listens. */
  readonly postgresPort: number
  readonly environment: Readonly<Record<string, string>>
  startService(): Promise<void>
  /** As a crash does: no goodbye, databases go on. */
  killService(): Promise<void>
  stopService(): Promise<void>
  /** Starts the desktop host and gives the page's address, token included. */
  startHost(): Promise<string>
  stopHost(): Promise<void>
  /** As a crash does: nothing is written any more. */
  killHost(): Promise<void>
  /** Ends everything, the databases included, and removes the data folder. */
  close(): Promise<void>
}

/** For pictures: the same name each time where it is free. */
export async function plainFolder(): Promise<string> {
  const folder = join(tmpdir(), 'nebuladb')
  try {
    await mkdir(folder)
    return folder
  } catch {
    return await mkdtemp(`${folder} `)
  }
}

/**
 * Prepares a stack, in a folder that is there and empty (one of its own, when left out); nothing runs yet. With the address of another stack's
 * service it is a second machine: a host without a service. `settings` are more of the environment.
 */
export async function createStack(
  folder?: string,
  otherService?: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Stack> {
  const dataDirectory = folder ?? (await mkdtemp(join(tmpdir(), 'nebuladb e2e ')))
  const [servicePort, postgresPort, hostPort] = [await freePort(), await freePort(), await freePort()]
  const serviceUrl = otherService ?? `http://127.0.0.1:${servicePort}`
  const environment = {
    ...settings,
    NEBULADB_DATA_DIR: dataDirectory,
    NEBULADB_SERVICE_PORT: String(servicePort),
    NEBULADB_POSTGRES_PORT: String(postgresPort),
    NEBULADB_HOST_PORT: String(hostPort),
    NEBULADB_HOST_TOKEN: 'e2e-token-e2e-token-e2e-token-e2e-token',
    NEBULADB_SERVICE_URL: serviceUrl,
  }
  let service: ChildProcess | undefined
  let host: ChildProcess | undefined

  const start = (entry: string, log: string): Promise<{ child: ChildProcess; url: string }> => {
    const child = spawn(process.execPath, [join(ROOT, entry)], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    const file = createWriteStream(join(dataDirectory, log), { flags: 'a' })
    child.stdout?.pipe(file, { end: false })
    child.stderr?.pipe(file, { end: false })
    return new Promise((resolve, reject) => {
      child.once('exit', (code) =>
        reject(new Error(`${entry} ended with ${code}; see ${join(dataDirectory, log)}`)),
      )
      child.on('message', (message) => {
        const report = Report.safeParse(message)
        if (!report.success) return
        if (report.data.type === 'ready') resolve({ child, url: report.data.url })
        else reject(new Error(report.data.message))
      })
    })
  }
  const end = (child: ChildProcess | undefined, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> =>
    new Promise((resolve) => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return resolve()
      child.removeAllListeners('exit')
      child.once('exit', () => resolve())
      child.kill(signal)
    })

  const stack: Stack = {
    dataDirectory,
    serviceUrl,
    postgresPort,
    environment,
    async startService() {
      service = (await start('backend/entry.ts', 'service.log')).child
    },
    async killService() {
      await end(service, 'SIGKILL')
      service = undefined
    },
    async stopService() {
      await end(service, 'SIGTERM')
      service = undefined
    },
    async startHost() {
      const started = await start('main/host/headless-entry.ts', 'desktop.log')
      host = started.child
      return started.url
    },
    async stopHost() {
      await end(host, 'SIGTERM')
      host = undefined
    },
    async killHost() {
      await end(host, 'SIGKILL')
      host = undefined
    },
    async close() {
      await stack.stopHost()
      // After a crash the databases still run: only a service that adopted them can end them.
      if (service === undefined && otherService === undefined)
        await stack.startService().catch(() => undefined)
      await stack.stopService()
      await rm(dataDirectory, { recursive: true, force: true })
    },
  }
  return stack
}
