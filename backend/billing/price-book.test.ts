import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { MetricTerms, Plan, PriceBook } from '#contract/billing/price-book.ts'
import { createPriceBooks, loadPriceBooks } from './price-book.ts'

const sold = loadPriceBooks().version('2026-11-01')

const dated = (version: string, effectiveFrom = `${version}T00:00:00Z`): PriceBook => ({
  ...sold,
  version,
  effectiveFrom,
})
const withPro = (change: Partial<Plan>): PriceBook => ({
  ...sold,
  plans: { ...sold.plans, pro: { ...sold.plans.pro, ...change } },
})
const withEgress = (egress: MetricTerms): PriceBook =>
  withPro({ metrics: { ...sold.plans.pro.metrics, egress } })
const tier = (upTo: string | null, amount = '1') => ({ upTo, amount, per: '1' })

test('the books of the repository are valid, and Pro is as it is shown', () => {
  const { pro, free } = loadPriceBooks().at(new Date('2026-11-23T12:00:00Z')).plans
  expect(pro).toMatchObject({ monthlyPrice: '1900', defaultSpendCap: '4000', atQuota: 'charge' })
  expect(pro.metrics).toMatchObject({
    compute: { included: '100' },
    storage: { included: '10' },
    egress: { included: '100' },
    'api-requests': { included: '5000000', tiers: [{ amount: '200', per: '1000000' }] },
  })
  expect(free).toMatchObject({ monthlyPrice: '0', atQuota: 'stop' })
})

test('a period is priced by the book that was in force when it started', () => {
  const books = createPriceBooks([dated('2027-03-01'), dated('2026-11-01'), dated('2027-01-01')])
  const versionAt = (moment: string): string => books.at(new Date(moment)).version
  expect(versionAt('2026-11-01T00:00:00Z')).toBe('2026-11-01')
  expect(versionAt('2026-12-31T23:59:59Z')).toBe('2026-11-01')
  expect(versionAt('2027-01-01T00:00:00Z')).toBe('2027-01-01')
  expect(versionAt('2030-01-01T00:00:00Z')).toBe('2027-03-01')
  expect(() => versionAt('2026-10-31T23:59:59Z')).toThrow(RangeError)
  expect(() => books.version('2025-01-01')).toThrow('There is no price book 2025-01-01.')
})

test.each([
  ['no book', [], 'There is no price book.'],
  ['the same version twice', [sold, sold], 'in force from the same moment'],
  [
    'a newer version before an older one',
    [dated('2026-11-01', '2027-02-01T00:00:00Z'), dated('2026-12-01')],
    'is in force after',
  ],
  [
    'a version before its day',
    [dated('2026-11-01', '2026-10-31T00:00:00Z')],
    'before the day that it is named after',
  ],
  [
    'tiers that do not ascend',
    [withEgress({ included: '1', tiers: [tier('5'), tier('5'), tier(null)] })],
    'pro: egress: Tiers do not ascend.',
  ],
  [
    'a first tier of nothing',
    [withEgress({ included: '1', tiers: [tier('0'), tier(null)] })],
    'Tiers do not ascend.',
  ],
  [
    'tiers that end',
    [withEgress({ included: '1', tiers: [tier('5')] })],
    'The last tier, and only it, has no end.',
  ],
  [
    'a tier behind the last',
    [withEgress({ included: '1', tiers: [tier(null), tier(null)] })],
    'The last tier, and only it, has no end.',
  ],
  [
    'a price for what has no end',
    [withEgress({ included: null, tiers: [tier(null)] })],
    'What has no end cannot be bought.',
  ],
  [
    'a negative unit price',
    [withEgress({ included: '1', tiers: [tier(null, '-1')] })],
    'A price is negative.',
  ],
  [
    'a negative plan price',
    [withPro({ monthlyPrice: '-1', defaultSpendCap: null })],
    'Its price is negative.',
  ],
  ['a cap below the price', [withPro({ defaultSpendCap: '1899' })], 'Its spend cap is below its price.'],
  ['a plan that stops and sells', [withPro({ atQuota: 'stop' })], 'nothing above them can have a price'],
  ['a plan under another name', [withPro({ id: 'team' })], 'It calls itself team.'],
])('%s is refused', (_, books, fault) => {
  expect(() => createPriceBooks(books)).toThrow(fault)
})

test('files are read by their names, and a fault names its file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'price-books-'))
  onTestFinished(() => {
    rmSync(directory, { recursive: true })
  })
  const write = (name: string, value: unknown): void => {
    writeFileSync(join(directory, name), JSON.stringify(value))
  }
  write('2026-11-01.json', sold)
  write('notes.txt', 'not a book')
  expect(loadPriceBooks(directory).all.map(({ version }) => version)).toEqual(['2026-11-01'])
  write('2027-01-01.json', sold)
  expect(() => loadPriceBooks(directory)).toThrow('a file is named after its version')
  write('2027-01-01.json', {
    ...dated('2027-01-01'),
    plans: { ...sold.plans, pro: { name: 'Pro' } },
  })
  expect(() => loadPriceBooks(directory)).toThrow('Price book 2027-01-01.json is not valid')
})
