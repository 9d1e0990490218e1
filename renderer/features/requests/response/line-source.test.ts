// Lines of a body are fetched where they are looked at, ahead of the eye, and dropped again when they are too many.
import { expect, test, vi } from 'vitest'
import { createLineSource } from './line-source.ts'

const answer = (total: number, length = 10) =>
  vi.fn(async (from: number, count: number) => ({
    lines: Array.from({ length: Math.max(0, Math.min(count, total - from)) }, (_, at) =>
      String(from + at).padEnd(length, '.'),
    ),
    total,
    isComplete: true,
  }))

test('what is on screen is fetched, and the windows beside it', async () => {
  const fetch = answer(10_000)
  const source = createLineSource(fetch)
  source.show(0, 30)
  await vi.waitFor(() => expect(source.line(450)).toBeDefined())
  expect(source.line(0)).toBe('0.........')
  expect(source.total).toBe(10_000)
  expect(fetch.mock.calls.map(([from]) => from)).toEqual([0, 400])
})

test('a jump fetches where it lands', async () => {
  const source = createLineSource(answer(1_000_000))
  source.show(0, 30)
  await vi.waitFor(() => expect(source.total).toBe(1_000_000))
  source.show(900_000, 900_030)
  await vi.waitFor(() => expect(source.line(900_010)).toBe('900010....'))
})

test('lines far away are dropped when there are too many, those on screen never', async () => {
  const source = createLineSource(answer(100_000, 10_000))
  for (let at = 0; at < 4_000; at += 400) {
    source.show(at, at + 30)
    await vi.waitFor(() => expect(source.line(at)).toBeDefined())
  }
  expect(source.line(0)).toBeUndefined()
  expect(source.line(3_600)).toBeDefined()
})

test('what failed is told, and asked for again', async () => {
  let fails = true
  const source = createLineSource(async (from, count) => {
    if (fails) throw new Error('gone')
    return answer(50)(from, count)
  })
  source.show(0, 10)
  await vi.waitFor(() => expect(source.problem).toBeInstanceOf(Error))
  fails = false
  source.refresh()
  await vi.waitFor(() => expect(source.line(49)).toBeDefined())
  expect(source.problem).toBeUndefined()
})

test('a body that grows shows more when it is asked again', async () => {
  let total = 10
  const source = createLineSource(async (from, count) => ({
    ...(await answer(total)(from, count)),
    isComplete: total > 10,
  }))
  source.show(0, 30)
  await vi.waitFor(() => expect(source.line(9)).toBeDefined())
  total = 30
  source.refresh()
  await vi.waitFor(() => expect(source.line(29)).toBeDefined())
})

test('a copy reads every line between its ends', async () => {
  const source = createLineSource(answer(5_000))
  const lines = await source.read(100, 4_500, new AbortController().signal)
  expect(lines).toHaveLength(4_500)
  expect(lines.at(-1)).toBe('4599......')
})
