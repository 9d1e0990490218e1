// Part of bench/metering: the same REST request with and without its being counted, in turns, on an engine in this process. The load comes from wrk.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import pg from 'pg'
import { createRest } from '../backend/rest/index.ts'
import type { Metering } from '../backend/metering/index.ts'
import { OrganisationId, ProjectId } from '../contract/capabilities/ids.ts'
import type { TestServer } from '../testing/postgres-global-setup.ts'
import { sampleConfig } from '../testing/rest-sample.ts'
import { median } from './query-host.ts'
import { benchToken, CASES, POOL_SIZE, SCHEMA_SQL, SECRET } from './rest-cases.ts'
import { load } from './rest-load.ts'

const PAIRS = 20
const SECONDS = 1
const WARM_UP_SECONDS = 5
const INGEST_SECONDS = 5

export interface RequestCost {
  readonly metrics: Readonly<Record<string, number>>
  /** Processor time of a counted request against one that is not, 1 when it costs nothing. What is ingested of it is in it. */
  readonly cost: number
}

/** Measures on a database of its own. Needs wrk. */
export async function measureRequests(
  { host, port, user, password }: TestServer,
  metering: Metering,
): Promise<RequestCost> {
  const database = 'metering_requests'
  await runSql({ host, port, user, password, database: 'postgres' }, `create database ${database}`)
  await runSql({ host, port, user, password, database }, SCHEMA_SQL)
  const organisationId = OrganisationId.parse(randomUUID())
  const projectId = ProjectId.parse(randomUUID())
  const counting = { isOn: false }
  const rest = createRest({
    target: { host, port, database, user: 'authenticator', password: 'bench', sslMode: 'disable' },
    config: sampleConfig({ anonRole: null, maxRows: 1000 }),
    jwt: { secret: SECRET, isBase64: false, audience: null, roleClaimKey: '.role', cacheMaxEntries: 1000 },
    pool: { size: POOL_SIZE },
    observe: ({ rows, bytesOut }) => {
      if (counting.isOn) metering.apiRequest({ organisationId, projectId, rows, bytesOut })
    },
  })
  await rest.reload()
  const server = createServer((message, response) => {
    void rest.handle(message, response, { path: message.url ?? '/' })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const at = typeof address === 'object' && address !== null ? address.port : 0
  const [one] = CASES
  if (one === undefined) throw new Error('There is no case to measure.')

  const token = benchToken()
  await load(at, one, { seconds: WARM_UP_SECONDS, token })
  const microseconds = { with: new Array<number>(), without: new Array<number>() }
  const perSecond = { with: new Array<number>(), without: new Array<number>() }
  const differences: number[] = []
  const ingesting: number[] = []
  const measure = async (side: 'with' | 'without'): Promise<number> => {
    counting.isOn = side === 'with'
    const before = process.cpuUsage()
    const { requestsPerSecond } = await load(at, one, { seconds: SECONDS, token })
    const { user: inUser, system } = process.cpuUsage(before)
    const requests = requestsPerSecond * SECONDS
    const each = (inUser + system) / requests
    microseconds[side].push(each)
    perSecond[side].push(requestsPerSecond)
    if (!counting.isOn) return each
    const flushing = process.cpuUsage()
    await metering.flush()
    const flushed = process.cpuUsage(flushing)
    // The service ingests every five seconds, not after each round.
    ingesting.push(((flushed.user + flushed.system) * (SECONDS / INGEST_SECONDS)) / requests)
    return each
  }
  for (let pair = 0; pair < PAIRS; pair += 1) {
    // Each goes first as often as the other.
    const first = pair % 2 === 0 ? 'with' : 'without'
    const one = await measure(first)
    const other = await measure(first === 'with' ? 'without' : 'with')
    differences.push(first === 'with' ? one - other : other - one)
  }
  server.close()
  await rest.close()
  const base = median(microseconds.without)
  const cost = (base + median(differences) + median(ingesting)) / base
  return {
    cost,
    metrics: {
      requestCpuMicroseconds: base,
      countedRequestCpuMicroseconds: median(microseconds.with),
      countingCpuMicroseconds: median(differences),
      ingestingCpuMicroseconds: median(ingesting),
      requestsPerSecond: median(perSecond.without),
      countedRequestsPerSecond: median(perSecond.with),
    },
  }
}

async function runSql(target: pg.ClientConfig, text: string): Promise<void> {
  const client = new pg.Client(target)
  await client.connect()
  await client.query(text)
  await client.end()
}
