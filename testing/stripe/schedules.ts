// Subscription schedules, as far as a change at the end of a period needs them: made from a subscription, phases that follow each other, release.
import type Stripe from 'stripe'
import { z } from 'zod'
import { invalid } from './errors.ts'
import { int, page, paging, route, type Route } from './route.ts'
import { addMonths, get, newest, refId, type StripeState } from './state.ts'
import { planOf } from './products.ts'
import { prorationBehavior } from './subscriptions.ts'

interface PhaseItem {
  readonly price: string
  readonly quantity?: number | undefined
}

function makePhase(
  state: StripeState,
  subscription: Stripe.Subscription,
  span: { readonly start: number; readonly end: number; readonly trialEnd: number | null },
  items: readonly PhaseItem[],
): Stripe.SubscriptionSchedule.Phase {
  return {
    add_invoice_items: [],
    application_fee_percent: null,
    billing_cycle_anchor: null,
    billing_thresholds: null,
    collection_method: null,
    currency: subscription.currency,
    default_payment_method: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    end_date: span.end,
    invoice_settings: null,
    items: items.map((item) => {
      const price = get(state.prices, 'price', item.price, 'phases[0][items][0][price]')
      return {
        billing_thresholds: null,
        discounts: [],
        metadata: {},
        plan: planOf(price).id,
        price: price.id,
        ...(item.quantity === undefined ? {} : { quantity: item.quantity }),
        tax_rates: [],
      }
    }),
    metadata: {},
    on_behalf_of: null,
    proration_behavior: 'none',
    start_date: span.start,
    transfer_data: null,
    trial_end: span.trialEnd,
  }
}

export function scheduleRoutes(state: StripeState): Route[] {
  const find = (id: string): Stripe.SubscriptionSchedule => get(state.schedules, 'subscription schedule', id)

  function subscriptionOf(schedule: Stripe.SubscriptionSchedule): Stripe.Subscription {
    if (schedule.status !== 'active' && schedule.status !== 'not_started')
      throw invalid(`You cannot change a subscription schedule that is ${schedule.status}.`)
    return get(state.subscriptions, 'subscription', refId(schedule.subscription) ?? '')
  }

  return [
    route('POST /v1/subscription_schedules', { from_subscription: z.string() }, (input) => {
      const subscription = get(
        state.subscriptions,
        'subscription',
        input.from_subscription,
        'from_subscription',
      )
      if (subscription.schedule !== null)
        throw invalid('You cannot migrate a subscription that is already attached to a schedule.')
      if (subscription.ended_at !== null || subscription.cancel_at !== null)
        throw invalid('You cannot migrate a subscription that is canceled or set to cancel.')
      const customer = refId(subscription.customer) ?? ''
      const first = subscription.items.data[0]
      const span = {
        start: first?.current_period_start ?? subscription.start_date,
        end: first?.current_period_end ?? subscription.start_date,
        trialEnd: subscription.status === 'trialing' ? subscription.trial_end : null,
      }
      const schedule: Stripe.SubscriptionSchedule = {
        id: state.id('sub_sched'),
        object: 'subscription_schedule',
        application: null,
        billing_mode: { type: 'flexible', flexible: null },
        canceled_at: null,
        completed_at: null,
        created: state.now(customer),
        current_phase: { start_date: span.start, end_date: span.end },
        customer,
        customer_account: null,
        default_settings: {
          application_fee_percent: null,
          billing_cycle_anchor: 'automatic',
          billing_thresholds: null,
          collection_method: 'charge_automatically',
          default_payment_method: null,
          description: null,
          invoice_settings: {
            account_tax_ids: null,
            custom_fields: null,
            days_until_due: null,
            description: null,
            footer: null,
            issuer: { type: 'self' },
          },
          on_behalf_of: null,
          transfer_data: null,
        },
        end_behavior: 'release',
        livemode: false,
        metadata: {},
        pause_schedules: [],
        phases: [
          makePhase(
            state,
            subscription,
            span,
            subscription.items.data.map((item) => ({ price: item.price.id, quantity: item.quantity })),
          ),
        ],
        released_at: null,
        released_subscription: null,
        status: 'active',
        subscription: subscription.id,
        test_clock: refId(subscription.test_clock),
      }
      state.schedules.set(schedule.id, schedule)
      subscription.schedule = schedule.id
      state.emit('subscription_schedule.created', schedule, customer)
      state.emit('customer.subscription.updated', subscription, customer)
      return schedule
    }),
    route('GET /v1/subscription_schedules', { ...paging, customer: z.string().optional() }, (input) =>
      page(
        '/v1/subscription_schedules',
        newest(state.schedules).filter(
          (schedule) => input.customer === undefined || schedule.customer === input.customer,
        ),
        input,
      ),
    ),
    route('GET /v1/subscription_schedules/:id', {}, (_, id) => find(id)),
    route(
      'POST /v1/subscription_schedules/:id',
      {
        end_behavior: z.literal('release').optional(),
        proration_behavior: prorationBehavior.optional(),
        phases: z
          .array(
            z.strictObject({
              items: z.array(z.strictObject({ price: z.string(), quantity: int.optional() })),
              start_date: int.optional(),
              end_date: int.optional(),
              duration: z
                .strictObject({ interval: z.literal('month'), interval_count: int.optional() })
                .optional(),
              proration_behavior: z.literal('none'),
              trial_end: int.optional(),
            }),
          )
          .min(1)
          .optional(),
      },
      (input, id) => {
        const schedule = find(id)
        const subscription = subscriptionOf(schedule)
        if (input.phases !== undefined) {
          let start = schedule.current_phase?.start_date ?? 0
          if (input.phases[0]?.start_date !== start)
            throw invalid('You can not modify the start date of the current phase.', {
              param: 'phases[0][start_date]',
            })
          schedule.phases = input.phases.map((phase) => {
            const end =
              phase.end_date ??
              (phase.duration === undefined ? null : addMonths(start, phase.duration.interval_count ?? 1))
            if (end === null) throw invalid('A phase needs end_date or duration.')
            if (end <= start)
              throw invalid('The end of a phase is after its start.', { param: 'phases[0][end_date]' })
            const made = makePhase(
              state,
              subscription,
              { start, end, trialEnd: phase.trial_end ?? null },
              phase.items,
            )
            start = end
            return made
          })
          const first = schedule.phases[0]
          if (first !== undefined)
            schedule.current_phase = { start_date: first.start_date, end_date: first.end_date }
        }
        state.emit('subscription_schedule.updated', schedule, refId(schedule.customer))
        return schedule
      },
    ),
    route('POST /v1/subscription_schedules/:id/release', {}, (_, id) => {
      const schedule = find(id)
      const subscription = subscriptionOf(schedule)
      const customer = refId(schedule.customer)
      schedule.status = 'released'
      schedule.released_at = state.now(customer)
      schedule.released_subscription = subscription.id
      schedule.subscription = null
      schedule.current_phase = null
      subscription.schedule = null
      state.emit('subscription_schedule.released', schedule, customer)
      state.emit('customer.subscription.updated', subscription, customer)
      return schedule
    }),
  ]
}
