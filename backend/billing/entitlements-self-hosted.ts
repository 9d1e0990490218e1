// Who runs the service without selling it: limits are the operator's, everything else is open.
import type { Metric } from '#contract/billing/metrics.ts'
import type { OperatorLimits } from '#contract/billing/operator-limits.ts'
import { Feature, type MetricTerms, type Plan } from '#contract/billing/price-book.ts'

/** The operator's limits as the plan of every organisation: costs nothing, has every feature, stops at its quotas. */
export function selfHostedPlan({ limits, quotas }: OperatorLimits): Plan {
  const terms = (metric: Metric): MetricTerms => ({ included: quotas[metric] ?? null, tiers: [] })
  return {
    id: 'enterprise',
    name: 'Self-hosted',
    description: 'Limits are set by who runs this service.',
    monthlyPrice: null,
    trialDays: 0,
    atQuota: 'stop',
    defaultSpendCap: null,
    metrics: {
      compute: terms('compute'),
      storage: terms('storage'),
      egress: terms('egress'),
      'api-requests': terms('api-requests'),
      'api-rows': terms('api-rows'),
      'realtime-messages': terms('realtime-messages'),
      'realtime-connections': terms('realtime-connections'),
      'backup-storage': terms('backup-storage'),
      branches: terms('branches'),
    },
    features: [...Feature.options],
    limits: {
      projects: limits.projects ?? null,
      members: limits.members ?? null,
      'branches-per-project': limits['branches-per-project'] ?? null,
      'storage-bytes-per-project': limits['storage-bytes-per-project'] ?? null,
      'restore-days': limits['restore-days'] ?? null,
    },
  }
}
