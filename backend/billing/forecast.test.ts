import { describe, expect, test } from 'vitest'
import { forecast, quotaReachedAt, type ForecastInput } from './forecast.ts'

const at = (day: number, hour = 0) => new Date(Date.UTC(2026, 10, day, hour))
const period = { from: at(1), to: at(31) }
const GB = 1_000_000_000n
const input = (change: Partial<ForecastInput>): ForecastInput => ({
  metric: 'egress',
  period,
  used: 124n * GB,
  included: 200n * GB,
  recent: { from: at(16), to: at(23), quantity: 35n * GB },
  reachedAt: null,
  ...change,
})

describe('at the end of the period', () => {
  test('use goes on at the pace of the last seven days', () => {
    expect(forecast(input({}))).toEqual({ quantity: 164n * GB, overAt: null })
  })

  test('a quota is reached when that pace fills it', () => {
    expect(forecast(input({ included: 144n * GB }))).toEqual({ quantity: 164n * GB, overAt: at(27) })
    expect(forecast(input({ included: 164n * GB })).overAt).toBeNull()
    expect(forecast(input({ included: 164n * GB - 1n })).overAt).not.toBeNull()
    expect(forecast(input({ included: 124n * GB })).overAt).toEqual(at(23))
  })

  test('what is over already says since when', () => {
    expect(forecast(input({ included: 100n * GB, reachedAt: at(19, 5) })).overAt).toEqual(at(19, 5))
    expect(forecast(input({ included: 100n * GB })).overAt).toEqual(at(23))
  })

  test('days before the period count too, and a short life counts by its hours', () => {
    const recent = { from: at(1 - 5), to: at(3), quantity: 14n * GB }
    expect(forecast(input({ used: 4n * GB, recent })).quantity).toBe(60n * GB)
    const short = { from: at(2), to: at(2, 6), quantity: GB }
    expect(forecast(input({ used: GB, recent: short })).quantity).toBe(116n * GB)
  })

  test('a peak stays', () => {
    const recent = { from: at(16), to: at(23), quantity: 900n }
    expect(forecast(input({ metric: 'realtime-connections', used: 118n, included: 500n, recent }))).toEqual({
      quantity: 118n,
      overAt: null,
    })
  })

  test('without time, without use, and after the end it stays as it is', () => {
    const used = 124n * GB
    for (const recent of [
      { from: at(23), to: at(23), quantity: GB },
      { from: at(16), to: at(23), quantity: 0n },
      { from: at(24), to: at(31), quantity: GB },
      { from: at(25), to: new Date(at(31).getTime() + 1), quantity: GB },
    ])
      expect(forecast(input({ recent }))).toEqual({ quantity: used, overAt: null })
  })

  test('what has no end is never over', () => {
    expect(forecast(input({ included: null }))).toEqual({ quantity: 164n * GB, overAt: null })
  })
})

describe('when a quota was reached', () => {
  const hours = (...quantities: bigint[]) =>
    quantities.map((quantity, hour) => ({ at: at(5, hour), quantity }))

  test('within the hour in proportion', () => {
    expect(quotaReachedAt('egress', hours(10n, 20n, 40n), { included: 40n })).toEqual(
      new Date(at(5, 2).getTime() + 900_000),
    )
  })

  test('exactly the quota is not over it', () => {
    expect(quotaReachedAt('egress', hours(10n, 20n), { included: 30n })).toBeNull()
  })

  test('a peak at the start of its hour', () => {
    expect(quotaReachedAt('realtime-connections', hours(10n, 20n, 40n), { included: 30n })).toEqual(at(5, 2))
    expect(quotaReachedAt('realtime-connections', hours(10n, 20n, 30n), { included: 30n })).toBeNull()
  })
})
