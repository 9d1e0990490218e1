import { expect, test } from 'vitest'
import type { GatewayInvoice, GatewayInvoiceLine, GatewaySubscription } from './gateway.ts'
import { loadPriceBooks } from './price-book.ts'
import {
  calendarMonth,
  currentSubscription,
  isUpgrade,
  obstaclesOf,
  ratingPeriod,
  readProvider,
  readSpans,
  statusOf,
  unpaidSince,
} from './subscriptions.ts'

const at = (text: string): Date => new Date(`2026-${text}Z`)
const period = { from: at('11-23T13:04:41'), to: at('12-23T13:04:41') }
const [book] = loadPriceBooks().all
if (book === undefined) throw new Error('There is no price book.')
const { free } = book.plans
const priceVersion = book.version

const subscription = (changes: Partial<GatewaySubscription> = {}): GatewaySubscription => ({
  id: 'sub_1',
  customerId: 'cus_1',
  organisationId: null,
  status: 'active',
  sold: { plan: 'pro', priceVersion },
  currency: 'eur',
  period,
  trialEndsAt: null,
  cancelsAt: null,
  endedAt: null,
  startedAt: period.from,
  scheduled: null,
  latestInvoiceId: null,
  ...changes,
})

const line = (changes: Partial<GatewayInvoiceLine>): GatewayInvoiceLine => ({
  id: 'il_1',
  description: '',
  kind: 'plan',
  plan: 'pro',
  metric: null,
  isProration: false,
  period,
  amount: 1900n,
  discount: 0n,
  tax: 0n,
  ...changes,
})

const invoice = (changes: Partial<GatewayInvoice> = {}): GatewayInvoice => ({
  id: 'in_1',
  customerId: 'cus_1',
  subscriptionId: 'sub_1',
  status: 'paid',
  reason: 'first',
  currency: 'eur',
  createdAt: period.from,
  finalizedAt: period.from,
  paidAt: period.from,
  voidedAt: null,
  period,
  lines: [line({})],
  subtotal: 1900n,
  discount: 0n,
  tax: 0n,
  total: 1900n,
  fromBalance: 0n,
  amountDue: 1900n,
  amountPaid: 1900n,
  credited: 0n,
  attempts: 1,
  nextAttemptAt: null,
  failure: null,
  hostedUrl: null,
  ...changes,
})

test('the subscription that lives counts, one that was never paid does not', () => {
  const ended = subscription({ id: 'sub_old', status: 'cancelled', startedAt: at('11-24T00:00:00') })
  const never = subscription({ id: 'sub_new', status: 'incomplete', startedAt: at('11-25T00:00:00') })
  expect(currentSubscription([never, ended, subscription()])?.id).toBe('sub_1')
  expect(currentSubscription([never, ended])?.id).toBe('sub_old')
  expect(readProvider([never])).toMatchObject({ providerStatus: 'none', plan: 'free', hadTrial: false })
  expect(readProvider([ended])).toMatchObject({ providerStatus: 'cancelled', plan: 'free', providerId: null })
})

test('a plan holds from the hour of its period on, a change within it from the next hour on', () => {
  const changedAt = at('12-01T10:13:00')
  const change = invoice({
    id: 'in_2',
    reason: 'change',
    lines: [
      line({ isProration: true, amount: -1400n, period: { from: changedAt, to: period.to } }),
      line({ isProration: true, amount: 7300n, plan: 'team', period: { from: changedAt, to: period.to } }),
    ],
  })
  const team = subscription({ sold: { plan: 'team', priceVersion } })
  const expected = [
    { startsAt: at('11-23T13:00:00'), plan: 'pro', priceVersion },
    { startsAt: at('12-01T11:00:00'), plan: 'team', priceVersion },
  ]
  expect(readSpans([team], [invoice(), change], () => priceVersion)).toEqual(expected)
  expect(readSpans([team], [change, invoice()], () => priceVersion)).toEqual(expected)
})

test('after its end the free plan holds; drafts and void invoices say nothing', () => {
  const ended = subscription({ status: 'cancelled', endedAt: period.to })
  const others = [invoice({ status: 'void' }), invoice({ status: 'draft' })]
  expect(readSpans([ended], [invoice(), ...others], () => priceVersion)).toEqual([
    { startsAt: at('11-23T13:00:00'), plan: 'pro', priceVersion },
    { startsAt: at('12-23T13:00:00'), plan: 'free', priceVersion },
  ])
})

test('debt is what the provider tried to collect and could not, since the oldest', () => {
  const failed = invoice({ status: 'open', failure: 'insufficient_funds' })
  const later = { ...failed, finalizedAt: period.to }
  expect(unpaidSince([invoice(), later, failed])).toEqual(period.from)
  expect(unpaidSince([invoice({ status: 'open', attempts: 0 }), invoice({ status: 'void' })])).toBeNull()
  expect(unpaidSince([invoice({ status: 'uncollectible' })])).toEqual(period.from)
})

test('periods are full hours that follow each other, without a subscription the calendar month', () => {
  expect(ratingPeriod(period)).toEqual({ from: at('11-23T13:00:00'), to: at('12-23T13:00:00') })
  expect(calendarMonth(at('12-31T23:59:59'))).toEqual({
    from: at('12-01T00:00:00'),
    to: new Date('2027-01-01T00:00:00Z'),
  })
})

test('debt goes before what the provider says of the subscription', () => {
  expect(statusOf('active', 'none')).toBe('active')
  expect(statusOf('past-due', 'restricted')).toBe('restricted')
  expect(statusOf('cancelled', 'deleted')).toBe('cancelled')
})

test('up is now, down waits and must fit', () => {
  expect([isUpgrade('free', 'pro'), isUpgrade('team', 'pro'), isUpgrade('pro', 'pro')]).toEqual([
    true,
    false,
    false,
  ])
  expect(obstaclesOf(free, { projects: 12, members: 3 })).toEqual(['12 projects, Free has 2.'])
})
