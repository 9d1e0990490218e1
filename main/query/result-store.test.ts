// The result store over a real folder: what is kept in memory, what goes to files, and what goes away.
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { decodeBatch } from '#contract/batch/decode.ts'
import { encodeBatch } from '#contract/batch/encode.ts'
import { ResultId } from '#contract/capabilities/ids.ts'
import { tempDirectory } from '#testing/temp-directory.ts'
import { createResultStore, type ResultLimits, type ResultStore, type StoredResult } from './result-store.ts'

const ROWS = 100
const LIMITS: ResultLimits = {
  memoryPerResultBytes: 8_000,
  memoryTotalBytes: 20_000,
  diskTotalBytes: 1_000_000,
  maxResults: 10,
}

function openStore(limits: Partial<ResultLimits> = {}, directory = tempDirectory()): ResultStore {
  const store = createResultStore(directory, { ...LIMITS, ...limits })
  onTestFinished(() => store.closeAll())
  return store
}

/** A batch whose first column counts on from `firstRow`. */
function batch(firstRow: number, rowCount = ROWS) {
  const rows = Array.from({ length: rowCount }, (_, row) => [
    String(firstRow + row),
    row % 3 === 0 ? null : 'x',
  ])
  return { rowCount, bodies: encodeBatch(rows, 2) }
}

async function fill(store: ResultStore, batches: number): Promise<StoredResult> {
  const result = store.create(ResultId.parse(crypto.randomUUID()), () => undefined)
  for (let index = 0; index < batches; index++) await result.append(batch(index * ROWS))
  return result
}

async function readRows(
  result: StoredResult,
  firstRow: number,
  rowCount: number,
): Promise<(string | null)[]> {
  const windows = await result.read(firstRow, rowCount)
  return windows.flatMap((window) => {
    const decoded = decodeBatch(window.bodies, window.rowCount)
    return Array.from({ length: window.rowCount }, (_, row) => {
      expect(decoded.cell(row, 0)).toBe(String(window.firstRow + row))
      return decoded.cell(row, 1)
    })
  })
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : error)

describe('result store', () => {
  test('gives any window of a result that is partly in memory and partly in a file', async () => {
    const directory = tempDirectory()
    const store = openStore({}, directory)
    const result = await fill(store, 50)
    expect(result.rowCount()).toBe(5_000)
    for (const [first, count] of [
      [0, 1],
      [0, 250],
      [95, 10],
      [2_345, 500],
      [4_990, 100],
      [0, 5_000],
    ] as const) {
      const rows = await readRows(result, first, count)
      expect(rows).toHaveLength(Math.min(count, 5_000 - first))
      rows.forEach((value, index) => expect(value).toBe(((first + index) % ROWS) % 3 === 0 ? null : 'x'))
    }
    expect(await result.read(5_000, 10)).toEqual([])
    expect(store.memoryBytes()).toBeLessThanOrEqual(2 * LIMITS.memoryPerResultBytes)
    expect(store.diskBytes()).toBeGreaterThan(0)
    const [name = ''] = readdirSync(directory)
    if (process.platform !== 'win32') expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600)
  })

  test('a small result makes no file', async () => {
    const directory = tempDirectory()
    await fill(openStore({}, directory), 2)
    expect(readdirSync(directory)).toEqual([])
  })

  test('keeps memory bounded over all results, and every row readable', async () => {
    const store = openStore()
    const results = await Promise.all(Array.from({ length: 8 }, () => fill(store, 6)))
    expect(store.memoryBytes()).toBeLessThanOrEqual(LIMITS.memoryTotalBytes)
    for (const result of results) expect(await readRows(result, 0, 600)).toHaveLength(600)
  })

  test('evicts the result used least recently when the disk room is full', async () => {
    const store = openStore({ diskTotalBytes: 150_000 })
    const first = await fill(store, 50)
    const second = await fill(store, 50)
    store.get(first.id)
    const third = await fill(store, 100)
    await expect(readRows(third, 0, 10_000)).resolves.toHaveLength(10_000)
    expect(second.isClosed()).toBe(true)
    expect(() => store.get(second.id)).toThrow(expect.objectContaining({ code: 'RESULT_GONE' }))
    expect(store.diskBytes()).toBeLessThanOrEqual(150_000)
  })

  test('says so when one result alone is larger than the room', async () => {
    const store = openStore({ diskTotalBytes: 20_000 })
    const result = store.create(ResultId.parse(crypto.randomUUID()), () => undefined)
    const appendAll = async (): Promise<void> => {
      for (let index = 0; index < 100; index++) await result.append(batch(index * ROWS))
    }
    expect(await appendAll().catch(codeOf)).toBe('LIMIT_REACHED')
    expect(await readRows(result, 0, result.rowCount())).toHaveLength(result.rowCount())
  })

  test('evicts the oldest beyond the number of results', async () => {
    const store = openStore({ maxResults: 2 })
    const [oldest] = [await fill(store, 1), await fill(store, 1), await fill(store, 1)]
    expect(oldest.isClosed()).toBe(true)
  })

  test('a closed result is gone with its file, and says so once', async () => {
    const directory = tempDirectory()
    const store = openStore({}, directory)
    let closings = 0
    const result = store.create(ResultId.parse(crypto.randomUUID()), () => void closings++)
    for (let index = 0; index < 50; index++) await result.append(batch(index * ROWS))
    await store.close(result.id)
    await store.close(result.id)
    expect(closings).toBe(1)
    expect(await result.read(0, 1).catch(codeOf)).toBe('RESULT_GONE')
    expect(await result.append(batch(0)).catch(codeOf)).toBe('RESULT_GONE')
    expect(readdirSync(directory)).toEqual([])
    expect([store.memoryBytes(), store.diskBytes()]).toEqual([0, 0])
  })

  test('removes the files of a killed run at start and nothing else', () => {
    const directory = tempDirectory()
    writeFileSync(join(directory, `${crypto.randomUUID()}.spool`), 'left behind')
    writeFileSync(join(directory, 'notes.txt'), 'not ours')
    openStore({}, directory)
    expect(readdirSync(directory)).toEqual(['notes.txt'])
  })
})
