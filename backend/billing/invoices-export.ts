// Rates what was used and tells the provider's meters the difference in money since the last time (docs/decisions/0203). The difference is written with
// the new amount in one transaction and sent afterwards under an identifier of its own: a crash in between sends it again, and the provider takes it once.
import { z } from 'zod'
import type { Metric } from '#contract/billing/metrics.ts'
import { OrganisationId, type ProjectId } from '#contract/capabilities/ids.ts'
import type { Clock } from '../clock.ts'
import type { Database, Queryable, Tx } from '../db/database.ts'
import type { Jobs } from '../jobs/index.ts'
import type { PaymentGateway } from './gateway.ts'
import { chargeUsage, type RatedSpan, type UsageCharge, withLateUsage } from './invoices-usage.ts'
import type { PriceBooks } from './price-book.ts'
import type { RatingPeriod } from './rate.ts'
import * as store from './store-usage.ts'
import { listCustomers, listSpans, lockSubscription, type Subscription } from './store.ts'
import { floorHour, ratingPeriod } from './subscriptions.ts'

export const EXPORT_USAGE = 'billing.export-usage'
const DAY_MS = 24 * 60 * 60 * 1000
/** How long after its end a period without an invoice is kept open: usage comes at most 48 hours late, a day more for a service that was down. */
const LATE_MS = 3 * DAY_MS
const SENT_AT_ONCE = 100

/** Metering as billing needs it: what was used in hours that start in a range. */
export interface UsageSource {
  totals(
    organisationId: OrganisationId,
    range: RatingPeriod,
  ): Promise<{
    readonly asOf: Date
    readonly byMetric: ReadonlyMap<Metric, bigint>
    readonly byProject: ReadonlyMap<ProjectId, ReadonlyMap<Metric, bigint>>
  }>
  /** The first hour of a range in which each metric was used, for forecasts. Left out: each was used from the range's start on. */
  firstUses?(organisationId: OrganisationId, range: RatingPeriod): Promise<ReadonlyMap<Metric, Date>>
}

export interface RateUsageDependencies {
  readonly db: Queryable
  readonly usage: UsageSource
  readonly books: PriceBooks
}

/** What a period costs by what is counted now: from raw usage, the plans that held and their price versions. Any invoice's usage can be computed again so. */
export async function rateUsage(
  { db, usage, books }: RateUsageDependencies,
  organisationId: OrganisationId,
  period: RatingPeriod,
): Promise<UsageCharge[]> {
  const spans = await listSpans(db, organisationId, period)
  const rated: RatedSpan[] = []
  for (const [at, { plan, priceVersion }] of spans.entries()) {
    const to = spans[at + 1]?.startsAt ?? period.to
    const { byMetric } = await usage.totals(organisationId, { from: period.from, to })
    rated.push({ plan: books.version(priceVersion).plans[plan], priceVersion, totals: byMetric })
  }
  const [first] = spans
  return first === undefined ? [] : chargeUsage(rated, period, books.version(first.priceVersion).currency)
}

export interface UsageExport {
  /** Rates all open periods of an organisation and tells the provider. Throws PaymentError. */
  organisation(organisationId: OrganisationId): Promise<void>
}

export interface UsageExportDependencies extends RateUsageDependencies {
  readonly db: Database
  readonly clock: Clock
  readonly gateway: PaymentGateway
}

/** Makes it. */
export function createUsageExport(deps: UsageExportDependencies): UsageExport {
  const { db, clock, gateway } = deps

  async function charge(tx: Tx, subscription: Subscription, period: RatingPeriod): Promise<void> {
    const { organisationId, customerId } = subscription
    if (customerId === null) return
    const now = clock.now()
    const known = await store.listCharges(tx, organisationId, period.from)
    const charges = withLateUsage(
      await rateUsage({ ...deps, db: tx }, organisationId, period),
      await lateOf(tx, organisationId, period),
    )
    for (const one of charges) {
      const before = known.find(({ metric }) => metric === one.metric)
      // Never less than the provider was told: what goes down stays until usage has caught up.
      if (before !== undefined && one.amount <= before.amount) continue
      const revision = (before?.revision ?? 0) + 1
      await store.saveCharge(tx, organisationId, { ...one, from: period.from, revision })
      await store.insertExport(tx, organisationId, {
        identifier: `${organisationId}:${one.metric}:${hourOf(now)}:${revision}`,
        customerId,
        metric: one.metric,
        periodFrom: period.from,
        at: momentIn(subscription, period, now),
        amount: one.amount - (before?.amount ?? 0n),
      })
    }
  }

  /** Asked all through the period: what was told late once stays a part of its charges. */
  async function lateOf(
    tx: Tx,
    organisationId: OrganisationId,
    period: RatingPeriod,
  ): Promise<{ rated: readonly UsageCharge[]; invoiced: readonly UsageCharge[] }> {
    const before = await store.findPeriodBefore(tx, organisationId, period.from)
    if (before === undefined || !before.isClosed) return { rated: [], invoiced: [] }
    return {
      rated: await rateUsage({ ...deps, db: tx }, organisationId, before),
      invoiced: await store.listCharges(tx, organisationId, before.from),
    }
  }

  async function send(organisationId: OrganisationId): Promise<void> {
    for (;;) {
      const reports = await store.listUnsent(db, organisationId, SENT_AT_ONCE)
      if (reports.length === 0) return
      await gateway.reportUsage(reports)
      const sent = reports.map(({ identifier }) => identifier)
      await db.transaction((tx) => store.markSent(tx, sent, clock.now()))
    }
  }

  return {
    async organisation(organisationId) {
      await db.transaction(async (tx) => {
        const subscription = await lockSubscription(tx, organisationId)
        if (subscription === undefined) return
        for (const period of await store.listOpenPeriods(tx, organisationId)) {
          // An end at once has no invoice of what was used: nobody will bill it.
          if (subscription.providerId === null && isOver(period, clock.now()))
            await store.closePeriod(tx, organisationId, { from: period.from, at: clock.now() })
          else await charge(tx, subscription, period)
        }
      })
      await send(organisationId)
    },
  }
}

/** Registers the export: by the clock for everybody, and by itself for whose period has just ended. */
export function registerUsageExport(jobs: Jobs, db: Database, exporter: UsageExport): void {
  jobs.register({
    name: EXPORT_USAGE,
    payload: z.object({ organisationId: OrganisationId }),
    run: ({ organisationId }) => exporter.organisation(organisationId),
  })
  jobs.register({
    name: 'billing.export-all-usage',
    payload: z.object({}),
    schedule: '*/10 * * * *',
    run: async (_, signal) => {
      for (const { organisationId } of await listCustomers(db)) {
        if (signal.aborted) return
        await exporter.organisation(organisationId)
      }
    },
  })
}

const isOver = (period: RatingPeriod, now: Date): boolean => now.getTime() - period.to.getTime() > LATE_MS

/** `2026-11-23T13`, in UTC. */
function hourOf(moment: Date): string {
  return floorHour(moment).toISOString().slice(0, 13)
}

/** A moment that the provider counts into the same period: its own begin within the hour in which ours do. */
function momentIn({ period: raw }: Subscription, period: RatingPeriod, now: Date): Date {
  const isRunning = raw !== null && ratingPeriod(raw).from.getTime() === period.from.getTime()
  const last = (isRunning ? raw.to : period.to).getTime() - 1000
  return new Date(Math.min(now.getTime(), last))
}
