// Payment and setup intents: made by invoices and pages, read by everybody.
import type Stripe from 'stripe'
import { page, paging, route, type Route } from './route.ts'
import { get, newest, refId, type StripeState } from './state.ts'
import { z } from 'zod'

const MESSAGES: Readonly<Record<string, string>> = {
  insufficient_funds: 'Your card has insufficient funds.',
  authentication_required: 'Your card was declined. This transaction requires authentication.',
}

/** The error that an intent keeps. */
export const paymentErrorOf = (declineCode: string): Stripe.PaymentIntent.LastPaymentError => ({
  type: 'card_error',
  code: declineCode === 'authentication_required' ? 'authentication_required' : 'card_declined',
  decline_code: declineCode,
  message: MESSAGES[declineCode] ?? 'Your card was declined.',
})

export function createPaymentIntent(state: StripeState, invoice: Stripe.Invoice): Stripe.PaymentIntent {
  const customer = refId(invoice.customer)
  const id = state.id('pi')
  const intent: Stripe.PaymentIntent = {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: invoice.amount_due,
    amount_capturable: 0,
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic',
    client_secret: `${id}_secret_fake`,
    confirmation_method: 'automatic',
    created: state.now(customer),
    currency: invoice.currency,
    customer,
    customer_account: null,
    description: 'Payment for Invoice',
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: null,
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: 'off_session',
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_group: null,
  }
  state.paymentIntents.set(id, intent)
  state.emit('payment_intent.created', intent, customer)
  return intent
}

export function createSetupIntent(state: StripeState, customer: string, method: string): Stripe.SetupIntent {
  const id = state.id('seti')
  const intent: Stripe.SetupIntent = {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: null,
    application: null,
    automatic_payment_methods: null,
    cancellation_reason: null,
    client_secret: `${id}_secret_fake`,
    created: state.now(customer),
    customer,
    description: null,
    excluded_payment_method_types: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    mandate: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: method,
    payment_method_configuration_details: null,
    payment_method_options: null,
    payment_method_types: ['card'],
    single_use_mandate: null,
    status: 'succeeded',
    usage: 'off_session',
  }
  state.setupIntents.set(id, intent)
  state.emit('setup_intent.succeeded', intent, customer)
  return intent
}

export function intentRoutes(state: StripeState): Route[] {
  return [
    route('GET /v1/payment_intents/:id', {}, (_, id) => get(state.paymentIntents, 'payment_intent', id)),
    route('GET /v1/payment_intents', { ...paging, customer: z.string().optional() }, (input) =>
      page(
        '/v1/payment_intents',
        newest(state.paymentIntents).filter(
          (intent) => input.customer === undefined || intent.customer === input.customer,
        ),
        input,
      ),
    ),
    route('GET /v1/setup_intents/:id', {}, (_, id) => get(state.setupIntents, 'setup_intent', id)),
  ]
}
