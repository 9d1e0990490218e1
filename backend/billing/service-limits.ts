// Where an organisation stands against quotas and caps, and what follows: projects are held, people are told. Decided every minute, and at once after a
// change of plan or cap.
import { z } from 'zod'
import { Metric, METRICS } from '#contract/billing/metrics.ts'
import { OrganisationId, type ProjectId } from '#contract/capabilities/ids.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { Jobs } from '../jobs/index.ts'
import * as capStore from './caps-store.ts'
import { type Burn, type CapDecision, decideCap, decideEffects, projectCost } from './caps.ts'
import type { BilledProjects } from './dunning-effects.ts'
import type { EntitlementFacts } from './entitlements.ts'
import {
  type CapStanding,
  type MetricStanding,
  newNotices,
  type Notice,
  noticesOf,
} from './forecast-notices.ts'
import { forecast, FORECAST_LOOKBACK_MS } from './forecast.ts'
import type { UsageSource } from './invoices-export.ts'
import { includedQuantity, usageAmount } from './rate.ts'
import { MAIL_LIMIT } from './service-mails.ts'
import type { Costs, Terms, TermsReader } from './service-terms.ts'
import * as store from './store.ts'
import { floorHour } from './subscriptions.ts'

/** From a decision until a project has gone to sleep: the minute until the next decision, and half of one to stop. */
const REACTION_MS = 90_000
/** The most that one project of ours can use in a second, in base units: its one compute unit, and what its interfaces let through. */
const MOST_PER_PROJECT: ReadonlyMap<Metric, bigint> = new Map([
  ['compute', 1_000_000n],
  ['egress', 12_500_000n],
  ['api-requests', 1_000n],
  ['api-rows', 50_000n],
])

const HOUR_MS = 3_600_000
const SECONDS_OF_HOUR = 3_600n

/** A cap with how it stands. */
export interface CapState extends CapStanding {
  readonly decision: CapDecision
  readonly reachedAt: Date | null
}

export interface Standing {
  readonly terms: Terms
  readonly costs: Costs
  readonly metrics: readonly MetricStanding[]
  /** The organisation's first. */
  readonly caps: readonly [CapState, ...CapState[]]
  /** What is used at the period's end if it goes on so. */
  readonly atEnd: ReadonlyMap<Metric, bigint>
  readonly notices: readonly Notice[]
}

export interface LimitsDependencies {
  readonly db: Database
  readonly clock: Clock
  readonly jobs: Jobs
  readonly usage: UsageSource
  readonly terms: TermsReader
  readonly projects: BilledProjects
}

export interface Limits {
  standing(organisationId: OrganisationId): Promise<Standing>
  /** For entitlements. */
  facts(organisationIds: readonly OrganisationId[]): Promise<EntitlementFacts[]>
  /** Holds and releases projects and tells people. Again does no harm. */
  decide(organisationId: OrganisationId): Promise<void>
}

/** Makes it and registers the run of every minute. */
export function createLimits(deps: LimitsDependencies): Limits {
  const { db, clock, usage, terms: reader, projects, jobs } = deps

  async function standing(organisationId: OrganisationId): Promise<Standing> {
    const now = clock.now()
    const terms = await reader.at(organisationId, now)
    const costs = await reader.costs(organisationId, terms)
    const metrics = await metricsOf(organisationId, terms, costs)
    const atEnd = new Map(metrics.map(({ metric, forecast: { quantity } }) => [metric, quantity]))
    const caps = await capsOf(organisationId, { terms, costs, atEnd, now })
    const rules = await store.findRules(db, organisationId)
    const { rated: plan, currency } = terms
    return {
      terms,
      costs,
      metrics,
      caps,
      atEnd,
      notices: noticesOf({ plan, currency, metrics, caps }, rules),
    }
  }

  async function metricsOf(
    organisationId: OrganisationId,
    { rated, period }: Terms,
    { asOf, totals }: Costs,
  ): Promise<MetricStanding[]> {
    const to = asOf > period.to ? period.to : asOf < period.from ? period.from : asOf
    const from = new Date(to.getTime() - FORECAST_LOOKBACK_MS)
    const { byMetric: recent } = await usage.totals(organisationId, { from, to })
    const firstUses = (await usage.firstUses?.(organisationId, { from, to })) ?? new Map<Metric, Date>()
    return Metric.options.map((metric) => {
      const used = totals.get(metric) ?? 0n
      const included = includedQuantity(rated.metrics[metric], metric, period)
      const lately = { from: firstUses.get(metric) ?? from, to, quantity: recent.get(metric) ?? 0n }
      return {
        metric,
        used,
        included,
        forecast: forecast({ metric, period, used, included, recent: lately, reachedAt: null }),
      }
    })
  }

  async function capsOf(
    organisationId: OrganisationId,
    of: {
      readonly terms: Terms
      readonly costs: Costs
      readonly atEnd: ReadonlyMap<Metric, bigint>
      readonly now: Date
    },
  ): Promise<[CapState, ...CapState[]]> {
    const { terms, costs, atEnd, now } = of
    const { period, rated } = terms
    const rows = await capStore.listCaps(db, organisationId)
    const reached = await capStore.listReached(db, organisationId, period.from)
    const names = await projectNames(organisationId)
    const { byMetric: heldAll, byProject: heldBy } = await heldOf(organisationId, costs.asOf)
    const burn = (projectId: ProjectId | null): Burn => {
      // One more than there are: it may be made before the next decision.
      const count = BigInt(projectId === null ? names.size + 1 : 1)
      return {
        most: new Map([...MOST_PER_PROJECT].map(([metric, most]) => [metric, most * count])),
        held: (projectId === null ? heldAll : heldBy.get(projectId)) ?? new Map(),
      }
    }
    const state = (one: {
      readonly projectId: ProjectId | null
      readonly cap: bigint | null
      readonly costOf: Costs['costOf']
      readonly totals: ReadonlyMap<Metric, bigint>
      readonly end: ReadonlyMap<Metric, bigint>
    }): CapState => {
      const { projectId, cap, costOf, totals, end } = one
      const decision = decideCap({
        cap,
        costOf,
        totals,
        asOf: costs.asOf,
        burn: burn(projectId),
        period,
        now,
        reactionMs: REACTION_MS,
      })
      const reachedAt = reached.find((row) => row.projectId === projectId)?.reachedAt ?? null
      return {
        projectId,
        name: projectId === null ? null : (names.get(projectId) ?? ''),
        cap,
        spent: decision.spent,
        forecast: costOf(end),
        isReached: decision.isReached || (cap !== null && reachedAt !== null),
        decision,
        reachedAt: reachedAt ?? (decision.isReached ? now : null),
      }
    }
    // Where the plan sells no usage its quotas are the end, and a cap has nothing to hold. In a trial it is the one that holds after it.
    const cap = terms.plan.atQuota === 'charge' ? capStore.organisationCap(rows, terms.plan) : null
    const own = state({
      projectId: null,
      cap,
      costOf: costs.costOf,
      totals: costs.totals,
      end: atEnd,
    })
    const amountOf = (metric: Metric, quantity: bigint): bigint =>
      usageAmount(rated, metric, quantity, period)
    return [
      own,
      ...rows.flatMap(({ projectId, amount }) => {
        if (projectId === null || amount === null || !names.has(projectId)) return []
        const totals = costs.byProject.get(projectId) ?? new Map<Metric, bigint>()
        const others = new Map(
          [...costs.totals].map(([metric, all]) => [metric, all - (totals.get(metric) ?? 0n)]),
        )
        const costOf = (used: ReadonlyMap<Metric, bigint>): bigint => projectCost(amountOf, others, used)
        // Its share of the forecast is its share until now.
        const end = new Map(
          [...totals].map(([metric, used]) => {
            const all = costs.totals.get(metric) ?? 0n
            return [metric, all === 0n ? used : (used * (atEnd.get(metric) ?? all)) / all] as const
          }),
        )
        return [state({ projectId, cap: amount, costOf, totals, end })]
      }),
    ]
  }

  /** Levels that were held through the last whole hour, which go on to cost while a project sleeps. */
  async function heldOf(
    organisationId: OrganisationId,
    asOf: Date,
  ): Promise<{
    byMetric: ReadonlyMap<Metric, bigint>
    byProject: ReadonlyMap<ProjectId, ReadonlyMap<Metric, bigint>>
  }> {
    const to = floorHour(asOf)
    const { byMetric, byProject } = await usage.totals(organisationId, {
      from: new Date(to.getTime() - HOUR_MS),
      to,
    })
    const levels = (sums: ReadonlyMap<Metric, bigint>): Map<Metric, bigint> =>
      new Map(
        [...sums]
          .filter(([metric]) => METRICS[metric].aggregation === 'average')
          .map(([metric, sum]) => [metric, sum / SECONDS_OF_HOUR]),
      )
    return {
      byMetric: levels(byMetric),
      byProject: new Map([...byProject].map(([id, sums]) => [id, levels(sums)])),
    }
  }

  async function projectNames(organisationId: OrganisationId): Promise<ReadonlyMap<ProjectId, string>> {
    const rows = await db.query<{ id: ProjectId; name: string }>(sql`
      select id, name from project where organisation_id = ${organisationId} and desired_state in ('awake', 'asleep')`)
    return new Map(rows.map(({ id, name }) => [id, name]))
  }

  async function decide(organisationId: OrganisationId): Promise<void> {
    const { terms, metrics, caps, notices } = await standing(organisationId)
    const { period, rated, subscription } = terms
    const at = clock.now()
    const rules = await store.findRules(db, organisationId)
    await db.transaction(async (tx) => {
      for (const { projectId, isReached } of caps)
        if (isReached)
          await capStore.markReached(tx, { organisationId, projectId }, { periodFrom: period.from, at })
      const effects = decideEffects({
        projects: await projects.holds(tx, organisationId),
        isSuspended: subscription?.dunning.stage === 'suspended',
        isCapReached: caps[0].isReached,
        isQuotaReached: rated.atQuota === 'stop' && metrics.some(isUsedUp),
        projectsAtCap: atCap(caps),
      })
      if (effects.length > 0) await projects.setHolds(tx, organisationId, effects)
      const untold = newNotices(notices, await store.listTold(tx, organisationId, period.from))
      for (const key of untold.told)
        await store.tellOnce(tx, organisationId, { periodFrom: period.from, key, at })
      if (rules.byMail)
        for (const { title, message } of untold.notices)
          await jobs.enqueue(tx, MAIL_LIMIT, { organisationId, title, message }, { maxAttempts: 10 })
    })
  }

  jobs.register({
    name: 'billing.decide-limits',
    payload: z.object({}),
    schedule: '* * * * *',
    run: async (_, signal) => {
      for (const organisationId of await listActive(db)) {
        if (signal.aborted) return
        await decide(organisationId)
      }
      await capStore.sweepReservations(db, clock.now())
    },
  })

  return {
    standing,
    decide,
    async facts(organisationIds) {
      const facts: EntitlementFacts[] = []
      for (const organisationId of organisationIds) {
        const { terms, costs, caps } = await standing(organisationId)
        const safe = caps
          .filter(({ cap }) => cap !== null)
          .map(({ decision }) => decision.checkAgainAt.getTime())
        facts.push({
          organisationId,
          plan: terms.rated,
          status: terms.status,
          period: terms.period,
          totals: costs.totals,
          asOf: costs.asOf,
          capSafeUntil: safe.length === 0 ? null : new Date(Math.min(...safe)),
          isCapReached: caps[0].isReached,
          projectsAtCap: atCap(caps),
        })
      }
      return facts
    },
  }
}

function atCap(caps: readonly CapState[]): ReadonlySet<ProjectId> {
  return new Set(
    caps.flatMap(({ projectId, isReached }) => (isReached && projectId !== null ? [projectId] : [])),
  )
}

/** A peak may be reached and stay; what is added up ends at its quota. */
function isUsedUp({ metric, used, included }: MetricStanding): boolean {
  return included !== null && used > 0n && used >= included && metric !== 'realtime-connections'
}

/** Organisations whose usage can grow, or whose projects wait for it to be allowed. */
async function listActive(db: Database): Promise<OrganisationId[]> {
  const rows = await db.query<{ id: string }>(sql`
    select organisation_id as id from project where desired_state = 'awake' or hold is not null
    union select organisation_id from subscription where provider_id is not null
    order by id`)
  return rows.map(({ id }) => OrganisationId.parse(id))
}
