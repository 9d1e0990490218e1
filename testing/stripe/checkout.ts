// Checkout sessions: the first payment of a subscription, and the set-up of a payment method. The page is in pages.ts.
import type Stripe from 'stripe'
import { z } from 'zod'
import { beyond, invalid } from './errors.ts'
import { createSetupIntent } from './intents.ts'
import { isMetered } from './invoice-lines.ts'
import { attach, createCard, declineOf } from './payment-methods.ts'
import { bool, int, metadata, page, paging, route, type Route } from './route.ts'
import { get, getCustomer, newest, refId, type StripeState } from './state.ts'
import { beginSubscription } from './subscription-life.ts'
import { billingMode, discountsInput } from './subscriptions.ts'

const DAY = 24 * 3600
const enabled = z.strictObject({ enabled: bool })

/** What the session does when it is completed; Stripe keeps it to itself. */
export interface CheckoutPlan {
  readonly items: readonly { readonly price: string; readonly quantity?: number | undefined }[]
  readonly trialDays: number
  readonly coupon: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly takesAddress: boolean
  readonly isItemized: boolean
}

export interface Checkout {
  readonly routes: Route[]
  /** A person filled in the page. @throws StripeFailure 402 when the card is refused; the page stays open */
  complete(id: string, input: CheckoutInput): Stripe.Checkout.Session
  planOf(id: string): CheckoutPlan | undefined
}

export interface CheckoutInput {
  readonly number: string
  readonly expMonth?: number
  readonly expYear?: number
  readonly name?: string
  /** Two letters. */
  readonly country?: string
}

export function createCheckout(state: StripeState): Checkout {
  const plans = new Map<string, CheckoutPlan>()
  const find = (id: string): Stripe.Checkout.Session => get(state.sessions, 'checkout.session', id)

  function makeSession(input: {
    mode: 'subscription' | 'setup'
    customer: string
    currency: string
    successUrl: string
    cancelUrl: string | null
    reference: string | null
    metadata: Record<string, string>
    automaticTax: boolean
  }): Stripe.Checkout.Session {
    const id = state.id('cs_test')
    const now = state.now(input.customer)
    const session: Stripe.Checkout.Session = {
      id,
      object: 'checkout.session',
      adaptive_pricing: null,
      after_expiration: null,
      allow_promotion_codes: null,
      allowed_payment_method_types: null,
      amount_subtotal: null,
      amount_total: null,
      automatic_tax: { enabled: input.automaticTax, liability: null, provider: null, status: null },
      billing_address_collection: null,
      cancel_url: input.cancelUrl,
      client_reference_id: input.reference,
      client_secret: null,
      collected_information: null,
      consent: null,
      consent_collection: null,
      created: now,
      currency: input.currency,
      currency_conversion: null,
      custom_fields: [],
      custom_text: {
        after_submit: null,
        shipping_address: null,
        submit: null,
        terms_of_service_acceptance: null,
      },
      customer: input.customer,
      customer_account: null,
      customer_creation: null,
      customer_details: null,
      customer_email: null,
      discounts: [],
      expires_at: now + DAY,
      integration_identifier: null,
      invoice: null,
      invoice_creation: null,
      livemode: false,
      locale: null,
      managed_payments: null,
      metadata: input.metadata,
      mode: input.mode,
      origin_context: null,
      payment_intent: null,
      payment_link: null,
      payment_method_collection: 'always',
      payment_method_configuration_details: null,
      payment_method_options: null,
      payment_method_types: ['card'],
      payment_status: input.mode === 'setup' ? 'no_payment_required' : 'unpaid',
      permissions: null,
      recovered_from: null,
      saved_payment_method_options: null,
      setup_intent: null,
      shipping_address_collection: null,
      shipping_cost: null,
      shipping_options: [],
      status: 'open',
      submit_type: null,
      subscription: null,
      success_url: input.successUrl,
      total_details: null,
      ui_mode: 'hosted_page',
      url: `${state.origin}/pay/${id}`,
      wallet_options: null,
    }
    state.sessions.set(id, session)
    return session
  }

  const routes: Route[] = [
    route(
      'POST /v1/checkout/sessions',
      {
        mode: z.enum(['subscription', 'setup', 'payment']),
        customer: z.string(),
        client_reference_id: z.string().optional(),
        currency: z.string().optional(),
        line_items: z
          .array(z.strictObject({ price: z.string(), quantity: int.optional() }))
          .max(20)
          .optional(),
        subscription_data: z
          .strictObject({
            metadata: metadata.optional(),
            billing_mode: billingMode,
            trial_period_days: int.optional(),
            description: z.string().optional(),
          })
          .optional(),
        discounts: discountsInput.optional(),
        automatic_tax: enabled.optional(),
        billing_address_collection: z.enum(['auto', 'required']).optional(),
        customer_update: z
          .strictObject({
            address: z.enum(['auto', 'never']).optional(),
            name: z.enum(['auto', 'never']).optional(),
          })
          .optional(),
        tax_id_collection: enabled.optional(),
        metadata: metadata.optional(),
        success_url: z.url(),
        cancel_url: z.url().optional(),
      },
      (input) => {
        if (input.mode === 'payment') throw beyond('checkouts that are not of a subscription')
        const customer = getCustomer(state, input.customer)
        const items = input.line_items ?? []
        if ((input.mode === 'subscription') !== items.length > 0)
          throw invalid('line_items go with the mode subscription.', { param: 'line_items' })
        const prices = items.map((item) => get(state.prices, 'price', item.price, 'line_items[0][price]'))
        for (const [index, price] of prices.entries())
          if (isMetered(price) && items[index]?.quantity !== undefined)
            throw invalid('Quantity should not be specified where usage_type is metered.', {
              param: `line_items[${index}][quantity]`,
            })
          else if (!isMetered(price) && items[index]?.quantity === undefined)
            throw invalid('Quantity is required.', { param: `line_items[${index}][quantity]` })
        if (
          input.automatic_tax?.enabled === true &&
          input.customer_update?.address !== 'auto' &&
          customer.address === null
        )
          throw invalid('Automatic tax calculation in Checkout requires a valid address on the Customer.', {
            code: 'customer_tax_location_invalid',
          })
        if (input.tax_id_collection?.enabled === true && input.customer_update?.name !== 'auto')
          throw invalid('Tax ID collection requires updating the customer name.', {
            param: 'customer_update[name]',
          })
        const coupon = input.discounts?.[0]?.coupon ?? null
        if (coupon !== null && !get(state.coupons, 'coupon', coupon, 'discounts[0][coupon]').valid)
          throw invalid(`Coupon expired: ${coupon}`, { code: 'coupon_expired' })
        const session = makeSession({
          mode: input.mode,
          customer: customer.id,
          currency: prices[0]?.currency ?? input.currency ?? 'eur',
          successUrl: input.success_url,
          cancelUrl: input.cancel_url ?? null,
          reference: input.client_reference_id ?? null,
          metadata: input.metadata ?? {},
          automaticTax: input.automatic_tax?.enabled ?? false,
        })
        plans.set(session.id, {
          items,
          trialDays: input.subscription_data?.trial_period_days ?? 0,
          coupon,
          metadata: input.subscription_data?.metadata ?? {},
          takesAddress: input.customer_update?.address === 'auto',
          isItemized: input.subscription_data?.billing_mode.flexible?.proration_discounts === 'itemized',
        })
        return session
      },
    ),
    route('GET /v1/checkout/sessions', { ...paging, customer: z.string().optional() }, (input) =>
      page(
        '/v1/checkout/sessions',
        newest(state.sessions).filter(
          (session) => input.customer === undefined || session.customer === input.customer,
        ),
        input,
      ),
    ),
    route('GET /v1/checkout/sessions/:id', {}, (_, id) => find(id)),
    route('POST /v1/checkout/sessions/:id/expire', {}, (_, id) => {
      const session = find(id)
      if (session.status !== 'open')
        throw invalid(
          `Only Checkout Sessions with a status in ["open"] can be expired. This one is ${session.status ?? ''}.`,
        )
      expireSession(state, session)
      return session
    }),
  ]

  function complete(id: string, input: CheckoutInput): Stripe.Checkout.Session {
    const session = find(id)
    if (session.status !== 'open') throw invalid('This page is over.', { code: 'session_over' })
    const customer = getCustomer(state, refId(session.customer) ?? '')
    const plan = plans.get(id)
    const method = createCard(state, {
      number: input.number,
      expMonth: input.expMonth ?? 12,
      expYear: input.expYear ?? 2034,
    })
    const before = { address: customer.address, name: customer.name }
    if (plan?.takesAddress === true) {
      if (input.country !== undefined && input.country !== '')
        customer.address = {
          line1: customer.address?.line1 ?? null,
          line2: customer.address?.line2 ?? null,
          city: customer.address?.city ?? null,
          postal_code: customer.address?.postal_code ?? null,
          state: customer.address?.state ?? null,
          country: input.country.toUpperCase(),
        }
      if (input.name !== undefined && input.name !== '') customer.name = input.name
    }
    attach(state, method, customer.id)
    if (session.mode === 'setup') session.setup_intent = createSetupIntent(state, customer.id, method.id).id
    else {
      // The person is there and confirms, so a card that only fails later, without them, passes now.
      const later = declineOf(state, method.id)
      state.cards.set(method.id, null)
      try {
        const subscription = beginSubscription(state, {
          customer: customer.id,
          items: plan?.items ?? [],
          trialDays: plan?.trialDays ?? 0,
          coupon: plan?.coupon ?? null,
          automaticTax: session.automatic_tax.enabled,
          isItemized: plan?.isItemized ?? false,
          paymentMethod: method.id,
          metadata: plan?.metadata ?? {},
        })
        session.subscription = subscription.id
        session.invoice = refId(subscription.latest_invoice)
        const invoice = state.invoices.get(session.invoice ?? '')
        session.amount_subtotal = invoice?.subtotal ?? null
        session.amount_total = invoice?.total ?? null
        session.payment_status = invoice?.amount_due === 0 ? 'no_payment_required' : 'paid'
      } catch (error) {
        Object.assign(customer, before)
        throw error
      } finally {
        state.cards.set(method.id, later)
      }
      state.emit('customer.updated', customer, customer.id)
    }
    session.status = 'complete'
    session.url = null
    session.customer_details = {
      address: customer.address ?? null,
      business_name: null,
      email: customer.email,
      individual_name: null,
      name: customer.name ?? null,
      phone: null,
      tax_exempt: customer.tax_exempt ?? null,
      tax_ids: [],
    }
    state.emit('checkout.session.completed', session, customer.id)
    return session
  }

  return { routes, complete, planOf: (id) => plans.get(id) }
}

/** Ends an open session. */
export function expireSession(state: StripeState, session: Stripe.Checkout.Session): void {
  session.status = 'expired'
  session.url = null
  state.emit('checkout.session.expired', session, refId(session.customer))
}
