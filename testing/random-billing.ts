// Random plans and usage for property tests of rating, the ledger and caps.
import fc from 'fast-check'
import { Metric } from '#contract/billing/metrics.ts'
import { Feature, type Limit, type MetricTerms, type Plan, type Tier } from '#contract/billing/price-book.ts'

/** A valid plan that goes on after its quotas: any tiers, some metrics unlimited, some not for sale. */
export function randomPlan(): fc.Arbitrary<Plan> {
  return fc
    .record({
      metrics: recordOf(randomTerms()),
      monthlyPrice: fc.bigInt(0n, 100_000n).map(String),
    })
    .map(({ metrics, monthlyPrice }) => ({
      id: 'pro',
      name: 'Random',
      description: 'Made for a test.',
      monthlyPrice,
      trialDays: 0,
      atQuota: 'charge',
      defaultSpendCap: null,
      metrics,
      features: [...Feature.options],
      limits: {
        projects: null,
        members: null,
        'branches-per-project': null,
        'storage-bytes-per-project': null,
        'restore-days': null,
      } satisfies Record<Limit, null>,
    }))
}

/** What was used of every metric, from nothing to far above any quota. */
export function randomTotals(): fc.Arbitrary<ReadonlyMap<Metric, bigint>> {
  return fc
    .array(fc.oneof(fc.bigInt(0n, 10n ** 7n), fc.bigInt(0n, 10n ** 18n)), {
      minLength: Metric.options.length,
      maxLength: Metric.options.length,
    })
    .map((quantities) => new Map(Metric.options.map((metric, at) => [metric, quantities[at] ?? 0n])))
}

function randomTerms(): fc.Arbitrary<MetricTerms> {
  const steps = fc.array(
    fc.record({
      width: fc.bigInt(1n, 10_000n),
      amount: fc.bigInt(0n, 1_000n),
      per: fc.constantFrom(1n, 7n, 1_000n, 1_000_000n),
    }),
    { maxLength: 4 },
  )
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant<MetricTerms>({ included: null, tiers: [] }) },
    {
      weight: 6,
      arbitrary: fc
        .record({ included: fc.bigInt(0n, 10_000n), steps })
        .map(({ included, steps: all }) => ({ included: String(included), tiers: tiersOf(all) })),
    },
  )
}

function tiersOf(
  steps: readonly { readonly width: bigint; readonly amount: bigint; readonly per: bigint }[],
): Tier[] {
  let upTo = 0n
  return steps.map(({ width, amount, per }, at) => {
    upTo += width
    return {
      upTo: at === steps.length - 1 ? null : String(upTo),
      amount: String(amount),
      per: String(per),
    }
  })
}

function recordOf(terms: fc.Arbitrary<MetricTerms>): fc.Arbitrary<Record<Metric, MetricTerms>> {
  return fc.record({
    compute: terms,
    storage: terms,
    egress: terms,
    'api-requests': terms,
    'api-rows': terms,
    'realtime-messages': terms,
    'realtime-connections': terms,
    'backup-storage': terms,
    branches: terms,
  })
}
