// Coupons, the discounts that they become, and tax rates.
import type Stripe from 'stripe'
import { z } from 'zod'
import { invalid } from './errors.ts'
import { int, metadata, page, paging, route, text, type Route } from './route.ts'
import { addMonths, get, newest, refId, type StripeState } from './state.ts'

/** Applies a coupon to a subscription. @throws StripeFailure when it has ended */
export function applyCoupon(
  state: StripeState,
  couponId: string,
  subscription: { readonly id: string; readonly customer: string },
): Stripe.Discount {
  const coupon = get(state.coupons, 'coupon', couponId, 'discounts[0][coupon]')
  if (!coupon.valid) throw invalid(`Coupon expired: ${couponId}`, { code: 'coupon_expired', param: 'coupon' })
  const start = state.now(subscription.customer)
  const discount: Stripe.Discount = {
    id: state.id('di'),
    object: 'discount',
    checkout_session: null,
    customer: subscription.customer,
    customer_account: null,
    end: coupon.duration === 'repeating' ? addMonths(start, coupon.duration_in_months ?? 0) : null,
    invoice: null,
    invoice_item: null,
    promotion_code: null,
    source: { type: 'coupon', coupon: coupon.id },
    start,
    subscription: subscription.id,
    subscription_item: null,
  }
  coupon.times_redeemed += 1
  if (coupon.max_redemptions !== null && coupon.times_redeemed >= coupon.max_redemptions) coupon.valid = false
  state.discounts.set(discount.id, discount)
  state.emit('customer.discount.created', discount, subscription.customer)
  return discount
}

export const couponOf = (state: StripeState, discount: Stripe.Discount): Stripe.Coupon =>
  get(state.coupons, 'coupon', refId(discount.source.coupon) ?? '')

export function couponRoutes(state: StripeState): Route[] {
  return [
    route(
      'POST /v1/coupons',
      {
        id: z.string().optional(),
        name: text.optional(),
        percent_off: z
          .string()
          .regex(/^\d+(\.\d+)?$/)
          .transform(Number)
          .optional(),
        amount_off: int.optional(),
        currency: z.string().optional(),
        duration: z.enum(['once', 'repeating', 'forever']).default('once'),
        duration_in_months: int.optional(),
        max_redemptions: int.optional(),
        redeem_by: int.optional(),
        metadata: metadata.optional(),
      },
      (input) => {
        if ((input.percent_off === undefined) === (input.amount_off === undefined))
          throw invalid('You must pass either percent_off or amount_off.')
        if ((input.duration === 'repeating') !== (input.duration_in_months !== undefined))
          throw invalid('duration_in_months goes with the duration repeating.', {
            param: 'duration_in_months',
          })
        const coupon: Stripe.Coupon = {
          id: input.id ?? state.id('coupon'),
          object: 'coupon',
          amount_off: input.amount_off ?? null,
          created: state.now(null),
          currency: input.currency ?? null,
          duration: input.duration,
          duration_in_months: input.duration_in_months ?? null,
          livemode: false,
          max_redemptions: input.max_redemptions ?? null,
          metadata: { ...input.metadata },
          name: input.name ?? null,
          percent_off: input.percent_off ?? null,
          redeem_by: input.redeem_by ?? null,
          times_redeemed: 0,
          valid: true,
        }
        state.coupons.set(coupon.id, coupon)
        state.emit('coupon.created', coupon, null)
        return coupon
      },
    ),
    route('GET /v1/coupons', paging, (input) => page('/v1/coupons', newest(state.coupons), input)),
    route('GET /v1/coupons/:id', {}, (_, id) => {
      const coupon = get(state.coupons, 'coupon', id)
      if (coupon.redeem_by !== null && coupon.redeem_by < state.now(null)) coupon.valid = false
      return coupon
    }),
    route('DELETE /v1/coupons/:id', {}, (_, id) => {
      const coupon = get(state.coupons, 'coupon', id)
      // Discounts that it became stay; it only cannot be used any more.
      coupon.valid = false
      state.emit('coupon.deleted', coupon, null)
      return { id, object: 'coupon', deleted: true } satisfies Stripe.DeletedCoupon
    }),
    route('GET /v1/tax_rates', paging, (input) => page('/v1/tax_rates', newest(state.taxRates), input)),
    route('GET /v1/tax_rates/:id', {}, (_, id) => get(state.taxRates, 'tax rate', id)),
  ]
}
