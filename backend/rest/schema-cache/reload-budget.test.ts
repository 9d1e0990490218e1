import { expect, test } from 'vitest'
import { createReloadBudget } from './reload-budget.ts'

test('after quiet nothing waits, however long the last reload took', () => {
  const budget = createReloadBudget()
  expect(budget.waitMs(0)).toBe(0)
  budget.spend(0, 700)
  expect(budget.waitMs(700)).toBe(0)
  budget.spend(10_000, 15_000)
  expect(budget.waitMs(23_000)).toBe(0)
})

test('a flood of reloads, each as soon as it may, takes a third of the time', () => {
  const budget = createReloadBudget()
  let [now, busy] = [0, 0]
  while (now < 60_000) {
    now += budget.waitMs(now)
    budget.spend(now, now + 80)
    now += 80
    busy += 80
  }
  expect(busy).toBeLessThan(1_000 + now / 3 + 80)
  expect(busy).toBeGreaterThan(now / 3)
})

test('in a flood the pause is twice as long as the reload before it', () => {
  const budget = createReloadBudget()
  budget.spend(0, 1_000)
  expect(budget.waitMs(1_000)).toBe(0)
  budget.spend(1_000, 1_100)
  expect(budget.waitMs(1_100)).toBe(200)
  expect(budget.waitMs(1_250)).toBe(50)
  budget.spend(1_300, 1_700)
  expect(budget.waitMs(1_700)).toBe(800)
})
