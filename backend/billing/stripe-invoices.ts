// Invoices at Stripe as we read them, previews, payment, refunds.
import type Stripe from 'stripe'
import {
  PaymentError,
  type GatewayCreditNote,
  type GatewayInvoice,
  type GatewayInvoiceLine,
  type InvoicePreview,
  type PaymentGateway,
} from './gateway.ts'
import { attempt, idOf, sum, toAmount, toDate, toSeconds } from './stripe-client.ts'
import type { PriceCatalogue } from './stripe-prices.ts'
import { itemsFor } from './stripe-subscriptions.ts'

type InvoiceCalls = Pick<
  PaymentGateway,
  | 'previewChange'
  | 'upcomingInvoice'
  | 'invoice'
  | 'invoices'
  | 'finalizeInvoice'
  | 'payInvoice'
  | 'voidInvoice'
  | 'refund'
  | 'creditNotes'
>

const STATUSES = ['draft', 'open', 'paid', 'void', 'uncollectible'] as const
const REASONS: Readonly<Record<string, GatewayInvoice['reason']>> = {
  subscription_create: 'first',
  subscription_cycle: 'period',
  subscription_update: 'change',
}
/** Why the last payment failed is said by its payment intent. */
const WITH_PAYMENTS = { expand: ['payments.data.payment.payment_intent'] }

function failureOf(invoice: Stripe.Invoice): string | null {
  if (invoice.status === 'paid') return null
  const finalization = invoice.last_finalization_error
  if (finalization !== null) return finalization.code ?? finalization.message ?? 'finalization_failed'
  for (const payment of invoice.payments?.data ?? []) {
    const intent = payment.payment.payment_intent
    const error = typeof intent === 'object' ? intent.last_payment_error : null
    if (error !== null) return error.decline_code ?? error.code ?? 'declined'
  }
  return null
}

function creditNoteOf(note: Stripe.CreditNote): GatewayCreditNote {
  return {
    id: note.id,
    invoiceId: idOf(note.invoice),
    amount: BigInt(note.amount),
    tax: sum((note.total_taxes ?? []).map((tax) => tax.amount)),
    createdAt: toDate(note.created),
    offDue: BigInt(note.pre_payment_amount),
    refundId: idOf(note.refunds[0]?.refund),
  }
}

export function createStripeInvoices(client: Stripe, catalogue: PriceCatalogue): InvoiceCalls {
  async function describeLine(line: Stripe.InvoiceLineItem): Promise<GatewayInvoiceLine> {
    const price = line.pricing?.price_details?.price
    const meaning = price === undefined ? null : await catalogue.meaning(idOf(price))
    const parent = line.parent?.subscription_item_details ?? line.parent?.invoice_item_details
    return {
      id: line.id,
      description: line.description ?? '',
      kind: meaning?.kind ?? 'other',
      plan: meaning?.kind === 'plan' ? meaning.plan : null,
      metric: meaning?.kind === 'usage' ? meaning.metric : null,
      isProration: parent?.proration ?? false,
      period: { from: toDate(line.period.start), to: toDate(line.period.end) },
      amount: BigInt(line.subtotal),
      discount: sum((line.discount_amounts ?? []).map((discount) => discount.amount)),
      tax: sum((line.taxes ?? []).map((tax) => tax.amount)),
    }
  }

  /** Stripe puts ten lines into an invoice; the rest is asked for. */
  async function linesOf(invoice: Stripe.Invoice): Promise<GatewayInvoiceLine[]> {
    const raw: Stripe.InvoiceLineItem[] = []
    if (invoice.lines.has_more && invoice.id !== '')
      for await (const line of client.invoices.listLineItems(invoice.id, { limit: 100 })) raw.push(line)
    else raw.push(...invoice.lines.data)
    const lines: GatewayInvoiceLine[] = []
    for (const line of raw) lines.push(await describeLine(line))
    return lines
  }

  async function describePreview(invoice: Stripe.Invoice): Promise<InvoicePreview> {
    return {
      currency: invoice.currency,
      lines: await linesOf(invoice),
      subtotal: BigInt(invoice.subtotal),
      discount: sum((invoice.total_discount_amounts ?? []).map((discount) => discount.amount)),
      tax: sum((invoice.total_taxes ?? []).map((tax) => tax.amount)),
      total: BigInt(invoice.total),
      amountDue: BigInt(invoice.amount_due),
      period: { from: toDate(invoice.period_start), to: toDate(invoice.period_end) },
    }
  }

  async function describe(invoice: Stripe.Invoice): Promise<GatewayInvoice> {
    const { finalized_at, paid_at, voided_at } = invoice.status_transitions
    return {
      ...(await describePreview(invoice)),
      id: invoice.id,
      customerId: idOf(invoice.customer) ?? '',
      subscriptionId: idOf(invoice.parent?.subscription_details?.subscription),
      status: STATUSES.find((status) => status === invoice.status) ?? 'draft',
      reason: REASONS[invoice.billing_reason ?? ''] ?? 'other',
      createdAt: toDate(invoice.created),
      finalizedAt: toDate(finalized_at),
      paidAt: toDate(paid_at),
      voidedAt: toDate(voided_at),
      fromBalance:
        invoice.ending_balance === null ? 0n : BigInt(invoice.starting_balance - invoice.ending_balance),
      amountPaid: BigInt(invoice.amount_paid),
      credited: BigInt(invoice.pre_payment_credit_notes_amount + invoice.post_payment_credit_notes_amount),
      attempts: invoice.attempt_count,
      nextAttemptAt: toDate(invoice.next_payment_attempt),
      failure: failureOf(invoice),
      hostedUrl: invoice.hosted_invoice_url ?? null,
    }
  }

  const read = async (id: string): Promise<GatewayInvoice> =>
    describe(await client.invoices.retrieve(id, WITH_PAYMENTS))

  return {
    previewChange: (options) =>
      attempt(async () => {
        const subscription = await client.subscriptions.retrieve(options.subscriptionId)
        return describePreview(
          await client.invoices.createPreview({
            subscription: subscription.id,
            subscription_details: {
              items: await itemsFor(catalogue, subscription, options),
              proration_behavior: 'always_invoice',
              proration_date: toSeconds(options.at),
            },
            ...(options.coupon === null ? {} : { discounts: [{ coupon: options.coupon }] }),
          }),
        )
      }),

    upcomingInvoice: (subscriptionId) =>
      attempt(async () =>
        describePreview(await client.invoices.createPreview({ subscription: subscriptionId })),
      ),

    invoice: (id) => attempt(() => read(id)),

    invoices: (customerId, options = {}) =>
      attempt(async () => {
        const limit = options.limit ?? 100
        const found: GatewayInvoice[] = []
        const list = { customer: customerId, limit: Math.min(limit, 100) }
        for await (const invoice of client.invoices.list(list)) {
          // Its payments are too deep to come with the list.
          found.push(
            invoice.attempted && invoice.status !== 'paid' ? await read(invoice.id) : await describe(invoice),
          )
          if (found.length >= limit) break
        }
        return found
      }),

    finalizeInvoice: (id, key) =>
      attempt(async () => {
        await client.invoices.finalizeInvoice(id, { auto_advance: true }, { idempotencyKey: key })
        return read(id)
      }),

    payInvoice: (id, key) =>
      attempt(async () => {
        await client.invoices.pay(id, {}, { idempotencyKey: key })
        return read(id)
      }),

    voidInvoice: (id, key) =>
      attempt(async () => {
        await client.invoices.voidInvoice(id, {}, { idempotencyKey: key })
        return read(id)
      }),

    refund: ({ invoiceId, amount, reason, key }) =>
      attempt(async () => {
        const invoice = await client.invoices.retrieve(invoiceId)
        if (invoice.status !== 'paid' && invoice.status !== 'open')
          throw new PaymentError('refused', `Invoice ${invoiceId} is ${invoice.status ?? 'unknown'}.`)
        const cents = toAmount(amount)
        return creditNoteOf(
          await client.creditNotes.create(
            {
              invoice: invoiceId,
              amount: cents,
              memo: reason,
              ...(invoice.status === 'paid' ? { refund_amount: cents } : {}),
            },
            { idempotencyKey: key },
          ),
        )
      }),

    creditNotes: (invoiceId) =>
      attempt(async () => {
        const notes: GatewayCreditNote[] = []
        for await (const note of client.creditNotes.list({ invoice: invoiceId, limit: 100 }))
          notes.push(creditNoteOf(note))
        return notes
      }),
  }
}
