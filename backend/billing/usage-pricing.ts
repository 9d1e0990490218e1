// What the capability `usage` needs of billing: periods, quotas, forecasts and costs.
import { Metric } from '#contract/billing/metrics.ts'
import type { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import { isAppError } from '#contract/errors.ts'
import type { Actor } from '../actor.ts'
import type { Database } from '../db/database.ts'
import { requireBilling } from '../organisations/index.ts'
import { forecast, quotaReachedAt } from './forecast.ts'
import { allocate } from './rate-allocate.ts'
import { includedQuantity, type RatingPeriod } from './rate.ts'
import type { TermsReader } from './service-terms.ts'

type Amounts = ReadonlyMap<Metric, bigint>

/** Makes it. */
export function createUsagePricing({ db, terms }: { readonly db: Database; readonly terms: TermsReader }): {
  termsAt(
    organisationId: OrganisationId,
    at: Date,
  ): Promise<{
    readonly period: RatingPeriod
    included(metric: Metric): bigint | null
    forecast(input: Pick<Parameters<typeof forecast>[0], 'metric' | 'used' | 'recent' | 'reachedAt'>): {
      quantity: bigint
      overAt: Date | null
    }
    reachedAt(
      metric: Metric,
      hours: readonly { readonly at: Date; readonly quantity: bigint }[],
      included: bigint,
    ): Date | null
    costs(atEnd: Amounts): Promise<ReadonlyMap<Metric, { cost: bigint; forecast: bigint }>>
    projectCosts(costs: Amounts, byProject: ReadonlyMap<ProjectId, Amounts>): ReadonlyMap<ProjectId, bigint>
  }>
  seesMoney(actor: Actor, organisationId: OrganisationId): Promise<boolean>
} {
  return {
    async termsAt(organisationId, at) {
      const found = await terms.at(organisationId, at)
      const { period, rated } = found
      const included = (metric: Metric): bigint | null =>
        includedQuantity(rated.metrics[metric], metric, period)
      return {
        period,
        included,
        forecast: (input) => forecast({ ...input, period, included: included(input.metric) }),
        reachedAt: (metric, hours, quota) => quotaReachedAt(metric, hours, { included: quota }),
        async costs(atEnd) {
          const { costOf, totals } = await terms.costs(organisationId, found)
          const nothing = costOf(new Map())
          // A metric's cost depends on its own quantity alone.
          const alone = (metric: Metric, of: Amounts): bigint =>
            costOf(new Map([[metric, of.get(metric) ?? 0n]])) - nothing
          return new Map(
            Metric.options
              .filter((metric) => rated.metrics[metric].tiers.length > 0)
              .map((metric) => [metric, { cost: alone(metric, totals), forecast: alone(metric, atEnd) }]),
          )
        },
        projectCosts(costs, byProject) {
          const sums = new Map<ProjectId, bigint>()
          for (const [metric, amount] of costs) {
            const weights = new Map([...byProject].map(([id, used]) => [id, used.get(metric) ?? 0n] as const))
            for (const [id, part] of allocate(amount, weights)) sums.set(id, (sums.get(id) ?? 0n) + part)
          }
          return sums
        },
      }
    },
    async seesMoney(actor, organisationId) {
      try {
        await requireBilling(db, actor, organisationId)
        return true
      } catch (error) {
        if (isAppError(error, 'FORBIDDEN')) return false
        throw error
      }
    },
  }
}
