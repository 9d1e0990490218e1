// Brings Stripe's products, prices and meters in line with a price book. Compares first, so that a second run changes nothing.
import type Stripe from 'stripe'
import { METRICS } from '#contract/billing/metrics.ts'
import type { Plan, PriceBook } from '#contract/billing/price-book.ts'
import type { PriceChange } from './gateway.ts'
import { idOf, toAmount } from './stripe-client.ts'
import {
  ALL_METRICS,
  meterEventName,
  meterTitle,
  planLookupKey,
  planProductId,
  usageLookupKey,
  usageProductId,
} from './stripe-prices.ts'

/** Marks the portal's configuration as ours. */
export const PORTAL_MARK = { nebuladb: 'portal' } as const
/** Stripe's tax code of "Infrastructure as a service, business use". */
const TAX_CODE = 'txcd_10010001'

interface Step extends PriceChange {
  readonly run: () => Promise<unknown>
}

/** Everything that Stripe has of ours, by our names. */
async function readExisting(client: Stripe) {
  const products = new Map<string, Stripe.Product>()
  for await (const product of client.products.list({ limit: 100 })) products.set(product.id, product)
  const prices = new Map<string, Stripe.Price>()
  for await (const price of client.prices.list({ limit: 100, active: true }))
    if (price.lookup_key !== null) prices.set(price.lookup_key, price)
  const meters = new Map<string, Stripe.Billing.Meter>()
  for await (const meter of client.billing.meters.list({ limit: 100 })) meters.set(meter.event_name, meter)
  return { products, prices, meters }
}

type Existing = Awaited<ReturnType<typeof readExisting>>

function productStep(
  client: Stripe,
  existing: Existing,
  wanted: { id: string; name: string; description: string },
): Step[] {
  const product = existing.products.get(wanted.id)
  const fields = { name: wanted.name, description: wanted.description, tax_code: TAX_CODE }
  if (product === undefined)
    return [
      {
        action: 'create',
        object: 'product',
        name: wanted.id,
        detail: wanted.name,
        run: () => client.products.create({ ...fields, id: wanted.id }),
      },
    ]
  const same =
    product.name === wanted.name &&
    product.description === wanted.description &&
    idOf(product.tax_code) === TAX_CODE &&
    product.active
  if (same) return []
  return [
    {
      action: 'update',
      object: 'product',
      name: wanted.id,
      detail: wanted.name,
      run: () => client.products.update(wanted.id, { ...fields, active: true }),
    },
  ]
}

/** Amounts of a price cannot change at Stripe: one that differs is replaced, and subscriptions keep the old one. */
function priceSteps(
  client: Stripe,
  existing: Existing,
  wanted: {
    key: string
    amount: bigint
    currency: string
    params: () => Omit<Stripe.PriceCreateParams, 'currency'>
  },
): Step[] {
  const price = existing.prices.get(wanted.key)
  const unit = toAmount(wanted.amount)
  if (price !== undefined && price.unit_amount === unit && price.currency === wanted.currency) return []
  const create: Step = {
    action: 'create',
    object: 'price',
    name: wanted.key,
    detail: `${wanted.amount} minor units (${wanted.currency})`,
    run: () =>
      client.prices.create({
        ...wanted.params(),
        currency: wanted.currency,
        unit_amount: unit,
        lookup_key: wanted.key,
        transfer_lookup_key: true,
      }),
  }
  if (price === undefined) return [create]
  const archive: Step = {
    action: 'archive',
    object: 'price',
    name: wanted.key,
    detail: `${price.unit_amount} minor units no longer hold`,
    run: () => client.prices.update(price.id, { active: false }),
  }
  return [create, archive]
}

function planSteps(client: Stripe, existing: Existing, book: PriceBook, plan: Plan): Step[] {
  // Free plans have no subscription; prices by agreement are made by hand.
  if (plan.monthlyPrice === null || plan.monthlyPrice === '0') return []
  const product = planProductId(plan.id)
  return [
    ...productStep(client, existing, {
      id: product,
      name: `NebulaDB ${plan.name}`,
      description: plan.description,
    }),
    ...priceSteps(client, existing, {
      key: planLookupKey({ plan: plan.id, priceVersion: book.version }, book.currency),
      amount: BigInt(plan.monthlyPrice),
      currency: book.currency,
      params: () => ({
        product,
        nickname: `${plan.name} ${book.version}`,
        tax_behavior: 'exclusive',
        recurring: { interval: 'month', usage_type: 'licensed' },
        metadata: { plan: plan.id, price_version: book.version },
      }),
    }),
  ]
}

function usageSteps(client: Stripe, existing: Existing, book: PriceBook): Step[] {
  return ALL_METRICS.flatMap((metric) => {
    const steps = productStep(client, existing, {
      id: usageProductId(metric),
      name: METRICS[metric].title,
      description: `${METRICS[metric].title} above what the plan includes`,
    })
    const eventName = meterEventName(metric)
    const meter = existing.meters.get(eventName)
    if (meter === undefined)
      steps.push({
        action: 'create',
        object: 'meter',
        name: eventName,
        detail: meterTitle(metric),
        run: async () => {
          const made = await client.billing.meters.create({
            display_name: meterTitle(metric),
            event_name: eventName,
            default_aggregation: { formula: 'sum' },
            customer_mapping: { type: 'by_id', event_payload_key: 'stripe_customer_id' },
            value_settings: { event_payload_key: 'value' },
          })
          existing.meters.set(eventName, made)
        },
      })
    else if (meter.status !== 'active')
      steps.push({
        action: 'update',
        object: 'meter',
        name: eventName,
        detail: 'active again',
        run: () => client.billing.meters.reactivate(meter.id),
      })
    const prices = priceSteps(client, existing, {
      key: usageLookupKey(metric, book.currency),
      amount: 1n,
      currency: book.currency,
      params: () => ({
        product: usageProductId(metric),
        nickname: METRICS[metric].title,
        tax_behavior: 'exclusive',
        recurring: {
          interval: 'month',
          usage_type: 'metered',
          // Made by the step before where it was missing.
          ...optionalMeter(existing.meters.get(eventName)),
        },
        metadata: { metric },
      }),
    })
    return [...steps, ...prices]
  })
}

const optionalMeter = (meter: Stripe.Billing.Meter | undefined): { meter?: string } =>
  meter === undefined ? {} : { meter: meter.id }

async function portalSteps(client: Stripe): Promise<Step[]> {
  for await (const configuration of client.billingPortal.configurations.list({ active: true, limit: 100 }))
    if (configuration.metadata?.['nebuladb'] === PORTAL_MARK.nebuladb) return []
  return [
    {
      action: 'create',
      object: 'portal',
      name: 'portal',
      detail: 'payment methods, invoices and billing details; plans change in the app',
      run: () =>
        client.billingPortal.configurations.create({
          name: 'NebulaDB',
          metadata: PORTAL_MARK,
          features: {
            customer_update: { enabled: true, allowed_updates: ['name', 'email', 'address', 'tax_id'] },
            invoice_history: { enabled: true },
            payment_method_update: { enabled: true },
            subscription_cancel: { enabled: false },
            subscription_update: { enabled: false },
          },
        }),
    },
  ]
}

/** @returns what was done, or with `apply: false` what would be, in order. Interrupted, the next run does the rest. */
export async function syncStripePrices(
  client: Stripe,
  book: PriceBook,
  options: { readonly apply: boolean },
): Promise<PriceChange[]> {
  const existing = await readExisting(client)
  const steps = [
    ...Object.values(book.plans).flatMap((plan) => planSteps(client, existing, book, plan)),
    ...usageSteps(client, existing, book),
    ...(await portalSteps(client)),
  ]
  if (options.apply) for (const step of steps) await step.run()
  return steps.map(({ action, object, name, detail }) => ({ action, object, name, detail }))
}
