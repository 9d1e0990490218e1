import { expect, test } from 'vitest'
import { createBodyBudget, shareOf } from './body-budget.ts'

test('bytes are kept up to the limit, and again when others were given back', () => {
  const budget = createBodyBudget(10)
  const [one, two] = [shareOf(budget), shareOf(budget)]
  expect([one.take(6), two.take(5), two.take(4)]).toEqual([true, false, true])
  one.giveBack()
  one.giveBack()
  expect([two.take(6), two.take(1)]).toEqual([true, false])
})

test('a budget within another takes nothing that the other has not', () => {
  const service = createBodyBudget(10)
  const [one, two] = [shareOf(createBodyBudget(8, service)), shareOf(createBodyBudget(8, service))]
  expect([one.take(9), one.take(8), two.take(3), two.take(2)]).toEqual([false, true, false, true])
  one.giveBack()
  expect(two.take(6)).toBe(true)
})

test('without a budget there is no limit', () => {
  const share = shareOf(undefined)
  expect(share.take(1e12)).toBe(true)
  share.giveBack()
})
