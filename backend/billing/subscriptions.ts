// What the provider's objects mean for an organisation: its plan, status, period and debt. Pure: the same objects in any order give the same.
import type { SubscriptionStatus } from '#contract/capabilities/billing.ts'
import type { PlanId } from '#contract/billing/price-book.ts'
import { type Plan } from '#contract/billing/price-book.ts'
import type { DunningStage } from './dunning.ts'
import type { GatewayInvoice, GatewaySubscription } from './gateway.ts'
import type { RatingPeriod } from './rate.ts'

const HOUR_MS = 60 * 60 * 1000

/** What the provider says of a subscription, in the words of our table. */
export interface ProviderState {
  readonly providerId: string | null
  readonly providerStatus: 'none' | 'trialing' | 'active' | 'past-due' | 'cancelled'
  readonly plan: PlanId
  /** Null: the provider says nothing of it; the price book of the day holds. */
  readonly priceVersion: string | null
  readonly period: RatingPeriod | null
  readonly trialEndsAt: Date | null
  readonly hadTrial: boolean
  readonly cancelsAt: Date | null
  readonly scheduledPlan: PlanId | null
}

/** From a moment on, in full hours, a plan holds. */
export interface PlanSpan {
  readonly startsAt: Date
  readonly plan: PlanId
  readonly priceVersion: string
}

/** Quantities are rolled up by the hour: usage of the hour in which a period begins counts to that period. */
export function floorHour(moment: Date): Date {
  return new Date(Math.floor(moment.getTime() / HOUR_MS) * HOUR_MS)
}

/** A period of the provider's in full hours, as usage is rated: periods follow each other without a gap. */
export function ratingPeriod({ from, to }: RatingPeriod): RatingPeriod {
  return { from: floorHour(from), to: floorHour(to) }
}

/** The calendar month in UTC: the period of who has no subscription. */
export function calendarMonth(at: Date): RatingPeriod {
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()]
  return { from: new Date(Date.UTC(year, month)), to: new Date(Date.UTC(year, month + 1)) }
}

/** The running period of an organisation. A period that ended while the provider was silent goes on until it says otherwise. */
export function periodOf(
  subscription: { readonly period: RatingPeriod | null } | undefined,
  at: Date,
): RatingPeriod {
  return subscription?.period ?? calendarMonth(at)
}

/** The subscription that counts: one that lives, else the one that ended last. `incomplete` ones were never paid. */
export function currentSubscription(
  subscriptions: readonly GatewaySubscription[],
): GatewaySubscription | undefined {
  const begun = subscriptions.filter(({ status }) => status !== 'incomplete')
  const newestFirst = begun.toSorted(
    (a, b) => b.startedAt.getTime() - a.startedAt.getTime() || (a.id < b.id ? 1 : -1),
  )
  return newestFirst.find(({ status }) => status !== 'cancelled') ?? newestFirst[0]
}

/** What a customer's subscriptions say. */
export function readProvider(subscriptions: readonly GatewaySubscription[]): ProviderState {
  const current = currentSubscription(subscriptions)
  const hadTrial = subscriptions.some(
    ({ trialEndsAt, status }) => trialEndsAt !== null && status !== 'incomplete',
  )
  const nothing = {
    providerId: null,
    plan: 'free',
    priceVersion: null,
    period: null,
    trialEndsAt: null,
    hadTrial,
    cancelsAt: null,
    scheduledPlan: null,
  } as const
  if (current === undefined) return { ...nothing, providerStatus: 'none' }
  if (current.status === 'cancelled') return { ...nothing, providerStatus: 'cancelled' }
  return {
    providerId: current.id,
    providerStatus: toStatus(current.status),
    plan: current.sold?.plan ?? 'free',
    priceVersion: current.sold?.priceVersion ?? null,
    period: current.period,
    trialEndsAt: current.status === 'trialing' ? current.trialEndsAt : null,
    hadTrial,
    cancelsAt: current.cancelsAt,
    scheduledPlan: current.scheduled?.plan ?? null,
  }
}

function toStatus(status: GatewaySubscription['status']): ProviderState['providerStatus'] {
  switch (status) {
    case 'trialing':
      return 'trialing'
    case 'active':
    case 'paused':
      return 'active'
    case 'past-due':
    case 'unpaid':
      return 'past-due'
    case 'incomplete':
      return 'none'
    case 'cancelled':
      return 'cancelled'
  }
}

/**
 * Which plan held from when on, from what was bought: each invoice line of a plan that was charged, the running subscription, the end of an ended one. The
 * hour in which the plan is changed within a period counts to the plan before, because its usage may be charged already. Of two changes in one hour the
 * later holds.
 */
export function readSpans(
  subscriptions: readonly GatewaySubscription[],
  invoices: readonly GatewayInvoice[],
  freeVersion: (at: Date) => string,
): PlanSpan[] {
  const found: { at: Date; plan: PlanId; priceVersion: string; isChange?: boolean }[] = []
  for (const { id, status, sold, period, startedAt, endedAt } of subscriptions) {
    if (status === 'incomplete' || sold === null) continue
    const { priceVersion } = sold
    for (const { subscriptionId, status: invoiced, lines } of invoices) {
      if (subscriptionId !== id || invoiced === 'draft' || invoiced === 'void') continue
      for (const line of lines)
        if (line.plan !== null && line.amount >= 0n)
          found.push({ at: line.period.from, plan: line.plan, priceVersion, isChange: line.isProration })
    }
    if (status === 'cancelled') {
      const end = endedAt ?? period.to
      found.push({ at: end, plan: 'free', priceVersion: freeVersion(end) })
    } else found.push({ at: laterOf(period.from, startedAt), ...firstPlan(found, sold, period.from) })
  }
  const byHour = new Map<number, PlanSpan>()
  for (const one of found.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
    const { at, plan, priceVersion, isChange = false } = one
    const startsAt = isChange ? floorHour(new Date(at.getTime() + HOUR_MS - 1)) : floorHour(at)
    byHour.set(startsAt.getTime(), { startsAt, plan, priceVersion })
  }
  return [...byHour.values()]
}

/** The plan at the period's start: where it was changed within the period, the invoices say with what it began. */
function firstPlan(
  found: readonly { at: Date; plan: PlanId; priceVersion: string }[],
  sold: { plan: PlanId; priceVersion: string },
  from: Date,
): { plan: PlanId; priceVersion: string } {
  const first = found
    .filter(({ at }) => at.getTime() <= from.getTime())
    .toSorted((a, b) => b.at.getTime() - a.at.getTime())[0]
  const isSince = first !== undefined && first.at.getTime() === from.getTime()
  return isSince ? { plan: first.plan, priceVersion: first.priceVersion } : sold
}

function laterOf(a: Date, b: Date): Date {
  return a.getTime() >= b.getTime() ? a : b
}

/**
 * Since when something is unpaid: the oldest open invoice that the provider tried to collect and could not. An open one that was not tried yet is no
 * debt.
 */
export function unpaidSince(invoices: readonly GatewayInvoice[]): Date | null {
  const failed = invoices
    .filter(
      ({ status, attempts, failure, amountDue }) =>
        (status === 'uncollectible' || (status === 'open' && attempts > 0 && failure !== null)) &&
        amountDue > 0n,
    )
    .map(({ finalizedAt, createdAt }) => (finalizedAt ?? createdAt).getTime())
  return failed.length === 0 ? null : new Date(Math.min(...failed))
}

/** The status that people see. */
export function statusOf(
  provider: ProviderState['providerStatus'],
  dunning: DunningStage,
): SubscriptionStatus {
  if (dunning === 'deleted') return 'cancelled'
  if (dunning !== 'none') return dunning
  return provider
}

const ORDER: Readonly<Record<PlanId, number>> = { free: 0, pro: 1, team: 2, enterprise: 3 }

/** Whether a change takes effect at once and costs more; the others wait for the period's end. */
export function isUpgrade(from: PlanId, to: PlanId): boolean {
  return ORDER[to] > ORDER[from]
}

/** What would no longer fit into a plan, as sentences: `12 projects, Free has 2.` */
export function obstaclesOf(
  plan: Plan,
  has: { readonly projects: number; readonly members: number },
): string[] {
  const words = [
    ['projects', has.projects, 'project'],
    ['members', has.members, 'member'],
  ] as const
  return words.flatMap(([limit, count, noun]) => {
    const most = plan.limits[limit]
    if (most === null || count <= most) return []
    return [`${count} ${noun}${count === 1 ? '' : 's'}, ${plan.name} has ${most}.`]
  })
}
