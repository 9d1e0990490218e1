import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { RequestResult, RunEvent } from '#contract/requests/run.ts'
import { createBatches } from './batches.ts'
import { csvRows, jsonRows, readDataRows } from './data.ts'
import { createLatency } from './latency.ts'

describe('rows of data', () => {
  const plain = (rows: ReturnType<typeof csvRows>) =>
    Array.from({ length: rows.count }, (_, index) =>
      rows.row(index).map(({ name, value, type }) => [name, value, type]),
    )

  it('are read from CSV with quotes, line breaks and a byte order mark', () => {
    expect(plain(csvRows('\uFEFFa, b\n"x\ny","""q"""\n\n1,\n'))).toEqual([
      [
        ['a', 'x\ny', 'string'],
        ['b', '"q"', 'string'],
      ],
      [
        ['a', '1', 'string'],
        ['b', '', 'string'],
      ],
    ])
  })

  it('are read from JSON with their types and all digits', () => {
    expect(
      plain(jsonRows('[{"n": 9007199254740993, "t": true, "z": null, "o": {"a": [1]}, "s": "x"}]')),
    ).toEqual([
      [
        ['n', '9007199254740993', 'number'],
        ['t', 'true', 'boolean'],
        ['z', 'null', 'null'],
        ['o', '{"a":[1]}', 'object'],
        ['s', 'x', 'string'],
      ],
    ])
  })

  it.each([
    [() => csvRows(''), 'The data is empty'],
    [() => csvRows('a,b\n1,2\n1,2,3\n'), 'Line 3 of the data is no CSV: it has another number of fields'],
    [() => csvRows('a\n"x\n'), 'a quote is opened there and never closed'],
    [() => csvRows('a,a\n1,2'), 'two columns are named “a”'],
    [() => csvRows('a,\n1,2'), 'column 2 has no name'],
    [() => jsonRows('{}'), 'no array of objects'],
    [() => jsonRows('[{}, 3]'), 'Row 2 of the data is no object'],
    [() => jsonRows('[\n{"a": 1},\n{"a": }\n]'), 'Line 3 of the data is no JSON'],
    [() => jsonRows('[\n{"a": 1}\n{"a": 2}\n]'), 'Line 3 of the data is no JSON'],
    [() => jsonRows('[\n{"a": 1},\n'), 'Line 3 of the data is no JSON'],
  ])('that are wrong are told with their place: %#', (read, words) => {
    expect(read).toThrow(words)
  })

  it('are read from a file of the collection, and one that is missing or empty is told', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'nebuladb-data-'))
    try {
      writeFileSync(join(directory, 'rows.csv'), 'a\n1\n')
      const rows = await readDataRows({ format: 'csv', path: 'rows.csv' }, directory)
      expect([rows?.count, rows?.row(0), rows?.row(1)]).toMatchObject([1, [{ name: 'a', value: '1' }], []])
      await expect(readDataRows({ format: 'csv', path: 'no.csv' }, directory)).rejects.toThrow('“no.csv”')
      await expect(readDataRows({ format: 'json', text: '[]' }, null)).rejects.toThrow('no rows')
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  it.each([
    ['csv', (count: number) => `a\n${'1\n'.repeat(count)}`],
    ['json', (count: number) => `[${Array(count).fill('{}').join()}]`],
  ] as const)('of %s are at most as many as a run has iterations', async (format, textOf) => {
    expect((await readDataRows({ format, text: textOf(100_000) }, null))?.count).toBe(100_000)
    await expect(readDataRows({ format, text: textOf(100_001) }, null)).rejects.toThrow(
      'more than 100,000 rows',
    )
  })
})

describe('latency', () => {
  it('gives percentiles to 1 %, and the largest exactly', () => {
    const latency = createLatency()
    for (let ms = 1; ms <= 10_000; ms++) latency.add(ms)
    const { p50, p95, p99, max } = latency.summary()
    for (const [actual, expected] of [
      [p50, 5_000],
      [p95, 9_500],
      [p99, 9_900],
    ] as const)
      expect(Math.abs(actual / expected - 1)).toBeLessThan(0.01)
    expect(max).toBe(10_000)
  })

  it('is zero of nothing, and never above the largest', () => {
    const latency = createLatency()
    expect(latency.summary()).toEqual({ p50: 0, p95: 0, p99: 0, max: 0 })
    latency.add(0)
    expect(latency.summary()).toEqual({ p50: 0, p95: 0, p99: 0, max: 0 })
  })
})

describe('batches', () => {
  afterEach(() => {
    vi.useRealTimers()
  })
  const result: RequestResult = {
    iteration: 0,
    index: 0,
    path: 'A.yml',
    name: 'A',
    method: 'GET',
    url: '',
    outcome: 'passed',
    status: 200,
    durationMs: 1,
    bodyBytes: 0,
    attempts: 1,
    tests: [],
    failure: null,
    exchangeId: null,
  }

  it('come at most 20 times a second, with everything in order, and no empty ones', () => {
    vi.useFakeTimers()
    const sizes: number[] = []
    const seen: number[] = []
    const batches = createBatches((event: RunEvent) => {
      if (event.type !== 'results') return
      sizes.push(event.results.length)
      seen.push(...event.results.map((one) => one.index))
    })
    for (let index = 0; index < 500; index++) {
      batches.add({ ...result, index })
      vi.advanceTimersByTime(2)
    }
    expect(sizes.length).toBeLessThanOrEqual(20)
    batches.flush()
    batches.flush()
    expect(seen).toEqual(Array.from({ length: 500 }, (_, index) => index))
    expect(sizes.every((size) => size > 0)).toBe(true)
  })
})
