// A subscription's life: begun, changed, renewed, ended. Billing mode flexible, monthly, charged automatically.
import type Stripe from 'stripe'
import { applyCoupon } from './coupons.ts'
import { beyond, declined, invalid } from './errors.ts'
import { activeDiscounts, chargeFailure, collect, createInvoice, finalizeInvoice } from './invoice-life.ts'
import {
  isMetered,
  periodLine,
  prorationLines,
  usageLine,
  type LineDraft,
  type Span,
} from './invoice-lines.ts'
import { planOf } from './products.ts'
import { addMonths, get, getCustomer, refId, type StripeState } from './state.ts'

const DAY = 24 * 3600

export interface ItemInput {
  readonly id?: string | undefined
  readonly price?: string | undefined
  readonly quantity?: number | undefined
  readonly deleted?: boolean | undefined
}

const itemsList = (id: string, data: Stripe.SubscriptionItem[]): Stripe.ApiList<Stripe.SubscriptionItem> => ({
  object: 'list',
  url: `/v1/subscription_items?subscription=${id}`,
  has_more: false,
  data,
})

function makeItem(
  state: StripeState,
  subscription: string,
  price: Stripe.Price,
  options: { readonly quantity: number; readonly period: Span; readonly created: number },
): Stripe.SubscriptionItem {
  return {
    id: state.id('si'),
    object: 'subscription_item',
    billing_thresholds: null,
    created: options.created,
    current_period_end: options.period.end,
    current_period_start: options.period.start,
    current_trial: null,
    discounts: [],
    metadata: {},
    plan: planOf(price),
    price,
    ...(isMetered(price) ? {} : { quantity: options.quantity }),
    subscription,
    tax_rates: [],
  }
}

export interface Beginning {
  readonly customer: string
  readonly items: readonly { readonly price: string; readonly quantity?: number | undefined }[]
  readonly trialDays: number
  readonly coupon: string | null
  readonly automaticTax: boolean
  /** Whether prorations show their discounts by themselves. */
  readonly isItemized: boolean
  readonly paymentMethod: string | null
  readonly metadata: Readonly<Record<string, string>>
}

/** Begins one and collects the first invoice. @throws StripeFailure 402 before anything was made, when the first payment fails */
export function beginSubscription(state: StripeState, input: Beginning): Stripe.Subscription {
  const now = state.now(input.customer)
  const prices = input.items.map((item) => get(state.prices, 'price', item.price, 'items[0][price]'))
  const currency = prices[0]?.currency
  if (currency === undefined || prices.some((price) => price.currency !== currency))
    throw invalid('The prices of a subscription have one currency.')
  if (prices.some((price) => !price.active))
    throw invalid('The price specified is inactive.', { param: 'price' })
  const trialEnd = input.trialDays > 0 ? now + input.trialDays * DAY : null
  const period: Span = { start: now, end: trialEnd ?? addMonths(now, 1) }
  const id = state.id('sub')
  const subscription: Stripe.Subscription = {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: input.automaticTax, liability: null },
    billing_cycle_anchor: trialEnd ?? now,
    billing_cycle_anchor_config: null,
    billing_mode: {
      type: 'flexible',
      flexible: { proration_discounts: input.isItemized ? 'itemized' : 'included' },
    },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: null,
    collection_method: 'charge_automatically',
    created: now,
    currency,
    customer: input.customer,
    customer_account: null,
    days_until_due: null,
    default_payment_method: input.paymentMethod,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: itemsList(
      id,
      prices.map((price, index) =>
        makeItem(state, id, price, { quantity: input.items[index]?.quantity ?? 1, period, created: now }),
      ),
    ),
    latest_invoice: null,
    livemode: false,
    managed_payments: null,
    metadata: { ...input.metadata },
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: now,
    status: trialEnd === null ? 'active' : 'trialing',
    test_clock: refId(getCustomer(state, input.customer).test_clock),
    transfer_data: null,
    trial_end: trialEnd,
    trial_settings: {
      end_behavior: { billing_cycle_anchor: null, missing_payment_method: 'create_invoice' },
    },
    trial_start: trialEnd === null ? null : now,
  }
  const failure = chargeFailure(state, input.customer, subscription)
  const isFree = trialEnd !== null
  if (!isFree && failure !== null) throw declined(failure)
  if (input.coupon !== null)
    subscription.discounts = [applyCoupon(state, input.coupon, { id, customer: input.customer }).id]
  state.subscriptions.set(id, subscription)
  state.emit('customer.subscription.created', subscription, input.customer)
  const invoice = createInvoice(state, {
    customer: input.customer,
    subscription,
    reason: 'subscription_create',
    period: { start: now, end: now },
    lines: subscription.items.data
      .filter((item) => !isMetered(item.price))
      .map((item) => periodLine(state, item, period, isFree)),
    discounts: activeDiscounts(state, subscription, now),
    currency,
  })
  finalizeInvoice(state, invoice)
  if (invoice.status === 'open') collect(state, invoice)
  return subscription
}

export interface Change {
  readonly items: Stripe.SubscriptionItem[]
  readonly lines: LineDraft[]
}

/** What an update of items would make of a subscription, and the lines that it causes at that moment. Nothing is changed. */
export function planChange(
  state: StripeState,
  subscription: Stripe.Subscription,
  inputs: readonly ItemInput[],
  at: number,
): Change {
  const items = [...subscription.items.data]
  const lines: LineDraft[] = []
  const isTrial = subscription.status === 'trialing'
  for (const input of inputs) {
    const index = items.findIndex((item) => item.id === input.id)
    const item = items[index]
    if (input.id !== undefined && item === undefined)
      throw invalid(`No such subscription item: '${input.id}'`, {
        code: 'resource_missing',
        param: 'items[0][id]',
      })
    if (input.deleted === true) throw beyond('removing items of a subscription')
    const price =
      input.price === undefined ? item?.price : get(state.prices, 'price', input.price, 'items[0][price]')
    if (price === undefined) throw invalid('Missing required param: items[0][price].')
    if (item === undefined) {
      if (items.some((other) => other.price.id === price.id))
        throw invalid(`Cannot add multiple subscription items with the same price: ${price.id}`)
      if (!isMetered(price)) throw beyond('a second licensed item')
      const first = items[0]
      const period = {
        start: first?.current_period_start ?? at,
        end: first?.current_period_end ?? at,
      }
      items.push(makeItem(state, subscription.id, price, { quantity: 1, period, created: at }))
      continue
    }
    const quantity = input.quantity ?? item.quantity ?? 1
    if (price.id === item.price.id && quantity === (item.quantity ?? 1)) continue
    if (isMetered(item.price) || isMetered(price)) throw beyond('exchanging the price of a metered item')
    if (!isTrial) lines.push(...prorationLines(state, item, { price, quantity }, at))
    items[index] = { ...item, price, plan: planOf(price), quantity }
  }
  return { items, lines }
}

/** Takes over a change. With `collectNow` its lines are invoiced and charged at once. @throws StripeFailure 402 before anything changed */
export function applyChange(
  state: StripeState,
  subscription: Stripe.Subscription,
  change: Change,
  options: { readonly at: number; readonly collectNow: boolean; readonly failWhole: boolean },
): void {
  const customer = refId(subscription.customer) ?? ''
  if (change.lines.length === 0 || !options.collectNow) {
    subscription.items.data = change.items
    return
  }
  const draft = {
    customer,
    subscription,
    reason: 'subscription_update',
    period: { start: options.at, end: options.at },
    lines: change.lines,
    discounts: activeDiscounts(state, subscription, options.at),
    currency: subscription.currency,
  } as const
  const preview = createInvoice(state, { ...draft, isPreview: true })
  const failure = preview.amount_due === 0 ? null : chargeFailure(state, customer, subscription)
  if (failure !== null && options.failWhole) throw declined(failure)
  subscription.items.data = change.items
  const invoice = createInvoice(state, draft)
  finalizeInvoice(state, invoice)
  if (invoice.status === 'open') collect(state, invoice)
}

/** The period after the one that ends at `start`. */
function nextPeriod(subscription: Stripe.Subscription, start: number): Span {
  for (let months = 1; ; months++) {
    const end = addMonths(subscription.billing_cycle_anchor, months)
    if (end > start) return { start, end }
  }
}

/** Lines of the period that is over (usage) and of the one that begins (plan). `items` may be those of a schedule's next phase. */
export function cycleLines(
  state: StripeState,
  subscription: Stripe.Subscription,
  options: { readonly next: readonly Stripe.SubscriptionItem[]; readonly isFinal: boolean },
): { lines: LineDraft[]; over: Span; next: Span } {
  const customer = refId(subscription.customer) ?? ''
  const first = subscription.items.data[0]
  const over: Span = {
    start: first?.current_period_start ?? subscription.start_date,
    end: first?.current_period_end ?? subscription.start_date,
  }
  const isTrial = (subscription.trial_end ?? 0) >= over.end
  const next = nextPeriod(subscription, over.end)
  const usage = subscription.items.data
    .filter((item) => isMetered(item.price))
    .map((item) => usageLine(state, item, { customer, period: over, isTrial }))
  const plans = options.isFinal
    ? []
    : options.next
        .filter((item) => !isMetered(item.price))
        .map((item) => periodLine(state, item, next, false))
  return { lines: [...usage, ...plans], over, next }
}

/** Ends a subscription now. */
export function endSubscription(state: StripeState, subscription: Stripe.Subscription): void {
  const customer = refId(subscription.customer) ?? ''
  const now = state.now(customer)
  subscription.status = 'canceled'
  subscription.ended_at = now
  subscription.canceled_at ??= now
  const schedule = state.schedules.get(refId(subscription.schedule) ?? '')
  if (schedule !== undefined) {
    schedule.status = 'canceled'
    schedule.canceled_at = now
    schedule.current_phase = null
  }
  state.emit('customer.subscription.deleted', subscription, customer)
}

/** Exchanges what a schedule's phase says. The metered items stay, the base price is the phase's. */
export function itemsOfPhase(
  state: StripeState,
  subscription: Stripe.Subscription,
  phase: Stripe.SubscriptionSchedule.Phase,
): Stripe.SubscriptionItem[] {
  return phase.items.map((entry) => {
    const price = get(state.prices, 'price', refId(entry.price) ?? '')
    const same = subscription.items.data.find((item) => item.price.id === price.id)
    const licensed = subscription.items.data.find((item) => !isMetered(item.price))
    const base = same ?? (isMetered(price) ? undefined : licensed)
    if (base !== undefined)
      return {
        ...base,
        price,
        plan: planOf(price),
        ...(isMetered(price) ? {} : { quantity: entry.quantity ?? 1 }),
      }
    const first = subscription.items.data[0]
    const period = { start: first?.current_period_start ?? 0, end: first?.current_period_end ?? 0 }
    return makeItem(state, subscription.id, price, {
      quantity: entry.quantity ?? 1,
      period,
      created: state.now(refId(subscription.customer)),
    })
  })
}

/** The period's end: the last one is invoiced, the next one begins, or the subscription ends. */
export function renew(state: StripeState, subscription: Stripe.Subscription): void {
  const customer = refId(subscription.customer) ?? ''
  const periodEnd = subscription.items.data[0]?.current_period_end ?? 0
  const ends = subscription.cancel_at !== null && subscription.cancel_at <= periodEnd
  const schedule = state.schedules.get(refId(subscription.schedule) ?? '')
  const phase =
    schedule === undefined || schedule.current_phase === null || schedule.current_phase.end_date > periodEnd
      ? null
      : schedule.phases.find((candidate) => candidate.start_date >= (schedule.current_phase?.end_date ?? 0))
  const nextItems =
    phase === null || phase === undefined ? subscription.items.data : itemsOfPhase(state, subscription, phase)
  const { lines, over, next } = cycleLines(state, subscription, { next: nextItems, isFinal: ends })
  const wasUnpaid = subscription.status === 'unpaid'
  if (schedule !== undefined && phase !== null) {
    if (phase === undefined) {
      schedule.status = 'released'
      schedule.released_at = state.now(customer)
      schedule.released_subscription = subscription.id
      schedule.subscription = null
      schedule.current_phase = null
      subscription.schedule = null
      state.emit('subscription_schedule.released', schedule, customer)
    } else {
      schedule.current_phase = { start_date: phase.start_date, end_date: phase.end_date }
      state.emit('subscription_schedule.updated', schedule, customer)
    }
  }
  if (!ends) {
    subscription.items.data = nextItems.map((item) => ({
      ...item,
      current_period_start: next.start,
      current_period_end: next.end,
    }))
    if (subscription.status === 'trialing') subscription.status = 'active'
  }
  const invoice = createInvoice(state, {
    customer,
    subscription,
    reason: 'subscription_cycle',
    period: over,
    lines,
    discounts: activeDiscounts(state, subscription, over.end),
    currency: subscription.currency,
  })
  // Of an unpaid subscription invoices stay drafts until somebody closes them.
  if (wasUnpaid) {
    invoice.auto_advance = false
    invoice.automatically_finalizes_at = null
  }
  if (ends) endSubscription(state, subscription)
  else state.emit('customer.subscription.updated', subscription, customer)
}
