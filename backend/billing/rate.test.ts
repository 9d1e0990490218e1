import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Metric, METRICS } from '#contract/billing/metrics.ts'
import { randomPlan, randomTotals } from '#testing/random-billing.ts'
import { loadPriceBooks } from './price-book.ts'
import { includedQuantity, includedValue, rate, roundHalfUp, totalOf, usageAmount } from './rate.ts'

const RUNS = Number(process.env['NEBULADB_RATE_RUNS'] ?? 200)
const { pro, free, enterprise } = loadPriceBooks().version('2026-11-01').plans
const november = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') }
const SECONDS = 30n * 86_400n
const GB = 1_000_000_000n
const base = { priceVersion: '2026-11-01', currency: 'eur', period: november } as const
const rated = (totals: Partial<Record<Metric, bigint>>, plan = pro) =>
  rate({
    ...base,
    plan,
    totals: new Map(
      Metric.options.flatMap((metric) => {
        const quantity = totals[metric]
        return quantity === undefined ? [] : [[metric, quantity]]
      }),
    ),
  })

describe('lines', () => {
  test('what is included gives none', () => {
    expect(rated({ egress: 100n * GB, 'api-requests': 5_000_000n, storage: 10n * GB * SECONDS })).toEqual([])
  })

  test('what is above the quota is priced in proportion and says how', () => {
    expect(rated({ egress: 169n * GB, 'api-requests': 5_860_000n })).toEqual([
      {
        kind: 'usage',
        metric: 'egress',
        description: 'Data out over 100 GB',
        steps: ['69 GB at €0.10'],
        quantity: 169n * GB,
        period: november,
        amount: 690n,
        priceVersion: '2026-11-01',
      },
      {
        kind: 'usage',
        metric: 'api-requests',
        description: 'API requests over 5 M',
        steps: ['860,000 at €2.00 per 1 M'],
        quantity: 5_860_000n,
        period: november,
        amount: 172n,
        priceVersion: '2026-11-01',
      },
    ])
  })

  test('tiers are graduated: each price holds for its part', () => {
    const [line] = rated({ egress: 1_200n * GB })
    expect(line?.steps).toEqual(['900 GB at €0.10', '200 GB at €0.08'])
    expect(line?.amount).toBe(9_000n + 1_600n)
  })

  test('a level costs its price when it is held for the whole period, whatever its length', () => {
    const february = { from: new Date('2027-02-01T00:00:00Z'), to: new Date('2027-03-01T00:00:00Z') }
    for (const period of [november, february]) {
      const seconds = BigInt((period.to.getTime() - period.from.getTime()) / 1000)
      expect(usageAmount(pro, 'storage', 14n * GB * seconds, period)).toBe(60n)
      expect(usageAmount(pro, 'branches', 11n * seconds, period)).toBe(200n)
    }
    expect(usageAmount(pro, 'storage', 18n * GB * (SECONDS / 2n), november)).toBe(0n)
    expect(rated({ storage: 24n * GB * (SECONDS / 2n) })[0]?.steps).toEqual(['2 GB at €0.15'])
  })

  test('a peak costs its price once', () => {
    expect(rated({ 'realtime-connections': 612n })[0]).toMatchObject({
      amount: 112n,
      steps: ['112 at €0.01'],
    })
  })

  test('what cannot be bought and what has no end cost nothing', () => {
    expect(rated({ egress: 900n * GB }, free)).toEqual([])
    expect(rated({ egress: 900n * GB }, enterprise)).toEqual([])
    expect(rated({ 'api-rows': 10n ** 20n })).toEqual([])
  })

  test('a line that is worth less than half a cent stays and says so', () => {
    expect(rated({ egress: 100n * GB + 1n })[0]).toMatchObject({ amount: 0n, steps: ['0 GB at €0.10'] })
  })

  test('a quantity below zero is refused', () => {
    expect(() => rated({ egress: -1n })).toThrow(RangeError)
  })
})

test.each([
  [5n, 10n, 1n],
  [4n, 10n, 0n],
  [-5n, 10n, -1n],
  [-4n, 10n, 0n],
  [1n, 3n, 0n],
  [2n, 3n, 1n],
  [7n, 5n, 1n],
  [8n, 5n, 2n],
])('%d / %d is rounded to %d', (numerator, denominator, expected) => {
  expect(roundHalfUp(numerator, denominator)).toBe(expected)
})

test('the value of what was included is capped by the quota', () => {
  expect(includedValue(pro, 'egress', 40n * GB, november)).toBe(400n)
  expect(includedValue(pro, 'egress', 400n * GB, november)).toBe(1_000n)
  expect(includedValue(free, 'egress', 4n * GB, november)).toBe(0n)
})

describe('for any book and any usage', () => {
  const moreThan = fc.bigInt(0n, 10n ** 24n)

  test('rating is monotone: more use never costs less', () => {
    fc.assert(
      fc.property(
        randomPlan(),
        fc.constantFrom(...Metric.options),
        moreThan,
        moreThan,
        (plan, metric, a, b) => {
          const [less, more] = a < b ? [a, b] : [b, a]
          expect(usageAmount(plan, metric, less, november) <= usageAmount(plan, metric, more, november)).toBe(
            true,
          )
        },
      ),
      { seed: 61, numRuns: RUNS },
    )
  })

  test('rating hour by hour in cumulation is rating the period', () => {
    fc.assert(
      fc.property(
        randomPlan(),
        fc.constantFrom(...Metric.options),
        fc.array(fc.bigInt(0n, 10n ** 20n), { maxLength: 48 }),
        (plan, metric, hours) => {
          const isPeak = METRICS[metric].aggregation === 'peak'
          let [cumulative, billed] = [0n, 0n]
          for (const hour of hours) {
            const before = usageAmount(plan, metric, cumulative, november)
            cumulative = isPeak ? (hour > cumulative ? hour : cumulative) : cumulative + hour
            billed += usageAmount(plan, metric, cumulative, november) - before
          }
          const lines = rate({ ...base, plan, totals: new Map([[metric, cumulative]]) })
          expect(billed).toBe(totalOf(lines))
        },
      ),
      { seed: 62, numRuns: RUNS },
    )
  })

  test('a line is within half a cent of the exact fraction, computed another way', () => {
    fc.assert(
      fc.property(randomPlan(), randomTotals(), (plan, totals) => {
        for (const line of rate({ ...base, plan, totals })) {
          if (line.metric === null || line.quantity === null) throw new Error('Only usage was rated.')
          const unit =
            METRICS[line.metric].basePerDisplay *
            (METRICS[line.metric].aggregation === 'average' ? SECONDS : 1n)
          const terms = plan.metrics[line.metric]
          let rest = line.quantity - BigInt(terms.included ?? '0') * unit
          let [micro, start] = [0n, 0n]
          const fine = 10n ** 12n
          for (const tier of terms.tiers) {
            const room = tier.upTo === null ? rest : (BigInt(tier.upTo) - start) * unit
            const here = rest < room ? rest : room
            micro += (here * BigInt(tier.amount) * fine) / (BigInt(tier.per) * unit)
            rest -= here
            start = BigInt(tier.upTo ?? '0')
          }
          const difference = line.amount * fine - micro
          expect(difference <= fine / 2n + 10n && difference >= -fine / 2n - 10n).toBe(true)
        }
      }),
      { seed: 63, numRuns: RUNS },
    )
  })

  test('nothing is charged up to the quota, something is described above it', () => {
    fc.assert(
      fc.property(randomPlan(), fc.constantFrom(...Metric.options), (plan, metric) => {
        const quota = includedQuantity(plan.metrics[metric], metric, november)
        if (quota === null) return
        expect(rate({ ...base, plan, totals: new Map([[metric, quota]]) })).toEqual([])
        const over = rate({ ...base, plan, totals: new Map([[metric, quota + 1n]]) })
        expect(over).toHaveLength(plan.metrics[metric].tiers.length === 0 ? 0 : 1)
      }),
      { seed: 64, numRuns: RUNS },
    )
  })
})
