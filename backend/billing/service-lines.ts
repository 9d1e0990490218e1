// Lines and invoices as they travel: money and quantities as decimal strings.
import type { Invoice, InvoiceLine } from '#contract/capabilities/billing.ts'
import type { Metric } from '#contract/billing/metrics.ts'
import type { RatingPeriod } from './rate.ts'
import type { StoredInvoice } from './store-invoices.ts'

export type WireLine = InvoiceLine

/** A line; `forecast` is the amount itself where it is final. */
export function toLine(
  line: {
    readonly description: string
    readonly kind: InvoiceLine['kind']
    readonly metric?: Metric | null
    readonly quantity?: bigint | null
    readonly period: RatingPeriod
    readonly amount: bigint
    readonly priceVersion: string
  },
  forecast: bigint = line.amount,
): WireLine {
  const { description, kind, metric = null, quantity = null, amount, priceVersion } = line
  return {
    description,
    kind,
    metric,
    quantity: quantity === null ? null : String(quantity),
    period: toPeriod(line.period),
    amount: String(amount),
    forecast: String(forecast),
    priceVersion,
  }
}

export function toPeriod({ from, to }: RatingPeriod): { from: string; to: string } {
  return { from: from.toISOString(), to: to.toISOString() }
}

export function toInvoice(invoice: StoredInvoice): Invoice {
  const { id, number, kind, status, currency } = invoice
  return {
    id,
    number,
    kind,
    issuedAt: invoice.issuedAt.toISOString(),
    period: toPeriod(invoice.period),
    status,
    currency,
    net: String(invoice.net),
    tax: String(invoice.tax),
    total: String(invoice.total),
  }
}
