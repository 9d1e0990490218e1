// The REST engine against the least that one can write by hand: Fastify routes that run the same query through pg as the same role; and against
// PostGraphile where it is there. Six requests, each side in a process of its own, in turns; the load comes from wrk on the same machine.
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
    /** A folder in which `npm install postgraphile` was run: it is measured too. */
    postgraphile: { type: 'string' },
  },
})
type Side = 'engine' | 'bare' | 'postgraphile'

const machine = describeMachine()
const token = benchToken()
const { server, close } = await startTestServer()
try {
  await prepare(server)
  const cases = CASES.filter(({ name }) => options.only === undefined || name === options.only)
  const metrics: Record<string, number> = {}
  const ratios: Record<string, number> = {}
  for (const one of cases) {
    const results = await measure(one)
    for (const [side, result] of results) Object.assign(metrics, described(one, side, result))
    const engine = results.get('engine')
    if (engine === undefined) continue
    for (const [side, peer] of results) {
      if (side === 'engine') continue
      const throughput = engine.requestsPerSecond / peer.requestsPerSecond
      const p99 = engine.p99Ms / peer.p99Ms
      ratios[`${one.name}ThroughputTo${capital(side)}`] = throughput
      ratios[`${one.name}P99To${capital(side)}`] = p99
      console.log(
        `${one.name}: ${Math.round(engine.requestsPerSecond)}/s, ${side} ${Math.round(peer.requestsPerSecond)}/s (${throughput.toFixed(2)}); ` +
          `p95 ${engine.p95Ms.toFixed(1)} ms; p99 ${engine.p99Ms.toFixed(1)} ms, ${side} ${peer.p99Ms.toFixed(1)} ms (${p99.toFixed(2)})`,
      )
    }
  }
  report({ name: 'rest', machine, metrics, ratios })
} finally {
  await close()
}

/** All sides in turns, so that what else runs on the machine hits all. The middle of the rounds counts. */
async function measure(one: RestCase): Promise<ReadonlyMap<Side, LoadResult>> {
  const sides: readonly Side[] = [
    'engine',
    'bare',
    ...(options.postgraphile !== undefined && one.graphql !== null ? (['postgraphile'] as const) : []),
  ]
  const asked = (side: Side): RestCase =>
    side === 'postgraphile' ? { ...one, method: 'POST', path: '/graphql', body: one.graphql } : one
  const running = await Promise.all(sides.map(async (side) => ({ side, ...(await start(side)) })))
  const results = new Map<Side, LoadResult[]>()
  try {
    for (const { side, port } of running) await load(port, asked(side), { seconds: 2, token })
    for (let round = 0; round < Number(options.rounds); round++)
      for (const { side, port } of running) {
        const result = await load(port, asked(side), { seconds: Number(options.seconds), token })
        if (result.errors > 0) throw new Error(`${side} failed ${result.errors} times at ${one.name}.`)
        results.set(side, [...(results.get(side) ?? []), result])
      }
  } finally {
    for (const { process } of running) process.disconnect()
  }
  return new Map([...results].map(([side, all]) => [side, middle(all)]))
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
  const suffix = capital(side)
  return {
    [`${name}${suffix}PerSecond`]: result.requestsPerSecond,
    [`${name}${suffix}P50Ms`]: result.p50Ms,
    [`${name}${suffix}P95Ms`]: result.p95Ms,
    [`${name}${suffix}P99Ms`]: result.p99Ms,
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

async function prepare(target: TestServer): Promise<void> {
  const client = new pg.Client({ ...target, database: 'postgres' })
  await client.connect()
  await client.query(SCHEMA_SQL)
  await client.query('vacuum analyze')
  await client.end()
}

function start(side: Side): Promise<{ readonly port: number; readonly process: ChildProcess }> {
  const place = [server.host, String(server.port), 'postgres']
  const [file, parameters] =
    side === 'postgraphile'
      ? ['rest-postgraphile.ts', [options.postgraphile ?? '', ...place]]
      : ['rest-server.ts', [side, ...place]]
  const child = fork(new URL(file, import.meta.url).pathname, parameters, {
    execArgv: [],
    env: { ...process.env, NODE_ENV: 'production', GRAPHILE_ENV: 'production' },
  })
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve({ port: Number(Object(message).port), process: child }))
    child.once('exit', (code) => reject(new Error(`The server ${side} ended with ${String(code)}.`)))
  })
}
