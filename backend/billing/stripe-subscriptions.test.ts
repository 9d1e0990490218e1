// Subscriptions, invoices and usage through the real client against the fake, on a time of the test's own.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startStripeFake, type StripeFake } from '#testing/stripe/fake.ts'
import type { GatewaySubscription, PaymentGateway, SoldPlan } from './gateway.ts'
import { loadPriceBooks } from './price-book.ts'
import { createStripeClient } from './stripe-client.ts'
import { createStripeGateway } from './stripe.ts'

const ORGANISATION = '0194d1f0-0000-7000-8000-0000000000a1'
const [book] = loadPriceBooks().all
if (book === undefined) throw new Error('There is no price book.')
const pro: SoldPlan = { plan: 'pro', priceVersion: book.version }
const team: SoldPlan = { plan: 'team', priceVersion: book.version }
const priceOf = (sold: SoldPlan): bigint => BigInt(book.plans[sold.plan].monthlyPrice ?? 0)

let now = new Date('2026-01-31T10:00:00Z')
let fake: StripeFake
let gateway: PaymentGateway
let customerId: string

beforeEach(async () => {
  now = new Date('2026-01-31T10:00:00Z')
  fake = await startStripeFake({ now: () => now })
  gateway = createStripeGateway({ ...fake.config, maxRetries: 0 }, { now: () => now })
  await gateway.syncPrices(book, { apply: true })
  customerId = await gateway.ensureCustomer({
    organisationId: ORGANISATION,
    name: 'Films',
    email: null,
    address: null,
    taxId: null,
  })
})
afterEach(() => fake.close())

/** Time goes on to that moment, and what falls due happens. */
function goTo(moment: string | Date): void {
  now = new Date(moment)
  fake.tick()
}

async function begin(
  options: { trialDays?: number; coupon?: string; country?: string } = {},
): Promise<string> {
  const page = await gateway.createCheckout({
    ...pro,
    customerId,
    organisationId: ORGANISATION,
    currency: 'eur',
    trialDays: options.trialDays ?? 0,
    coupon: options.coupon ?? null,
    successUrl: 'https://example.com/done',
    cancelUrl: 'https://example.com/back',
    key: 'begin',
  })
  // No tax, so that amounts are those of the price book.
  fake.complete(page.session, { country: options.country ?? 'US' })
  return (await gateway.hostedPage(page.session)).subscriptionId ?? ''
}

const latest = async (subscription: GatewaySubscription) =>
  gateway.invoice(subscription.latestInvoiceId ?? '')
const client = () => createStripeClient(fake.config)

describe('a change of plan', () => {
  test('now charges to the minor unit what the preview said', async () => {
    const id = await begin()
    now = new Date('2026-02-10T22:13:07Z')
    const change = { ...team, subscriptionId: id, at: now, coupon: null }
    const preview = await gateway.previewChange(change)
    expect(preview.lines.map((line) => [line.plan, line.isProration, line.amount < 0n])).toEqual([
      ['pro', true, true],
      ['team', true, false],
    ])
    const changed = await gateway.changePlan({ ...change, key: 'up-1' })
    expect(changed.sold).toEqual(team)
    const invoice = await latest(changed)
    expect(invoice).toMatchObject({
      reason: 'change',
      status: 'paid',
      total: preview.total,
      amountPaid: preview.amountDue,
    })
    expect(invoice.lines.map((line) => line.amount)).toEqual(preview.lines.map((line) => line.amount))
  })

  test('that is repeated under its key is charged once', async () => {
    const id = await begin()
    now = new Date('2026-02-10T00:00:00Z')
    const change = { ...team, subscriptionId: id, at: now, coupon: null, key: 'up-1' }
    await gateway.changePlan(change)
    await gateway.changePlan(change)
    expect((await gateway.invoices(customerId)).length).toBe(2)
  })

  test('that cannot be paid changes nothing', async () => {
    const id = await begin()
    fake.setCards(customerId, 'insufficient_funds')
    now = new Date('2026-02-10T00:00:00Z')
    const before = await gateway.subscription(id)
    await expect(
      gateway.changePlan({ ...team, subscriptionId: id, at: now, coupon: null, key: 'up-1' }),
    ).rejects.toMatchObject({ reason: 'declined', code: 'insufficient_funds' })
    expect(await gateway.subscription(id)).toEqual(before)
    fake.setCards(customerId, 'authentication_required')
    await expect(
      gateway.changePlan({ ...team, subscriptionId: id, at: now, coupon: null, key: 'up-2' }),
    ).rejects.toMatchObject({ reason: 'needs-confirmation' })
  })

  test('at the end of the period happens then, without proration', async () => {
    const id = await begin()
    await gateway.changePlan({ ...team, subscriptionId: id, at: now, coupon: null, key: 'up' })
    const scheduled = await gateway.scheduleChange({ ...pro, subscriptionId: id, key: 'down' })
    expect(scheduled.scheduled).toEqual({ ...pro, at: scheduled.period.to })
    expect(scheduled.sold).toEqual(team)
    const upcoming = await gateway.upcomingInvoice(id)
    expect(upcoming.lines.filter((line) => line.kind === 'plan').map((line) => line.amount)).toEqual([
      priceOf(pro),
    ])
    goTo('2026-02-28T11:00:00Z')
    const after = await gateway.subscription(id)
    expect([after.sold, after.scheduled]).toEqual([pro, null])
    const invoice = await latest(after)
    expect([invoice.total, invoice.lines.some((line) => line.isProration)]).toEqual([priceOf(pro), false])
    // The schedule lets go after its last phase, and the subscription goes on.
    goTo('2026-05-01T00:00:00Z')
    expect((await gateway.subscription(id)).sold).toEqual(pro)
    expect([...fake.state.schedules.values()].map((schedule) => schedule.status)).toEqual(['released'])
  })

  test('that is scheduled can be replaced, taken back, and ends with a cancellation', async () => {
    const id = await begin()
    await gateway.scheduleChange({ ...team, subscriptionId: id, key: 's1' })
    await gateway.scheduleChange({ ...pro, subscriptionId: id, key: 's2' })
    expect((await gateway.subscription(id)).scheduled?.plan).toBe('pro')
    expect((await gateway.resume({ subscriptionId: id, key: 'r1' })).scheduled).toBeNull()
    await gateway.scheduleChange({ ...team, subscriptionId: id, key: 's3' })
    const cancelled = await gateway.cancel({ subscriptionId: id, when: 'period-end', key: 'c1' })
    expect([cancelled.scheduled, cancelled.cancelsAt]).toEqual([null, cancelled.period.to])
    const again = await gateway.scheduleChange({ ...team, subscriptionId: id, key: 's4' })
    expect([again.scheduled?.plan, again.cancelsAt]).toEqual(['team', null])
    const now_ = await gateway.changePlan({ ...team, subscriptionId: id, at: now, coupon: null, key: 'u1' })
    expect([now_.sold, now_.scheduled]).toEqual([team, null])
  })

  test('in a trial costs nothing and leaves the trial', async () => {
    const id = await begin({ trialDays: 14 })
    now = new Date('2026-02-05T00:00:00Z')
    const preview = await gateway.previewChange({ ...team, subscriptionId: id, at: now, coupon: null })
    expect(preview.total).toBe(0n)
    const changed = await gateway.changePlan({ ...team, subscriptionId: id, at: now, coupon: null, key: 'u' })
    expect([changed.status, changed.sold]).toEqual(['trialing', team])
    goTo('2026-02-14T12:00:00Z')
    const after = await gateway.subscription(id)
    expect([after.status, (await latest(after)).total]).toEqual(['active', priceOf(team)])
  })

  test('gives back what was really paid where a coupon lowered it', async () => {
    await client().coupons.create({ id: 'HALF', percent_off: 50, duration: 'once' })
    const id = await begin({ coupon: 'HALF' })
    const first = await latest(await gateway.subscription(id))
    expect([first.discount, first.total]).toEqual([priceOf(pro) / 2n, priceOf(pro) / 2n])
    const preview = await gateway.previewChange({ ...team, subscriptionId: id, at: now, coupon: null })
    expect(preview.lines.map((line) => [line.amount, line.discount])).toEqual([
      [-priceOf(pro), -priceOf(pro) / 2n],
      [priceOf(team), 0n],
    ])
    expect(preview.total).toBe(priceOf(team) - priceOf(pro) / 2n)
    const withCoupon = await gateway.previewChange({ ...team, subscriptionId: id, at: now, coupon: 'HALF' })
    expect(withCoupon.discount).toBe((priceOf(team) - priceOf(pro)) / 2n)
    const changed = await gateway.changePlan({
      ...team,
      subscriptionId: id,
      at: now,
      coupon: 'HALF',
      key: 'u',
    })
    expect((await latest(changed)).total).toBe(withCoupon.total)
  })
})

describe('the end of a period', () => {
  test('keeps to the day it began on, as far as a month has it', async () => {
    const id = await begin()
    const ends: string[] = []
    for (let month = 0; month < 4; month++) {
      const { period } = await gateway.subscription(id)
      ends.push(period.to.toISOString())
      goTo(period.to)
    }
    expect(ends.map((end) => end.slice(0, 10))).toEqual([
      '2026-02-28',
      '2026-03-31',
      '2026-04-30',
      '2026-05-31',
    ])
  })

  test('charges the usage that was reported until the draft is closed', async () => {
    const id = await begin()
    const report = (identifier: string, amount: bigint, at: string) =>
      gateway.reportUsage([{ identifier, customerId, metric: 'egress', amount, at: new Date(at) }])
    now = new Date('2026-02-20T00:00:00Z')
    await report('e1', 120n, '2026-02-19T12:00:00Z')
    await report('e1', 120n, '2026-02-19T12:00:00Z')
    goTo('2026-02-28T10:10:00Z')
    const draft = await latest(await gateway.subscription(id))
    expect([draft.status, draft.reason, draft.total]).toEqual(['draft', 'period', priceOf(pro) + 120n])
    await report('e2', 30n, '2026-02-28T09:00:00Z')
    await report('e3', 7n, '2026-02-28T10:00:00Z')
    const closed = await gateway.finalizeInvoice(draft.id, 'close')
    expect(closed).toMatchObject({ status: 'paid', total: priceOf(pro) + 150n })
    expect(
      closed.lines.filter((line) => line.amount !== 0n).map((line) => [line.kind, line.metric, line.amount]),
    ).toEqual([
      ['usage', 'egress', 150n],
      ['plan', null, priceOf(pro)],
    ])
  })

  test('usage is taken back by cancelling within a day, and by a negative report later', async () => {
    await begin()
    now = new Date('2026-02-03T10:00:00Z')
    const usage = { customerId, metric: 'compute', at: new Date('2026-02-03T09:00:00Z') } as const
    await gateway.reportUsage([
      { ...usage, identifier: 'c1', amount: 40n },
      { ...usage, identifier: 'c2', amount: 2n },
    ])
    await gateway.cancelUsage([
      { identifier: 'c1', metric: 'compute' },
      { identifier: 'never', metric: 'compute' },
    ])
    const period = { from: new Date('2026-02-01T00:00:00Z'), to: new Date('2026-02-10T00:00:00Z') }
    expect((await gateway.meterSummaries(customerId, period)).get('compute')).toBe(2n)
    now = new Date('2026-02-05T10:00:00Z')
    await expect(gateway.cancelUsage([{ identifier: 'c2', metric: 'compute' }])).rejects.toMatchObject({
      reason: 'refused',
    })
    await gateway.reportUsage([{ ...usage, identifier: 'c3', amount: -2n }])
    const totals = await gateway.meterSummaries(customerId, period)
    expect([totals.get('compute'), totals.size]).toEqual([0n, 9])
  })

  test('a cancelled subscription ends there with a last invoice of what was used', async () => {
    const id = await begin()
    const cancelled = await gateway.cancel({ subscriptionId: id, when: 'period-end', key: 'c' })
    expect(cancelled.cancelsAt).toEqual(cancelled.period.to)
    expect((await gateway.resume({ subscriptionId: id, key: 'r' })).cancelsAt).toBeNull()
    await gateway.cancel({ subscriptionId: id, when: 'period-end', key: 'c2' })
    const at = new Date('2026-02-10T00:00:00Z')
    now = at
    await gateway.reportUsage([{ identifier: 'x', customerId, metric: 'storage', amount: 5n, at }])
    goTo('2026-02-28T12:00:00Z')
    const ended = await gateway.subscription(id)
    expect([ended.status, ended.endedAt]).toEqual(['cancelled', new Date('2026-02-28T10:00:00Z')])
    expect(await latest(ended)).toMatchObject({ status: 'paid', total: 5n })
    await expect(gateway.resume({ subscriptionId: id, key: 'r2' })).rejects.toMatchObject({
      reason: 'refused',
    })
  })

  test('credit pays first', async () => {
    const id = await begin()
    await gateway.grantCredit({ customerId, amount: 500n, currency: 'eur', description: 'Sorry', key: 'g' })
    goTo('2026-02-28T12:00:00Z')
    const invoice = await latest(await gateway.subscription(id))
    expect(invoice).toMatchObject({
      fromBalance: -500n,
      amountDue: priceOf(pro) - 500n,
      amountPaid: priceOf(pro) - 500n,
    })
    expect((await gateway.customer(customerId)).balance).toBe(0n)
  })
})

test('an invoice is read with all of its lines, also those that do not come with it', async () => {
  const id = await begin()
  const stored = fake.state.invoices.get((await gateway.subscription(id)).latestInvoiceId ?? '')
  const [line] = stored?.lines.data ?? []
  if (stored === undefined || line === undefined) throw new Error('There is no first invoice.')
  // As somebody adds them by hand.
  stored.lines.data.push(
    ...Array.from({ length: 14 }, (_, index) => ({
      ...line,
      id: `il_${index}`,
      description: `Extra ${index}`,
      pricing: null,
      parent: null,
    })),
  )
  const invoice = await gateway.invoice(stored.id)
  expect(invoice.lines.map((entry) => entry.kind)).toEqual([
    'plan',
    ...Array.from({ length: 14 }, () => 'other'),
  ])
  expect(invoice.lines.at(-1)?.description).toBe('Extra 13')
  expect((await gateway.invoices(customerId))[0]?.lines.length).toBe(15)
})

describe('a payment that fails', () => {
  test('is tried again on some days, makes the subscription past due and then unpaid, and is mended by paying', async () => {
    const id = await begin()
    fake.setCards(customerId, 'generic_decline')
    goTo('2026-02-28T12:00:00Z')
    const failing = await gateway.subscription(id)
    const open = await latest(failing)
    expect([failing.status, open.status, open.attempts, open.failure]).toEqual([
      'past-due',
      'open',
      1,
      'generic_decline',
    ])
    expect(open.nextAttemptAt).toEqual(new Date('2026-03-03T11:00:00Z'))
    await expect(gateway.payInvoice(open.id, 'p1')).rejects.toMatchObject({ reason: 'declined' })
    goTo('2026-03-27T00:00:00Z')
    expect((await gateway.subscription(id)).status).toBe('unpaid')
    expect((await gateway.invoices(customerId))[0]).toMatchObject({
      nextAttemptAt: null,
      failure: 'generic_decline',
    })
    fake.setCards(customerId, null)
    expect((await gateway.payInvoice(open.id, 'p2')).status).toBe('paid')
    expect((await gateway.subscription(id)).status).toBe('active')
  })

  test('can be given up: the invoice is void', async () => {
    const id = await begin()
    fake.setCards(customerId, 'generic_decline')
    goTo('2026-02-28T12:00:00Z')
    const open = await latest(await gateway.subscription(id))
    expect(await gateway.voidInvoice(open.id, 'v')).toMatchObject({ status: 'void', nextAttemptAt: null })
    await gateway.cancel({ subscriptionId: id, when: 'now', key: 'c' })
    expect((await gateway.subscription(id)).status).toBe('cancelled')
  })
})

describe('refunds', () => {
  test('give back part of a paid invoice with its tax, once per key and never more than was paid', async () => {
    const id = await begin({ country: 'DE' })
    const invoice = await latest(await gateway.subscription(id))
    const note = await gateway.refund({ invoiceId: invoice.id, amount: 595n, reason: 'Sorry', key: 'r1' })
    expect(note).toMatchObject({ invoiceId: invoice.id, amount: 595n, tax: 95n })
    expect(note.refundId).toMatch(/^re_/)
    await gateway.refund({ invoiceId: invoice.id, amount: 595n, reason: 'Sorry', key: 'r1' })
    expect(await gateway.creditNotes(invoice.id)).toEqual([note])
    expect((await gateway.invoice(invoice.id)).credited).toBe(595n)
    await expect(
      gateway.refund({ invoiceId: invoice.id, amount: invoice.total, reason: 'All', key: 'r2' }),
    ).rejects.toMatchObject({ reason: 'refused' })
  })

  test('lower what an open invoice asks for', async () => {
    const id = await begin()
    fake.setCards(customerId, 'generic_decline')
    goTo('2026-02-28T12:00:00Z')
    const open = await latest(await gateway.subscription(id))
    expect(
      await gateway.refund({ invoiceId: open.id, amount: 100n, reason: 'Outage', key: 'r' }),
    ).toMatchObject({ refundId: null })
    expect((await gateway.invoice(open.id)).amountDue).toBe(priceOf(pro) - 100n)
  })
})
