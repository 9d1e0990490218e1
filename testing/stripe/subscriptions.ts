// The calls on subscriptions.
import type Stripe from 'stripe'
import { z } from 'zod'
import { applyCoupon } from './coupons.ts'
import { beyond, invalid } from './errors.ts'
import { bool, int, metadata, page, paging, route, text, type Route } from './route.ts'
import { get, newest, refId, type StripeState } from './state.ts'
import { applyChange, beginSubscription, endSubscription, planChange } from './subscription-life.ts'

export const itemInput = z.strictObject({
  id: z.string().optional(),
  price: z.string().optional(),
  quantity: int.optional(),
  deleted: bool.optional(),
})
export const discountsInput = z.array(z.strictObject({ coupon: z.string() })).max(1)
export const prorationBehavior = z.enum(['always_invoice', 'create_prorations', 'none'])

export const billingMode = z.strictObject({
  type: z.literal('flexible'),
  flexible: z.strictObject({ proration_discounts: z.enum(['included', 'itemized']) }).optional(),
})

export function subscriptionRoutes(state: StripeState): Route[] {
  const find = (id: string): Stripe.Subscription => get(state.subscriptions, 'subscription', id)

  function refuseEnded(subscription: Stripe.Subscription): void {
    if (subscription.ended_at !== null)
      throw invalid('A canceled subscription can only update its cancellation_details and metadata.')
  }

  function setCoupon(subscription: Stripe.Subscription, coupon: string | null): void {
    const customer = refId(subscription.customer) ?? ''
    const current = subscription.discounts.map((entry) =>
      get(state.discounts, 'discount', refId(entry) ?? ''),
    )
    if (coupon !== null && current.some((discount) => refId(discount.source.coupon) === coupon)) return
    for (const discount of current) {
      discount.end = state.now(customer)
      state.emit('customer.discount.deleted', discount, customer)
    }
    subscription.discounts =
      coupon === null ? [] : [applyCoupon(state, coupon, { id: subscription.id, customer }).id]
  }

  return [
    route(
      'POST /v1/subscriptions',
      {
        customer: z.string(),
        items: z
          .array(z.strictObject({ price: z.string(), quantity: int.optional() }))
          .min(1)
          .max(20),
        trial_period_days: int.optional(),
        discounts: discountsInput.optional(),
        automatic_tax: z.strictObject({ enabled: bool }).optional(),
        default_payment_method: z.string().optional(),
        billing_mode: billingMode,
        metadata: metadata.optional(),
        payment_behavior: z.literal('error_if_incomplete'),
      },
      (input) =>
        beginSubscription(state, {
          customer: input.customer,
          items: input.items,
          trialDays: input.trial_period_days ?? 0,
          coupon: input.discounts?.[0]?.coupon ?? null,
          automaticTax: input.automatic_tax?.enabled ?? false,
          isItemized: input.billing_mode.flexible?.proration_discounts === 'itemized',
          paymentMethod: input.default_payment_method ?? null,
          metadata: input.metadata ?? {},
        }),
    ),
    route(
      'GET /v1/subscriptions',
      {
        ...paging,
        customer: z.string().optional(),
        status: z.string().optional(),
        price: z.string().optional(),
      },
      (input) =>
        page(
          '/v1/subscriptions',
          newest(state.subscriptions).filter(
            (subscription) =>
              (input.customer === undefined || refId(subscription.customer) === input.customer) &&
              (input.status === 'all' ||
                (input.status === undefined
                  ? subscription.status !== 'canceled'
                  : subscription.status === input.status)),
          ),
          input,
        ),
    ),
    route('GET /v1/subscriptions/:id', {}, (_, id) => find(id)),
    route(
      'POST /v1/subscriptions/:id',
      {
        items: z.array(itemInput).optional(),
        proration_behavior: prorationBehavior.optional(),
        proration_date: int.optional(),
        payment_behavior: z.enum(['error_if_incomplete', 'allow_incomplete']).optional(),
        discounts: z.union([discountsInput, z.literal('')]).optional(),
        cancel_at_period_end: bool.optional(),
        cancel_at: z
          .union([z.literal(''), z.literal('max_period_end'), z.literal('min_period_end')])
          .optional(),
        default_payment_method: z.string().optional(),
        metadata: metadata.optional(),
        description: text.optional(),
      },
      (input, id) => {
        const subscription = find(id)
        refuseEnded(subscription)
        const customer = refId(subscription.customer) ?? ''
        const periodEnd = subscription.items.data[0]?.current_period_end ?? 0
        const at = input.proration_date ?? state.now(customer)
        if (at > periodEnd || at < (subscription.items.data[0]?.current_period_start ?? 0))
          throw invalid('The proration date must be within the current period.', { param: 'proration_date' })
        if (input.default_payment_method !== undefined) {
          const method = get(state.paymentMethods, 'PaymentMethod', input.default_payment_method)
          if (method.customer !== customer)
            throw invalid('The customer does not have a payment method with this id.')
          subscription.default_payment_method = method.id
        }
        const discountsBefore = [...subscription.discounts]
        try {
          if (input.discounts !== undefined)
            setCoupon(subscription, input.discounts === '' ? null : (input.discounts[0]?.coupon ?? null))
          if (input.items !== undefined) {
            const behavior = input.proration_behavior ?? 'create_prorations'
            const change = planChange(state, subscription, input.items, at)
            if (behavior === 'create_prorations' && change.lines.length > 0)
              throw beyond('prorations that wait for the next invoice')
            applyChange(state, subscription, change, {
              at,
              collectNow: behavior === 'always_invoice',
              failWhole: input.payment_behavior === 'error_if_incomplete',
            })
          }
        } catch (error) {
          subscription.discounts = discountsBefore
          throw error
        }
        const cancels =
          input.cancel_at_period_end ?? (input.cancel_at === undefined ? undefined : input.cancel_at !== '')
        if (cancels !== undefined) {
          if (cancels && subscription.schedule !== null)
            throw invalid(
              `The subscription is managed by the subscription schedule \`${refId(subscription.schedule) ?? ''}\`, and updating any cancelation behavior directly is not allowed.`,
            )
          subscription.cancel_at_period_end = cancels
          subscription.cancel_at = cancels ? periodEnd : null
          subscription.canceled_at = cancels ? state.now(customer) : null
          subscription.cancellation_details = cancels
            ? { comment: null, feedback: null, feedback_option: null, reason: 'cancellation_requested' }
            : null
        }
        Object.assign(subscription.metadata, input.metadata)
        if (input.description !== undefined) subscription.description = input.description
        state.emit('customer.subscription.updated', subscription, customer)
        return subscription
      },
    ),
    route(
      'DELETE /v1/subscriptions/:id',
      { invoice_now: bool.optional(), prorate: bool.optional() },
      (input, id) => {
        const subscription = find(id)
        refuseEnded(subscription)
        if (input.invoice_now === true || input.prorate === true)
          throw beyond('invoices of a cancellation at once')
        subscription.cancel_at = null
        subscription.cancel_at_period_end = false
        endSubscription(state, subscription)
        return subscription
      },
    ),
  ]
}
