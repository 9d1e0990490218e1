// P21, the runner's part: a run of 1,000 requests, with the assertion of each, against a bare loop of node:http over the same server in the same run; and what
// a longer run leaves in memory.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import type { TreeItem } from '#api-client/common/collection-tree.ts'
import { newCollection, newHttpRequest } from '#api-client/common/new-request.ts'
import { createBodyStore } from '#api-client/node/bodies/store.ts'
import { createExecutor } from '#api-client/node/execute/executor.ts'
import { runCollection } from '#api-client/node/run/run-collection.ts'
import { treeSource } from '#api-client/node/run/sources.ts'
import { createSandbox } from '#api-client/node/sandbox/sandbox.ts'
import { ExchangeId } from '#contract/requests/exchange.ts'
import type { Assertion } from '#contract/requests/parts.ts'
import { RunOptions, type RunSummary } from '#contract/requests/run.ts'
import { testSender } from '#testing/sending.ts'
import { timed, type PartFigures } from './part.ts'

const REQUESTS = 1_000
const LONG_ITERATIONS = Number(process.env['NEBULADB_BENCH_ITERATIONS'] ?? 5)
/** P21. */
const GOAL_PER_SECOND = 500

/** Runs the part. Wants `--expose-gc`, else memory counts what was not collected. */
export async function benchRunner(): Promise<PartFigures> {
  const server = fork(new URL('small-server.ts', import.meta.url), { stdio: 'inherit' })
  const directory = mkdtempSync(join(tmpdir(), 'nebuladb-bench-runner-'))
  try {
    const [port] = await once(server, 'message')
    const url = `http://127.0.0.1:${String(port)}/film?film_id=eq.1`
    await using sender = testSender()
    const bodies = await createBodyStore({ directory, limits: { bytesPerBody: 1e9, bytesInAll: 1e9 } })
    const sandbox = createSandbox()
    const executor = createExecutor({ sender, bodies, sandbox, now: Date.now, random: Math.random })
    const sourceOf = (items: TreeItem[]) =>
      treeSource({ collection: newCollection('Films'), environments: [], items })
    const plain = sourceOf(requests(url))
    const run = async (iterations: number, parallel = 1, source = plain): Promise<RunSummary> => {
      const summary = await runCollection({
        source,
        executor,
        bodies,
        options: RunOptions.parse({ iterations, parallel }),
        newExchangeId: () => ExchangeId.parse(randomUUID()),
        now: Date.now,
        signal: new AbortController().signal,
        onEvent: () => undefined,
      })
      if (summary.requests.total !== REQUESTS * iterations || summary.requests.failed > 0)
        throw new Error('The run did not pass')
      return summary
    }
    await run(1)
    await bareLoop(url)
    const bare = await timed(() => bareLoop(url))
    const ours = await run(1)
    const before = heapMb()
    const long = await run(LONG_ITERATIONS)
    const grownMb = heapMb() - before
    const parallel = await run(4, 4)
    // A pattern is held under a time limit of its own, which costs.
    const patterns = await run(1, 1, sourceOf(requests(url, { operator: 'matches', value: '^2..$' })))
    const tests = `pm.test('is there', () => pm.expect(pm.response.code).to.equal(200))`
    const scripts = await run(1, 1, sourceOf(requests(url, {}, tests)))
    await sandbox.close()
    await bodies.close()
    const perSecond = (REQUESTS * 1_000) / ours.durationMs
    return {
      metrics: {
        perSecond,
        barePerSecond: (REQUESTS * 1_000) / bare.ms,
        longPerSecond: (long.requests.total * 1_000) / long.durationMs,
        parallelPerSecond: (parallel.requests.total * 1_000) / parallel.durationMs,
        patternPerSecond: (REQUESTS * 1_000) / patterns.durationMs,
        scriptPerSecond: (REQUESTS * 1_000) / scripts.durationMs,
        longRequests: long.requests.total,
        longGrownMb: grownMb,
        p95Ms: ours.latency.p95,
      },
      ratios: { overBare: ours.durationMs / bare.ms },
      missed: perSecond < GOAL_PER_SECOND ? [`${perSecond.toFixed(0)} requests a second`] : [],
    }
  } finally {
    server.disconnect()
    rmSync(directory, { recursive: true, force: true })
  }
}

function requests(url: string, asserted: Partial<Assertion> = {}, tests = ''): TreeItem[] {
  const assertion: Assertion = {
    ...{ expression: 'res.status', operator: 'eq', value: '200', isEnabled: true, description: '' },
    ...asserted,
  }
  return Array.from({ length: REQUESTS }, (_, index) => ({
    type: 'request',
    request: newHttpRequest(`Film ${String(index)}`, {
      url,
      assertions: [assertion],
      scripts: { beforeRequest: '', afterResponse: '', tests },
    }),
  }))
}

async function bareLoop(url: string): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  for (let index = 0; index < REQUESTS; index++)
    await new Promise<void>((resolve, reject) => {
      get(url, { agent }, (response) => {
        response.resume()
        response.once('end', resolve)
      }).once('error', reject)
    })
  agent.destroy()
}

function heapMb(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 1_000_000
}

if (import.meta.main) console.log(JSON.stringify(await benchRunner()))
