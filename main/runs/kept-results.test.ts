import { expect, test } from 'vitest'
import { randomUUID } from 'node:crypto'
import { CollectionRunId } from '#contract/capabilities/runs.ts'
import { Exchange } from '#contract/requests/exchange.ts'
import { RequestResult } from '#contract/requests/run.ts'
import { createKeptResults } from './kept-results.ts'

const limits = {
  results: 2,
  passed: { exchanges: 2, bytes: 100 },
  failed: { exchanges: 1, bytes: 100 },
}

function create() {
  const written: number[] = []
  const exchanges: string[] = []
  const store = {
    append: (_: string, results: readonly RequestResult[]) =>
      void written.push(...results.map(({ index }) => index)),
    addExchange: (_: string, { id }: Exchange) => void exchanges.push(id),
  }
  const kept = createKeptResults(store, CollectionRunId.parse(randomUUID()), limits)
  return { kept, written, exchanges }
}

const result = (index: number, outcome: RequestResult['outcome']): RequestResult =>
  RequestResult.parse({
    iteration: 0,
    index,
    path: 'a.yml',
    name: 'a',
    method: 'GET',
    url: 'http://localhost',
    outcome,
    status: 200,
    durationMs: 5,
    bodyBytes: 10,
    attempts: 1,
    tests: [],
    failure: null,
    exchangeId: null,
  })

function exchange(decodedBytes: number, isFailed = false): Exchange {
  const none = { blocked: null, dns: null, connect: null, tls: null, send: null, firstByte: null }
  return Exchange.parse({
    id: randomUUID(),
    collectionId: null,
    path: null,
    name: 'a',
    startedAt: new Date(0).toISOString(),
    environment: null,
    request: { method: 'GET', url: 'x', headers: [], bodyPreview: null, bodyBytes: 0, unresolved: [] },
    response: {
      status: 200,
      statusText: 'OK',
      httpVersion: '1.1',
      headers: [],
      contentType: null,
      remoteAddress: null,
      tls: null,
      headerBytes: 0,
      bodyBytes: decodedBytes,
      decodedBytes,
      incomplete: null,
    },
    failure: null,
    timings: { ...none, download: null, total: 1 },
    hops: [],
    cookies: [],
    tests: isFailed ? [{ name: 't', source: 'test', outcome: 'failed', message: null }] : [],
    console: [],
    changedVariables: [],
    insight: null,
  })
}

test('results beyond the limit are counted and not kept, failures have a limit of their own', () => {
  const { kept, written } = create()
  kept.add([0, 1, 2].map((index) => result(index, 'passed')))
  kept.add([result(3, 'failed'), result(4, 'skipped'), result(5, 'error'), result(6, 'failed')])
  expect(written).toEqual([0, 1, 3, 5])
  expect(kept.progress()).toMatchObject({ requests: { total: 7, failed: 3, skipped: 1 }, bytesReceived: 70 })
})

test('progress does not change once it was given', () => {
  const { kept } = create()
  const before = kept.progress()
  kept.add([result(0, 'failed')])
  expect(before.requests).toEqual({ total: 0, failed: 0, skipped: 0 })
})

test('exchanges that pass never take the place of those that fail', () => {
  const { kept, exchanges } = create()
  expect([10, 10, 10].map((bytes) => kept.addExchange(exchange(bytes)))).toEqual([true, true, false])
  expect([10, 10].map((bytes) => kept.addExchange(exchange(bytes, true)))).toEqual([true, false])
  expect(exchanges).toHaveLength(3)
})

test('a body that is too large for what is left is not kept, a smaller one after it is', () => {
  const { kept } = create()
  expect([60, 60, 40].map((bytes) => kept.addExchange(exchange(bytes)))).toEqual([true, false, true])
})
