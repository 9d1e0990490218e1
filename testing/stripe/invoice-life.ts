// An invoice from draft to paid, and what that does to its subscription.
import type Stripe from 'stripe'
import { couponOf } from './coupons.ts'
import { changeBalance } from './customers.ts'
import { declined, invalid } from './errors.ts'
import { createPaymentIntent, paymentErrorOf } from './intents.ts'
import { isMetered, makeLine, totalUp, usageLine, type LineDraft, type Span } from './invoice-lines.ts'
import { declineOf } from './payment-methods.ts'
import { get, getCustomer, refId, type StripeState } from './state.ts'

const HOUR = 3600
const DAY = 24 * HOUR
/** Days between the attempts to collect, after the first. Then the subscription is unpaid. */
const RETRY_AFTER_DAYS = [3, 5, 7] as const

export interface InvoiceDraft {
  readonly customer: string
  readonly subscription: Stripe.Subscription | null
  readonly reason: Stripe.Invoice.BillingReason
  readonly period: Span
  readonly lines: readonly LineDraft[]
  readonly discounts: readonly Stripe.Discount[]
  readonly currency: string
  /** `upcoming`: nothing is kept. */
  readonly isPreview?: boolean
}

/** The discounts of a subscription that hold now. */
export function activeDiscounts(
  state: StripeState,
  subscription: Stripe.Subscription,
  at: number,
): Stripe.Discount[] {
  return subscription.discounts
    .map((discount) => get(state.discounts, 'discount', refId(discount) ?? ''))
    .filter((discount) => discount.end === null || discount.end > at)
}

export function createInvoice(state: StripeState, draft: InvoiceDraft): Stripe.Invoice {
  const customer = getCustomer(state, draft.customer)
  const { subscription } = draft
  const now = state.now(customer.id)
  const id = draft.isPreview === true ? `upcoming_${state.id('in')}` : state.id('in')
  const invoice: Stripe.Invoice = {
    id,
    object: 'invoice',
    account_country: 'DE',
    account_name: 'NebulaDB (fake)',
    account_tax_ids: null,
    amount_due: 0,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: 0,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: true,
    automatic_tax: {
      disabled_reason: null,
      enabled: subscription?.automatic_tax.enabled ?? false,
      liability: null,
      provider: null,
      status: (subscription?.automatic_tax.enabled ?? false) ? 'complete' : null,
    },
    automatically_finalizes_at: now + HOUR,
    billing_reason: draft.reason,
    collection_method: 'charge_automatically',
    created: now,
    currency: draft.currency,
    custom_fields: null,
    customer: customer.id,
    customer_account: null,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: null,
    customer_shipping: null,
    customer_tax_exempt: customer.tax_exempt ?? null,
    customer_tax_ids: [...state.taxIds.values()]
      .filter((taxId) => taxId.customer === customer.id)
      .map(({ type, value }) => ({ type, value })),
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: {
      object: 'list',
      url: `/v1/invoices/${id}/lines`,
      has_more: false,
      data: draft.lines.map((line) => makeLine(state, line, draft.currency)),
    },
    livemode: false,
    metadata: {},
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    parent:
      subscription === null
        ? null
        : {
            type: 'subscription_details',
            quote_details: null,
            subscription_details: { metadata: { ...subscription.metadata }, subscription: subscription.id },
          },
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: draft.period.end,
    period_start: draft.period.start,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: null,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    subtotal: 0,
    subtotal_excluding_tax: null,
    test_clock: refId(customer.test_clock),
    total: 0,
    total_discount_amounts: [],
    total_excluding_tax: null,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: null,
  }
  totalUp(state, invoice, draft.discounts)
  if (draft.isPreview === true) return invoice
  state.invoices.set(id, invoice)
  if (subscription !== null) subscription.latest_invoice = id
  state.emit('invoice.created', invoice, customer.id)
  return invoice
}

export const subscriptionOf = (state: StripeState, invoice: Stripe.Invoice): Stripe.Subscription | null => {
  const id = refId(invoice.parent?.subscription_details?.subscription)
  return id === null ? null : get(state.subscriptions, 'subscription', id)
}

/** Usage that was reported while the invoice was a draft is in it. */
function refreshUsage(state: StripeState, invoice: Stripe.Invoice): void {
  const customer = refId(invoice.customer) ?? ''
  const subscription = subscriptionOf(state, invoice)
  invoice.lines.data = invoice.lines.data.map((line) => {
    const itemId = line.parent?.subscription_item_details?.subscription_item
    const price = state.prices.get(refId(line.pricing?.price_details?.price) ?? '')
    if (itemId === undefined || price === undefined || !isMetered(price)) return line
    const item = subscription?.items.data.find((candidate) => candidate.id === itemId)
    if (item === undefined) return line
    const isTrial = (subscription?.trial_end ?? 0) >= line.period.end
    const draft = usageLine(state, item, { customer, period: line.period, isTrial })
    return { ...makeLine(state, draft, invoice.currency), id: line.id }
  })
  const discounts = invoice.discounts.map((discount) =>
    get(state.discounts, 'discount', refId(discount) ?? ''),
  )
  totalUp(state, invoice, discounts)
}

/** A coupon for once is used up by the first invoice that it lowered. */
function useUpDiscounts(state: StripeState, invoice: Stripe.Invoice): void {
  const subscription = subscriptionOf(state, invoice)
  if (subscription === null) return
  for (const { amount, discount: reference } of invoice.total_discount_amounts ?? []) {
    const discount = get(state.discounts, 'discount', refId(reference) ?? '')
    if (amount <= 0 || couponOf(state, discount).duration !== 'once') continue
    discount.end = state.now(refId(invoice.customer))
    subscription.discounts = subscription.discounts.filter((entry) => refId(entry) !== discount.id)
    state.emit('customer.discount.deleted', discount, refId(invoice.customer))
  }
}

/** Draft → open; what is nothing is paid at once. */
export function finalizeInvoice(state: StripeState, invoice: Stripe.Invoice): void {
  if (invoice.status !== 'draft')
    throw invalid("This invoice is already finalized, you can't re-finalize a non-draft invoice.", {
      code: 'invoice_not_editable',
    })
  const customer = getCustomer(state, refId(invoice.customer) ?? '')
  const now = state.now(customer.id)
  refreshUsage(state, invoice)
  const balance = invoice.total + customer.balance
  const ending = Math.min(0, balance)
  invoice.starting_balance = customer.balance
  invoice.ending_balance = ending
  invoice.amount_due = Math.max(0, balance)
  invoice.amount_remaining = invoice.amount_due
  invoice.number = `${customer.invoice_prefix ?? 'FAKE'}-${String(customer.next_invoice_sequence ?? 1).padStart(4, '0')}`
  customer.next_invoice_sequence = (customer.next_invoice_sequence ?? 1) + 1
  if (ending !== customer.balance)
    changeBalance(state, customer, {
      amount: ending - customer.balance,
      currency: invoice.currency,
      description: null,
      type: 'applied_to_invoice',
      invoice: invoice.id,
    })
  invoice.status = 'open'
  invoice.effective_at = now
  invoice.automatically_finalizes_at = null
  invoice.status_transitions.finalized_at = now
  invoice.hosted_invoice_url = `${state.origin}/invoice/${invoice.id}`
  useUpDiscounts(state, invoice)
  state.emit('invoice.finalized', invoice, customer.id)
  if (invoice.amount_due === 0) markPaid(state, invoice)
  else createPayment(state, invoice)
}

function createPayment(state: StripeState, invoice: Stripe.Invoice): void {
  const intent = createPaymentIntent(state, invoice)
  const payment: Stripe.InvoicePayment = {
    id: state.id('inpay'),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: invoice.amount_due,
    created: state.now(refId(invoice.customer)),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { type: 'payment_intent', payment_intent: intent.id },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  }
  state.invoicePayments.set(payment.id, payment)
}

export function paymentOf(state: StripeState, invoice: Stripe.Invoice) {
  const payment = [...state.invoicePayments.values()].find((entry) => entry.invoice === invoice.id)
  const intent = state.paymentIntents.get(refId(payment?.payment.payment_intent) ?? '')
  return { payment, intent }
}

function setStatus(
  state: StripeState,
  subscription: Stripe.Subscription,
  status: Stripe.Subscription.Status,
): void {
  if (subscription.status === status || subscription.ended_at !== null) return
  subscription.status = status
  state.emit('customer.subscription.updated', subscription, refId(subscription.customer))
}

function markPaid(state: StripeState, invoice: Stripe.Invoice): void {
  const customer = refId(invoice.customer)
  invoice.status = 'paid'
  invoice.attempted = true
  invoice.amount_paid = invoice.amount_due
  invoice.amount_remaining = 0
  invoice.next_payment_attempt = null
  invoice.status_transitions.paid_at = state.now(customer)
  state.emit('invoice.paid', invoice, customer)
  state.emit('invoice.payment_succeeded', invoice, customer)
  const subscription = subscriptionOf(state, invoice)
  const isLatest = subscription?.latest_invoice === invoice.id
  if (subscription !== null && isLatest && ['incomplete', 'past_due', 'unpaid'].includes(subscription.status))
    setStatus(state, subscription, 'active')
}

/** The method that would be charged; null: there is none. */
export function methodFor(
  state: StripeState,
  customerId: string,
  subscription: Stripe.Subscription | null,
): string | null {
  const customer = getCustomer(state, customerId)
  return (
    refId(subscription?.default_payment_method) ?? refId(customer.invoice_settings.default_payment_method)
  )
}

/** Why charging would fail; null: it would not. */
export function chargeFailure(
  state: StripeState,
  customer: string,
  subscription: Stripe.Subscription | null,
): string | null {
  const method = methodFor(state, customer, subscription)
  return method === null ? 'no_payment_method' : declineOf(state, method)
}

/** Tries to collect an open invoice. @returns why it failed; null: it is paid */
export function collect(state: StripeState, invoice: Stripe.Invoice): string | null {
  const customer = refId(invoice.customer) ?? ''
  const subscription = subscriptionOf(state, invoice)
  const now = state.now(customer)
  const failure = chargeFailure(state, customer, subscription)
  const { payment, intent } = paymentOf(state, invoice)
  invoice.attempted = true
  invoice.attempt_count += 1
  if (failure === null) {
    if (intent !== undefined) {
      intent.status = 'succeeded'
      intent.amount = invoice.amount_remaining
      intent.amount_received = invoice.amount_remaining
      intent.payment_method = methodFor(state, customer, subscription)
      intent.latest_charge = state.id('ch')
      intent.last_payment_error = null
      state.emit('payment_intent.succeeded', intent, customer)
    }
    if (payment !== undefined) {
      payment.status = 'paid'
      payment.amount_paid = invoice.amount_remaining
      payment.status_transitions.paid_at = now
      state.emit('invoice_payment.paid', payment, customer)
    }
    markPaid(state, invoice)
    return null
  }
  const days = RETRY_AFTER_DAYS[invoice.attempt_count - 1]
  invoice.next_payment_attempt = days === undefined ? null : now + days * DAY
  if (intent !== undefined) {
    intent.status = failure === 'authentication_required' ? 'requires_action' : 'requires_payment_method'
    intent.last_payment_error = paymentErrorOf(failure)
    state.emit('payment_intent.payment_failed', intent, customer)
  }
  state.emit('invoice.payment_failed', invoice, customer)
  if (failure === 'authentication_required') state.emit('invoice.payment_action_required', invoice, customer)
  if (subscription !== null && ['active', 'trialing', 'past_due'].includes(subscription.status))
    setStatus(state, subscription, days === undefined ? 'unpaid' : 'past_due')
  return failure
}

/** Collects on request. @throws StripeFailure 402 */
export function payNow(state: StripeState, invoice: Stripe.Invoice): void {
  if (invoice.status === 'draft') finalizeInvoice(state, invoice)
  if (invoice.status === 'paid') throw invalid('Invoice is already paid', { code: 'invoice_already_paid' })
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible')
    throw invalid(`This invoice is ${invoice.status ?? 'unknown'} and cannot be paid.`)
  const failure = collect(state, invoice)
  if (failure === 'no_payment_method')
    throw invalid('There is no payment method to charge. Set a default one.', { code: 'resource_missing' })
  if (failure !== null) throw declined(failure)
}
