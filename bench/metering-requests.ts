// Part of bench/metering: what it costs of a REST request that it is counted. One process with the engine is under load all the while; in slices of a fraction
// of a second requests are counted or not, in turns, and the processor time of this process is divided by its requests. The load comes from wrk.
import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { createMetering } from '../backend/metering/index.ts'
import { createRest } from '../backend/rest/index.ts'
import { OrganisationId, ProjectId } from '../contract/capabilities/ids.ts'
import { createControlDatabase } from '../testing/control-database.ts'
import type { TestServer } from '../testing/postgres-global-setup.ts'
import { sampleConfig } from '../testing/rest-sample.ts'
import { median } from './query-host.ts'
import { percentile } from './report.ts'
import { benchToken, CASES, POOL_SIZE, SCHEMA_SQL, SECRET } from './rest-cases.ts'
import { load } from './rest-load.ts'

const SLICE_MS = 200
const WARM_UP_SECONDS = 5
/** As the service does. */
const INGEST_SECONDS = 5
const INGESTS = 5
/** So few that each is written by itself: the most that counting can cost of a request. */
const PACE_PER_SECOND = 50
const PACE_SLICE_MS = 500

/** `cost` is the processor time of a counted request against one that is not, 1 when it costs nothing: what is written and ingested of it is in it. */
export interface RequestCost extends Record<string, number> {
  readonly cost: number
}

/** Measures on databases of its own. Needs wrk. */
export async function measureRequests(
  server: TestServer,
  { directory, seconds }: { readonly directory: string; readonly seconds: number },
): Promise<RequestCost> {
  await using control = await createControlDatabase({ server })
  const metering = createMetering({
    db: control.db,
    directory,
    clock: { now: () => new Date() },
    observe: (one) => console.error(one),
  })
  const { host, port, user, password } = server
  const database = 'metering_requests'
  await runSql({ host, port, user, password, database: 'postgres' }, `create database ${database}`)
  await runSql({ host, port, user, password, database }, SCHEMA_SQL)
  const organisationId = OrganisationId.parse(randomUUID())
  const projectId = ProjectId.parse(randomUUID())
  const seen = { isCounted: false, requests: 0 }
  const rest = createRest({
    target: { host, port, database, user: 'authenticator', password: 'bench', sslMode: 'disable' },
    config: sampleConfig({ anonRole: null, maxRows: 1000 }),
    jwt: { secret: SECRET, isBase64: false, audience: null, roleClaimKey: '.role', cacheMaxEntries: 1000 },
    pool: { size: POOL_SIZE },
    observe: ({ rows, bytesOut }) => {
      seen.requests += 1
      if (seen.isCounted) metering.apiRequest({ organisationId, projectId, rows, bytesOut })
    },
  })
  await rest.reload()
  const http = createServer((message, response) => {
    void rest.handle(message, response, { path: message.url ?? '/' })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const address = http.address()
  const at = typeof address === 'object' && address !== null ? address.port : 0
  const [one] = CASES
  if (one === undefined) throw new Error('There is no case to measure.')
  const loadFor = async (loadSeconds: number): Promise<void> => {
    const { errors } = await load(at, one, { seconds: loadSeconds, token: benchToken() })
    if (errors > 0) throw new Error(`${errors} requests failed.`)
  }

  /** Microseconds of this process for each request of a slice. */
  const slice = async (isCounted: boolean, ms: number): Promise<number> => {
    seen.isCounted = isCounted
    const requests = seen.requests
    const before = process.cpuUsage()
    await delay(ms)
    // What waits to be written belongs to this slice.
    metering.writeCounts()
    const { user: inUser, system } = process.cpuUsage(before)
    return (inUser + system) / (seen.requests - requests)
  }

  /** Slices with and without, in turns, for so long. Each goes first as often as the other. */
  const inTurns = async (ms: number, sliceMs: number): Promise<Pairs> => {
    const pairs = { counted: new Array<number>(), bare: new Array<number>() }
    const began = performance.now()
    while (performance.now() - began + 2 * sliceMs < ms) {
      const isCountedFirst = pairs.bare.length % 2 === 0
      const first = await slice(isCountedFirst, sliceMs)
      const second = await slice(!isCountedFirst, sliceMs)
      pairs.counted.push(isCountedFirst ? first : second)
      pairs.bare.push(isCountedFirst ? second : first)
    }
    return pairs
  }

  seen.isCounted = true
  await loadFor(WARM_UP_SECONDS)
  await metering.flush()
  const loaded = loadFor(seconds)
  await delay(SLICE_MS)
  const [began, requestsBefore] = [performance.now(), seen.requests]
  const pairs = await inTurns((seconds - 1) * 1_000, SLICE_MS)
  const perSecond = ((seen.requests - requestsBefore) / (performance.now() - began)) * 1_000
  await loaded

  const pace = fork(
    new URL('metering-pace.ts', import.meta.url).pathname,
    [String(at), String(PACE_PER_SECOND), benchToken()],
    { execArgv: [] },
  )
  await delay(2_000)
  const few = await inTurns(seconds * 1_000, PACE_SLICE_MS)
  pace.disconnect()

  const ingesting: number[] = []
  for (let run = 0; run < INGESTS; run += 1) {
    await metering.flush()
    seen.isCounted = true
    const requests = seen.requests
    await loadFor(INGEST_SECONDS)
    const before = process.cpuUsage()
    await metering.flush()
    const { user: inUser, system } = process.cpuUsage(before)
    ingesting.push((inUser + system) / (seen.requests - requests))
  }
  http.close()
  await rest.close()
  await metering.close()

  const base = median(pairs.bare)
  const ingestShare = median(ingesting) / base
  const { ratio, low, high } = costOf(pairs)
  const lone = costOf(few)
  return {
    cost: ratio + ingestShare,
    pairs: pairs.bare.length,
    requestsPerSecond: perSecond,
    requestCpuMicroseconds: base,
    countedRequestCpuMicroseconds: median(pairs.counted),
    ingestingCpuMicrosecondsPerRequest: median(ingesting),
    countingCostPercent: (ratio - 1) * 100,
    countingCostPercentLow95: (low - 1) * 100,
    countingCostPercentHigh95: (high - 1) * 100,
    ingestingCostPercent: ingestShare * 100,
    loneRequestCpuMicroseconds: median(few.bare),
    countedLoneRequestCpuMicroseconds: median(few.counted),
    loneCountingCostPercent: (lone.ratio - 1) * 100,
    loneCountingCostPercentLow95: (lone.low - 1) * 100,
    loneCountingCostPercentHigh95: (lone.high - 1) * 100,
  }
}

/** Microseconds of processor time for a request, of slices that stood side by side. */
interface Pairs {
  readonly counted: number[]
  readonly bare: number[]
}

/** The middle of the pairs' ratios, and the two between which it lies with 95 %, whatever they are distributed like. */
function costOf({ counted, bare }: Pairs): {
  readonly ratio: number
  readonly low: number
  readonly high: number
} {
  const ratios = counted.map((value, pair) => value / (bare[pair] ?? Number.NaN))
  const aside = 0.98 / Math.sqrt(ratios.length)
  return {
    ratio: median(ratios),
    low: percentile(ratios, 0.5 - aside),
    high: percentile(ratios, 0.5 + aside),
  }
}

async function runSql(target: pg.ClientConfig, text: string): Promise<void> {
  const client = new pg.Client(target)
  await client.connect()
  await client.query(text)
  await client.end()
}
