// Stripe's hosted pages: first payment, set-up of a payment method, portal. Card data is typed there and never reaches us.
import type Stripe from 'stripe'
import { PaymentError, type HostedPage, type HostedPageState, type PaymentGateway } from './gateway.ts'
import { attempt, idOf, type StripeConfig } from './stripe-client.ts'
import { PORTAL_MARK } from './stripe-price-sync.ts'
import type { PriceCatalogue } from './stripe-prices.ts'

type PageCalls = Pick<
  PaymentGateway,
  'createCheckout' | 'createSetup' | 'createPortal' | 'hostedPage' | 'expireHostedPage'
>

function pageOf(session: Stripe.Checkout.Session): HostedPage {
  if (session.url === null)
    throw new PaymentError('refused', `Session ${session.id} is ${session.status ?? 'over'} and has no page.`)
  return { session: session.id, url: session.url }
}

const STATES: Readonly<Record<string, HostedPageState['state']>> = {
  complete: 'complete',
  expired: 'expired',
}

export function createStripePages(
  client: Stripe,
  config: StripeConfig,
  catalogue: PriceCatalogue,
): PageCalls {
  const automaticTax = config.automaticTax ?? true
  let portalConfiguration: string | null = null

  async function findPortalConfiguration(): Promise<string> {
    if (portalConfiguration !== null) return portalConfiguration
    for await (const found of client.billingPortal.configurations.list({ active: true, limit: 100 }))
      if (found.metadata?.['nebuladb'] === PORTAL_MARK.nebuladb) {
        portalConfiguration = found.id
        return found.id
      }
    throw new PaymentError('refused', 'Stripe has no portal of ours. Run npm run billing:prices -- --apply.')
  }

  return {
    createCheckout: (options) =>
      attempt(async () => {
        const items = await catalogue.itemsOf(options, options.currency)
        const metadata = { organisation_id: options.organisationId }
        const session = await client.checkout.sessions.create(
          {
            mode: 'subscription',
            customer: options.customerId,
            client_reference_id: options.organisationId,
            line_items: [
              { price: items.base, quantity: 1 },
              ...[...items.usage.values()].map((price) => ({ price })),
            ],
            subscription_data: {
              metadata,
              // Itemized: the lines of a change are our prices' parts, and discounts are told apart from them.
              billing_mode: { type: 'flexible', flexible: { proration_discounts: 'itemized' } },
              ...(options.trialDays > 0 ? { trial_period_days: options.trialDays } : {}),
            },
            ...(options.coupon === null ? {} : { discounts: [{ coupon: options.coupon }] }),
            automatic_tax: { enabled: automaticTax },
            billing_address_collection: 'required',
            customer_update: { address: 'auto', name: 'auto' },
            tax_id_collection: { enabled: true },
            metadata,
            success_url: options.successUrl,
            cancel_url: options.cancelUrl,
          },
          { idempotencyKey: options.key },
        )
        return pageOf(session)
      }),

    createSetup: (options) =>
      attempt(async () => {
        const session = await client.checkout.sessions.create(
          {
            mode: 'setup',
            customer: options.customerId,
            currency: options.currency,
            success_url: options.successUrl,
            cancel_url: options.cancelUrl,
          },
          { idempotencyKey: options.key },
        )
        return pageOf(session)
      }),

    createPortal: ({ customerId, returnUrl }) =>
      attempt(async () => {
        const session = await client.billingPortal.sessions.create({
          customer: customerId,
          return_url: returnUrl,
          configuration: await findPortalConfiguration(),
        })
        return { session: session.id, url: session.url }
      }),

    hostedPage: (id) =>
      attempt(async () => {
        const session = await client.checkout.sessions.retrieve(id, { expand: ['setup_intent'] })
        const intent = session.setup_intent
        return {
          state: STATES[session.status ?? 'open'] ?? 'open',
          purpose: session.mode === 'setup' ? 'setup' : 'checkout',
          customerId: idOf(session.customer),
          subscriptionId: idOf(session.subscription),
          paymentMethodId: intent === null || typeof intent === 'string' ? null : idOf(intent.payment_method),
        }
      }),

    expireHostedPage: (id) =>
      attempt(async () => {
        await client.checkout.sessions.expire(id)
      }),
  }
}
