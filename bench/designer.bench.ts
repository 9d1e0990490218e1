// The designer's canvas in Chromium: how long the layout of 100, 300 and 1,000 tables takes, and how evenly frames come while 1,000 tables are moved: all in
// view, and at the size at which one reads them. `MainMs` is what a frame costs the page's thread in processor time: unlike the time between frames it says the
// same on a machine that does other things too.
import { chromium, type CDPSession, type Page } from '@playwright/test'
import { z } from 'zod'
import { BROWSER_FLAGS, provideBrowser } from '../scripts/browser.ts'
import { serveDesignerPage } from './designer-page.ts'
import { describeMachine, percentile, report } from './report.ts'

const SIZES = [100, 300, 1000] as const
const REPEATS = 3
const STEPS = 150
const PageMetrics = z.object({ metrics: z.array(z.object({ name: z.string(), value: z.number() })) })

declare global {
  interface Window {
    designerLayoutMs?: () => Promise<number>
    frameTimes?: number[]
    stopFrames?: () => void
  }
}

const served = await serveDesignerPage()
const { executablePath } = await provideBrowser((line) => console.error(line))
const browser = await chromium.launch({ executablePath, args: BROWSER_FLAGS })
const machine = describeMachine(browser.version())
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  const metrics: Record<string, number> = {}
  for (const size of SIZES) {
    await open(page, size)
    const times: number[] = []
    for (let repeat = 0; repeat < REPEATS; repeat += 1)
      times.push(await page.evaluate(() => window.designerLayoutMs?.() ?? Number.NaN))
    // The first starts the worker.
    metrics[`layout${size}FirstMs`] = times[0] ?? Number.NaN
    metrics[`layout${size}Ms`] = percentile(times, 0.5)
  }
  // 1,000 tables are there now, all of them in view.
  Object.assign(metrics, await frames(page, 'idle', async () => page.waitForTimeout(1500)))
  Object.assign(metrics, await frames(page, 'panAll', () => pan(page)))
  Object.assign(metrics, await frames(page, 'dragAll', () => drag(page)))
  await page.getByRole('button', { name: /^Zoom, / }).click()
  await page.getByRole('menuitem', { name: '100 %' }).click()
  await page.waitForSelector('[data-row]')
  Object.assign(metrics, await frames(page, 'panRead', () => pan(page)))
  Object.assign(metrics, await frames(page, 'dragRead', () => drag(page)))
  report({
    name: 'designer',
    machine,
    metrics,
    // The goals: 300 tables in 1 s, 1,000 in 6 s, 60 frames a second.
    ratios: {
      layout300ToGoal: (metrics['layout300Ms'] ?? Number.NaN) / 1000,
      layout1000ToGoal: (metrics['layout1000Ms'] ?? Number.NaN) / 6000,
      panMainToFrame: (metrics['panAllMainMs'] ?? Number.NaN) / (1000 / 60),
      dragMainToFrame: (metrics['dragAllMainMs'] ?? Number.NaN) / (1000 / 60),
    },
  })
} finally {
  await browser.close()
  await served.close()
}

async function open(page: Page, tables: number): Promise<void> {
  await page.goto(`${served.url}?tables=${tables}`)
  await page.waitForSelector('.react-flow__node')
  await page.waitForFunction(() => document.querySelector('[role="status"]') === null)
}

/** Time between frames, and what each costs the page's thread, while `work` runs. */
async function frames(page: Page, name: string, work: () => Promise<void>): Promise<Record<string, number>> {
  await page.evaluate(() => {
    const times: number[] = []
    let before = performance.now()
    let isOn = true
    const tick = (now: number): void => {
      times.push(now - before)
      before = now
      if (isOn) requestAnimationFrame(tick)
    }
    requestAnimationFrame((now) => {
      before = now
      requestAnimationFrame(tick)
    })
    window.frameTimes = times
    window.stopFrames = () => {
      isOn = false
    }
  })
  const cpu = await page.context().newCDPSession(page)
  await cpu.send('Performance.enable', { timeDomain: 'threadTicks' })
  const busyAtStart = await busySeconds(cpu)
  await work()
  const busy = (await busySeconds(cpu)) - busyAtStart
  await cpu.detach()
  const times = await page.evaluate(() => {
    window.stopFrames?.()
    return window.frameTimes ?? []
  })
  return {
    [`${name}P50Ms`]: percentile(times, 0.5),
    [`${name}P95Ms`]: percentile(times, 0.95),
    [`${name}P99Ms`]: percentile(times, 0.99),
    [`${name}MainMs`]: (busy * 1000) / times.length,
    [`${name}Frames`]: times.length,
  }
}

async function busySeconds(cpu: CDPSession): Promise<number> {
  const { metrics: values } = PageMetrics.parse(await cpu.send('Performance.getMetrics'))
  return values.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN
}

/** Drags the ground: where no table is. */
async function pan(page: Page): Promise<void> {
  const at = await page.evaluate(() => {
    for (let y = 120; y < 860; y += 7)
      for (let x = 60; x < 1200; x += 11)
        if (document.elementFromPoint(x, y)?.classList.contains('react-flow__pane') === true) return { x, y }
    return { x: 20, y: 400 }
  })
  await sweep(page, at, 2)
}

/** Drags the table nearest to the middle. */
async function drag(page: Page): Promise<void> {
  const at = await page.evaluate(() => {
    for (let reach = 0; reach < 500; reach += 6)
      for (const [dx, dy] of [
        [reach, 0],
        [-reach, 0],
        [0, reach],
        [0, -reach],
      ] as const) {
        const [x, y] = [720 + dx, 450 + dy]
        if (document.elementFromPoint(x, y)?.closest('.react-flow__node') !== null) return { x, y }
      }
    return { x: 720, y: 450 }
  })
  await sweep(page, at, 1.5)
}

async function sweep(page: Page, at: { x: number; y: number }, step: number): Promise<void> {
  await page.mouse.move(at.x, at.y)
  await page.mouse.down()
  for (let n = 1; n <= STEPS; n += 1) {
    // There and back, so that it stays on the page.
    const far = n <= STEPS / 2 ? n : STEPS - n
    await page.mouse.move(at.x + far * step, at.y + far * step * 0.6)
  }
  await page.mouse.up()
}
