// Quantities: the unit that fits, three figures, rounded once and exactly.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { METRICS, type Metric } from '#contract/billing/metrics.ts'
import { describeQuota, formatExactly, formatQuantity, periodSeconds } from './quantity.ts'

const NOVEMBER = periodSeconds({ from: '2026-11-01T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z' })

test('a period has its seconds', () => {
  expect(NOVEMBER).toBe(2_592_000n)
  expect(periodSeconds({ from: '2026-11-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' })).toBe(1n)
})

describe('a quantity', () => {
  test.each<[Metric, bigint, string]>([
    ['api-requests', 4_300_000n, '4.30 M'],
    ['api-requests', 5_000_000n, '5 M'],
    ['api-requests', 5_861_400n, '5.86 M'],
    ['api-requests', 999n, '999'],
    ['api-requests', 12_345n, '12.3 k'],
    ['api-requests', 999_499n, '999 k'],
    ['api-requests', 999_500n, '1.00 M'],
    ['api-requests', 0n, '0'],
    ['egress', 124_000_000_000n, '124 GB'],
    ['egress', 123_600_000_000n, '124 GB'],
    ['egress', 90_400_000n, '90.4 MB'],
    ['egress', 512n, '512 B'],
    ['egress', 2_500_000_000_000n, '2.50 TB'],
    ['compute', 61_400n * 3_600_000n, '61.4 h'],
    ['compute', 100_000n * 3_600_000n, '100 h'],
    ['compute', 1_000n, '0.00 h'],
    ['storage', 2_260_000_000n * 2_592_000n, '2.26 GB'],
    ['storage', 10_000_000_000n * 2_592_000n, '10 GB'],
    ['branches', 4n * 2_592_000n, '4'],
    ['branches', 2_592_000n + 1_296_000n, '1.50'],
    ['realtime-connections', 118n, '118'],
  ])('of %s, %s, is %s', (metric, quantity, text) =>
    expect(formatQuantity(metric, quantity, NOVEMBER)).toBe(text),
  )

  test('is rounded to the nearest, never further off than half of its last figure', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1_000_000n, max: 999_000_000n }), (count) => {
        const text = formatQuantity('api-requests', count, 1n)
        const [whole = '', decimals = ''] = text.replace(' M', '').split('.')
        const shown = BigInt(whole + decimals) * 10n ** BigInt(6 - decimals.length)
        const off = shown > count ? shown - count : count - shown
        expect(off <= 5n * 10n ** BigInt(5 - decimals.length)).toBe(true)
      }),
      { seed: 11, numRuns: 300 },
    )
  })

  test('is written in full where a count is looked at', () => {
    expect(formatExactly('api-requests', 4_300_123n, 1n)).toBe('4\u2009300\u2009123 requests')
    expect(formatExactly('api-requests', 1n, 1n)).toBe('1 request')
    expect(formatExactly('egress', 512n, 1n)).toBe('512 B')
  })
})

test('a quota is said in its own words, for every metric', () => {
  expect(describeQuota('compute', '100')).toBe('100 compute hours')
  expect(describeQuota('compute', '1')).toBe('1 compute hour')
  expect(describeQuota('storage', '10')).toBe('10 GB of storage')
  expect(describeQuota('egress', '2000')).toBe('2 TB out')
  expect(describeQuota('api-requests', '5000000')).toBe('5 M requests')
  expect(describeQuota('branches', '1')).toBe('1 branch')
  for (const metric of ['backup-storage', 'api-rows', 'realtime-messages', 'realtime-connections'] as const)
    expect(describeQuota(metric, '7')).toContain('7 ')
  expect(Object.keys(METRICS)).toHaveLength(9)
})
