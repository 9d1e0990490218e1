import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Metric, METRICS } from '#contract/billing/metrics.ts'
import { loadPriceBooks } from './price-book.ts'
import { compareLines, recomputeUsage, totalsOfEvents, type CountedEvent } from './rate-recompute.ts'
import { rate, totalOf, usageAmount } from './rate.ts'

const books = loadPriceBooks()
const { pro } = books.version('2026-11-01').plans
const period = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') }
const GB = 1_000_000_000n
const event = (metric: Metric, quantity: bigint, at: string, projectId = 'shop'): CountedEvent => ({
  metric,
  quantity,
  windowStart: new Date(at),
  projectId,
})

describe('totals of raw events', () => {
  test('sums are added up, of the period only: its start belongs to it, its end does not', () => {
    const totals = totalsOfEvents(
      [
        event('egress', 1n, '2026-10-31T23:59:59.999Z'),
        event('egress', 2n, '2026-11-01T00:00:00Z'),
        event('egress', 4n, '2026-11-30T23:59:59.999Z', 'blog'),
        event('egress', 8n, '2026-12-01T00:00:00Z'),
      ],
      period,
    )
    expect(totals).toEqual(new Map([['egress', 6n]]))
  })

  test('a peak is the highest hour of all projects together', () => {
    const totals = totalsOfEvents(
      [
        event('realtime-connections', 50n, '2026-11-05T10:05:00Z'),
        event('realtime-connections', 70n, '2026-11-05T10:50:00Z'),
        event('realtime-connections', 40n, '2026-11-05T10:10:00Z', 'blog'),
        event('realtime-connections', 90n, '2026-11-05T11:10:00Z'),
      ],
      period,
    )
    expect(totals).toEqual(new Map([['realtime-connections', 110n]]))
  })
})

test('an invoice comes out again from its events and its price version', () => {
  const events = [
    event('egress', 169n * GB, '2026-11-05T10:00:00Z'),
    event('api-requests', 5_860_000n, '2026-11-06T10:00:00Z'),
  ]
  const lines = recomputeUsage(events, { plan: 'pro', priceVersion: '2026-11-01', period }, books)
  expect(lines.map(({ description, amount }) => [description, amount])).toEqual([
    ['Data out over 100 GB', 690n],
    ['API requests over 5 M', 172n],
  ])
  expect(compareLines(lines, lines)).toEqual([])
  expect(() => recomputeUsage(events, { plan: 'pro', priceVersion: '2020-01-01', period }, books)).toThrow(
    'no price book 2020-01-01',
  )
})

test('differences name the metric and both sides', () => {
  const [egress, requests] = [
    { metric: Metric.enum.egress, quantity: 169n * GB, amount: 690n },
    { metric: Metric.enum['api-requests'], quantity: 5_860_000n, amount: 172n },
  ]
  const plan = { metric: null, quantity: null, amount: 1_900n }
  expect(compareLines([plan, egress, requests], [egress, { ...requests, amount: 171n }])).toEqual([
    {
      metric: 'api-requests',
      invoiced: 172n,
      recomputed: 171n,
      invoicedQuantity: 5_860_000n,
      recomputedQuantity: 5_860_000n,
    },
  ])
  expect(compareLines([egress], [])).toEqual([
    {
      metric: 'egress',
      invoiced: 690n,
      recomputed: null,
      invoicedQuantity: 169n * GB,
      recomputedQuantity: null,
    },
  ])
  expect(compareLines([{ ...egress, quantity: 1n }], [egress])).toHaveLength(1)
})

test('lines of a metric that was charged in parts are compared together', () => {
  const part = (quantity: bigint, amount: bigint) => ({ metric: Metric.enum.egress, quantity, amount })
  expect(compareLines([part(120n * GB, 200n), part(169n * GB, 490n)], [part(169n * GB, 690n)])).toEqual([])
})

test('events in any order, added hour by hour, bill what the invoice says', () => {
  const some = fc.record({
    metric: fc.constantFrom(...Metric.options),
    quantity: fc.bigInt(0n, 10n ** 17n),
    windowStart: fc
      .integer({ min: 0, max: 719 })
      .map((hour) => new Date(period.from.getTime() + hour * 3_600_000)),
    projectId: fc.constantFrom('shop', 'blog'),
  })
  fc.assert(
    fc.property(fc.array(some, { maxLength: 60 }), (events) => {
      const invoice = recomputeUsage(
        events.toReversed(),
        { plan: 'pro', priceVersion: '2026-11-01', period },
        books,
      )
      expect(
        compareLines(
          invoice,
          rate({
            plan: pro,
            priceVersion: '2026-11-01',
            currency: 'eur',
            totals: totalsOfEvents(events, period),
            period,
          }),
        ),
      ).toEqual([])
      // By the hour: what is charged is the difference of cumulative amounts.
      let billed = 0n
      for (const metric of Metric.options) {
        const own = events.filter((one) => one.metric === metric)
        const hours = [...new Set(own.map(({ windowStart }) => windowStart.getTime()))].toSorted(
          (a, b) => a - b,
        )
        let [sum, before] = [0n, 0n]
        for (const hour of hours) {
          const inHour = own.filter(({ windowStart }) => windowStart.getTime() === hour)
          const add = [...totalsOfEvents(inHour, period).values()][0] ?? 0n
          sum = METRICS[metric].aggregation === 'peak' ? (add > sum ? add : sum) : sum + add
          const amount = usageAmount(pro, metric, sum, period)
          billed += amount - before
          before = amount
        }
      }
      expect(billed).toBe(totalOf(invoice))
    }),
    { seed: 61, numRuns: 100 },
  )
})
