// What a result of 1,000,000 rows × 10 columns costs in memory, and whether it is given back: the host's process and the page's, before, with the
// rows on screen, when all is read, after scrolling through to the end in 200 steps, and after the tab was closed.
import { readFileSync, writeFileSync } from 'node:fs'
import type { CDPSession } from '@playwright/test'
import { z } from 'zod'
import { openApp, prepareWorkspace, startChromium, startHostProcess, withDirectory } from './app.ts'
import { startBenchServer } from './query-host.ts'
import { describeMachine, percentile, report } from './report.ts'

const ROWS = 1_000_000
const STEPS = 200
const SQL = 'select 1 as cleared;\n\nselect * from big'
const MB = 2 ** 20

const Processes = z.object({ processInfo: z.array(z.object({ type: z.string(), id: z.number() })) })
const PageMetrics = z.object({ metrics: z.array(z.object({ name: z.string(), value: z.number() })) })

interface Sample {
  /** Resident, now and at its highest since the sample before. */
  readonly hostRssMb: number
  readonly hostPeakMb: number
  /** JavaScript's heap after a collection; column batches are outside of it. */
  readonly pageHeapMb: number
  /** What only the page's process has: batches, layout and the browser's own code included. */
  readonly pagePrivateMb: number
}

const chromium = await startChromium()
const machine = describeMachine(chromium.version)
const { server, close } = await startBenchServer(ROWS)
try {
  const { samples, scrolling } = await withDirectory(async (directory) => {
    const host = await startHostProcess(directory)
    try {
      await prepareWorkspace(host.url, SQL, server)
      return await measure(host)
    } finally {
      await host.close()
    }
  })
  const entries = Object.entries(samples).flatMap(([moment, sample]) =>
    Object.entries(sample).map(([name, value]) => [`${moment}.${name}`, value] as const),
  )
  const { idle, whole, scrolled, closed, again } = samples
  report({
    name: 'memory',
    machine,
    metrics: {
      ...Object.fromEntries(entries),
      scrollStepP50Ms: percentile(scrolling.stepMs, 0.5),
      scrollStepP95Ms: percentile(scrolling.stepMs, 0.95),
      scrollStalls: scrolling.stalls,
      hostGrowthMb: scrolled.hostRssMb - idle.hostRssMb,
      hostPeakMb: Math.max(whole.hostPeakMb, scrolled.hostPeakMb),
      pageGrowthMb: scrolled.pagePrivateMb - idle.pagePrivateMb,
      scrollingGrowthMb: scrolled.pagePrivateMb - whole.pagePrivateMb,
      pageLeftAfterCloseMb: closed.pagePrivateMb - idle.pagePrivateMb,
      heapLeftAfterCloseMb: closed.pageHeapMb - idle.pageHeapMb,
      hostLeftAfterCloseMb: closed.hostRssMb - idle.hostRssMb,
      hostSecondRunGrowthMb: again.hostRssMb - whole.hostRssMb,
      pageSecondRunGrowthMb: again.pagePrivateMb - whole.pagePrivateMb,
    },
    // The goals of a result: 200 MB in the host, 150 MB in the page.
    ratios: {
      hostToGoal: Math.max(whole.hostPeakMb, scrolled.hostPeakMb) / 200,
      pageGrowthToGoal: (scrolled.pagePrivateMb - idle.pagePrivateMb) / 150,
    },
  })
} finally {
  await chromium.close()
  await close()
}

async function measure(host: { readonly url: string; readonly pid: number }) {
  const { page, context } = chromium
  await openApp(page, host.url)
  const pageSession = await context.newCDPSession(page)
  await pageSession.send('Performance.enable')
  const renderer = await rendererOf(pageSession)
  const sample = async (): Promise<Sample> => {
    // Twice: what the first collection finalises is freed by the second.
    await pageSession.send('HeapProfiler.collectGarbage')
    await pageSession.send('HeapProfiler.collectGarbage')
    const { metrics } = PageMetrics.parse(await pageSession.send('Performance.getMetrics'))
    const taken = {
      hostRssMb: statusMb(host.pid, 'VmRSS'),
      hostPeakMb: statusMb(host.pid, 'VmHWM'),
      pageHeapMb: (metrics.find((metric) => metric.name === 'JSHeapUsedSize')?.value ?? Number.NaN) / MB,
      pagePrivateMb: privateMb(renderer),
    }
    // The kernel counts the peak anew.
    writeFileSync(`/proc/${host.pid}/clear_refs`, '5')
    return taken
  }
  // One small run first: the grid's code and the session are there before anything is compared.
  await page.keyboard.press('Control+Home')
  await page.keyboard.press('Control+Enter')
  await page.evaluate(() => window.nebulaProbe.painted('cleared', 0))
  const idle = await sample()
  await page.keyboard.press('Control+End')
  await page.keyboard.press('Control+Enter')
  await page.evaluate(() => window.nebulaProbe.painted('firstRows', 0))
  const firstPaint = await sample()
  await page.evaluate((rows) => window.nebulaProbe.painted('done', rows), ROWS)
  const whole = await sample()
  const scrolling = await page.evaluate((steps) => window.nebulaProbe.scrollThrough(steps), STEPS)
  await page.evaluate((rows) => window.nebulaProbe.painted('lastRowTitle', rows), ROWS)
  const scrolled = await sample()
  await page.keyboard.press('Alt+W')
  await page.evaluate(() => window.nebulaProbe.painted('noGrid', 0))
  const closed = await sample()
  // The same once more: what a process keeps for later is not a leak, what it takes each time is.
  await page.keyboard.press('Alt+Shift+T')
  await page.locator('.monaco-editor .view-line').first().click()
  await page.keyboard.press('Control+End')
  await page.keyboard.press('Control+Enter')
  await page.evaluate((rows) => window.nebulaProbe.painted('done', rows), ROWS)
  const again = await sample()
  return { samples: { idle, firstPaint, whole, scrolled, closed, again }, scrolling }
}

/** The process of the page: of all renderers the one that works hardest while the page does. */
async function rendererOf(pageSession: CDPSession): Promise<number> {
  const browser = await chromium.context.browser()?.newBrowserCDPSession()
  if (browser === undefined) throw new Error('The browser cannot be asked for its processes.')
  const { processInfo } = Processes.parse(await browser.send('SystemInfo.getProcessInfo'))
  const renderers = processInfo.filter((process) => process.type === 'renderer')
  const before = renderers.map(({ id }) => cpuTicks(id))
  await pageSession.send('Runtime.evaluate', {
    expression: 'for (const end = performance.now() + 300; performance.now() < end;);',
  })
  const worked = renderers.map(({ id }, index) => cpuTicks(id) - (before[index] ?? 0))
  const found = renderers[worked.indexOf(Math.max(...worked))]
  if (found === undefined) throw new Error('The browser has no renderer.')
  return found.id
}

function cpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return Number(fields[11]) + Number(fields[12])
}

function statusMb(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(found?.[1]) / 1024
}

function privateMb(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const kilobytes = [...text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm)].map((match) =>
    Number(match[1]),
  )
  return kilobytes.reduce((sum, value) => sum + value, 0) / 1024
}
