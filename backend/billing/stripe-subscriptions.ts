// Subscriptions at Stripe: one base item for the plan and one metered item per metric. Upgrades happen now, downgrades through a schedule.
import type Stripe from 'stripe'
import { PaymentError, type GatewaySubscription, type PaymentGateway, type SoldPlan } from './gateway.ts'
import { attempt, idOf, toDate, toSeconds } from './stripe-client.ts'
import { meaningOf, type PriceCatalogue } from './stripe-prices.ts'

type SubscriptionCalls = Pick<
  PaymentGateway,
  'subscription' | 'subscriptions' | 'changePlan' | 'scheduleChange' | 'resume' | 'cancel'
>

const STATUSES: Readonly<Record<string, GatewaySubscription['status']>> = {
  incomplete: 'incomplete',
  trialing: 'trialing',
  active: 'active',
  past_due: 'past-due',
  unpaid: 'unpaid',
  paused: 'paused',
  canceled: 'cancelled',
  incomplete_expired: 'cancelled',
}

/** The item that holds the plan; null: none of ours. */
export function baseItem(subscription: Stripe.Subscription): Stripe.SubscriptionItem | null {
  return subscription.items.data.find((item) => meaningOf(item.price)?.kind === 'plan') ?? null
}

/** The items that make a subscription this plan: the base price is exchanged, metered items that it lacks are added. */
export async function itemsFor(
  catalogue: PriceCatalogue,
  subscription: Stripe.Subscription,
  sold: SoldPlan,
): Promise<{ id?: string; price: string; quantity?: number }[]> {
  const wanted = await catalogue.itemsOf(sold, subscription.currency)
  const base = baseItem(subscription)
  if (base === null)
    throw new PaymentError('refused', `Subscription ${subscription.id} has no plan of ours to change.`)
  const present = new Set(subscription.items.data.map((item) => item.price.id))
  return [
    { id: base.id, price: wanted.base, quantity: 1 },
    ...[...wanted.usage.values()].filter((price) => !present.has(price)).map((price) => ({ price })),
  ]
}

export function createStripeSubscriptions(client: Stripe, catalogue: PriceCatalogue): SubscriptionCalls {
  const read = (id: string): Promise<Stripe.Subscription> =>
    client.subscriptions.retrieve(id, { expand: ['schedule'] })

  /** The schedule that still acts, asked for again where it came as an id. */
  async function activeSchedule(
    subscription: Stripe.Subscription,
  ): Promise<Stripe.SubscriptionSchedule | null> {
    if (subscription.schedule === null) return null
    const schedule =
      typeof subscription.schedule === 'string'
        ? await client.subscriptionSchedules.retrieve(subscription.schedule)
        : subscription.schedule
    return schedule.status === 'active' || schedule.status === 'not_started' ? schedule : null
  }

  async function scheduledOf(subscription: Stripe.Subscription): Promise<GatewaySubscription['scheduled']> {
    const schedule = await activeSchedule(subscription)
    const current = schedule?.current_phase
    if (schedule === null || current === null || current === undefined) return null
    const next = schedule.phases.find((phase) => phase.start_date >= current.end_date)
    for (const item of next?.items ?? []) {
      const meaning = await catalogue.meaning(idOf(item.price))
      if (next !== undefined && meaning?.kind === 'plan')
        return { plan: meaning.plan, priceVersion: meaning.priceVersion, at: toDate(next.start_date) }
    }
    return null
  }

  async function describe(subscription: Stripe.Subscription): Promise<GatewaySubscription> {
    const base = baseItem(subscription)
    const meaning = base === null ? null : meaningOf(base.price)
    const item = base ?? subscription.items.data[0]
    return {
      id: subscription.id,
      customerId: idOf(subscription.customer),
      organisationId: subscription.metadata['organisation_id'] ?? null,
      status: STATUSES[subscription.status] ?? 'incomplete',
      sold: meaning?.kind === 'plan' ? { plan: meaning.plan, priceVersion: meaning.priceVersion } : null,
      currency: subscription.currency,
      period: {
        from: toDate(item?.current_period_start ?? subscription.start_date),
        to: toDate(item?.current_period_end ?? subscription.start_date),
      },
      trialEndsAt: subscription.status === 'trialing' ? toDate(subscription.trial_end) : null,
      cancelsAt: subscription.ended_at === null ? toDate(subscription.cancel_at) : null,
      endedAt: toDate(subscription.ended_at),
      startedAt: toDate(subscription.start_date),
      scheduled: await scheduledOf(subscription),
      latestInvoiceId: idOf(subscription.latest_invoice),
    }
  }

  /** Ends a schedule and leaves the subscription as it is. */
  async function release(subscription: Stripe.Subscription, key: string): Promise<void> {
    const schedule = await activeSchedule(subscription)
    if (schedule !== null)
      await client.subscriptionSchedules.release(schedule.id, {}, { idempotencyKey: `${key}:release` })
  }

  return {
    subscription: (id) => attempt(async () => describe(await read(id))),

    subscriptions: (customerId) =>
      attempt(async () => {
        const found: GatewaySubscription[] = []
        const list = { customer: customerId, status: 'all', limit: 100, expand: ['data.schedule'] }
        for await (const subscription of client.subscriptions.list(list))
          found.push(await describe(subscription))
        return found
      }),

    changePlan: (options) =>
      attempt(async () => {
        const before = await read(options.subscriptionId)
        // The charge comes first: when it fails, a scheduled change and a cancellation stay as they were.
        await client.subscriptions.update(
          before.id,
          {
            items: await itemsFor(catalogue, before, options),
            proration_behavior: 'always_invoice',
            proration_date: toSeconds(options.at),
            payment_behavior: 'error_if_incomplete',
            ...(options.coupon === null ? {} : { discounts: [{ coupon: options.coupon }] }),
          },
          { idempotencyKey: options.key },
        )
        await release(before, options.key)
        if (before.cancel_at !== null)
          await client.subscriptions.update(
            before.id,
            { cancel_at_period_end: false },
            { idempotencyKey: `${options.key}:resume` },
          )
        return describe(await read(before.id))
      }),

    scheduleChange: (options) =>
      attempt(async () => {
        const before = await read(options.subscriptionId)
        const base = baseItem(before)
        const wanted = await catalogue.itemsOf(options, before.currency)
        if (base === null)
          throw new PaymentError('refused', `Subscription ${before.id} has no plan of ours to change.`)
        if (before.cancel_at !== null)
          await client.subscriptions.update(
            before.id,
            { cancel_at_period_end: false },
            { idempotencyKey: `${options.key}:resume` },
          )
        const schedule =
          (await activeSchedule(before)) ??
          (await client.subscriptionSchedules.create(
            { from_subscription: before.id },
            { idempotencyKey: `${options.key}:schedule` },
          ))
        const metered = before.items.data.filter((item) => item.id !== base.id)
        await client.subscriptionSchedules.update(
          schedule.id,
          {
            // After the change the subscription goes on by itself.
            end_behavior: 'release',
            proration_behavior: 'none',
            phases: [
              {
                items: [
                  { price: base.price.id, quantity: 1 },
                  ...metered.map((item) => ({ price: item.price.id })),
                ],
                start_date: schedule.current_phase?.start_date ?? base.current_period_start,
                end_date: base.current_period_end,
                proration_behavior: 'none',
                // A trial that runs goes on to its end.
                ...(before.status === 'trialing' && before.trial_end !== null
                  ? { trial_end: before.trial_end }
                  : {}),
              },
              {
                items: [
                  { price: wanted.base, quantity: 1 },
                  ...[...wanted.usage.values()].map((price) => ({ price })),
                ],
                duration: { interval: 'month', interval_count: 1 },
                proration_behavior: 'none',
              },
            ],
          },
          { idempotencyKey: `${options.key}:phases` },
        )
        return describe(await read(before.id))
      }),

    resume: ({ subscriptionId, key }) =>
      attempt(async () => {
        const before = await read(subscriptionId)
        await release(before, key)
        if (before.cancel_at !== null)
          await client.subscriptions.update(
            before.id,
            { cancel_at_period_end: false },
            { idempotencyKey: `${key}:resume` },
          )
        return describe(await read(subscriptionId))
      }),

    cancel: ({ subscriptionId, when, key }) =>
      attempt(async () => {
        const before = await read(subscriptionId)
        // A cancellation replaces a scheduled change.
        await release(before, key)
        if (when === 'now')
          await client.subscriptions.cancel(
            subscriptionId,
            { invoice_now: false, prorate: false },
            { idempotencyKey: key },
          )
        else
          await client.subscriptions.update(
            subscriptionId,
            { cancel_at_period_end: true },
            { idempotencyKey: key },
          )
        return describe(await read(subscriptionId))
      }),
  }
}
