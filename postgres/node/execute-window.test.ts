import { expect, test } from 'vitest'
import { createExecuteWindow } from './execute-window.ts'

function asks(firstRows: number, durations: readonly number[]): number[] {
  let now = 0
  const window = createExecuteWindow(firstRows, () => now)
  const rows = [window.next()]
  for (const duration of durations) {
    now += duration
    window.filled()
    rows.push(window.next())
  }
  return rows
}

test('doubles while asks come fast, holds in between, halves when they are slow', () => {
  expect(asks(200, [1, 1, 50, 200, 50])).toEqual([200, 400, 800, 800, 400, 400])
})

test('stays between its bounds', () => {
  expect(asks(40_000, [1, 1, 1]).at(-1)).toBe(50_000)
  expect(asks(200, [500, 500, 500, 500]).at(-1)).toBe(50)
  expect(asks(10, [500]).at(-1)).toBe(10)
  expect(asks(100_000, [1]).at(-1)).toBe(100_000)
})
