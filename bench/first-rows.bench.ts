// From Ctrl+Enter to rows on screen: `select * from` a table of 1,000,000 rows × 10 columns in the built page over the real host, against a bare
// pg-cursor loop in a plain Node process.
import type { Page } from '@playwright/test'
import pg from 'pg'
import Cursor from 'pg-cursor'
import type { TestServer } from '#testing/postgres-global-setup.ts'
import { openApp, prepareWorkspace, startChromium, startHostProcess, withDirectory } from './app.ts'
import type { Sight } from './page-probe.ts'
import { readPart, reportPart, runPart, startBenchServer } from './query-host.ts'
import { describeMachine, percentile, report } from './report.ts'

const ROWS = 1_000_000
const RUNS = 12
const WHOLE_RUNS = 3
/** The first statement empties the grid, so that rows of the run before are not taken for new ones. */
const SQL = 'select 1 as cleared;\n\nselect * from big'
/** As many as the host reads first. */
const FIRST_BATCH_ROWS = 200
const BATCH_ROWS = 5000

const child = readPart()
if (child === undefined) await measure()
else reportPart(await measureBare(child.server))

async function measure(): Promise<void> {
  const chromium = await startChromium()
  const machine = describeMachine(chromium.version)
  const { server, close } = await startBenchServer(ROWS)
  try {
    const bare = await runPart(import.meta.filename, 'bare', server)
    const page = await withDirectory(async (directory) => {
      const host = await startHostProcess(directory)
      try {
        await prepareWorkspace(host.url, SQL, server)
        await openApp(chromium.page, host.url)
        // A person types a statement first: the page has come to rest by then.
        await chromium.page.waitForLoadState('networkidle')
        return await measurePage(chromium.page)
      } finally {
        await host.close()
      }
    })
    const metrics = {
      firstRowsFreshPageMs: page.fresh,
      firstRowsP50Ms: percentile(page.firstRows, 0.5),
      firstRowsP95Ms: percentile(page.firstRows, 0.95),
      wholeP50Ms: percentile(page.whole, 0.5),
      jumpToLastRowP50Ms: percentile(page.jumps, 0.5),
      jumpToLastRowP95Ms: percentile(page.jumps, 0.95),
      bareFirstBatchP50Ms: bare['firstBatchMs'] ?? Number.NaN,
      bareWholeP50Ms: bare['wholeMs'] ?? Number.NaN,
    }
    report({
      name: 'first-rows',
      machine,
      metrics,
      ratios: {
        firstRowsToBare: metrics.firstRowsP50Ms / metrics.bareFirstBatchP50Ms,
        wholeToBare: metrics.wholeP50Ms / metrics.bareWholeP50Ms,
      },
    })
  } finally {
    await chromium.close()
    await close()
  }
}

interface PageTimes {
  /** The very first run of a page: the grid is made. */
  readonly fresh: number
  readonly firstRows: number[]
  readonly whole: number[]
  readonly jumps: number[]
}

async function measurePage(page: Page): Promise<PageTimes> {
  const fresh = await runBig(page)
  await cancel(page)
  const firstRows: number[] = []
  for (let run = 0; run < RUNS; run++) {
    await clear(page)
    firstRows.push(await runBig(page))
    await cancel(page)
  }
  const whole: number[] = []
  const jumps: number[] = []
  for (let run = 0; run < WHOLE_RUNS; run++) {
    await clear(page)
    await runBig(page)
    whole.push(await sight(page, 'done', ROWS))
    for (let jump = 0; jump < 3; jump++) {
      await page.keyboard.press('Control+Shift+J')
      await page.keyboard.press('Control+Home')
      await page.evaluate(() => window.nebulaProbe.painted('firstRows', 0))
      await page.evaluate(() => window.nebulaProbe.painted('rowFocused', 1))
      await page.evaluate(() => window.nebulaProbe.arm('End'))
      await page.keyboard.press('Control+End')
      jumps.push(await sight(page, 'lastRow', ROWS))
      await page.evaluate((rows) => window.nebulaProbe.painted('rowFocused', rows), ROWS)
    }
    await page.keyboard.press('Escape')
  }
  return { fresh, firstRows, whole, jumps }
}

/** Runs the statement at the end of the text: milliseconds until its rows are painted. */
async function runBig(page: Page): Promise<number> {
  await page.keyboard.press('Control+End')
  await page.evaluate(() => window.nebulaProbe.arm('Enter'))
  await page.keyboard.press('Control+Enter')
  return await sight(page, 'firstRows', 0)
}

async function clear(page: Page): Promise<void> {
  await page.keyboard.press('Control+Home')
  await page.keyboard.press('Control+Enter')
  await page.evaluate(() => window.nebulaProbe.painted('cleared', 0))
}

/** Ends the run, if it has not ended: only the first rows were wanted. */
async function cancel(page: Page): Promise<void> {
  await page.keyboard.press('Shift+F5')
  await page.evaluate(() => window.nebulaProbe.painted('ended', 0))
}

async function sight(page: Page, name: Sight, rows: number): Promise<number> {
  return await page.evaluate(([seen, count]) => window.nebulaProbe.paintedAfterKey(seen, count), [
    name,
    rows,
  ] as const)
}

/** The least that a program of one's own would do: no type is parsed, no row is kept. */
async function measureBare(server: TestServer): Promise<{ firstBatchMs: number; wholeMs: number }> {
  const client = new pg.Client({ ...server, database: 'postgres' })
  await client.connect()
  const open = (): Cursor =>
    client.query(
      new Cursor('select * from big', [], {
        rowMode: 'array',
        types: { getTypeParser: () => (text: unknown) => text },
      }),
    )
  const firstBatches: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const startedAt = performance.now()
    const cursor = open()
    await cursor.read(FIRST_BATCH_ROWS)
    firstBatches.push(performance.now() - startedAt)
    await cursor.close()
  }
  const wholes: number[] = []
  for (let run = 0; run < WHOLE_RUNS; run++) {
    const startedAt = performance.now()
    const cursor = open()
    let rows = 0
    for (;;) {
      const batch = await cursor.read(BATCH_ROWS)
      if (batch.length === 0) break
      rows += batch.length
    }
    if (rows !== ROWS) throw new Error(`The loop read ${rows} rows.`)
    wholes.push(performance.now() - startedAt)
  }
  await client.end()
  return { firstBatchMs: percentile(firstBatches, 0.5), wholeMs: percentile(wholes, 0.5) }
}
