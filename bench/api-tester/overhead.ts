// P21: what a request costs over curl. 2,000 small requests, one after another, on connections that are kept: our sender, bare node:http and one curl process, in turns of the same run.
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { text } from 'node:stream/consumers'
import { testRequest, testSender } from '#testing/sending.ts'
import { percentile } from '../report.ts'
import type { PartFigures } from './part.ts'

const REQUESTS = 2_000
const ROUNDS = 4

/** P21: ours less curl's. */
const GOAL_P95_MS = 3

/** Runs the part; figures are milliseconds per request. */
export async function benchOverhead(): Promise<PartFigures> {
  const server = fork(new URL('small-server.ts', import.meta.url), { stdio: 'inherit' })
  const [port] = await once(server, 'message')
  const url = `http://127.0.0.1:${String(port)}/film?film_id=eq.1`
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  await using sender = testSender()
  const times = { curl: new Array<number>(), node: new Array<number>(), ours: new Array<number>() }
  try {
    // Everybody warms up: compiled code, an open connection.
    await withSender(sender, url, 200)
    await withNode(agent, url, 200)
    for (let round = 0; round < ROUNDS; round++) {
      const count = REQUESTS / ROUNDS
      times.curl.push(...(await withCurl(url, count)))
      times.node.push(...(await withNode(agent, url, count)))
      times.ours.push(...(await withSender(sender, url, count)))
    }
  } finally {
    agent.destroy()
    server.disconnect()
  }
  const [curl, node, ours] = [times.curl, times.node, times.ours].map((list) => ({
    p50: percentile(list, 0.5),
    p95: percentile(list, 0.95),
  }))
  if (curl === undefined || node === undefined || ours === undefined) throw new Error('Nothing was measured')
  return {
    metrics: {
      requests: times.ours.length,
      oursP50Ms: ours.p50,
      oursP95Ms: ours.p95,
      curlP50Ms: curl.p50,
      curlP95Ms: curl.p95,
      nodeP50Ms: node.p50,
      nodeP95Ms: node.p95,
      overheadP50Ms: ours.p50 - curl.p50,
      overheadP95Ms: ours.p95 - curl.p95,
    },
    ratios: { overNodeP50: ours.p50 / node.p50, overNodeP95: ours.p95 / node.p95 },
    missed:
      ours.p95 - curl.p95 <= GOAL_P95_MS ? [] : [`${(ours.p95 - curl.p95).toFixed(2)} ms over curl at p95`],
  }
}

async function withSender(
  sender: ReturnType<typeof testSender>,
  url: string,
  count: number,
): Promise<number[]> {
  const request = testRequest({ url })
  const context = {
    signal: new AbortController().signal,
    sink: () => undefined,
    onEvent: () => undefined,
    cookies: null,
  }
  return repeat(count, async () => {
    const { response } = await sender.send(request, context)
    if (response?.status !== 200) throw new Error('The sender got no answer')
  })
}

async function withNode(agent: Agent, url: string, count: number): Promise<number[]> {
  return repeat(
    count,
    () =>
      new Promise<void>((resolve, reject) => {
        get(url, { agent }, (response) => {
          response.resume()
          response.once('end', resolve)
        }).once('error', reject)
      }),
  )
}

async function repeat(count: number, work: () => Promise<void>): Promise<number[]> {
  const times: number[] = []
  for (let index = 0; index < count; index++) {
    const startedAt = performance.now()
    await work()
    times.push(performance.now() - startedAt)
  }
  return times
}

/** One process and one connection; curl's own clock, without its start. */
async function withCurl(url: string, count: number): Promise<number[]> {
  const curl = spawn('curl', ['--silent', '--write-out', '%{time_total}\n', '--config', '-'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  curl.stdin.end(`url = "${url}"\noutput = "/dev/null"\n`.repeat(count + 1))
  const lines = (await text(curl.stdout)).trim().split('\n')
  if (lines.length !== count + 1)
    throw new Error(`curl made ${String(lines.length)} of ${String(count + 1)} requests`)
  // The first one opens the connection.
  return lines.slice(1).map((line) => Number(line) * 1_000)
}

if (import.meta.main) console.log(JSON.stringify(await benchOverhead()))
