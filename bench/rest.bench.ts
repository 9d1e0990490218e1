// The REST engine against the least that one can write by hand: Fastify routes that run the same query through pg as the same role. Six
// requests, each side in a process of its own, in turns; the load comes from wrk on the same machine.
import { fork, type ChildProcess } from 'node:child_process'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { startTestServer, type TestServer } from '../testing/postgres-global-setup.ts'
import { median } from './query-host.ts'
import { describeMachine, report } from './report.ts'
import { benchToken, CASES, SCHEMA_SQL, type RestCase } from './rest-cases.ts'
import { load, type LoadResult } from './rest-load.ts'

const { values: options } = parseArgs({
  options: {
    /** Measured seconds of each side and round. */
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    /** Only this case. */
    only: { type: 'string' },
  },
})
const SIDES = ['engine', 'bare'] as const
type Side = (typeof SIDES)[number]

const machine = describeMachine()
const token = benchToken()
const { server, close } = await startTestServer()
try {
  await prepare(server)
  const cases = CASES.filter(({ name }) => options.only === undefined || name === options.only)
  const metrics: Record<string, number> = {}
  const ratios: Record<string, number> = {}
  for (const one of cases) {
    const { engine, bare } = await measure(one)
    Object.assign(metrics, described(one, 'engine', engine), described(one, 'bare', bare))
    const throughput = engine.requestsPerSecond / bare.requestsPerSecond
    const p99 = engine.p99Ms / bare.p99Ms
    ratios[`${one.name}Throughput`] = throughput
    ratios[`${one.name}P99`] = p99
    console.log(
      `${one.name}: ${Math.round(engine.requestsPerSecond)}/s against ${Math.round(bare.requestsPerSecond)}/s (${throughput.toFixed(2)}), ` +
        `p95 ${engine.p95Ms.toFixed(1)} ms, p99 ${engine.p99Ms.toFixed(1)} against ${bare.p99Ms.toFixed(1)} ms (${p99.toFixed(2)})`,
    )
  }
  report({ name: 'rest', machine, metrics, ratios })
} finally {
  await close()
}

/** Both sides in turns, so that what else runs on the machine hits both. The middle of the rounds counts. */
async function measure(one: RestCase): Promise<Record<Side, LoadResult>> {
  const results: Record<Side, LoadResult[]> = { engine: [], bare: [] }
  const running = { engine: await start('engine'), bare: await start('bare') }
  try {
    for (const side of SIDES) await load(running[side].port, one, { seconds: 2, token })
    for (let round = 0; round < Number(options.rounds); round++)
      for (const side of SIDES) {
        const result = await load(running[side].port, one, { seconds: Number(options.seconds), token })
        if (result.errors > 0) throw new Error(`${side} failed ${result.errors} times at ${one.name}.`)
        results[side].push(result)
      }
  } finally {
    for (const side of SIDES) running[side].process.disconnect()
  }
  return { engine: middle(results.engine), bare: middle(results.bare) }
}

function middle(results: readonly LoadResult[]): LoadResult {
  const of = (name: keyof LoadResult): number => median(results.map((result) => result[name]))
  return {
    requestsPerSecond: of('requestsPerSecond'),
    p50Ms: of('p50Ms'),
    p95Ms: of('p95Ms'),
    p99Ms: of('p99Ms'),
    errors: 0,
  }
}

function described({ name }: RestCase, side: Side, result: LoadResult): Record<string, number> {
  const suffix = side === 'engine' ? 'Engine' : 'Bare'
  return {
    [`${name}${suffix}PerSecond`]: result.requestsPerSecond,
    [`${name}${suffix}P50Ms`]: result.p50Ms,
    [`${name}${suffix}P95Ms`]: result.p95Ms,
    [`${name}${suffix}P99Ms`]: result.p99Ms,
  }
}

async function prepare(target: TestServer): Promise<void> {
  const client = new pg.Client({ ...target, database: 'postgres' })
  await client.connect()
  await client.query(SCHEMA_SQL)
  await client.query('vacuum analyze')
  await client.end()
}

function start(side: Side): Promise<{ readonly port: number; readonly process: ChildProcess }> {
  const child = fork(
    new URL('rest-server.ts', import.meta.url).pathname,
    [side, server.host, String(server.port), 'postgres'],
    { execArgv: [] },
  )
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve({ port: Number(Object(message).port), process: child }))
    child.once('exit', (code) => reject(new Error(`The server ${side} ended with ${String(code)}.`)))
  })
}
