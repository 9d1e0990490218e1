// The calls on invoices, previews and credit notes with their refunds.
import type Stripe from 'stripe'
import { z } from 'zod'
import { previewInvoice } from './preview.ts'
import { invalid } from './errors.ts'
import { collect, finalizeInvoice, payNow, paymentOf } from './invoice-life.ts'
import { bool, inRange, int, page, paging, range, route, type Route } from './route.ts'
import { get, newest, refId, type StripeState } from './state.ts'
import { discountsInput, itemInput, prorationBehavior } from './subscriptions.ts'

/** As it is sent: an invoice carries ten of its lines. */
function shown(invoice: Stripe.Invoice): Stripe.Invoice {
  const { data } = invoice.lines
  return { ...invoice, lines: { ...invoice.lines, has_more: data.length > 10, data: data.slice(0, 10) } }
}

export function invoiceRoutes(state: StripeState): Route[] {
  const find = (id: string): Stripe.Invoice => get(state.invoices, 'invoice', id)

  return [
    route(
      'POST /v1/invoices/create_preview',
      {
        customer: z.string().optional(),
        subscription: z.string(),
        subscription_details: z
          .strictObject({
            items: z.array(itemInput).optional(),
            proration_behavior: prorationBehavior.optional(),
            proration_date: int.optional(),
          })
          .optional(),
        discounts: discountsInput.optional(),
      },
      (input) => {
        const details = input.subscription_details
        // A preview carries all of its lines: there is nothing that more could be asked of.
        return previewInvoice(
          state,
          get(state.subscriptions, 'subscription', input.subscription, 'subscription'),
          {
            items: details?.items ?? null,
            behavior: details?.proration_behavior ?? 'create_prorations',
            at: details?.proration_date ?? null,
            coupon: input.discounts?.[0]?.coupon ?? null,
          },
        )
      },
    ),
    route(
      'GET /v1/invoices',
      {
        ...paging,
        customer: z.string().optional(),
        subscription: z.string().optional(),
        status: z.string().optional(),
        created: range.optional(),
      },
      (input) => {
        const found = newest(state.invoices).filter(
          (invoice) =>
            (input.customer === undefined || invoice.customer === input.customer) &&
            (input.subscription === undefined ||
              refId(invoice.parent?.subscription_details?.subscription) === input.subscription) &&
            (input.status === undefined || invoice.status === input.status) &&
            inRange(invoice.created, input.created),
        )
        const listed = page('/v1/invoices', found, input)
        return { ...listed, data: listed.data.map(shown) }
      },
    ),
    route('GET /v1/invoices/:id', {}, (_, id) => shown(find(id))),
    route('GET /v1/invoices/:id/lines', paging, (input, id) =>
      page(`/v1/invoices/${id}/lines`, find(id).lines.data, input),
    ),
    route('POST /v1/invoices/:id/finalize', { auto_advance: bool.optional() }, (input, id) => {
      const invoice = find(id)
      finalizeInvoice(state, invoice)
      if (input.auto_advance !== undefined) invoice.auto_advance = input.auto_advance
      if (invoice.status === 'open' && invoice.auto_advance === true) collect(state, invoice)
      return shown(invoice)
    }),
    route('POST /v1/invoices/:id/pay', {}, (_, id) => {
      const invoice = find(id)
      payNow(state, invoice)
      return shown(invoice)
    }),
    route('POST /v1/invoices/:id/void', {}, (_, id) => {
      const invoice = find(id)
      if (invoice.status !== 'open' && invoice.status !== 'uncollectible')
        throw invalid(
          `You can only void open or uncollectible invoices; this one is ${invoice.status ?? 'unknown'}.`,
        )
      const { payment, intent } = paymentOf(state, invoice)
      const customer = refId(invoice.customer)
      if (intent !== undefined) intent.status = 'canceled'
      if (payment !== undefined) payment.status = 'canceled'
      invoice.status = 'void'
      invoice.next_payment_attempt = null
      invoice.status_transitions.voided_at = state.now(customer)
      state.emit('invoice.voided', invoice, customer)
      return shown(invoice)
    }),
    route('POST /v1/invoices/:id/mark_uncollectible', {}, (_, id) => {
      const invoice = find(id)
      if (invoice.status !== 'open') throw invalid('Only open invoices can be marked as uncollectible.')
      invoice.status = 'uncollectible'
      invoice.next_payment_attempt = null
      invoice.status_transitions.marked_uncollectible_at = state.now(refId(invoice.customer))
      state.emit('invoice.marked_uncollectible', invoice, refId(invoice.customer))
      return shown(invoice)
    }),
  ]
}
