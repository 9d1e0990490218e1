// Usage at Stripe: its meters count minor units of money, what an hour of a metric cost by our own rating.
import type Stripe from 'stripe'
import type { Metric } from '#contract/billing/metrics.ts'
import { PaymentError, type PaymentGateway, type UsageReport } from './gateway.ts'
import { attempt, toPaymentError, toSeconds } from './stripe-client.ts'
import { meterEventName, type PriceCatalogue } from './stripe-prices.ts'

type UsageCalls = Pick<PaymentGateway, 'reportUsage' | 'cancelUsage' | 'meterSummaries'>

/** Calls at once: one customer and meter at a time is Stripe's rule, and reports of one flush are rarely of the same. */
const CONCURRENCY = 4
/** Stripe's words for an identifier that it has. */
const DUPLICATE = /already exists/i

async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items]
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
}

export function createStripeUsage(client: Stripe, catalogue: PriceCatalogue): UsageCalls {
  async function report(usage: UsageReport): Promise<void> {
    try {
      await client.billing.meterEvents.create(
        {
          event_name: meterEventName(usage.metric),
          identifier: usage.identifier,
          timestamp: toSeconds(usage.at),
          payload: { stripe_customer_id: usage.customerId, value: String(usage.amount) },
        },
        { idempotencyKey: usage.identifier },
      )
    } catch (error) {
      const failure = toPaymentError(error)
      if (failure instanceof PaymentError && failure.reason === 'refused' && DUPLICATE.test(failure.message))
        return
      throw failure
    }
  }

  async function takeBack(usage: Pick<UsageReport, 'identifier' | 'metric'>): Promise<void> {
    try {
      await client.billing.meterEventAdjustments.create(
        {
          event_name: meterEventName(usage.metric),
          type: 'cancel',
          cancel: { identifier: usage.identifier },
        },
        { idempotencyKey: `cancel:${usage.identifier}` },
      )
    } catch (error) {
      const failure = toPaymentError(error)
      if (failure instanceof PaymentError && failure.reason === 'not-found') return
      throw failure
    }
  }

  return {
    reportUsage: (reports) => eachOf(reports, report),
    cancelUsage: (reports) => eachOf(reports, takeBack),

    meterSummaries: (customerId, period) =>
      attempt(async () => {
        const totals = new Map<Metric, bigint>()
        for (const [metric, meter] of await catalogue.meters()) {
          let total = 0n
          const summaries = client.billing.meters.listEventSummaries(meter, {
            customer: customerId,
            start_time: toSeconds(period.from),
            end_time: toSeconds(period.to),
            limit: 100,
          })
          for await (const summary of summaries) total += BigInt(summary.aggregated_value)
          totals.set(metric, total)
        }
        return totals
      }),
  }
}
