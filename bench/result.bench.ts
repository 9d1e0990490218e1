// A large result in the host: how soon its first rows are there, how fast any window of it is, how soon a cancel works, and how much memory it takes.
// 1,000,000 and 10,000,000 rows × 10 columns; each part in a process of its own.
import { ResultId, RunId } from '#contract/capabilities/ids.ts'
import type { QueryEvent } from '#contract/capabilities/query.ts'
import type { TestServer } from '../testing/postgres-global-setup.ts'
import {
  median,
  openBenchHost,
  readPart,
  reportPart,
  runPart,
  startBenchServer,
  type BenchHost,
  type PartResult,
} from './query-host.ts'
import { describeMachine, rounded } from './report.ts'

const ROWS = 1_000_000
const WINDOWS = 200
const CONTEXT = { signal: new AbortController().signal, metadata: {} }

/** The table once, or ten times over for ten million rows. */
const sqlOf = (times: number): string =>
  times === 1 ? 'select * from big' : `select big.* from generate_series(1, ${times}) n, big`

function doneOf(events: readonly QueryEvent[]): {
  resultId: ResultId
  rowCount: number
  isComplete: boolean
} {
  const done = events.find((event) => event.type === 'done')
  if (done === undefined || done.resultId === null) throw new Error(JSON.stringify(events))
  return {
    resultId: ResultId.parse(done.resultId),
    rowCount: done.rowCount ?? 0,
    isComplete: done.isComplete,
  }
}

async function windowMs(host: BenchHost, resultId: ResultId, firstRow: number): Promise<number> {
  const startedAt = performance.now()
  const { value } = await host.query.handlers.window({ resultId, firstRow, rowCount: 500 }, CONTEXT)
  const rows = value.batches.reduce((sum, batch) => sum + batch.rowCount, 0)
  if (rows === 0) throw new Error(`There are no rows at ${firstRow}.`)
  return performance.now() - startedAt
}

/** First rows, the whole result, windows anywhere in it, and its last row. */
async function measureResult(server: TestServer, times: number): Promise<PartResult> {
  const host = await openBenchHost(server)
  await host.run('select 1')
  const idleRssMb = process.memoryUsage().rss / 2 ** 20
  const startedAt = performance.now()
  let firstRowMs = Number.NaN
  const events = await host.run(sqlOf(times), {
    onEvent: (event) => {
      if (event.type === 'batch' && event.firstRow === 0) firstRowMs = performance.now() - startedAt
    },
  })
  const drainMs = performance.now() - startedAt
  const { resultId, rowCount, isComplete } = doneOf(events)
  const waits: number[] = []
  // The same places on every run.
  for (let index = 0; index < WINDOWS; index++)
    waits.push(await windowMs(host, resultId, (index * 7_919_003) % (rowCount - 500)))
  waits.sort((a, b) => a - b)
  const toLastAt = performance.now()
  let lastRow = rowCount
  while (!isComplete && lastRow < ROWS * times) {
    await windowMs(host, resultId, lastRow)
    const { value } = await host.query.handlers.window(
      { resultId, firstRow: lastRow, rowCount: 5_000 },
      CONTEXT,
    )
    lastRow = value.totalRows
  }
  const toLastRowMs = performance.now() - toLastAt
  await windowMs(host, resultId, ROWS * times - 100)
  const spooledMb = host.query.usage().diskBytes / 2 ** 20
  await host.close()
  return {
    idleRssMb,
    firstRowMs,
    drainMs,
    drainedRows: rowCount,
    windowMedianMs: median(waits),
    windowP99Ms: waits[Math.floor(waits.length * 0.99)] ?? Number.NaN,
    toLastRowMs,
    spooledMb,
  }
}

/** From asking to cancel until the run has ended, in the middle of a drain and of a sleep. */
async function measureCancel(server: TestServer): Promise<PartResult> {
  const host = await openBenchHost(server)
  const cancel = async (sql: string, at: QueryEvent['type']): Promise<number> => {
    const runId = RunId.parse(crypto.randomUUID())
    let askedAt = 0
    await host.run(sql, {
      runId,
      onEvent: (event) => {
        if (event.type !== at || askedAt > 0) return
        askedAt = performance.now()
        void host.query.handlers.cancel({ runId }, CONTEXT)
      },
    })
    return performance.now() - askedAt
  }
  const drains: number[] = []
  const sleeps: number[] = []
  for (let round = 0; round < 9; round++) {
    drains.push(await cancel(sqlOf(10), 'progress'))
    sleeps.push(await cancel('select pg_sleep(30)', 'statement'))
  }
  await host.close()
  return { cancelDrainMs: median(drains), cancelSleepMs: median(sleeps) }
}

const child = readPart()
if (child !== undefined) {
  reportPart(
    child.part === 'cancel'
      ? await measureCancel(child.server)
      : await measureResult(child.server, Number(child.part)),
  )
} else {
  const { server, close } = await startBenchServer(ROWS)
  try {
    await runPart(import.meta.filename, '1', server)
    const million = await runPart(import.meta.filename, '1', server)
    const tenMillion = await runPart(import.meta.filename, '10', server)
    const { cancelDrainMs = Number.NaN, cancelSleepMs = Number.NaN } = await runPart(
      import.meta.filename,
      'cancel',
      server,
    )
    const named = (prefix: string, part: PartResult): PartResult =>
      Object.fromEntries(Object.entries(part).map(([name, value]) => [`${prefix}.${name}`, value]))
    const metrics = { ...named('1M', million), ...named('10M', tenMillion), cancelDrainMs, cancelSleepMs }
    const ratios = { peakRss10MTo1M: (tenMillion['peakRssMb'] ?? 0) / (million['peakRssMb'] ?? 1) }
    console.log(
      JSON.stringify({
        name: 'result',
        machine: describeMachine(),
        metrics: rounded(metrics),
        ratios: rounded(ratios),
      }),
    )
  } finally {
    await close()
  }
}
