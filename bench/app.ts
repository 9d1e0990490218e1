// The app as a person has it, for benchmarks of the page: the headless host as a process, Chromium, one SQL tab on one connection.
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext, type Page } from '@playwright/test'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { hostContract } from '#contract/contract.ts'
import { createClient } from '#contract/rpc/client.ts'
import { createWebSocketTransport } from '#contract/transports/web-socket.ts'
import type { TestServer } from '#testing/postgres-global-setup.ts'
import { buildPage } from '../scripts/build-page.ts'
import { BROWSER_FLAGS, provideBrowser } from '../scripts/browser.ts'
import { ROOT } from '../scripts/run.ts'
import { installPageProbe } from './page-probe.ts'

const Told = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), url: z.string() }),
  z.object({ type: z.literal('failed'), message: z.string() }),
])

export interface HostProcess {
  /** Where the page is, token included. */
  readonly url: string
  readonly pid: number
  /** Milliseconds since the epoch, before the process was made. */
  readonly spawnedAt: number
  /** From then until the host said that it serves. */
  readonly readyMs: number
  close(): Promise<void>
}

export interface HostOptions {
  /** Any free one unless given. Chromium keeps files and compiled scripts by address: give the same one to start warm. */
  readonly port?: number
  /** Whether compiled code is kept in the folder, as `npm start` does; it is unless told otherwise. */
  readonly keepsCompiledCode?: boolean
}

/** Starts the headless host over the folder. No service answers. */
export async function startHostProcess(directory: string, options: HostOptions = {}): Promise<HostProcess> {
  const { port = 0, keepsCompiledCode = true } = options
  const spawnedAt = performance.timeOrigin + performance.now()
  const child = spawn(process.execPath, [join(ROOT, 'main/host/headless-entry.ts')], {
    env: {
      ...process.env,
      NEBULADB_DATA_DIR: directory,
      NEBULADB_HOST_PORT: String(port),
      NEBULADB_SERVICE_URL: 'http://127.0.0.1:9',
      ...(keepsCompiledCode ? { NODE_COMPILE_CACHE: join(directory, 'cache') } : {}),
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const url = await new Promise<string>((resolve, reject) => {
    child.on('message', (message) => {
      const told = Told.parse(message)
      if (told.type === 'ready') resolve(told.url)
      else reject(new Error(told.message))
    })
    child.once('exit', (code) => reject(new Error(`The host ended with ${String(code)}.`)))
  })
  return {
    url,
    pid: child.pid ?? Number.NaN,
    spawnedAt,
    readyMs: performance.timeOrigin + performance.now() - spawnedAt,
    async close() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** Makes the host one of a person who stays local, was last in the SQL area, and has one tab with this text. */
export async function prepareWorkspace(url: string, sql: string, server?: TestServer): Promise<void> {
  const { origin, host, hash } = new URL(url)
  const token = hash.replace('#token=', '')
  const client = createClient(
    hostContract,
    createWebSocketTransport(new WebSocket(`ws://${host}/rpc`, `nebuladb.${token}`, { origin })),
  )
  const { api } = client
  await api.account.stayLocal({})
  const connection = await api.connections.save({
    name: 'bench',
    host: server?.host ?? '127.0.0.1',
    port: server?.port ?? 9,
    database: 'postgres',
    user: server?.user ?? 'postgres',
    password: server?.password ?? '',
    sslMode: 'disable',
    environment: 'development',
    isReadOnly: false,
  })
  const id = crypto.randomUUID()
  await api.workspace.saveTab({
    id,
    title: 'Bench',
    connectionId: connection.id,
    savedQueryId: null,
    sql,
    cursorOffset: 0,
  })
  await api.workspace.arrange({ tabIds: [id], activeTabId: id })
  await api.workspace.saveLayout({ location: JSON.stringify({ area: 'sql', page: '', id: '' }) })
  client.close()
}

export interface Chromium {
  readonly version: string
  readonly context: BrowserContext
  /** The one tab, with the probe in every document. */
  readonly page: Page
  close(): Promise<void>
}

/** Starts Chromium with a profile on disk, which keeps compiled scripts between loads as a person's does, and builds the page where needed. */
export async function startChromium(): Promise<Chromium> {
  await buildPage()
  const { executablePath } = await provideBrowser((line) => console.error(line))
  const profile = await mkdtemp(join(tmpdir(), 'nebuladb-bench-profile-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: BROWSER_FLAGS,
    viewport: { width: 1440, height: 900 },
  })
  await context.addInitScript(installPageProbe)
  return {
    version: context.browser()?.version() ?? 'unknown',
    context,
    page: context.pages()[0] ?? (await context.newPage()),
    async close() {
      await context.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}

/** Makes a folder for the length of `work`. */
export async function withDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'nebuladb-bench-'))
  try {
    return await work(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Opens the app in the tab and waits until its editor can be typed in; it has the focus then. */
export async function openApp(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await page.locator('.monaco-editor .view-line').first().click()
}
