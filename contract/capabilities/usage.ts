// What an organisation and its projects used. Counted by the service; the host keeps the last answers for offline.
import { z } from 'zod'
import { Metric } from '../billing/metrics.ts'
import { MinorUnits, Quantity } from '../billing/money.ts'
import { call, capability } from '../rpc/definition.ts'
import { OrganisationId, ProjectId, Timestamp } from './ids.ts'

export const Period = z.object({ from: Timestamp, to: Timestamp })
export type Period = z.infer<typeof Period>

/** Use of one metric in a period. All quantities are in base units. */
export const MetricUsage = z.object({
  metric: Metric,
  used: Quantity,
  /** Null: without an end. */
  included: Quantity.nullable(),
  /** At the end of the period, if it goes on as in the last days. */
  forecast: Quantity,
  /** When the quota was or will be reached; null: not in this period. */
  overAt: Timestamp.nullable(),
  /** Money is for owners and billing admins: null for everybody else. */
  cost: MinorUnits.nullable(),
  costForecast: MinorUnits.nullable(),
  /** Of `peak` metrics: when it was seen. */
  peakAt: Timestamp.nullable(),
})
export type MetricUsage = z.infer<typeof MetricUsage>

export const UsageSummary = z.object({
  period: Period,
  /** Everything that was counted until then is in it. */
  asOf: Timestamp,
  metrics: z.array(MetricUsage),
  /** Largest first; projects that are deleted stay in their period. */
  projects: z.array(
    z.object({
      projectId: ProjectId,
      name: z.string(),
      isDeleted: z.boolean(),
      used: z.partialRecord(Metric, Quantity),
      /** As above; null too where a share of the price cannot be told. */
      cost: MinorUnits.nullable(),
    }),
  ),
})
export type UsageSummary = z.infer<typeof UsageSummary>

const of = z.object({ organisationId: OrganisationId })
const one = '/organisations/{organisationId}/usage'

export const usage = capability('usage', {
  /** Of the running period, or of the one that `at` lies in. */
  summary: call({
    input: of.extend({ at: Timestamp.nullable().default(null) }),
    output: UsageSummary,
    http: { method: 'GET', path: one, summary: 'Usage of a billing period against the plan' },
  }),
  /** Hours for up to 31 days, days for up to two years; moments without use are left out. */
  series: call({
    input: of.extend({
      projectId: ProjectId.nullable().default(null),
      metric: Metric,
      from: Timestamp,
      to: Timestamp,
      interval: z.enum(['hour', 'day']),
    }),
    output: z.array(z.object({ at: Timestamp, quantity: Quantity })),
    http: { method: 'GET', path: `${one}/series`, summary: 'Usage of a metric per hour or day' },
  }),
  /** Daily usage per project and metric. */
  export: call({
    input: of.extend({ from: Timestamp, to: Timestamp, format: z.enum(['csv', 'json']) }),
    output: z.object({ text: z.string() }),
    http: {
      method: 'GET',
      path: `${one}/export`,
      summary: 'Daily usage per project and metric as CSV or JSON',
    },
  }),
})
