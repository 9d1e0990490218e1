// The whole of a result from Postgres into the grid's store, against a bare pg-cursor loop that throws its rows away. 1,000,000 rows × 10 columns;
// each run in a process of its own, alternating, so that neither warms the other.
import pg from 'pg'
import Cursor from 'pg-cursor'
import {
  median,
  openBenchHost,
  readPart,
  reportPart,
  runPart,
  startBenchServer,
  type PartResult,
} from './query-host.ts'
import { describeMachine, rounded } from './report.ts'
import type { TestServer } from '../testing/postgres-global-setup.ts'

const ROWS = 1_000_000
const ROUNDS = 3
const SQL = 'select * from big'

/** The fastest plain loop: rows as arrays, text as it comes, `batchRows` at a time. */
async function measureBare(server: TestServer, batchRows: number): Promise<PartResult> {
  const client = new pg.Client({ ...server, database: 'postgres' })
  await client.connect()
  const startedAt = performance.now()
  const cursor = client.query(
    new Cursor(SQL, [], { rowMode: 'array', types: { getTypeParser: () => (text: unknown) => text } }),
  )
  let rows = 0
  let firstRowMs = Number.NaN
  for (;;) {
    const batch = await cursor.read(batchRows)
    if (rows === 0) firstRowMs = performance.now() - startedAt
    if (batch.length === 0) break
    rows += batch.length
  }
  if (rows !== ROWS) throw new Error(`The loop read ${rows} rows.`)
  const elapsedMs = performance.now() - startedAt
  await client.end()
  return { rowsPerSecond: (rows / elapsedMs) * 1000, firstRowMs }
}

async function measureHost(server: TestServer): Promise<PartResult> {
  const host = await openBenchHost(server)
  await host.run('select 1')
  globalThis.gc?.()
  const idleRssMb = process.memoryUsage().rss / 2 ** 20
  const startedAt = performance.now()
  let firstRowMs = Number.NaN
  const events = await host.run(SQL, {
    onEvent: (event) => {
      if (event.type === 'batch' && event.firstRow === 0) firstRowMs = performance.now() - startedAt
    },
  })
  const elapsedMs = performance.now() - startedAt
  const done = events.find((event) => event.type === 'done')
  if (done?.rowCount !== ROWS || !done.isComplete)
    throw new Error(`The run ended with ${JSON.stringify(events)}`)
  const spooledMb = host.query.usage().diskBytes / 2 ** 20
  await host.close()
  return { rowsPerSecond: (ROWS / elapsedMs) * 1000, firstRowMs, idleRssMb, spooledMb }
}

const child = readPart()
if (child !== undefined) {
  reportPart(
    child.part === 'host'
      ? await measureHost(child.server)
      : await measureBare(child.server, Number(child.part)),
  )
} else {
  const { server, close } = await startBenchServer(ROWS)
  try {
    const parts = ['1000', '5000', 'host']
    const results = new Map<string, PartResult[]>(parts.map((part) => [part, []]))
    // One round unmeasured: the server's pages are then in memory for everybody.
    for (let round = 0; round <= ROUNDS; round++)
      for (const part of parts) {
        const result = await runPart(import.meta.filename, part, server)
        if (round > 0) results.get(part)?.push(result)
      }
    const of = (part: string, metric: string): number =>
      median((results.get(part) ?? []).map((result) => result[metric] ?? Number.NaN))
    const bare = Math.max(of('1000', 'rowsPerSecond'), of('5000', 'rowsPerSecond'))
    const metrics = {
      bareRowsPerSecond: bare,
      bare1000RowsPerSecond: of('1000', 'rowsPerSecond'),
      bare5000RowsPerSecond: of('5000', 'rowsPerSecond'),
      barePeakRssMb: of('5000', 'peakRssMb'),
      hostRowsPerSecond: of('host', 'rowsPerSecond'),
      hostFirstRowMs: of('host', 'firstRowMs'),
      hostIdleRssMb: of('host', 'idleRssMb'),
      hostPeakRssMb: of('host', 'peakRssMb'),
      hostSpooledMb: of('host', 'spooledMb'),
    }
    const ratios = { hostToBare: metrics.hostRowsPerSecond / bare }
    console.log(
      JSON.stringify({
        name: 'throughput',
        machine: describeMachine(),
        metrics: rounded(metrics),
        ratios: rounded(ratios),
      }),
    )
  } finally {
    await close()
  }
}
