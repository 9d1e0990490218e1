// The rules of the capability `usage`: who sees what, and how usage stands against the plan. What plans and prices say comes from billing.
import type { z } from 'zod'
import { METRICS, Metric } from '#contract/billing/metrics.ts'
import type { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import type { MetricUsage, usage, UsageSummary } from '#contract/capabilities/usage.ts'
import { AppError } from '#contract/errors.ts'
import type { Actor } from '../actor.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { requireRole } from '../organisations/index.ts'
import { HOUR_MS } from './decide.ts'
import { exportUsage } from './export.ts'
import type { Metering } from './metering.ts'
import { readFirstUses } from './queries.ts'
import type { TimeRange, UsageTotals } from './types.ts'

const DAY_MS = 24 * HOUR_MS
const RECENT_MS = 7 * DAY_MS
const MOST_MS = { hour: 31 * DAY_MS, day: 732 * DAY_MS } as const
const MOST_EXPORTED_MS = 366 * DAY_MS

export interface Outlook {
  /** In base units, at the end of the period. */
  readonly quantity: bigint
  /** When the quota was or will be reached; null: not in this period. */
  readonly overAt: Date | null
}

/** What holds for an organisation in a period. Amounts are in minor units. */
export interface UsageTerms {
  readonly period: TimeRange
  /** In base units of the period; null: no end. */
  included(metric: Metric): bigint | null
  /** How the period ends if it goes on as in the last days. */
  forecast(input: {
    readonly metric: Metric
    readonly used: bigint
    readonly recent: TimeRange & { readonly quantity: bigint }
    readonly reachedAt: Date | null
  }): Outlook
  /** When hours added up passed the quota; null when they did not. */
  reachedAt(
    metric: Metric,
    hours: readonly { readonly at: Date; readonly quantity: bigint }[],
    included: bigint,
  ): Date | null
  /** What each metric costs so far, and what it will if this is used at the end. Without a price: not in it. */
  costs(
    atEnd: ReadonlyMap<Metric, bigint>,
  ): Promise<ReadonlyMap<Metric, { readonly cost: bigint; readonly forecast: bigint }>>
  /** Whose share of the costs is how large. */
  projectCosts(
    costs: ReadonlyMap<Metric, bigint>,
    byProject: UsageTotals['byProject'],
  ): ReadonlyMap<ProjectId, bigint>
}

/** What usage needs of billing. */
export interface UsagePricing {
  /** Of the billing period that `at` lies in. */
  termsAt(organisationId: OrganisationId, at: Date): Promise<UsageTerms>
  /** Whether the actor, a member, may see money. */
  seesMoney(actor: Actor, organisationId: OrganisationId): Promise<boolean>
}

export interface UsageDependencies {
  readonly db: Database
  readonly clock: Clock
  readonly metering: Pick<Metering, 'totals' | 'series' | 'daily' | 'projectNames'>
  readonly pricing: UsagePricing
}

type Input<Member extends keyof typeof usage.members> = z.output<(typeof usage.members)[Member]['input']>

export interface UsageService {
  summary(actor: Actor, input: Input<'summary'>): Promise<UsageSummary>
  series(actor: Actor, input: Input<'series'>): Promise<{ at: string; quantity: string }[]>
  export(actor: Actor, input: Input<'export'>): Promise<{ text: string }>
}

/** Makes the service. Every member may see usage; to others there is no such organisation (NOT_FOUND). */
export function createUsageService({ db, clock, metering, pricing }: UsageDependencies): UsageService {
  const readMetrics = async (
    organisationId: OrganisationId,
    terms: UsageTerms,
    totals: UsageTotals,
  ): Promise<readonly (Outlook & Pick<MetricUsage, 'metric'> & { readonly used: bigint })[]> => {
    const { period } = terms
    const until = clamp(totals.asOf, period)
    const recent = { from: new Date(until.getTime() - RECENT_MS), to: until }
    const [recently, firstUses] = await Promise.all([
      metering.totals(organisationId, recent),
      readFirstUses(db, organisationId, recent),
    ])
    return Promise.all(
      Metric.options.map(async (metric) => {
        const used = totals.byMetric.get(metric) ?? 0n
        const included = terms.included(metric)
        const isOver = included !== null && used > included
        const hours = isOver ? await readHours(organisationId, metric, period) : []
        const outlook = terms.forecast({
          metric,
          used,
          recent: {
            from: firstUses.get(metric) ?? recent.from,
            to: recent.to,
            quantity: recently.byMetric.get(metric) ?? 0n,
          },
          reachedAt: isOver ? terms.reachedAt(metric, hours, included) : null,
        })
        return { metric, used, ...outlook }
      }),
    )
  }

  const readHours = (
    organisationId: OrganisationId,
    metric: Metric,
    period: TimeRange,
  ): ReturnType<Metering['series']> =>
    metering.series(organisationId, { ...period, metric, interval: 'hour' })

  return {
    async summary(actor, { organisationId, at }) {
      await requireRole(db, actor, organisationId, 'viewer')
      const moment = at === null ? clock.now() : new Date(at)
      const [terms, seesMoney, names] = await Promise.all([
        pricing.termsAt(organisationId, moment),
        pricing.seesMoney(actor, organisationId),
        metering.projectNames(organisationId),
      ])
      const { period } = terms
      const totals = await metering.totals(organisationId, period)
      const metrics = await readMetrics(organisationId, terms, totals)
      const atEnd = new Map(metrics.map(({ metric, quantity }) => [metric, quantity]))
      const costs = seesMoney ? await terms.costs(atEnd) : undefined
      const shares =
        costs &&
        terms.projectCosts(new Map([...costs].map(([metric, { cost }]) => [metric, cost])), totals.byProject)
      const named = new Map(names.map((one) => [one.projectId, one]))
      return {
        period: { from: period.from.toISOString(), to: period.to.toISOString() },
        asOf: totals.asOf.toISOString(),
        metrics: metrics.map(({ metric, used, quantity, overAt }) => ({
          metric,
          used: String(used),
          included: terms.included(metric)?.toString() ?? null,
          forecast: String(quantity),
          overAt: overAt?.toISOString() ?? null,
          cost: costs === undefined ? null : String(costs.get(metric)?.cost ?? 0n),
          costForecast: costs === undefined ? null : String(costs.get(metric)?.forecast ?? 0n),
          peakAt: totals.peakAt.get(metric)?.toISOString() ?? null,
        })),
        projects: largestFirst(totals).map(([projectId, used]) => ({
          projectId,
          name: named.get(projectId)?.name ?? 'Deleted project',
          isDeleted: named.get(projectId)?.isDeleted ?? true,
          used: Object.fromEntries([...used].map(([metric, quantity]) => [metric, String(quantity)])),
          cost: shares === undefined ? null : String(shares.get(projectId) ?? 0n),
        })),
      }
    },

    async series(actor, { organisationId, projectId, metric, from, to, interval }) {
      await requireRole(db, actor, organisationId, 'viewer')
      if (projectId !== null) {
        const names = await metering.projectNames(organisationId)
        if (!names.some((one) => one.projectId === projectId))
          throw new AppError('NOT_FOUND', 'There is no such project.')
      }
      const range = rangeOf(from, to, MOST_MS[interval])
      const points = await metering.series(organisationId, {
        ...range,
        metric,
        interval,
        projectId: projectId ?? undefined,
      })
      return points.map(({ at, quantity }) => ({ at: at.toISOString(), quantity: String(quantity) }))
    },

    async export(actor, { organisationId, from, to, format }) {
      await requireRole(db, actor, organisationId, 'viewer')
      const range = rangeOf(from, to, MOST_EXPORTED_MS)
      const [days, names] = await Promise.all([
        metering.daily(organisationId, range),
        metering.projectNames(organisationId),
      ])
      return { text: exportUsage(days, names, format) }
    },
  }
}

/** Throws INVALID_INPUT for a range that is empty or too long. */
function rangeOf(from: string, to: string, mostMs: number): TimeRange {
  const range = { from: new Date(from), to: new Date(to) }
  const lengthMs = range.to.getTime() - range.from.getTime()
  if (lengthMs <= 0)
    throw new AppError('INVALID_INPUT', 'The range ends before it begins.', {
      hint: 'Give a later end.',
    })
  if (lengthMs > mostMs)
    throw new AppError('INVALID_INPUT', `The range is longer than ${mostMs / DAY_MS} days.`, {
      hint: 'Ask for a part of it at a time.',
    })
  return range
}

function clamp(at: Date, { from, to }: TimeRange): Date {
  if (at < from) return from
  return at > to ? to : at
}

/** By the sum of the shares that a project has of each metric: it says nothing of money. */
function largestFirst({
  byMetric,
  byProject,
}: UsageTotals): readonly (readonly [ProjectId, ReadonlyMap<Metric, bigint>])[] {
  const PARTS = 1_000_000n
  const shareOf = (used: ReadonlyMap<Metric, bigint>): bigint =>
    [...used].reduce((sum, [metric, quantity]) => {
      const all = byMetric.get(metric) ?? 0n
      return METRICS[metric].aggregation === 'peak' || all === 0n ? sum : sum + (quantity * PARTS) / all
    }, 0n)
  return [...byProject]
    .map((entry) => ({ entry, share: shareOf(entry[1]) }))
    .toSorted((a, b) =>
      a.share === b.share ? (a.entry[0] < b.entry[0] ? -1 : 1) : a.share > b.share ? -1 : 1,
    )
    .map(({ entry }) => entry)
}
