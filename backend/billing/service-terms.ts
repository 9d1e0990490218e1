// What holds for an organisation at a moment: its plan, its period, and what that costs so far. Everything else in billing asks here.
import type { SubscriptionStatus } from '#contract/capabilities/billing.ts'
import type { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import type { Metric } from '#contract/billing/metrics.ts'
import type { Currency } from '#contract/billing/money.ts'
import type { OperatorLimits } from '#contract/billing/operator-limits.ts'
import type { Plan } from '#contract/billing/price-book.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import type { Database } from '../db/database.ts'
import { selfHostedPlan } from './entitlements-self-hosted.ts'
import type { UsageSource } from './invoices-export.ts'
import { chargeUsage, type RatedSpan, usageCost, type UsageCharge } from './invoices-usage.ts'
import type { PriceBooks } from './price-book.ts'
import type { RatingPeriod } from './rate.ts'
import { findPeriodAt } from './store-usage.ts'
import { findSubscription, listSpans, type Subscription } from './store.ts'
import { calendarMonth, ratingPeriod, statusOf } from './subscriptions.ts'

export interface Terms {
  readonly mode: 'stripe' | 'self-hosted'
  readonly status: SubscriptionStatus
  /** What was bought. */
  readonly plan: Plan
  /** What quotas and prices are taken from: in a trial nothing above the quotas is sold. */
  readonly rated: Plan
  readonly priceVersion: string
  readonly currency: Currency
  /** In full hours, as usage is counted. */
  readonly period: RatingPeriod
  readonly subscription: Subscription | undefined
}

/** What a period costs until a moment. Money in minor units. */
export interface Costs {
  readonly asOf: Date
  readonly totals: ReadonlyMap<Metric, bigint>
  readonly byProject: ReadonlyMap<ProjectId, ReadonlyMap<Metric, bigint>>
  readonly charges: readonly UsageCharge[]
  /** The plan's own price in the period, changes in it included. */
  readonly plan: bigint
  /** All of it by what is used then: never falls when more is used. */
  readonly costOf: (totals: ReadonlyMap<Metric, bigint>) => bigint
}

export interface TermsDependencies {
  readonly db: Database
  readonly usage: UsageSource
  readonly books: PriceBooks
  /** Null: plans are sold. */
  readonly selfHosted: OperatorLimits | null
}

export interface TermsReader {
  /** What holds then; of the past only the period is told as it was. */
  at(organisationId: OrganisationId, at: Date): Promise<Terms>
  costs(organisationId: OrganisationId, terms: Terms): Promise<Costs>
}

/** Makes it. */
export function createTerms({ db, usage, books, selfHosted }: TermsDependencies): TermsReader {
  return {
    async at(organisationId, at) {
      const book = books.at(at)
      if (selfHosted !== null) {
        const plan = selfHostedPlan(selfHosted)
        return {
          mode: 'self-hosted',
          status: 'none',
          plan,
          rated: plan,
          priceVersion: book.version,
          currency: book.currency,
          period: calendarMonth(at),
          subscription: undefined,
        }
      }
      const subscription = await findSubscription(db, organisationId)
      const sold = books.version(subscription?.priceVersion ?? book.version)
      const plan = sold.plans[subscription?.plan ?? 'free']
      const isTrial = subscription?.providerStatus === 'trialing'
      return {
        mode: 'stripe',
        status: statusOf(subscription?.providerStatus ?? 'none', subscription?.dunning.stage ?? 'none'),
        plan,
        rated: isTrial ? trialOf(plan) : plan,
        priceVersion: sold.version,
        currency: sold.currency,
        period: await periodAt(organisationId, subscription, at),
        subscription,
      }
    },

    async costs(organisationId, terms) {
      const { period, subscription, rated, priceVersion, currency } = terms
      const { asOf, byMetric: totals, byProject } = await usage.totals(organisationId, period)
      const isCharged =
        subscription !== undefined &&
        subscription.period !== null &&
        subscription.providerStatus !== 'trialing'
      const spans = isCharged ? await listSpans(db, organisationId, period) : []
      const parts: RatedSpan[] = []
      for (const [at, span] of spans.entries()) {
        const next = spans[at + 1]
        const until =
          next === undefined
            ? totals
            : (await usage.totals(organisationId, { from: period.from, to: next.startsAt })).byMetric
        const plan = books.version(span.priceVersion).plans[span.plan]
        parts.push({ plan, priceVersion: span.priceVersion, totals: until })
      }
      if (parts.length === 0) parts.push({ plan: rated, priceVersion, totals })
      const plan = subscription === undefined ? 0n : await planCost(subscription)
      const cost = usageCost(parts, period)
      return {
        asOf,
        totals,
        byProject,
        charges: chargeUsage(parts, period, currency),
        plan,
        costOf: (used) => plan + cost(used),
      }
    },
  }

  async function periodAt(
    organisationId: OrganisationId,
    subscription: Subscription | undefined,
    at: Date,
  ): Promise<RatingPeriod> {
    const raw = subscription?.period ?? null
    const running = raw === null ? undefined : ratingPeriod(raw)
    // A period whose end the provider has not told of yet goes on.
    if (running !== undefined && at >= running.from) return running
    return (await findPeriodAt(db, organisationId, at)) ?? calendarMonth(at)
  }

  /** What was invoiced of the plan for the running period. */
  async function planCost({ organisationId, period }: Subscription): Promise<bigint> {
    if (period === null) return 0n
    const [row] = await db.query<{ amount: string }>(sql`
      select coalesce(sum(line.amount), 0)::text as amount
        from invoice_line line join invoice on invoice.id = line.invoice_id
       where invoice.organisation_id = ${organisationId} and invoice.status <> 'void'
         and line.kind in ('plan', 'proration') and line.period_to = ${period.to} and line.period_from >= ${period.from}`)
    return BigInt(row?.amount ?? '0')
  }
}

/** In a trial the quotas are the end: nothing can cost anything. */
function trialOf(plan: Plan): Plan {
  const metrics = { ...plan.metrics }
  for (const [metric, terms] of Object.entries(plan.metrics))
    Object.assign(metrics, { [metric]: { ...terms, tiers: [] } })
  return { ...plan, atQuota: 'stop', metrics }
}
