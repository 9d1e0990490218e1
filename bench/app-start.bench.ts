// From starting the app to a typed character on screen: the host as a new process, then the page in Chromium; against an empty page from a bare
// node:http server in the same browser.
import { spawn } from 'node:child_process'
import type { Page } from '@playwright/test'
import { findFreePort } from '#testing/postgres-global-setup.ts'
import {
  prepareWorkspace,
  startChromium,
  startHostProcess,
  withDirectory,
  type Chromium,
  type HostOptions,
  type HostProcess,
} from './app.ts'
import { describeMachine, percentile, report } from './report.ts'

const WARM_RUNS = 12
const COLD_RUNS = 8
/** V8 keeps compiled code of a script from its second load on. */
const WARM_UPS = 2
const SQL = 'select 1'

/** A program of one's own at its smallest: it serves one line of text and says so. */
const BARE_SERVER = `const server = require('node:http').createServer((_, response) =>
  response.setHeader('content-type', 'text/html').end('<!doctype html><title>bare</title><p>bare</p>'))
server.listen(0, '127.0.0.1', () => process.send('http://127.0.0.1:' + server.address().port))`

interface Start {
  readonly hostMs: number
  readonly pageMs: number
  /** From making the process to the painted character, the time of this benchmark's own between them included. */
  readonly totalMs: number
  readonly isFocusedByItself: boolean
}

const warmBrowser = await startChromium()
const machine = describeMachine(warmBrowser.version)
try {
  const warm = await withDirectory(async (directory) => await measureWarm(directory, warmBrowser))
  const bare = await measureBare(warmBrowser.page)
  const cold: Start[] = []
  for (let run = 0; run < COLD_RUNS; run++) cold.push(await measureCold())
  const of = (starts: readonly Start[], part: 'hostMs' | 'pageMs' | 'totalMs', rank: number): number =>
    percentile(
      starts.map((start) => start[part]),
      rank,
    )
  const metrics = {
    warmTotalP50Ms: of(warm, 'totalMs', 0.5),
    warmTotalP95Ms: of(warm, 'totalMs', 0.95),
    warmHostP50Ms: of(warm, 'hostMs', 0.5),
    warmHostP95Ms: of(warm, 'hostMs', 0.95),
    warmPageP50Ms: of(warm, 'pageMs', 0.5),
    warmPageP95Ms: of(warm, 'pageMs', 0.95),
    coldTotalP50Ms: of(cold, 'totalMs', 0.5),
    coldTotalP95Ms: of(cold, 'totalMs', 0.95),
    coldHostP50Ms: of(cold, 'hostMs', 0.5),
    coldPageP50Ms: of(cold, 'pageMs', 0.5),
    focusedByItself: [...warm, ...cold].filter((start) => start.isFocusedByItself).length,
    starts: warm.length + cold.length,
    bareProcessP50Ms: percentile(bare.process, 0.5),
    barePageP50Ms: percentile(bare.page, 0.5),
  }
  report({
    name: 'app-start',
    machine,
    metrics,
    ratios: {
      warmToBare: metrics.warmTotalP50Ms / (metrics.bareProcessP50Ms + metrics.barePageP50Ms),
      warmToGoal: metrics.warmTotalP95Ms / 1500,
    },
  })
} finally {
  await warmBrowser.close()
}

/** As on every day but the first: compiled code of host and page is kept, the files are in the system's cache. */
async function measureWarm(directory: string, { page }: Chromium): Promise<Start[]> {
  await prepareHost(directory)
  const port = await findFreePort()
  const starts: Start[] = []
  for (let run = 0; run < WARM_RUNS + WARM_UPS; run++) {
    const start = await measureStart(directory, page, port)
    if (run >= WARM_UPS) starts.push(start)
  }
  return starts
}

/** As after an installation: neither Node nor Chromium has compiled code of the app, Chromium has none of its files. */
async function measureCold(): Promise<Start> {
  const chromium = await startChromium()
  try {
    return await withDirectory(async (directory) => {
      await prepareHost(directory, { keepsCompiledCode: false })
      return await measureStart(directory, chromium.page)
    })
  } finally {
    await chromium.close()
  }
}

/** Leaves a workspace with one tab in the folder. */
async function prepareHost(directory: string, options: HostOptions = {}): Promise<void> {
  const host = await startHostProcess(directory, options)
  await prepareWorkspace(host.url, SQL)
  await host.close()
}

async function measureStart(directory: string, page: Page, port = 0): Promise<Start> {
  const host = await startHostProcess(directory, { port })
  try {
    return await openPage(host, page)
  } finally {
    await page.goto('about:blank')
    await host.close()
  }
}

async function openPage(host: HostProcess, page: Page): Promise<Start> {
  await page.goto(host.url, { waitUntil: 'commit' })
  const typed = await page.evaluate(async () => {
    const start = await window.nebulaProbe.typedAfterStart()
    return { ...start, atMs: performance.timeOrigin + start.paintedMs }
  })
  return {
    hostMs: host.readyMs,
    pageMs: typed.paintedMs,
    totalMs: typed.atMs - host.spawnedAt,
    isFocusedByItself: typed.isFocusedByItself,
  }
}

async function measureBare(page: Page): Promise<{ process: number[]; page: number[] }> {
  const times: { process: number[]; page: number[] } = { process: [], page: [] }
  for (let run = 0; run < WARM_RUNS; run++) {
    const startedAt = performance.now()
    const child = spawn(process.execPath, ['-e', BARE_SERVER], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const url = await new Promise<string>((resolve) => child.once('message', (told) => resolve(String(told))))
    times.process.push(performance.now() - startedAt)
    await page.goto(url, { waitUntil: 'commit' })
    times.page.push(await page.evaluate(() => window.nebulaProbe.painted('bare', 0)))
    await page.goto('about:blank')
    child.kill()
  }
  return times
}
