import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CollectionRunId } from '#contract/capabilities/runs.ts'
import { Exchange } from '#contract/requests/exchange.ts'
import { RequestResult, RunSummary } from '#contract/requests/run.ts'
import { tempDirectory } from '#testing/temp-directory.ts'
import { openCache } from './database.ts'
import { createExchangeStore } from './exchange-store.ts'
import { createRunStore, RUNS_KEPT, type ResultPage } from './run-store.ts'

const SHOP = '10000000-0000-4000-8000-000000000001'
const OTHER = '10000000-0000-4000-8000-000000000002'
const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 23) + seconds * 1_000).toISOString()
const uuid = (number: number): string => `20000000-0000-4000-8000-${String(number).padStart(12, '0')}`
const runId = (number: number): CollectionRunId => CollectionRunId.parse(uuid(number))

function open(bounds: Parameters<typeof createRunStore>[1] = {}) {
  const cache = openCache(join(tempDirectory(), 'cache.db'))
  onTestFinished(() => cache.close())
  return { store: createRunStore(cache, bounds), exchanges: createExchangeStore(cache) }
}

const summary = (number: number): RunSummary =>
  RunSummary.parse({
    name: 'Shop',
    startedAt: at(number),
    durationMs: 1,
    requests: { total: 2, failed: 1, skipped: 0 },
    tests: { total: 0, failed: 0 },
    iterations: 1,
    bytesReceived: 0,
    latency: { p50: 1, p95: 1, p99: 1, max: 1 },
    ended: 'finished',
  })
const result = (index: number, outcome: RequestResult['outcome'], fields: object = {}): RequestResult =>
  RequestResult.parse({
    iteration: 0,
    index,
    path: 'a.yml',
    name: `Request ${index}`,
    method: 'GET',
    url: 'http://localhost',
    outcome,
    status: 200,
    durationMs: 1,
    bodyBytes: 0,
    attempts: 1,
    tests: [],
    failure: null,
    exchangeId: null,
    ...fields,
  })
const exchange = (number: number): Exchange =>
  Exchange.parse({
    id: uuid(number),
    collectionId: SHOP,
    path: 'a.yml',
    name: 'a',
    startedAt: at(number),
    environment: null,
    request: {
      method: 'GET',
      url: 'http://localhost',
      headers: [],
      bodyPreview: null,
      bodyBytes: 0,
      unresolved: [],
    },
    response: null,
    failure: null,
    timings: {
      blocked: null,
      dns: null,
      connect: null,
      tls: null,
      send: null,
      firstByte: null,
      download: null,
      total: 1,
    },
    hops: [],
    cookies: [],
    tests: [],
    console: [],
    changedVariables: [],
    insight: null,
  })
const page = (fields: Partial<ResultPage>): ResultPage => ({
  from: 0,
  count: 10,
  onlyFailed: false,
  text: '',
  order: 'run',
  ...fields,
})

describe('results', () => {
  const started = () => {
    const { store } = open()
    store.begin({ runId: runId(1), collectionId: SHOP, summary: summary(1) })
    store.append(runId(1), [
      result(0, 'passed'),
      result(1, 'error', { failure: { code: 'ECONNREFUSED', message: 'Nobody listens 50%', hint: '' } }),
      result(2, 'passed', { url: 'http://localhost/orders' }),
      result(3, 'failed', {
        tests: [{ name: 'Says Hello', source: 'test', outcome: 'failed', message: 'expected 1' }],
      }),
      result(4, 'skipped', { status: null }),
    ])
    return store
  }
  const indexes = (fields: Partial<ResultPage>) => {
    const found = started().results(runId(1), page(fields))
    return [found.results.map(({ index }) => index), found.total]
  }

  test.each<[string, Partial<ResultPage>, number[], number]>([
    ['all in order', {}, [0, 1, 2, 3, 4], 5],
    ['a page', { from: 1, count: 2 }, [1, 2], 5],
    ['failures only', { onlyFailed: true }, [1, 3], 2],
    ['a page of the failures', { onlyFailed: true, from: 1 }, [3], 2],
    ['failures first', { order: 'failedFirst' }, [1, 3, 0, 2, 4], 5],
    ['a page over the end of the failures', { order: 'failedFirst', from: 1, count: 2 }, [3, 0], 5],
    ['a page behind the failures', { order: 'failedFirst', from: 3, count: 9 }, [2, 4], 5],
    ['a text of the URL', { text: 'ORDERS' }, [2], 1],
    ['a text of a test', { text: 'says hello' }, [3], 1],
    ['a text of a failure, with a sign of patterns', { text: '50%' }, [1], 1],
    ['a text of failures only', { text: 'request', onlyFailed: true }, [1, 3], 2],
    ['nothing for a name of a field', { text: 'outcome' }, [], 0],
  ])('%s', (_, fields, expected, total) => {
    expect(indexes(fields)).toEqual([expected, total])
  })

  test('outlines go on after a position', () => {
    expect(started().outlines(runId(1), 2, 1)).toEqual([
      {
        position: 3,
        path: 'a.yml',
        name: 'Request 3',
        method: 'GET',
        iteration: 0,
        outcome: 'failed',
        durationMs: 1,
      },
    ])
  })
})

describe('runs', () => {
  test('have the summary that was written last, and the one before them', () => {
    const { store } = open()
    store.begin({ runId: runId(1), collectionId: SHOP, summary: summary(1) })
    store.begin({ runId: runId(2), collectionId: OTHER, summary: summary(2) })
    // At the same moment as the first: what was begun later is later.
    store.begin({ runId: runId(3), collectionId: SHOP, summary: summary(1) })
    store.summarise(runId(3), { ...summary(1), durationMs: 99 })
    expect(store.get(runId(3))?.summary.durationMs).toBe(99)
    expect(store.before(runId(3))?.runId).toBe(runId(1))
    expect(store.before(runId(1))).toBeUndefined()
    expect(store.list(SHOP).map((run) => run.runId)).toEqual([runId(3), runId(1)])
  })

  test('are pruned by their number', () => {
    const { store } = open()
    for (let number = 1; number <= RUNS_KEPT + 3; number++)
      store.begin({ runId: runId(number), collectionId: SHOP, summary: summary(number) })
    const kept = store.list(SHOP)
    expect(kept).toHaveLength(RUNS_KEPT)
    expect(kept[0]?.runId).toBe(uuid(RUNS_KEPT + 3))
  })

  test('are pruned by their results, but the one before stays', () => {
    const { store } = open({ mostResults: 3 })
    for (let number = 1; number <= 3; number++) {
      store.begin({ runId: runId(number), collectionId: SHOP, summary: summary(number) })
      store.append(
        runId(number),
        [0, 1, 2, 3].map((index) => result(index, 'passed')),
      )
    }
    expect(store.list(SHOP).map((run) => run.runId)).toEqual([runId(3), runId(2)])
    expect(store.results(runId(1), page({})).total).toBe(0)
  })
})

test('exchanges stay until the next run of the collection, outside the history', () => {
  const { store, exchanges } = open()
  store.begin({ runId: runId(1), collectionId: SHOP, summary: summary(1) })
  store.addExchange(runId(1), exchange(7))
  expect(exchanges.get(uuid(7))).toEqual(exchange(7))
  expect(exchanges.list({ collectionId: null, path: null, text: '', before: null, limit: 9 })).toEqual([])
  expect(store.begin({ runId: runId(2), collectionId: OTHER, summary: summary(2) })).toEqual([])
  expect(store.begin({ runId: runId(3), collectionId: SHOP, summary: summary(3) })).toEqual([uuid(7)])
  expect(exchanges.get(uuid(7))).toBeUndefined()
})
