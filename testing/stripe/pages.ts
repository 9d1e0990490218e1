// The hosted pages in plain HTML: checkout, set-up, portal, an invoice. A browser test fills them in by their labels; a person trying the demo too.
import type Stripe from 'stripe'
import type { Checkout } from './checkout.ts'
import { StripeFailure } from './errors.ts'
import { payNow } from './invoice-life.ts'
import { TEST_CARDS } from './payment-methods.ts'
import type { PageAnswer, PageHandler } from './server.ts'
import { refId, type StripeState } from './state.ts'

const escape = (value: string): string =>
  value.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

const money = (amount: number, currency: string): string =>
  `${(amount / 100).toFixed(2)} ${currency.toUpperCase()}`

function layout(title: string, body: string, status = 200): PageAnswer {
  return {
    status,
    html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>
<meta name="viewport" content="width=device-width"><style>
body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
label{display:block;margin:.75rem 0}input,select{display:block;width:100%;box-sizing:border-box;font:inherit;padding:.4rem}
button{font:inherit;padding:.5rem 1rem}.note{color:#555}.error{color:#a40000}td,th{text-align:left;padding-right:1rem}
</style></head><body><main><p class="note">Test payments. No money moves here.</p><h1>${escape(title)}</h1>${body}</main></body></html>`,
  }
}

const cards = Object.entries(TEST_CARDS)
  .map(
    ([number, card]) =>
      `<option value="${number}">${card.brand}, ${card.onSetup ?? card.onCharge ?? 'pays'}</option>`,
  )
  .join('')

/** Stripe puts the session into the address where the placeholder stands. */
const withSession = (url: string, id: string): string => url.replaceAll('{CHECKOUT_SESSION_ID}', id)

export function createPages(state: StripeState, checkout: Checkout): PageHandler {
  function cancelUrl(session: Stripe.Checkout.Session): string {
    return session.cancel_url === null ? '' : withSession(session.cancel_url, session.id)
  }

  function showCheckout(session: Stripe.Checkout.Session, error: string | null): PageAnswer {
    if (session.status !== 'open')
      return layout(
        'This page is over',
        `<p>It is ${escape(session.status ?? 'over')}. Go back to the app.</p>`,
        410,
      )
    const plan = checkout.planOf(session.id)
    const isSetup = session.mode === 'setup'
    const rows = (plan?.items ?? []).flatMap((item) => {
      const price = state.prices.get(item.price)
      if (price === undefined || price.recurring?.usage_type === 'metered') return []
      const product = state.products.get(refId(price.product) ?? '')
      return [
        `<li>${escape(product?.name ?? '')}: ${money(price.unit_amount ?? 0, price.currency)} a month</li>`,
      ]
    })
    const trial = plan?.trialDays ?? 0
    const button = isSetup ? 'Save card' : trial > 0 ? 'Start trial' : 'Pay and subscribe'
    return layout(
      isSetup ? 'Save a payment method' : 'Subscribe',
      `${rows.length === 0 ? '' : `<ul>${rows.join('')}</ul>`}
${trial > 0 ? `<p>${trial} days free. Nothing is charged before.</p>` : ''}
${error === null ? '' : `<p class="error" role="alert">${escape(error)}</p>`}
<form method="post" action="/pay/${session.id}">
<label>Card number<input name="number" list="cards" inputmode="numeric" autocomplete="off" required value="4242424242424242"></label>
<datalist id="cards">${cards}</datalist>
<label>Expiry<input name="expiry" value="12/34" pattern="\\d{2}/\\d{2}" required></label>
${isSetup ? '' : `<label>Name<input name="name" value=""></label><label>Country<input name="country" value="DE" maxlength="2" pattern="[A-Za-z]{2}" required></label>`}
<button type="submit">${button}</button>
</form>
${session.cancel_url === null ? '' : `<p><a href="${escape(cancelUrl(session))}">Cancel and go back</a></p>`}`,
      error === null ? 200 : 402,
    )
  }

  function submitCheckout(session: Stripe.Checkout.Session, form: Record<string, unknown>): PageAnswer {
    const field = (name: string): string => {
      const value = form[name]
      return typeof value === 'string' ? value : ''
    }
    const [month, year] = field('expiry').split('/')
    try {
      checkout.complete(session.id, {
        number: field('number'),
        expMonth: Number(month ?? 12),
        expYear: 2000 + Number(year ?? 34),
        name: field('name'),
        country: field('country'),
      })
    } catch (error) {
      if (error instanceof StripeFailure) return showCheckout(session, error.message)
      throw error
    }
    return { status: 303, location: withSession(session.success_url ?? '', session.id) }
  }

  function showPortal(session: Stripe.BillingPortal.Session): PageAnswer {
    const methods = [...state.paymentMethods.values()].filter(
      (method) => method.customer === session.customer,
    )
    const invoices = [...state.invoices.values()].filter(
      (invoice) => invoice.customer === session.customer && invoice.status !== 'draft',
    )
    return layout(
      'Your billing',
      `<h2>Payment methods</h2><ul>${methods.map((method) => `<li>${escape(method.card?.brand ?? method.type)} ending in ${escape(method.card?.last4 ?? '')}</li>`).join('')}</ul>
<h2>Invoices</h2><table><thead><tr><th>Number</th><th>Amount</th><th>Status</th></tr></thead><tbody>${invoices
        .map(
          (invoice) =>
            `<tr><td>${escape(invoice.number ?? '')}</td><td>${money(invoice.total, invoice.currency)}</td><td>${escape(invoice.status ?? '')}</td></tr>`,
        )
        .join('')}</tbody></table>
${session.return_url === null ? '' : `<p><a href="${escape(session.return_url)}">Return to the app</a></p>`}`,
    )
  }

  function showInvoice(invoice: Stripe.Invoice, error: string | null): PageAnswer {
    return layout(
      `Invoice ${invoice.number ?? ''}`,
      `<p>${money(invoice.amount_remaining, invoice.currency)} to pay. ${escape(invoice.status ?? '')}.</p>
${error === null ? '' : `<p class="error" role="alert">${escape(error)}</p>`}
${invoice.status === 'open' || invoice.status === 'uncollectible' ? `<form method="post" action="/invoice/${invoice.id}"><button type="submit">Pay</button></form>` : ''}`,
      error === null ? 200 : 402,
    )
  }

  function submitInvoice(invoice: Stripe.Invoice): PageAnswer {
    // The person confirms: a card that only asked for that pays now.
    const asks = [...state.cards].filter(([, decline]) => decline === 'authentication_required')
    for (const [method] of asks) state.cards.set(method, null)
    try {
      payNow(state, invoice)
    } catch (error) {
      if (error instanceof StripeFailure) return showInvoice(invoice, error.message)
      throw error
    } finally {
      for (const [method, decline] of asks) state.cards.set(method, decline)
    }
    return { status: 303, location: `/invoice/${invoice.id}` }
  }

  return ({ method, path, form }) => {
    const [, kind, id] = /^\/(pay|portal|invoice)\/([^/]+)$/.exec(path) ?? []
    if (kind === undefined || id === undefined) return null
    const isPost = method === 'POST'
    const missing = layout('There is no such page', '', 404)
    if (kind === 'pay') {
      const session = state.sessions.get(id)
      if (session === undefined) return missing
      return isPost ? submitCheckout(session, form) : showCheckout(session, null)
    }
    if (kind === 'portal') {
      const session = state.portalSessions.get(id)
      return session === undefined ? missing : showPortal(session)
    }
    const invoice = state.invoices.get(id)
    if (invoice === undefined) return missing
    return isPost ? submitInvoice(invoice) : showInvoice(invoice, null)
  }
}
