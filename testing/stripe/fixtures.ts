// What tests of the fake begin with, made through the real client.
import Stripe from 'stripe'
import type { StripeFake } from './fake.ts'

/** The real client, talking to a fake. */
export const clientOf = (fake: StripeFake): Stripe =>
  new Stripe(fake.config.apiKey, {
    host: '127.0.0.1',
    port: fake.config.port,
    protocol: 'http',
    maxNetworkRetries: 0,
  })

/** Seconds, as Stripe counts. */
export const at = (moment: string): number => Date.parse(moment) / 1000

/** A product at 19.00 a month, and a meter `egress` at one cent a unit. */
export async function meteredPrice(stripe: Stripe): Promise<{ meter: string; base: string; usage: string }> {
  const product = await stripe.products.create({ name: 'Pro' })
  const meter = await stripe.billing.meters.create({
    display_name: 'Egress',
    event_name: 'egress',
    default_aggregation: { formula: 'sum' },
  })
  const common = { product: product.id, currency: 'eur' }
  const base = await stripe.prices.create({ ...common, unit_amount: 1900, recurring: { interval: 'month' } })
  const usage = await stripe.prices.create({
    ...common,
    unit_amount: 1,
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
  })
  return { meter: meter.id, base: base.id, usage: usage.id }
}

/** A customer whose default card is one of the test numbers. @returns its id */
export async function customerWithCard(
  stripe: Stripe,
  params: Stripe.CustomerCreateParams = {},
  number = '4242424242424242',
): Promise<string> {
  const customer = await stripe.customers.create(params)
  const method = await stripe.paymentMethods.create({
    type: 'card',
    card: { number, exp_month: 1, exp_year: 2030 },
  })
  await stripe.paymentMethods.attach(method.id, { customer: customer.id })
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } })
  return customer.id
}
