// Amounts are written and read exactly, whatever their size.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatAmount, formatMoney, parseMoney, percentOf } from './money.ts'

describe('an amount', () => {
  test.each([
    ['0', '0.00'],
    ['5', '0.05'],
    ['1900', '19.00'],
    ['-420', '−4.20'],
    ['-5', '−0.05'],
    ['123450', '1\u2009234.50'],
    ['900719925474099301', '9\u2009007\u2009199\u2009254\u2009740\u2009993.01'],
  ])('of %s is written %s', (minor, text) => expect(formatAmount(minor)).toBe(text))

  test('has its currency before it, and the sign before that', () => {
    expect(formatMoney('2762', 'eur')).toBe('€27.62')
    expect(formatMoney(-420n, 'usd')).toBe('−$4.20')
  })
})

describe('what is typed', () => {
  test.each([
    ['40', '4000'],
    ['40.5', '4050'],
    [' 40,50 ', '4050'],
    ['1 200', '120000'],
    ['0', '0'],
    ['0.05', '5'],
    ['1000000', '100000000'],
  ])('as %s is %s', (text, minor) => expect(parseMoney(text)).toBe(minor))

  test.each(['', '-1', '4.005', 'forty', '1e3', '1000000.01', '.5', '4,'])('as “%s” is no amount', (text) =>
    expect(parseMoney(text)).toBeUndefined(),
  )

  test('is what was written, for every amount up to a million', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 100_000_000n }), (minor) => {
        expect(parseMoney(formatAmount(minor))).toBe(String(minor))
      }),
      { seed: 7, numRuns: 200 },
    )
  })
})

test('a share is between nothing and all', () => {
  expect(percentOf(1n, 3n)).toBe(33.33)
  expect(percentOf(4n, 3n)).toBe(100)
  expect(percentOf(1n, 0n)).toBe(0)
  expect(percentOf(10n ** 30n, 2n * 10n ** 30n)).toBe(50)
})
