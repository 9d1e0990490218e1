import { expect, test } from 'vitest'
import { loadPriceBooks } from './price-book.ts'
import { planLines, prorate } from './rate-plan.ts'

const { free, pro, team, enterprise } = loadPriceBooks().version('2026-11-01').plans
const period = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') }
const priceVersion = '2026-11-01'

test('a plan with a price is one line', () => {
  expect(planLines({ plan: pro, priceVersion, period })).toEqual([
    {
      kind: 'plan',
      metric: null,
      description: 'Pro plan',
      steps: [],
      quantity: null,
      period,
      amount: 1_900n,
      priceVersion,
    },
  ])
  expect(planLines({ plan: free, priceVersion, period })).toEqual([])
  expect(planLines({ plan: enterprise, priceVersion, period })).toEqual([])
})

test('a change in the middle gives back half and charges half', () => {
  const at = new Date('2026-11-16T00:00:00Z')
  expect(
    prorate({ from: pro, to: team, priceVersion, at, period }).map(({ description, amount }) => [
      description,
      amount,
    ]),
  ).toEqual([
    ['Unused time on Pro after 16 Nov 2026', -950n],
    ['Remaining time on Team after 16 Nov 2026', 4_950n],
  ])
})

test('each part is rounded by itself, and a moment is cut to its second', () => {
  const at = new Date('2026-11-21T00:00:00.999Z')
  const lines = prorate({ from: pro, to: team, priceVersion, at, period })
  expect(lines.map(({ amount }) => amount)).toEqual([-633n, 3_300n])
  expect(lines[0]?.period).toEqual({ from: new Date('2026-11-21T00:00:00Z'), to: period.to })
})

test.each([
  ['before the period the whole of it', '2026-10-02T00:00:00Z', [-1_900n, 9_900n]],
  ['after the period nothing', '2026-12-02T00:00:00Z', []],
])('%s', (_, at, expected) => {
  const lines = prorate({ from: pro, to: team, priceVersion, at: new Date(at), period })
  expect(lines.map(({ amount }) => amount)).toEqual(expected)
})

test('from a plan without a price only the new one is charged', () => {
  const lines = prorate({ from: free, to: pro, priceVersion, at: new Date('2026-11-16T00:00:00Z'), period })
  expect(lines.map(({ amount }) => amount)).toEqual([950n])
})

test('a period that does not end after it began is refused', () => {
  const at = period.from
  expect(() => prorate({ from: pro, to: team, priceVersion, at, period: { from: at, to: at } })).toThrow(
    RangeError,
  )
})
