// What the capability `usage` needs of billing: periods, quotas, forecasts and costs.
import { Metric } from '#contract/billing/metrics.ts'
import type { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import { isAppError } from '#contract/errors.ts'
import type { Actor } from '../actor.ts'
import type { Database } from '../db/database.ts'
import { requireBilling } from '../organisations/index.ts'
import { forecast, quotaReachedAt } from './forecast.ts'
import { projectCosts } from './rate-allocate.ts'
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
          const { charges, costOf, totals } = await terms.costs(organisationId, found)
          const charged = new Map(charges.map(({ metric, amount }) => [metric, amount]))
          const now = costOf(totals)
          // A metric's cost depends on its own quantity alone, and what plans before a change have cost is in the charges.
          const toCome = (metric: Metric): bigint => {
            const [used, end] = [totals.get(metric) ?? 0n, atEnd.get(metric) ?? 0n]
            return end > used ? costOf(new Map([...totals, [metric, end]])) - now : 0n
          }
          return new Map(
            Metric.options
              .filter((metric) => charged.has(metric) || rated.metrics[metric].tiers.length > 0)
              .map((metric) => {
                const cost = charged.get(metric) ?? 0n
                return [metric, { cost, forecast: cost + toCome(metric) }]
              }),
          )
        },
        projectCosts: (costs, byProject) =>
          projectCosts(
            [...costs].map(([metric, amount]) => ({ metric, amount })),
            byProject,
          ),
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
