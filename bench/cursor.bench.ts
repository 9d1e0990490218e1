// How fast a whole result goes from Postgres into column batches, against a bare pg-cursor loop in the same run; how soon the first batch is there;
// whether memory stays flat. Prints one JSON object last. Run: node bench/cursor.bench.ts
import pg from 'pg'
import Cursor from 'pg-cursor'
import { BATCH_MAX_BYTES, BATCH_MAX_ROWS } from '../contract/limits.ts'
import { introspectCatalog } from '../postgres/node/introspect.ts'
import { openSession, type Session, type SessionTarget } from '../postgres/node/session.ts'
import { startTestServer } from '../testing/postgres-global-setup.ts'
import { describeMachine } from './report.ts'

const ROWS = 1_000_000
const ROUNDS = 3
const TABLES = 10_000
const LIMITS = { maxRows: BATCH_MAX_ROWS, maxBytes: BATCH_MAX_BYTES }
const QUERY = 'select * from wide'
const TEN_MILLION = `select g, g * 2 as double, md5(g::text), g % 7 = 0 as flag, now() as moment, g::numeric / 3 as third, null::text as nothing, 'some text' as text
  from (select generate_series(1, 10000000) as g) s`

const { server, close } = await startTestServer()
try {
  const target: SessionTarget = { ...server, database: 'postgres' }
  const session = await openSession(target)
  await session.query(`create unlogged table wide as select g as id, 'customer ' || g as name, g * 1.25 as amount, now() as at, g % 2 = 0 as flag,
    case when g % 5 = 0 then null else md5(g::text) end as hash, g::int8 * 1000003 as big, 'Oslo' as city from generate_series(1, ${ROWS}) g`)
  await session.query('vacuum analyze wide')

  const ours: number[] = []
  const read: number[] = []
  const bare: number[] = []
  // Before the loops that make strings: their garbage would be counted too.
  await readBatches(session)
  globalThis.gc?.()
  const restingRss = process.memoryUsage.rss()
  const peakRss = await readBatches(session)
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(await time(() => readWithPgCursor(target)))
    ours.push(await time(() => readBatches(session)))
    read.push(await time(() => readRows(session)))
  }
  const firstBatch: number[] = []
  for (let round = 0; round < 20; round++) firstBatch.push(await timeToFirstBatch(session))
  const cancel: number[] = []
  for (let round = 0; round < 20; round++) cancel.push(await timeToClose(session))
  const introspection = await measureIntrospection(session)
  await session.close()

  const rate = (ms: number): number => Math.round((ROWS / ms) * 1000)
  console.log(
    JSON.stringify({
      name: 'cursor',
      machine: describeMachine(),
      metrics: {
        columns: 8,
        batchesRowsPerSecond: rate(median(ours)),
        readRowsPerSecond: rate(median(read)),
        pgCursorRowsPerSecond: rate(median(bare)),
        firstBatchOfTenMillionMsP50: round2(median(firstBatch)),
        firstBatchOfTenMillionMsMax: round2(Math.max(...firstBatch)),
        closeEarlyMsP50: round2(median(cancel)),
        peakRssGrowthBytesWhileReading: Math.max(0, peakRss - restingRss),
        ...introspection,
      },
      ratios: {
        // A pair of one round ran under the same load.
        batchesToPgCursor: round2(median(ours.map((ms, index) => (bare[index] ?? 0) / ms))),
        readToPgCursor: round2(median(read.map((ms, index) => (bare[index] ?? 0) / ms))),
      },
    }),
  )
} finally {
  await close()
}

async function readWithPgCursor(target: SessionTarget): Promise<void> {
  const client = new pg.Client({ ...target, ssl: false })
  await client.connect()
  // Text as it comes, as the product needs it: int8 and numeric must lose nothing.
  const cursor = client.query(
    new Cursor(QUERY, [], { rowMode: 'array', types: { getTypeParser: () => (value: string) => value } }),
  )
  let rows = 0
  for (;;) {
    const some = await cursor.read(LIMITS.maxRows)
    if (some.length === 0) break
    rows += some.length
  }
  await client.end()
  if (rows !== ROWS) throw new Error(`pg-cursor read ${rows} rows`)
}

/** Gives the peak of the process' memory. */
async function readBatches(session: Session): Promise<number> {
  const cursor = await session.openCursor(QUERY)
  let rows = 0
  let peak = 0
  for (;;) {
    const batch = await cursor.readBatch(LIMITS)
    if (batch === undefined) break
    rows += batch.rowCount
    if (rows % 100_000 < LIMITS.maxRows) peak = Math.max(peak, process.memoryUsage.rss())
  }
  if (rows !== ROWS) throw new Error(`the batches had ${rows} rows`)
  return peak
}

async function readRows(session: Session): Promise<void> {
  const cursor = await session.openCursor(QUERY)
  let rows = 0
  for (;;) {
    const some = await cursor.read(LIMITS.maxRows)
    if (some.length === 0) break
    rows += some.length
  }
  if (rows !== ROWS) throw new Error(`read gave ${rows} rows`)
}

async function timeToFirstBatch(session: Session): Promise<number> {
  const start = performance.now()
  const cursor = await session.openCursor(TEN_MILLION)
  const batch = await cursor.readBatch(LIMITS)
  const ms = performance.now() - start
  if (batch === undefined) throw new Error('no batch')
  await cursor.close()
  return ms
}

async function timeToClose(session: Session): Promise<number> {
  const cursor = await session.openCursor(TEN_MILLION)
  for (let count = 0; count < 20; count++) await cursor.readBatch(LIMITS)
  const start = performance.now()
  await cursor.close()
  return performance.now() - start
}

/** Tables of ten columns each, a primary key, a default; one in ten with another index. */
async function measureIntrospection(session: Session): Promise<Record<string, number>> {
  await session.query(`drop table wide`)
  for (let from = 0; from < TABLES; from += 1000)
    await session.query(`do $$ begin for i in ${from}..${from + 999} loop
      execute format('create table t%s (id bigint generated always as identity primary key, parent_id bigint, name text not null default ''x'', b int, c varchar(20), d numeric(10,2), e timestamptz default now(), f jsonb, g boolean, h uuid)', i);
      if i % 10 = 5 then execute format('create index on t%s (name, b)', i); end if;
      end loop; end $$`)
  await session.query('vacuum analyze')
  const times: number[] = []
  for (let round = 0; round < 5; round++) times.push(await time(() => introspectCatalog(session)))
  return {
    introspectTables: TABLES,
    introspectMsP50: round2(median(times)),
    introspectMsMin: round2(Math.min(...times)),
  }
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

function round2(value: number): number {
  return Math.round(value * 100) / 100
}
