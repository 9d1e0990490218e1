// Credit notes, and the refunds of what was paid.
import type Stripe from 'stripe'
import { z } from 'zod'
import { changeBalance } from './customers.ts'
import { invalid } from './errors.ts'
import { paymentOf } from './invoice-life.ts'
import { int, page, paging, route, text, type Route } from './route.ts'
import { get, getCustomer, newest, refId, share, type StripeState } from './state.ts'

function refund(state: StripeState, invoice: Stripe.Invoice, amount: number): Stripe.Refund {
  const { intent } = paymentOf(state, invoice)
  const refunded = [...state.refunds.values()]
    .filter((entry) => entry.payment_intent === intent?.id)
    .reduce((total, entry) => total + entry.amount, 0)
  if (intent === undefined || amount > intent.amount_received - refunded)
    throw invalid('Refund amount is greater than what was paid by card.', { param: 'refund_amount' })
  const customer = refId(invoice.customer)
  const made: Stripe.Refund = {
    id: state.id('re'),
    object: 'refund',
    amount,
    balance_transaction: null,
    charge: refId(intent.latest_charge),
    created: state.now(customer),
    currency: invoice.currency,
    customer,
    customer_account: null,
    metadata: {},
    payment_intent: intent.id,
    payment_method: refId(intent.payment_method),
    reason: null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  }
  state.refunds.set(made.id, made)
  state.emit('refund.created', made, customer)
  return made
}

export function creditNoteRoutes(state: StripeState): Route[] {
  return [
    route(
      'POST /v1/credit_notes',
      {
        invoice: z.string(),
        amount: int,
        refund_amount: int.optional(),
        credit_amount: int.optional(),
        memo: text.optional(),
        reason: z.enum(['duplicate', 'fraudulent', 'order_change', 'product_unsatisfactory']).optional(),
      },
      (input) => {
        const invoice = get(state.invoices, 'invoice', input.invoice, 'invoice')
        const customer = getCustomer(state, refId(invoice.customer) ?? '')
        if (invoice.status !== 'open' && invoice.status !== 'paid')
          throw invalid('Credit notes are for open and paid invoices.', { param: 'invoice' })
        if (input.amount <= 0) throw invalid('The amount of a credit note is positive.', { param: 'amount' })
        const credited = invoice.pre_payment_credit_notes_amount + invoice.post_payment_credit_notes_amount
        if (input.amount > invoice.total - credited)
          throw invalid('The credit notes of an invoice cannot be more than its total.', { param: 'amount' })
        const isPaid = invoice.status === 'paid'
        const refundAmount = input.refund_amount ?? 0
        const creditAmount = input.credit_amount ?? 0
        if (isPaid && refundAmount + creditAmount !== input.amount)
          throw invalid(
            'The sum of refund_amount, credit_amount and out_of_band_amount must equal the amount.',
          )
        if (!isPaid && input.amount > invoice.amount_remaining)
          throw invalid('The credit note is more than what is due.', { param: 'amount' })
        const id = state.id('cn')
        const made = refundAmount > 0 ? refund(state, invoice, refundAmount) : null
        const balance =
          creditAmount > 0
            ? changeBalance(state, customer, {
                amount: -creditAmount,
                currency: invoice.currency,
                description: null,
                type: 'credit_note',
                creditNote: id,
              })
            : null
        const taxes = (invoice.total_taxes ?? []).map((tax) => ({
          ...tax,
          amount: share(tax.amount, input.amount, invoice.total),
          taxable_amount: share(tax.taxable_amount ?? 0, input.amount, invoice.total),
        }))
        const tax = taxes.reduce((total, entry) => total + entry.amount, 0)
        const note: Stripe.CreditNote = {
          id,
          object: 'credit_note',
          amount: input.amount,
          amount_shipping: 0,
          created: state.now(customer.id),
          currency: invoice.currency,
          customer: customer.id,
          customer_account: null,
          customer_balance_transaction: balance?.id ?? null,
          discount_amount: 0,
          discount_amounts: [],
          effective_at: state.now(customer.id),
          invoice: invoice.id,
          lines: { object: 'list', url: `/v1/credit_notes/${id}/lines`, has_more: false, data: [] },
          livemode: false,
          memo: input.memo ?? null,
          metadata: {},
          number: `${invoice.number ?? 'FAKE'}-CN-${String(state.creditNotes.size + 1).padStart(2, '0')}`,
          out_of_band_amount: null,
          pdf: `${state.origin}/credit-note/${id}/pdf`,
          post_payment_amount: isPaid ? input.amount : 0,
          pre_payment_amount: isPaid ? 0 : input.amount,
          pretax_credit_amounts: [],
          reason: input.reason ?? null,
          refunds:
            made === null
              ? []
              : [
                  {
                    amount_refunded: made.amount,
                    payment_record_refund: null,
                    refund: made.id,
                    type: 'refund',
                  },
                ],
          shipping_cost: null,
          status: 'issued',
          subtotal: input.amount - tax,
          subtotal_excluding_tax: input.amount - tax,
          total: input.amount,
          total_excluding_tax: input.amount - tax,
          total_taxes: taxes,
          type: isPaid ? 'post_payment' : 'pre_payment',
          voided_at: null,
        }
        state.creditNotes.set(id, note)
        if (isPaid) invoice.post_payment_credit_notes_amount += input.amount
        else {
          invoice.pre_payment_credit_notes_amount += input.amount
          invoice.amount_due -= input.amount
          invoice.amount_remaining -= input.amount
        }
        state.emit('credit_note.created', note, customer.id)
        state.emit('invoice.updated', invoice, customer.id)
        return note
      },
    ),
    route(
      'GET /v1/credit_notes',
      { ...paging, invoice: z.string().optional(), customer: z.string().optional() },
      (input) =>
        page(
          '/v1/credit_notes',
          newest(state.creditNotes).filter(
            (note) =>
              (input.invoice === undefined || note.invoice === input.invoice) &&
              (input.customer === undefined || note.customer === input.customer),
          ),
          input,
        ),
    ),
    route('GET /v1/credit_notes/:id', {}, (_, id) => get(state.creditNotes, 'credit note', id)),
    route('GET /v1/refunds/:id', {}, (_, id) => get(state.refunds, 'refund', id)),
    route('GET /v1/refunds', { ...paging, payment_intent: z.string().optional() }, (input) =>
      page(
        '/v1/refunds',
        newest(state.refunds).filter(
          (entry) => input.payment_intent === undefined || entry.payment_intent === input.payment_intent,
        ),
        input,
      ),
    ),
  ]
}
