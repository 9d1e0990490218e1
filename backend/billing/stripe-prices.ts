// What is sold, at Stripe: one licensed price per plan, version and currency; one meter per metric whose unit is one minor unit of money, with one
// price of one minor unit for it. Tiers and quotas stay in our price book (docs/specs/stripe.md).
import type Stripe from 'stripe'
import { METRICS, Metric } from '#contract/billing/metrics.ts'
import { PlanId } from '#contract/billing/price-book.ts'
import { PaymentError, type SoldPlan } from './gateway.ts'

/** What a price is for; null: not one of ours. */
export type PriceMeaning =
  ({ readonly kind: 'plan' } & SoldPlan) | { readonly kind: 'usage'; readonly metric: Metric } | null

export const ALL_METRICS: readonly Metric[] = Metric.options

export const planProductId = (plan: PlanId): string => `nebuladb_plan_${plan}`
export const usageProductId = (metric: Metric): string => `nebuladb_usage_${metric.replaceAll('-', '_')}`
/** `plan_pro_2026-11-01_eur` */
export const planLookupKey = (sold: SoldPlan, currency: string): string =>
  `plan_${sold.plan}_${sold.priceVersion}_${currency}`
/** `usage_api-rows_eur` */
export const usageLookupKey = (metric: Metric, currency: string): string => `usage_${metric}_${currency}`
/** The name under which a metric is reported. */
export const meterEventName = (metric: Metric): string => `nebuladb_${metric.replaceAll('-', '_')}`
export const metricOfEventName = (name: string): Metric | null =>
  ALL_METRICS.find((metric) => meterEventName(metric) === name) ?? null
export const meterTitle = (metric: Metric): string => `${METRICS[metric].title} (minor units)`

/** Reads what we wrote into a price's metadata. */
export function meaningOf(price: Pick<Stripe.Price, 'metadata'>): PriceMeaning {
  const metric = Metric.safeParse(price.metadata['metric'])
  if (metric.success) return { kind: 'usage', metric: metric.data }
  const plan = PlanId.safeParse(price.metadata['plan'])
  const priceVersion = price.metadata['price_version']
  if (!plan.success || priceVersion === undefined) return null
  return { kind: 'plan', plan: plan.data, priceVersion }
}

/** Prices and meters, read once: what they mean never changes. */
export interface PriceCatalogue {
  /** Of a price by its id. */
  meaning(priceId: string): Promise<PriceMeaning>
  /** Ids of the base price and of every metric's price. @throws PaymentError refused, when prices were not synced */
  itemsOf(sold: SoldPlan, currency: string): Promise<{ base: string; usage: ReadonlyMap<Metric, string> }>
  /** @throws PaymentError refused, when meters were not synced */
  meters(): Promise<ReadonlyMap<Metric, string>>
}

/** Stripe takes at most 10 lookup keys at once. */
const LOOKUP_KEYS = 10

export function createPriceCatalogue(client: Stripe): PriceCatalogue {
  const meanings = new Map<string, PriceMeaning>()
  const ids = new Map<string, string>()
  let meterIds: ReadonlyMap<Metric, string> | null = null

  async function lookUp(keys: readonly string[]): Promise<void> {
    const missing = keys.filter((key) => !ids.has(key))
    for (let start = 0; start < missing.length; start += LOOKUP_KEYS) {
      const found = await client.prices.list({
        lookup_keys: missing.slice(start, start + LOOKUP_KEYS),
        active: true,
        limit: 100,
      })
      for (const price of found.data) {
        if (price.lookup_key !== null) ids.set(price.lookup_key, price.id)
        meanings.set(price.id, meaningOf(price))
      }
    }
  }

  function idOfKey(key: string): string {
    const id = ids.get(key)
    if (id === undefined)
      throw new PaymentError('refused', `Stripe has no price ${key}. Run npm run billing:prices -- --apply.`)
    return id
  }

  return {
    async meaning(priceId) {
      const known = meanings.get(priceId)
      if (known !== undefined) return known
      const meaning = meaningOf(await client.prices.retrieve(priceId))
      meanings.set(priceId, meaning)
      return meaning
    },

    async itemsOf(sold, currency) {
      const baseKey = planLookupKey(sold, currency)
      await lookUp([baseKey, ...ALL_METRICS.map((metric) => usageLookupKey(metric, currency))])
      return {
        base: idOfKey(baseKey),
        usage: new Map(ALL_METRICS.map((metric) => [metric, idOfKey(usageLookupKey(metric, currency))])),
      }
    },

    async meters() {
      if (meterIds !== null) return meterIds
      const found = new Map<Metric, string>()
      for await (const meter of client.billing.meters.list({ status: 'active', limit: 100 })) {
        const metric = metricOfEventName(meter.event_name)
        if (metric !== null) found.set(metric, meter.id)
      }
      const missing = ALL_METRICS.filter((metric) => !found.has(metric))
      if (missing.length > 0)
        throw new PaymentError(
          'refused',
          `Stripe has no meter for ${missing.join(', ')}. Run npm run billing:prices -- --apply.`,
        )
      meterIds = found
      return found
    },
  }
}
