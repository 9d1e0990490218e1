// Payment methods and how they behave: Stripe's test cards by number, or as a test sets it.
import type Stripe from 'stripe'
import { z } from 'zod'
import { declined, invalid } from './errors.ts'
import { int, page, paging, route, type Route } from './route.ts'
import { get, getCustomer, newest, refId, type StripeState } from './state.ts'

interface TestCard {
  readonly brand: string
  /** When it is put in; null: fine. */
  readonly onSetup: string | null
  /** When it is charged later. */
  readonly onCharge: string | null
}

/** Stripe's published test numbers, those that are used here. */
export const TEST_CARDS: Readonly<Record<string, TestCard>> = {
  '4242424242424242': { brand: 'visa', onSetup: null, onCharge: null },
  '5555555555554444': { brand: 'mastercard', onSetup: null, onCharge: null },
  '4000000000000002': { brand: 'visa', onSetup: 'generic_decline', onCharge: 'generic_decline' },
  '4000000000009995': { brand: 'visa', onSetup: 'insufficient_funds', onCharge: 'insufficient_funds' },
  '4000000000000341': { brand: 'visa', onSetup: null, onCharge: 'generic_decline' },
  '4000002760003184': { brand: 'visa', onSetup: null, onCharge: 'authentication_required' },
}

/** A card as it was typed. @throws StripeFailure 402 when it is refused at once */
export function createCard(
  state: StripeState,
  input: { readonly number: string; readonly expMonth: number; readonly expYear: number },
): Stripe.PaymentMethod {
  const number = input.number.replaceAll(/\D/g, '')
  const card = TEST_CARDS[number]
  if (card === undefined)
    throw invalid('Your card number is incorrect. Use one of the test cards.', {
      code: 'incorrect_number',
      param: 'number',
    })
  if (card.onSetup !== null) throw declined(card.onSetup)
  const method: Stripe.PaymentMethod = {
    id: state.id('pm'),
    object: 'payment_method',
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    card: {
      brand: card.brand,
      checks: null,
      country: 'DE',
      display_brand: card.brand,
      exp_month: input.expMonth,
      exp_year: input.expYear,
      funding: 'credit',
      generated_from: null,
      last4: number.slice(-4),
      networks: null,
      regulated_status: null,
      three_d_secure_usage: null,
      wallet: null,
    },
    created: state.now(null),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
  }
  state.paymentMethods.set(method.id, method)
  state.cards.set(method.id, card.onCharge)
  return method
}

export function attach(state: StripeState, method: Stripe.PaymentMethod, customer: string): void {
  getCustomer(state, customer)
  if (method.customer !== null && method.customer !== customer)
    throw invalid('The payment method you provided has already been attached to a customer.')
  method.customer = customer
  state.emit('payment_method.attached', method, customer)
}

/** Why a charge of this method would fail; null: it would not. */
export const declineOf = (state: StripeState, methodId: string): string | null =>
  state.cards.get(methodId) ?? null

export function paymentMethodRoutes(state: StripeState): Route[] {
  const ofCustomer = (customer: string): Stripe.PaymentMethod[] =>
    newest(state.paymentMethods).filter((method) => method.customer === customer)

  return [
    route(
      'POST /v1/payment_methods',
      {
        type: z.literal('card'),
        card: z.strictObject({
          number: z.string().optional(),
          exp_month: int.optional(),
          exp_year: int.optional(),
          cvc: z.string().optional(),
          token: z.string().optional(),
        }),
      },
      ({ card }) => {
        if (card.number === undefined) throw invalid('Missing required param: card[number].')
        return createCard(state, {
          number: card.number,
          expMonth: card.exp_month ?? 12,
          expYear: card.exp_year ?? 2034,
        })
      },
    ),
    route('GET /v1/payment_methods/:id', {}, (_, id) => get(state.paymentMethods, 'PaymentMethod', id)),
    route('POST /v1/payment_methods/:id/attach', { customer: z.string() }, (input, id) => {
      const method = get(state.paymentMethods, 'PaymentMethod', id)
      attach(state, method, input.customer)
      return method
    }),
    route('POST /v1/payment_methods/:id/detach', {}, (_, id) => {
      const method = get(state.paymentMethods, 'PaymentMethod', id)
      const customer = refId(method.customer)
      if (customer === null)
        throw invalid(
          'The payment method you provided is not attached to a customer so detachment is impossible.',
        )
      method.customer = null
      const owner = getCustomer(state, customer)
      if (owner.invoice_settings.default_payment_method === id)
        owner.invoice_settings.default_payment_method = null
      for (const subscription of state.subscriptions.values())
        if (subscription.default_payment_method === id) subscription.default_payment_method = null
      state.emit('payment_method.detached', method, customer)
      return method
    }),
    route(
      'GET /v1/customers/:id/payment_methods',
      { ...paging, type: z.string().optional() },
      (input, id) => {
        getCustomer(state, id)
        return page(`/v1/customers/${id}/payment_methods`, ofCustomer(id), input)
      },
    ),
    route(
      'GET /v1/payment_methods',
      { ...paging, customer: z.string(), type: z.string().optional() },
      (input) => page('/v1/payment_methods', ofCustomer(input.customer), input),
    ),
  ]
}
