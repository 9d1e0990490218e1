import { expect, test } from 'vitest'
import type { Metric } from '#contract/billing/metrics.ts'
import { chargeUsage, type UsageCharge, usageCost, withLateUsage } from './invoices-usage.ts'
import { loadPriceBooks } from './price-book.ts'

const GB = 1_000_000_000n
const [book] = loadPriceBooks().all
if (book === undefined) throw new Error('There is no price book.')
const { free, pro, team } = book.plans
const priceVersion = book.version
const period = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') }
const egress = (quantity: bigint): ReadonlyMap<Metric, bigint> => new Map([['egress', quantity]])
const charge = (amount: bigint, isLate = false): UsageCharge => ({
  metric: 'egress',
  quantity: 0n,
  amount,
  lines: [{ description: 'Data out', quantity: 0n, amount, priceVersion, isLate }],
})

test('usage before a change of plan keeps the price of the plan before', () => {
  const spans = [
    { plan: pro, priceVersion, totals: egress(120n * GB) },
    { plan: team, priceVersion, totals: egress(600n * GB) },
  ]
  const [one] = chargeUsage(spans, period, 'eur')
  // 20 GB over 100 at €0.10, then 100 GB over 500 at €0.09
  expect(one?.lines.map(({ amount }) => amount)).toEqual([200n, 900n])
  expect(one).toMatchObject({ metric: 'egress', amount: 1100n, quantity: 600n * GB })
})

test('what it costs never falls: not with more use, not by an upgrade', () => {
  const before = chargeUsage([{ plan: pro, priceVersion, totals: egress(120n * GB) }], period, 'eur')
  const after = chargeUsage(
    [
      { plan: pro, priceVersion, totals: egress(120n * GB) },
      { plan: team, priceVersion, totals: egress(120n * GB) },
    ],
    period,
    'eur',
  )
  expect(after).toEqual(before)
  const cost = usageCost(
    [
      { plan: pro, priceVersion, totals: egress(120n * GB) },
      { plan: team, priceVersion, totals: new Map() },
    ],
    period,
  )
  expect([0n, 120n, 500n, 600n].map((used) => cost(egress(used * GB)))).toEqual([200n, 200n, 200n, 1100n])
})

test('what is not sold costs nothing, and no plan at all neither', () => {
  expect(chargeUsage([{ plan: free, priceVersion, totals: egress(900n * GB) }], period, 'eur')).toEqual([])
  expect(chargeUsage([], period, 'eur')).toEqual([])
  expect(usageCost([], period)(egress(GB))).toBe(0n)
})

test('usage that was counted after its invoice is a line of the next one', () => {
  const [one] = withLateUsage([charge(500n)], { rated: [charge(330n)], invoiced: [charge(300n)] })
  expect(one).toMatchObject({ amount: 530n })
  expect(one?.lines.map(({ amount, isLate }) => [amount, isLate])).toEqual([
    [500n, false],
    [30n, true],
  ])
})

test('late usage that was invoiced late itself is not taken for usage of its period', () => {
  // The period before cost 300 by itself and carried 40 of the one before it.
  const invoiced = {
    ...charge(300n),
    amount: 340n,
    lines: [...charge(300n).lines, ...charge(40n, true).lines],
  }
  const [one] = withLateUsage([], { rated: [charge(330n)], invoiced: [invoiced] })
  expect(one).toMatchObject({ amount: 30n })
})

test('what turned out to be less is not taken back', () => {
  const charges = [charge(500n)]
  expect(withLateUsage(charges, { rated: [charge(200n)], invoiced: [charge(300n)] })).toEqual(charges)
  expect(withLateUsage(charges, { rated: [], invoiced: [] })).toEqual(charges)
})
