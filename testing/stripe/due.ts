// What time does: trials and periods end, drafts are closed, payments are tried again, pages expire. In the order in which it falls due.
import type Stripe from 'stripe'
import { expireSession } from './checkout.ts'
import { collect, finalizeInvoice } from './invoice-life.ts'
import { refId, type StripeState } from './state.ts'
import { renew } from './subscription-life.ts'

interface Due {
  readonly at: number
  readonly run: () => void
}

/** Days before a trial's end at which it is announced. */
const TRIAL_NOTICE = 3 * 24 * 3600

function dueOfInvoice(state: StripeState, invoice: Stripe.Invoice): Due[] {
  if (invoice.status === 'draft' && invoice.automatically_finalizes_at !== null)
    return [
      {
        at: invoice.automatically_finalizes_at,
        run: () => {
          finalizeInvoice(state, invoice)
          if (invoice.status === 'open') collect(state, invoice)
        },
      },
    ]
  if (invoice.status === 'open' && invoice.next_payment_attempt !== null)
    return [{ at: invoice.next_payment_attempt, run: () => collect(state, invoice) }]
  return []
}

function dueOfSubscription(
  state: StripeState,
  subscription: Stripe.Subscription,
  announced: Set<string>,
): Due[] {
  if (subscription.ended_at !== null) return []
  const periodEnd = subscription.items.data[0]?.current_period_end
  const due: Due[] = periodEnd === undefined ? [] : [{ at: periodEnd, run: () => renew(state, subscription) }]
  const { trial_end: trialEnd } = subscription
  if (subscription.status === 'trialing' && trialEnd !== null && !announced.has(subscription.id))
    due.push({
      at: Math.max(subscription.start_date, trialEnd - TRIAL_NOTICE),
      run: () => {
        announced.add(subscription.id)
        state.emit('customer.subscription.trial_will_end', subscription, refId(subscription.customer))
      },
    })
  return due
}

/** Everything on a clock that is due until then, one after the other, each at its own moment. */
export function createDueWork(state: StripeState): (clock: string | null, until: number) => void {
  const announced = new Set<string>()

  function next(clock: string | null): Due | null {
    const due: Due[] = []
    for (const invoice of state.invoices.values())
      if (refId(invoice.test_clock) === clock) due.push(...dueOfInvoice(state, invoice))
    for (const subscription of state.subscriptions.values())
      if (refId(subscription.test_clock) === clock)
        due.push(...dueOfSubscription(state, subscription, announced))
    if (clock === null)
      for (const session of state.sessions.values())
        if (session.status === 'open')
          due.push({ at: session.expires_at, run: () => expireSession(state, session) })
    return due.reduce<Due | null>(
      (first, entry) => (first === null || entry.at < first.at ? entry : first),
      null,
    )
  }

  return (clock, until) => {
    for (let work = next(clock); work !== null && work.at <= until; work = next(clock)) {
      state.workingAt.set(clock ?? '', work.at)
      try {
        work.run()
      } finally {
        state.workingAt.delete(clock ?? '')
      }
    }
  }
}
