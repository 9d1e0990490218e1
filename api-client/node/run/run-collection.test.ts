import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CollectionTree, TreeItem } from '#api-client/common/collection-tree.ts'
import { newCollection, newDefaults, newHttpRequest } from '#api-client/common/new-request.ts'
import { createExecutor } from '#api-client/node/execute/executor.ts'
import type { VariableChange } from '#api-client/node/execute/types.ts'
import { createSandbox } from '#api-client/node/sandbox/sandbox.ts'
import type { RequestResult } from '#contract/requests/run.ts'
import { RunEvent, RunOptions } from '#contract/requests/run.ts'
import type { HttpRequest } from '#contract/requests/request.ts'
import { createTestBodies, newExchangeId, type TestBodies } from '#testing/bodies.ts'
import { startHttp, type TestServer } from '#testing/http-servers.ts'
import { testSender } from '#testing/sending.ts'
import { runCollection } from './run-collection.ts'
import { treeSource } from './sources.ts'
import type { RunInput } from './types.ts'

const sender = testSender()
const sandbox = createSandbox({ processes: 2 })
let bodies: TestBodies
let server: TestServer
let seen: string[] = []
let flakyFails = 0
let atOnce = 0
let mostAtOnce = 0
let gather: (() => void)[] = []
let onStall: () => void = () => undefined

beforeAll(async () => {
  bodies = await createTestBodies()
  server = await startHttp((request, response) => {
    const { url = '' } = request
    seen.push(url)
    if (url === '/stall') return onStall()
    if (url === '/gather') {
      mostAtOnce = Math.max(mostAtOnce, ++atOnce)
      gather.push(() => {
        atOnce--
        response.end('{}')
      })
      if (gather.length === 3) gather.splice(0).forEach((answer) => answer())
      return
    }
    response.statusCode = url === '/flaky' && flakyFails-- > 0 ? 503 : 200
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ url }))
  })
})
afterAll(async () => {
  await Promise.all([sender.close(), sandbox.close(), bodies.close(), server[Symbol.asyncDispose]()])
})

const get = (name: string, url: string, fields: Partial<HttpRequest> = {}): TreeItem => ({
  type: 'request',
  request: newHttpRequest(name, { url: `${server.url}${url}`, ...fields }),
})
const folder = (name: string, items: TreeItem[]): TreeItem => ({
  type: 'folder',
  folder: { kind: 'folder', name, sequence: null, docs: '', defaults: newDefaults() },
  items,
})
const script = (fields: Partial<HttpRequest['scripts']>) => ({
  scripts: { beforeRequest: '', afterResponse: '', tests: '', ...fields },
})
const is200 = {
  expression: 'res.status',
  operator: 'eq' as const,
  value: '200',
  isEnabled: true,
  description: '',
}

async function run(items: TreeItem[], options: Partial<RunOptions> = {}, input: Partial<RunInput> = {}) {
  seen = []
  const events: RunEvent[] = []
  const tree: CollectionTree = { collection: newCollection('Films'), environments: [], items }
  const executor = createExecutor({
    sender,
    bodies: bodies.store,
    sandbox,
    now: () => Date.now(),
    random: Math.random,
  })
  const summary = await runCollection({
    source: treeSource(tree),
    executor,
    bodies: bodies.store,
    options: RunOptions.parse(options),
    newExchangeId,
    now: () => Date.now(),
    signal: new AbortController().signal,
    ...input,
    onEvent(event) {
      events.push(RunEvent.parse(event))
      input.onEvent?.(event)
    },
  })
  const results = events.flatMap((event) => (event.type === 'results' ? event.results : []))
  return { summary, events, results, names: results.map((one) => one.name) }
}
const outcomes = (results: readonly RequestResult[]) => results.map((one) => one.outcome)

describe('a run', () => {
  it('goes through folders in the order of the tree, tells a plan first and its summary last, and keeps no bodies', async () => {
    const { summary, events, names } = await run([
      get('First', '/1'),
      folder('Inner', [get('Second', '/2'), folder('Deeper', [get('Third', '/3')])]),
      get('Fourth', '/4', { assertions: [{ ...is200, value: '201' }] }),
    ])
    expect(names).toEqual(['First', 'Second', 'Third', 'Fourth'])
    expect(seen).toEqual(['/1', '/2', '/3', '/4'])
    expect(events[0]).toEqual({ type: 'planned', requests: 4, iterations: 1 })
    expect(events.at(-1)).toEqual({ type: 'finished', summary })
    expect(summary).toMatchObject({
      name: 'Films',
      requests: { total: 4, failed: 1, skipped: 0 },
      tests: { total: 1, failed: 1 },
      bytesReceived: 4 * '{"url":"/1"}'.length,
      ended: 'finished',
    })
    expect(summary.latency.p50).toBeGreaterThan(0)
    expect(summary.latency.max).toBeGreaterThanOrEqual(summary.latency.p99)
    expect(bodies.store.usage().bodies).toBe(0)
  })

  it('runs the chosen paths in the given order, and those with a tag', async () => {
    const items = [
      folder('Inner', [get('A', '/a', { tags: ['smoke'] }), get('B', '/b')]),
      get('C', '/c', { tags: ['smoke'] }),
    ]
    expect((await run(items, { paths: ['C', 'Inner'] })).names).toEqual(['C', 'A', 'B'])
    expect((await run(items, { tags: ['smoke'] })).names).toEqual(['A', 'C'])
    await expect(run(items, { paths: ['Nope'] })).rejects.toThrow('no request and no folder “Nope”')
    await expect(run(items, { environment: 'Nope' })).rejects.toThrow('no environment “Nope”')
  })

  it('has an iteration per row of data, whose fields are variables, and repeats the last row', async () => {
    const items = [get('One', '/films/{{id}}?q={{q}}')]
    const data = { format: 'csv' as const, text: '\uFEFFid,q\r\n1,"a,b"\r\n2,"say ""x"""\r\n' }
    await run(items, { data })
    expect(seen).toEqual(['/films/1?q=a,b', '/films/2?q=say%20%22x%22'])
    await run(items, {
      data: { format: 'json', text: '[{"id": 9007199254740993, "q": true}]' },
      iterations: 2,
    })
    expect(seen).toEqual(['/films/9007199254740993?q=true', '/films/9007199254740993?q=true'])
  })

  it('hands on what scripts set, and tells it at the end', async () => {
    let told: readonly VariableChange[] = []
    const setter =
      'pm.environment.set("e", "1"); pm.globals.set("g", "2"); pm.collectionVariables.set("c", "3"); pm.variables.set("s", "4")'
    await run(
      [get('Set', '/set', script({ tests: setter })), get('Use', '/use/{{e}}/{{g}}/{{c}}/{{s}}')],
      {},
      { onVariables: (changes) => void (told = changes) },
    )
    expect(seen).toEqual(['/set', '/use/1/2/3/4'])
    expect(told.map(({ scope, name, value }) => [scope, name, value])).toEqual([
      ['environment', 'e', '1'],
      ['global', 'g', '2'],
      ['collection', 'c', '3'],
    ])
  })

  it('goes where scripts say, ends an iteration at null, skips, and does not go in circles for ever', async () => {
    const next = (to: string) => script({ tests: `pm.execution.setNextRequest(${to})` })
    const jumping = await run(
      [get('A', '/a', next('"C"')), get('B', '/b'), get('C', '/c', next('null')), get('D', '/d')],
      { iterations: 2 },
    )
    expect(jumping.names).toEqual(['A', 'C', 'A', 'C'])
    const skipped = await run([
      get('A', '/a', script({ beforeRequest: 'pm.execution.skipRequest()' })),
      get('B', '/b'),
    ])
    expect(outcomes(skipped.results)).toEqual(['skipped', 'passed'])
    expect(skipped.summary.requests).toEqual({ total: 2, failed: 0, skipped: 1 })
    const circle = await run([get('A', '/a', next('"A"'))], {}, { limits: { jumps: 3 } })
    expect(outcomes(circle.results)).toEqual(['passed', 'passed', 'passed', 'passed', 'error'])
    expect(circle.results.at(-1)?.failure?.message).toContain('circles')
    const unknown = await run([get('A', '/a', next('"Nope"')), get('B', '/b')])
    expect(unknown.results.at(-1)?.failure?.message).toContain('“Nope”')
  })

  it('tries again what failed, and tells how often', async () => {
    flakyFails = 2
    const items = [get('Flaky', '/flaky', { assertions: [is200] })]
    const { results } = await run(items, { retries: 3 })
    expect(results).toMatchObject([{ outcome: 'passed', attempts: 3 }])
    flakyFails = 9
    expect((await run(items, { retries: 1 })).results).toMatchObject([{ outcome: 'failed', attempts: 2 }])
  })

  it('stops after a failure when asked, and goes on otherwise', async () => {
    const items = [get('A', '/a', { assertions: [{ ...is200, value: '500' }] }), get('B', '/b')]
    const stopped = await run(items, { stopsOnFailure: true })
    expect([stopped.names, stopped.summary.ended]).toEqual([['A'], 'stopped'])
    expect((await run(items)).names).toEqual(['A', 'B'])
  })

  it('runs iterations at once, each in order and with variables of its own', async () => {
    mostAtOnce = 0
    const { results } = await run(
      [
        get('Set', '/gather', script({ tests: 'pm.environment.set("n", pm.info.iteration)' })),
        get('Use', '/use/{{n}}'),
      ],
      { iterations: 3, parallel: 3 },
    )
    expect(mostAtOnce).toBe(3)
    expect(seen.slice(3).sort()).toEqual(['/use/0', '/use/1', '/use/2'])
    for (const iteration of [0, 1, 2])
      expect(results.filter((one) => one.iteration === iteration).map((one) => one.name)).toEqual([
        'Set',
        'Use',
      ])
  })

  it('is cancelled at once, also while it waits, and keeps what is done', async () => {
    const controller = new AbortController()
    onStall = () => controller.abort()
    const cancelled = await run(
      [get('A', '/a'), get('B', '/stall'), get('C', '/c')],
      {},
      { signal: controller.signal },
    )
    expect([cancelled.names, cancelled.summary.ended]).toEqual([['A'], 'cancelled'])
    const waiting = new AbortController()
    const delayed = await run(
      [get('A', '/a'), get('B', '/b')],
      { delayMs: 3_600_000 },
      {
        signal: waiting.signal,
        onEvent: (event) => {
          if (event.type === 'results') waiting.abort()
        },
      },
    )
    expect([delayed.names, delayed.summary.ended]).toEqual([['A'], 'cancelled'])
  })

  it('tells a server that is not there, and keeps responses that somebody wants', async () => {
    const { results } = await run([
      { type: 'request', request: newHttpRequest('Gone', { url: 'http://localhost:1/' }) },
    ])
    expect(results).toMatchObject([{ outcome: 'error', status: null, exchangeId: null }])
    expect(results[0]?.failure?.code).toBe('ECONNREFUSED')
    const kept = await run([get('A', '/a')], {}, { onExchange: () => true })
    const id = kept.results[0]?.exchangeId ?? newExchangeId()
    expect(await (await bodies.store.open(id)).text(100)).toBe('{"url":"/a"}')
    await bodies.store.remove(id)
  })
})
