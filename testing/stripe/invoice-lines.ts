// Lines of invoices: what a period, its usage and a change in the middle of it come to; discounts, tax and totals.
import type Stripe from 'stripe'
import { couponOf } from './coupons.ts'
import { decimal, get, getCustomer, refId, share, type StripeState } from './state.ts'
import { taxesOn } from './tax.ts'

export interface Span {
  readonly start: number
  readonly end: number
}

export interface LineDraft {
  readonly description: string
  readonly amount: number
  readonly price: Stripe.Price | null
  readonly quantity: number | null
  readonly period: Span
  readonly subscription: string | null
  readonly item: string | null
  readonly isProration: boolean
  readonly isDiscountable: boolean
  /** Fixed already: of a proration's credit, negative as its amount. */
  readonly discounts?: readonly { readonly discount: string; readonly amount: number }[] | undefined
  /** Of a proration's credit: what it gives back. */
  readonly credits?: { readonly invoice: string; readonly line: string } | undefined
}

export function makeLine(state: StripeState, draft: LineDraft, currency: string): Stripe.InvoiceLineItem {
  return {
    id: state.id('il'),
    object: 'line_item',
    amount: draft.amount,
    currency,
    description: draft.description,
    discount_amounts: (draft.discounts ?? []).map((entry) => ({ ...entry })),
    discountable: draft.isDiscountable,
    discounts: (draft.discounts ?? []).map((entry) => entry.discount),
    invoice: null,
    livemode: false,
    metadata: {},
    parent:
      draft.item === null
        ? null
        : {
            type: 'subscription_item_details',
            invoice_item_details: null,
            subscription_item_details: {
              invoice_item: null,
              proration: draft.isProration,
              proration_details: {
                credited_items:
                  draft.credits === undefined
                    ? null
                    : { invoice: draft.credits.invoice, invoice_line_items: [draft.credits.line] },
              },
              subscription: draft.subscription,
              subscription_item: draft.item,
            },
          },
    period: { start: draft.period.start, end: draft.period.end },
    pretax_credit_amounts: [],
    pricing:
      draft.price === null
        ? null
        : {
            type: 'price_details',
            price_details: { price: draft.price.id, product: refId(draft.price.product) ?? '' },
            unit_amount_decimal: decimal(draft.price.unit_amount),
          },
    quantity: draft.quantity,
    quantity_decimal: decimal(draft.quantity),
    subscription: draft.subscription,
    subtotal: draft.amount,
    taxes: [],
  }
}

const productName = (state: StripeState, price: Stripe.Price): string =>
  get(state.products, 'product', refId(price.product) ?? '').name

export const isMetered = (price: Stripe.Price): boolean => price.recurring?.usage_type === 'metered'

/** A licensed item for a period. In a trial it costs nothing. */
export function periodLine(
  state: StripeState,
  item: Stripe.SubscriptionItem,
  period: Span,
  isTrial: boolean,
): LineDraft {
  const quantity = item.quantity ?? 1
  return {
    description: isTrial
      ? `Trial period for ${productName(state, item.price)}`
      : `${quantity} × ${productName(state, item.price)}`,
    amount: isTrial ? 0 : (item.price.unit_amount ?? 0) * quantity,
    price: item.price,
    quantity,
    period,
    subscription: item.subscription,
    item: item.id,
    isProration: false,
    isDiscountable: true,
  }
}

/** What a meter counted for a customer, start included, end not. Never below zero, as Stripe bills it. */
export function meteredQuantity(state: StripeState, customer: string, meterId: string, span: Span): number {
  const meter = get(state.meters, 'meter', meterId)
  let total = 0n
  for (const event of state.meterEvents)
    if (
      !event.cancelled &&
      event.eventName === meter.event_name &&
      event.customer === customer &&
      event.timestamp >= span.start &&
      event.timestamp < span.end
    )
      total += event.value
  return total < 0n ? 0 : Number(total)
}

/** A metered item for the period that is over. Usage in a trial costs nothing. */
export function usageLine(
  state: StripeState,
  item: Stripe.SubscriptionItem,
  options: { readonly customer: string; readonly period: Span; readonly isTrial: boolean },
): LineDraft {
  const meter = item.price.recurring?.meter ?? ''
  const quantity = meteredQuantity(state, options.customer, meter, options.period)
  return {
    description: `${quantity} × ${productName(state, item.price)}`,
    amount: options.isTrial ? 0 : quantity * (item.price.unit_amount ?? 0),
    price: item.price,
    quantity,
    period: options.period,
    subscription: item.subscription,
    item: item.id,
    isProration: false,
    isDiscountable: true,
  }
}

/** The last line that charged an item for this moment. */
function chargedLine(
  state: StripeState,
  item: Stripe.SubscriptionItem,
  at: number,
): { invoice: Stripe.Invoice; line: Stripe.InvoiceLineItem } | null {
  for (const invoice of [...state.invoices.values()].reverse()) {
    if (invoice.status === 'void' || invoice.status === 'draft') continue
    const line = invoice.lines.data.find((candidate) => {
      const parent = candidate.parent?.subscription_item_details
      const price = candidate.pricing?.price_details?.price
      return (
        parent?.subscription_item === item.id &&
        candidate.amount >= 0 &&
        refId(price) === item.price.id &&
        candidate.period.start <= at &&
        candidate.period.end > at
      )
    })
    if (line !== undefined) return { invoice, line }
  }
  return null
}

/** Exchanging a licensed item's price in the middle of a period: the unused rest is given back, as it was charged; the new price's rest is charged. */
export function prorationLines(
  state: StripeState,
  item: Stripe.SubscriptionItem,
  next: { readonly price: Stripe.Price; readonly quantity: number },
  at: number,
): LineDraft[] {
  const end = item.current_period_end
  const rest: Span = { start: at, end }
  const drafts: LineDraft[] = []
  const charged = chargedLine(state, item, at)
  const mode = get(state.subscriptions, 'subscription', item.subscription).billing_mode
  const isItemized = mode.flexible?.proration_discounts === 'itemized'
  const common = { period: rest, subscription: item.subscription, item: item.id, isProration: true }
  if (charged !== null) {
    const { line, invoice } = charged
    const whole = line.period.end - line.period.start
    const given = (line.discount_amounts ?? []).map((entry) => ({
      discount: refId(entry.discount) ?? '',
      amount: -share(entry.amount, end - at, whole),
    }))
    const gross = -share(line.amount, end - at, whole)
    drafts.push({
      ...common,
      description: `Unused time on ${productName(state, item.price)}`,
      amount: isItemized ? gross : gross - given.reduce((total, entry) => total + entry.amount, 0),
      discounts: isItemized ? given : given.map((entry) => ({ ...entry, amount: 0 })),
      price: item.price,
      quantity: item.quantity ?? 1,
      // What it was lowered by is known.
      isDiscountable: false,
      credits: { invoice: invoice.id, line: line.id },
    })
  }
  drafts.push({
    ...common,
    description: `Remaining time on ${productName(state, next.price)}`,
    amount: share((next.price.unit_amount ?? 0) * next.quantity, end - at, end - item.current_period_start),
    price: next.price,
    quantity: next.quantity,
    isDiscountable: true,
  })
  return drafts
}

/** Spreads an amount over lines in proportion; the parts add up to it exactly. */
function spread(amount: number, weights: readonly number[]): number[] {
  const whole = weights.reduce((total, weight) => total + weight, 0)
  let given = 0
  let seen = 0
  return weights.map((weight) => {
    seen += weight
    const until = share(amount, seen, whole)
    const part = until - given
    given = until
    return part
  })
}

function discountLines(
  state: StripeState,
  lines: readonly Stripe.InvoiceLineItem[],
  discount: Stripe.Discount,
): void {
  const coupon = couponOf(state, discount)
  const open = lines.filter((line) => line.discountable && line.amount > 0)
  const remaining = open.map(
    (line) => line.amount - (line.discount_amounts ?? []).reduce((total, entry) => total + entry.amount, 0),
  )
  const whole = remaining.reduce((total, amount) => total + amount, 0)
  const parts =
    coupon.percent_off === null
      ? spread(Math.min(coupon.amount_off ?? 0, whole), remaining)
      : remaining.map((amount) => share(amount, Math.round((coupon.percent_off ?? 0) * 100), 10_000))
  for (const [index, line] of open.entries()) {
    const amount = parts[index] ?? 0
    if (amount === 0) continue
    line.discount_amounts = [...(line.discount_amounts ?? []), { amount, discount: discount.id }]
    line.discounts.push(discount.id)
  }
}

/** Works out discounts, taxes and totals of an invoice that is not closed yet. */
export function totalUp(
  state: StripeState,
  invoice: Stripe.Invoice,
  discounts: readonly Stripe.Discount[],
): void {
  const customer = getCustomer(state, refId(invoice.customer) ?? '')
  const lines = invoice.lines.data
  for (const line of lines) {
    line.invoice = invoice.id
    line.taxes = []
    if (!line.discountable) continue
    line.discount_amounts = []
    line.discounts = []
  }
  for (const discount of discounts) discountLines(state, lines, discount)
  let subtotal = 0
  let discounted = 0
  const taxes = new Map<string, Stripe.Invoice.TotalTax>()
  for (const line of lines) {
    const off = (line.discount_amounts ?? []).reduce((total, entry) => total + entry.amount, 0)
    subtotal += line.amount
    discounted += off
    if (!invoice.automatic_tax.enabled) continue
    line.taxes = taxesOn(state, customer, line.amount - off)
    for (const tax of line.taxes) {
      const rate = tax.tax_rate_details?.tax_rate ?? ''
      const known = taxes.get(rate)
      if (known === undefined) taxes.set(rate, { ...tax })
      else {
        known.amount += tax.amount
        known.taxable_amount = (known.taxable_amount ?? 0) + (tax.taxable_amount ?? 0)
      }
    }
  }
  const tax = [...taxes.values()].reduce((total, entry) => total + entry.amount, 0)
  invoice.discounts = discounts.map((discount) => discount.id)
  invoice.subtotal = subtotal
  invoice.subtotal_excluding_tax = subtotal
  const byDiscount = new Map(discounts.map((discount) => [discount.id, 0]))
  for (const { discount, amount } of lines.flatMap((line) => line.discount_amounts ?? [])) {
    const id = refId(discount) ?? ''
    byDiscount.set(id, (byDiscount.get(id) ?? 0) + amount)
  }
  invoice.total_discount_amounts = [...byDiscount].map(([discount, amount]) => ({ discount, amount }))
  invoice.total_taxes = [...taxes.values()]
  invoice.total_excluding_tax = subtotal - discounted
  invoice.total = subtotal - discounted + tax
  invoice.starting_balance = customer.balance
  invoice.amount_due = Math.max(0, invoice.total + customer.balance)
  invoice.amount_remaining = invoice.amount_due
}
