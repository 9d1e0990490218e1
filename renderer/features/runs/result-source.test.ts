import { describe, expect, test, vi } from 'vitest'
import { RequestResult } from '#contract/requests/run.ts'
import { createResultSource, type FetchResults } from './result-source.ts'

const result = (index: number, name = `Request ${index}`): RequestResult =>
  RequestResult.parse({
    iteration: 0,
    index,
    path: 'a.yml',
    name,
    method: 'GET',
    url: '/',
    outcome: 'passed',
    status: 200,
    durationMs: 1,
    bodyBytes: 0,
    attempts: 1,
    tests: [],
    failure: null,
    exchangeId: null,
  })

/** So many results, which may become more. */
function createHost(first: number) {
  const state = { total: first, name: 'Request' }
  const fetch = vi.fn<FetchResults>(async (from, count) => ({
    results: Array.from({ length: Math.max(0, Math.min(count, state.total - from)) }, (_, at) =>
      result(from + at, `${state.name} ${from + at}`),
    ),
    total: state.total,
  }))
  return { state, fetch, source: createResultSource(fetch) }
}

describe('results', () => {
  test('are fetched by the page when they are looked at, once', async () => {
    const { source, fetch } = createHost(1_000)
    await vi.waitFor(() => expect(source.isRead()).toBe(true))
    expect(source.total()).toBe(1_000)
    expect(source.at(7)?.index).toBe(7)
    expect(source.at(520)).toBeUndefined()
    expect(source.at(521)).toBeUndefined()
    await vi.waitFor(() => expect(source.at(520)?.index).toBe(520))
    expect(fetch.mock.calls).toEqual([
      [0, 100],
      [500, 100],
    ])
  })

  test('that were looked at long ago are let go of', async () => {
    const { source, fetch } = createHost(10_000)
    for (let at = 0; at < 3_000; at += 100) {
      source.at(at)
      await vi.waitFor(() => expect(source.at(at)).toBeDefined())
    }
    fetch.mockClear()
    source.at(2_900)
    expect(fetch).not.toHaveBeenCalled()
    source.at(0)
    expect(fetch).toHaveBeenCalledWith(0, 100)
  })

  test('stay while new ones are fetched', async () => {
    const { source, state } = createHost(10)
    await vi.waitFor(() => expect(source.isRead()).toBe(true))
    state.total = 12
    state.name = 'New'
    const told = vi.fn()
    source.subscribe(told)
    source.refresh()
    expect(source.at(0)?.name).toBe('Request 0')
    await vi.waitFor(() => expect(source.at(11)?.name).toBe('New 11'))
    expect([source.total(), told.mock.calls.length > 0]).toEqual([12, true])
  })

  test('that cannot be read are not asked for again by themselves', async () => {
    const { source, fetch } = createHost(1_000)
    await vi.waitFor(() => expect(source.isRead()).toBe(true))
    fetch.mockRejectedValueOnce(new Error('gone'))
    source.at(200)
    await vi.waitFor(() => expect(source.problem()).toEqual(new Error('gone')))
    source.at(200)
    expect(fetch).toHaveBeenCalledTimes(2)
    source.refresh()
    expect(source.problem()).toBeUndefined()
    source.at(200)
    await vi.waitFor(() => expect(source.at(200)?.index).toBe(200))
  })
})
