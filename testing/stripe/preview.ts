// What an invoice would be: of a change now, or the next one.
import type Stripe from 'stripe'
import { couponOf } from './coupons.ts'
import { beyond, invalid } from './errors.ts'
import { activeDiscounts, createInvoice } from './invoice-life.ts'
import { get, refId, type StripeState } from './state.ts'
import { cycleLines, itemsOfPhase, planChange, type ItemInput } from './subscription-life.ts'

export interface PreviewInput {
  readonly items: readonly ItemInput[] | null
  readonly behavior: 'always_invoice' | 'create_prorations' | 'none'
  readonly at: number | null
  readonly coupon: string | null
}

/** A discount that is never stored. */
function previewDiscount(
  state: StripeState,
  couponId: string,
  subscription: Stripe.Subscription,
): Stripe.Discount {
  const coupon = get(state.coupons, 'coupon', couponId, 'discounts[0][coupon]')
  if (!coupon.valid) throw invalid(`Coupon expired: ${couponId}`, { code: 'coupon_expired' })
  return {
    id: `preview_${state.id('di')}`,
    object: 'discount',
    checkout_session: null,
    customer: refId(subscription.customer),
    customer_account: null,
    end: null,
    invoice: null,
    invoice_item: null,
    promotion_code: null,
    source: { type: 'coupon', coupon: coupon.id },
    start: state.now(refId(subscription.customer)),
    subscription: subscription.id,
    subscription_item: null,
  }
}

export function previewInvoice(
  state: StripeState,
  subscription: Stripe.Subscription,
  input: PreviewInput,
): Stripe.Invoice {
  const customer = refId(subscription.customer) ?? ''
  if (subscription.ended_at !== null)
    throw invalid('No upcoming invoices for this subscription.', { code: 'invoice_upcoming_none' })
  const at = input.at ?? state.now(customer)
  const held = activeDiscounts(state, subscription, at)
  const discounts =
    input.coupon === null || held.some((discount) => couponOf(state, discount).id === input.coupon)
      ? held
      : [previewDiscount(state, input.coupon, subscription)]
  const common = { customer, subscription, discounts, currency: subscription.currency, isPreview: true }
  if (input.items !== null) {
    if (input.behavior !== 'always_invoice') throw beyond('previews of changes that are not invoiced at once')
    const { lines } = planChange(state, subscription, input.items, at)
    return createInvoice(state, { ...common, reason: 'upcoming', period: { start: at, end: at }, lines })
  }
  const schedule = state.schedules.get(refId(subscription.schedule) ?? '')
  const current = schedule?.current_phase ?? null
  const phase =
    current === null
      ? undefined
      : schedule?.phases.find((candidate) => candidate.start_date >= current.end_date)
  const { lines, over } = cycleLines(state, subscription, {
    next: phase === undefined ? subscription.items.data : itemsOfPhase(state, subscription, phase),
    isFinal: subscription.cancel_at !== null,
  })
  return createInvoice(state, { ...common, reason: 'upcoming', period: over, lines })
}
