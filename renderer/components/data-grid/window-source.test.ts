// The rows of a result in the page: what is asked for, what is kept, what is dropped.
import { expect, test, vi } from 'vitest'
import { encodeBatch } from '#contract/batch/encode.ts'
import { createWindowSource, type FetchedWindow, type RawBatch } from './window-source.ts'

/** Rows [firstRow, firstRow + rowCount) of a result whose cells say where they are. */
function batch(firstRow: number, rowCount: number, width = 1): RawBatch {
  const encoder = new TextEncoder()
  const rows = Array.from({ length: rowCount }, (_, at) => [
    encoder.encode(`${firstRow + at}`.padEnd(width, ' ')),
    (firstRow + at) % 10 === 0 ? null : encoder.encode('x'),
  ])
  return { firstRow, rowCount, bodies: encodeBatch(rows, 2) }
}

function sourceOf(totalRows: number, options: { budgetBytes?: number; width?: number } = {}) {
  const asked: { firstRow: number; rowCount: number; signal: AbortSignal }[] = []
  const waiting: (() => void)[] = []
  const source = createWindowSource({
    ...(options.budgetBytes === undefined ? {} : { budgetBytes: options.budgetBytes }),
    fetchWindow: async (range, signal) => {
      asked.push({ ...range, signal })
      await new Promise<void>((resolve) => waiting.push(resolve))
      const count = Math.max(0, Math.min(range.rowCount, totalRows - range.firstRow))
      const fetched: FetchedWindow = {
        batches: count === 0 ? [] : [batch(range.firstRow, count, options.width)],
        totalRows,
        isComplete: true,
      }
      return fetched
    },
  })
  const answer = async (): Promise<void> => {
    for (const resolve of waiting.splice(0)) resolve()
    await vi.waitFor(() => undefined)
  }
  return { source, asked, answer }
}

test('pushed rows can be read at once, before the total is known', () => {
  const { source } = sourceOf(0)
  const heard = vi.fn()
  source.onChange(heard)
  source.push(batch(0, 20))
  expect(source.cell(3, 0)).toBe('3')
  expect(source.cell(10, 1)).toBeNull()
  expect(source.totalRows).toBe(20)
  expect(heard).toHaveBeenCalledOnce()
})

test('a row that has not arrived is undefined, not null', () => {
  const { source } = sourceOf(1000)
  source.push(batch(0, 20))
  expect(source.cell(500, 0)).toBeUndefined()
})

test('showing rows fetches the aligned windows that are missing, and no others', async () => {
  const { source, asked, answer } = sourceOf(10_000)
  source.push(batch(0, 500))
  source.setTotal(10_000, true)
  source.show(480, 530)
  expect(asked.map((one) => one.firstRow)).toEqual([500])
  await answer()
  expect(source.cell(530, 0)).toBe('530')
  source.show(490, 540)
  expect(asked).toHaveLength(1)
})

test('a window that scrolled away is called off', () => {
  const { source, asked } = sourceOf(1_000_000)
  source.setTotal(1_000_000, true)
  source.show(0, 30)
  source.show(900_000, 900_030)
  expect(asked.map((one) => one.signal.aborted)).toEqual([true, false])
})

test('never asks beyond the rows that are known', () => {
  const { source, asked } = sourceOf(100)
  source.setTotal(100, true)
  source.show(200, 240)
  expect(asked).toEqual([])
})

test('stays within its budget and keeps what is on screen', async () => {
  const { source, answer } = sourceOf(100_000, { budgetBytes: 200_000, width: 100 })
  source.setTotal(100_000, true)
  for (let row = 0; row < 20_000; row += 500) {
    source.show(row, row + 30)
    await answer()
  }
  expect(source.sizeBytes).toBeLessThanOrEqual(200_000)
  expect(source.isLoaded(19_500)).toBe(true)
  expect(source.isLoaded(0)).toBe(false)
})

test('a batch that covers an earlier one takes its place', () => {
  const { source } = sourceOf(0)
  source.push(batch(100, 50))
  const before = source.sizeBytes
  source.push(batch(0, 500))
  source.push(batch(100, 50))
  expect(source.cell(120, 0)).toBe('120')
  expect(source.cell(499, 0)).toBe('499')
  expect(source.sizeBytes).toBeGreaterThan(before)
})

test('a failed fetch is told, and tried again when asked', async () => {
  let shouldFail = true
  const source = createWindowSource({
    fetchWindow: async ({ firstRow, rowCount }) => {
      if (shouldFail) throw new Error('gone')
      return { batches: [batch(firstRow, rowCount)], totalRows: 1000, isComplete: true }
    },
  })
  source.setTotal(1000, true)
  source.show(0, 20)
  await vi.waitFor(() => expect(source.problem).toBeInstanceOf(Error))
  shouldFail = false
  source.retry()
  await vi.waitFor(() => expect(source.cell(5, 0)).toBe('5'))
  expect(source.problem).toBeUndefined()
})

test('reading a range gives each row once, fetched or held, and ends where the host has no more', async () => {
  const source = createWindowSource({
    fetchWindow: async ({ firstRow, rowCount }) => ({
      batches: firstRow >= 1200 ? [] : [batch(firstRow, Math.min(rowCount, 1200 - firstRow))],
      totalRows: 1200,
      isComplete: true,
    }),
  })
  source.push(batch(0, 700))
  const rows: string[] = []
  for await (const row of source.read(690, 5000)) rows.push(row.cell(0) ?? '')
  expect(rows).toHaveLength(510)
  expect(rows[0]).toBe('690')
  expect(rows.at(-1)).toBe('1199')
  expect(source.isLoaded(1000)).toBe(false)
})

test('a closed source lets go of everything', () => {
  const { source, asked } = sourceOf(1000)
  source.push(batch(0, 20))
  source.setTotal(1000, true)
  source.show(500, 520)
  source.close()
  expect(asked[0]?.signal.aborted).toBe(true)
  expect(source.sizeBytes).toBe(0)
})
