// Tax, coupons, prorations and entitlements of the fake, through the real client.
import type Stripe from 'stripe'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startStripeFake, type StripeFake } from './fake.ts'
import { at, clientOf, customerWithCard, meteredPrice } from './fixtures.ts'

let fake: StripeFake
let stripe: Stripe

beforeEach(async () => {
  fake = await startStripeFake()
  stripe = clientOf(fake)
})
afterEach(() => fake.close())

describe('tax', () => {
  test.each([
    ['DE', null, 361],
    ['FR', null, 380],
    ['FR', 'FR12345678901', 0],
    ['DE', 'DE123456789', 361],
    ['US', null, 0],
  ])('in %s with tax id %s is %i on 1900', async (country, taxId, tax) => {
    const { base } = await meteredPrice(stripe)
    const customer = await customerWithCard(stripe, { address: { country } })
    if (taxId !== null) await stripe.customers.createTaxId(customer, { type: 'eu_vat', value: taxId })
    const made = await stripe.subscriptions.create({
      customer,
      items: [{ price: base }],
      automatic_tax: { enabled: true },
      billing_mode: { type: 'flexible' },
      payment_behavior: 'error_if_incomplete',
      expand: ['latest_invoice'],
    })
    expect(made.latest_invoice).toMatchObject({ subtotal: 1900, total: 1900 + tax })
  })
})

describe('an amount off', () => {
  test('is spread over the lines to the last minor unit', async () => {
    const { base, usage } = await meteredPrice(stripe)
    await stripe.coupons.create({ id: 'OFF', amount_off: 1000, currency: 'eur', duration: 'forever' })
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: at('2026-01-10T00:00:00Z') })
    const customer = await customerWithCard(stripe, { test_clock: clock.id })
    await stripe.subscriptions.create({
      customer,
      items: [{ price: base }, { price: usage }],
      discounts: [{ coupon: 'OFF' }],
      billing_mode: { type: 'flexible' },
      payment_behavior: 'error_if_incomplete',
    })
    const payload = { stripe_customer_id: customer, value: '101' }
    await stripe.billing.meterEvents.create({
      event_name: 'egress',
      payload,
      timestamp: at('2026-01-10T00:00:00Z'),
    })
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: at('2026-02-11T00:00:00Z') })
    const [invoice] = (await stripe.invoices.list({ customer })).data
    const parts = invoice?.lines.data.map((line) => line.discount_amounts?.[0]?.amount ?? 0) ?? []
    expect([invoice?.subtotal, invoice?.total, parts.reduce((total, part) => total + part, 0)]).toEqual([
      2001, 1001, 1000,
    ])
  })
})

describe('a proration of what a coupon lowered', () => {
  test.each([
    ['included', -950, 0],
    ['itemized', -1900, -950],
  ] as const)('is %s: %i with %i of it off', async (mode, amount, off) => {
    const { base } = await meteredPrice(stripe)
    const other = await stripe.prices.create({
      product: String((await stripe.prices.retrieve(base)).product),
      currency: 'eur',
      unit_amount: 9900,
      recurring: { interval: 'month' },
    })
    await stripe.coupons.create({ id: 'HALF', percent_off: 50, duration: 'once' })
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: at('2026-01-10T00:00:00Z') })
    const customer = await customerWithCard(stripe, { test_clock: clock.id })
    const made = await stripe.subscriptions.create({
      customer,
      items: [{ price: base }],
      discounts: [{ coupon: 'HALF' }],
      billing_mode: { type: 'flexible', flexible: { proration_discounts: mode } },
      payment_behavior: 'error_if_incomplete',
    })
    const preview = await stripe.invoices.createPreview({
      subscription: made.id,
      subscription_details: {
        items: [{ id: made.items.data[0]?.id ?? '', price: other.id }],
        proration_behavior: 'always_invoice',
        proration_date: at('2026-01-10T00:00:00Z'),
      },
    })
    const [credit] = preview.lines.data
    expect([credit?.amount, credit?.discount_amounts?.[0]?.amount, preview.total]).toEqual([
      amount,
      off,
      8950,
    ])
  })
})

describe('entitlements', () => {
  test('follow the products that are subscribed to', async () => {
    const { base } = await meteredPrice(stripe)
    const price = await stripe.prices.retrieve(base)
    const feature = await stripe.entitlements.features.create({ name: 'SSO', lookup_key: 'sso' })
    await stripe.products.createFeature(String(price.product), { entitlement_feature: feature.id })
    const customer = await customerWithCard(stripe)
    const keys = async () =>
      (await stripe.entitlements.activeEntitlements.list({ customer })).data.map((entry) => entry.lookup_key)
    expect(await keys()).toEqual([])
    const made = await stripe.subscriptions.create({
      customer,
      items: [{ price: base }],
      billing_mode: { type: 'flexible' },
      payment_behavior: 'error_if_incomplete',
    })
    expect(await keys()).toEqual(['sso'])
    await stripe.subscriptions.cancel(made.id)
    expect(await keys()).toEqual([])
  })
})
