// The payment gateway that is Stripe. What it sells and how is in docs/specs/stripe.md.
import { systemClock, type Clock } from '../clock.ts'
import type { PaymentGateway } from './gateway.ts'
import { attempt, createStripeClient, type StripeConfig } from './stripe-client.ts'
import { createStripeCustomers } from './stripe-customers.ts'
import { createStripeEvents } from './stripe-events.ts'
import { createStripeInvoices } from './stripe-invoices.ts'
import { createStripePages } from './stripe-pages.ts'
import { syncStripePrices } from './stripe-price-sync.ts'
import { createPriceCatalogue } from './stripe-prices.ts'
import { createStripeSubscriptions } from './stripe-subscriptions.ts'
import { createStripeUsage } from './stripe-usage.ts'

export type { StripeConfig } from './stripe-client.ts'

/** @param clock is asked when a webhook came; all other moments are Stripe's */
export function createStripeGateway(config: StripeConfig, clock: Clock = systemClock): PaymentGateway {
  const client = createStripeClient(config)
  const catalogue = createPriceCatalogue(client)
  return {
    ...createStripeCustomers(client, config),
    ...createStripePages(client, config, catalogue),
    ...createStripeSubscriptions(client, catalogue),
    ...createStripeInvoices(client, catalogue),
    ...createStripeUsage(client, catalogue),
    ...createStripeEvents(client, { webhookSecrets: config.webhookSecrets, clock }),
    syncPrices: (book, options) => attempt(() => syncStripePrices(client, book, options)),
  }
}
