// What metering costs and how it grows, in three parts that run alone by their names (`npm run bench -- metering requests`): `spool`, counting in memory and
// into the spool; `events`, questions to and ingest into a database that really holds 1 and 10 million raw events (`--events 2000000` for other sizes, several
// by commas); `requests`, a request to a REST server with and without its being counted.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startTestServer } from '../testing/postgres-global-setup.ts'
import { measureEvents } from './metering-events.ts'
import { measureRequests } from './metering-requests.ts'
import { measureSpool } from './metering-spool.ts'
import { describeMachine, report } from './report.ts'

const GOAL_COST = 1.02

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    events: { type: 'string', default: '1000000,10000000' },
    /** Of the requests: how long it is measured. */
    seconds: { type: 'string', default: '60' },
  },
})
const isWanted = (part: string): boolean => wanted.length === 0 || wanted.includes(part)

const machine = describeMachine()
const directory = await mkdtemp(join(tmpdir(), 'nebuladb-metering-'))
const metrics: Record<string, number> = {}
const ratios: Record<string, number> = {}
const { server, close } = await startTestServer({
  settings: { max_wal_size: '4GB', max_parallel_maintenance_workers: 1 },
})
try {
  if (isWanted('spool'))
    for (const [name, value] of Object.entries(await measureSpool(server, join(directory, 'spool'))))
      metrics[`spool.${name}`] = value
  if (isWanted('requests')) {
    const { cost, ...requests } = await measureRequests(server, {
      directory: join(directory, 'requests'),
      seconds: Number(options.seconds),
    })
    for (const [name, value] of Object.entries(requests)) metrics[`requests.${name}`] = value
    ratios['requests.cost'] = cost
    if (cost > GOAL_COST) {
      console.log(`Missed: a counted request costs ${cost.toFixed(3)} ×, the goal is ${String(GOAL_COST)} ×.`)
      process.exitCode = 1
    }
  }
  if (isWanted('events')) await events(options.events.split(',').map(Number))
} finally {
  await close()
  await rm(directory, { recursive: true, force: true })
}
report({ name: 'metering', machine, metrics, ratios })

/** Each size in a database of its own; the ratios say what the last costs of the first. */
async function events(sizes: readonly number[]): Promise<void> {
  const found: Record<string, number>[] = []
  for (const size of sizes) {
    const figures = await measureEvents(server, {
      events: size,
      directory: join(directory, `events-${size}`),
    })
    found.push(figures)
    for (const [name, value] of Object.entries(figures)) metrics[`events${size / 1e6}M.${name}`] = value
    console.log(`${size} events: ${JSON.stringify(figures)}`)
  }
  const [first, last] = [found.at(0), found.at(-1)]
  if (first === undefined || last === undefined || first === last) return
  for (const [name, value] of Object.entries(last))
    ratios[`growth.${name}`] = value / (first[name] ?? Number.NaN)
}
