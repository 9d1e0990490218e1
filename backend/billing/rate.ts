// From usage and a price version to money. Pure and exact: whole numbers and fractions of them, rounded once per line (docs/specs/billing.md, RATE-n).
import { Metric, METRICS } from '#contract/billing/metrics.ts'
import type { MetricTerms, Plan } from '#contract/billing/price-book.ts'
import type { Currency } from '#contract/billing/money.ts'
import { describeSteps, describeUsage, type TierPart } from './rate-words.ts'

/** From inclusive, to exclusive. */
export interface RatingPeriod {
  readonly from: Date
  readonly to: Date
}

/** A line as it stands on an invoice. Money in minor units of the currency, quantities in the metric's base unit. */
export interface RatedLine {
  readonly kind: 'plan' | 'usage' | 'proration'
  readonly metric: Metric | null
  /** `Data out over 100 GB` */
  readonly description: string
  /** How the amount comes about: `69 GB at €0.10`. One sentence part per tier; empty for what is not counted. */
  readonly steps: readonly string[]
  /** All that was used, the quota too; null for what is not counted. */
  readonly quantity: bigint | null
  readonly period: RatingPeriod
  readonly amount: bigint
  readonly priceVersion: string
}

export interface RateInput {
  readonly plan: Plan
  readonly priceVersion: string
  readonly currency: Currency
  /** Of the period, or of its part until now. A metric that is missing was not used. */
  readonly totals: ReadonlyMap<Metric, bigint>
  /** The whole period, even when it still runs: what is held over time is priced by it. */
  readonly period: RatingPeriod
}

/**
 * The lines of what was used above the quotas, in the order of the metrics; none for what is included or has no price. A line's amount depends on the
 * cumulative quantity alone and never falls when that grows.
 */
export function rate({ plan, priceVersion, currency, totals, period }: RateInput): RatedLine[] {
  return Metric.options.flatMap((metric) => {
    const quantity = totals.get(metric) ?? 0n
    const parts = tierParts(plan, metric, quantity, period)
    if (parts.length === 0) return []
    return [
      {
        kind: 'usage' as const,
        metric,
        description: describeUsage(metric, plan.metrics[metric].included),
        steps: describeSteps(metric, parts, currency),
        quantity,
        period,
        amount: amountOf(parts),
        priceVersion,
      },
    ]
  })
}

/** What one metric costs in minor units: the amount of its line, 0 without one. Rating hour by hour is the difference of two of these. */
export function usageAmount(plan: Plan, metric: Metric, quantity: bigint, period: RatingPeriod): bigint {
  return amountOf(tierParts(plan, metric, quantity, period))
}

/** Sum of the lines in minor units. */
export function totalOf(lines: readonly { readonly amount: bigint }[]): bigint {
  return lines.reduce((sum, { amount }) => sum + amount, 0n)
}

/** A plan's quota in base units of the period; null: as much as there is. */
export function includedQuantity(terms: MetricTerms, metric: Metric, period: RatingPeriod): bigint | null {
  if (terms.included === null) return null
  const { size, scale } = displayUnit(metric, period)
  return (BigInt(terms.included) * size) / scale
}

/**
 * What the included part of the usage would have cost by the first tier's price: for the ledger, which shows what a plan gave away. 0 where nothing is sold.
 */
export function includedValue(plan: Plan, metric: Metric, quantity: bigint, period: RatingPeriod): bigint {
  const { included, tiers } = plan.metrics[metric]
  const [first] = tiers
  if (first === undefined || included === null) return 0n
  const { size, scale } = displayUnit(metric, period)
  const used = smaller(quantity * scale, BigInt(included) * size)
  return roundHalfUp(used * BigInt(first.amount), BigInt(first.per) * size)
}

function tierParts(plan: Plan, metric: Metric, quantity: bigint, period: RatingPeriod): TierPart[] {
  if (quantity < 0n) throw new RangeError('A quantity is never negative.')
  const { included, tiers } = plan.metrics[metric]
  if (included === null) return []
  const { size, scale } = displayUnit(metric, period)
  const over = quantity * scale - BigInt(included) * size
  let begin = 0n
  const parts: TierPart[] = []
  for (const tier of tiers) {
    if (over <= begin) break
    const end = tier.upTo === null ? over : smaller(over, BigInt(tier.upTo) * size)
    parts.push({ units: end - begin, size, amount: BigInt(tier.amount), per: BigInt(tier.per) })
    begin = end
  }
  return parts
}

/**
 * A display unit in `size` parts, of which a base unit is `scale`. What is held over time counts level × seconds, so its display unit is one that is held
 * for the whole period: the scale is a second's milliseconds, because a period may begin at any of them.
 */
function displayUnit(metric: Metric, { from, to }: RatingPeriod): { size: bigint; scale: bigint } {
  const { aggregation, basePerDisplay } = METRICS[metric]
  if (aggregation !== 'average') return { size: basePerDisplay, scale: 1n }
  const lengthMs = to.getTime() - from.getTime()
  if (!(lengthMs > 0)) throw new RangeError('A period ends after it began.')
  return { size: basePerDisplay * BigInt(lengthMs), scale: 1_000n }
}

/** One fraction of all tiers, rounded once. */
function amountOf(parts: readonly TierPart[]): bigint {
  let numerator = 0n
  let denominator = 1n
  for (const { units, size, amount, per } of parts) {
    numerator = numerator * per * size + units * amount * denominator
    denominator *= per * size
  }
  return roundHalfUp(numerator, denominator)
}

/** The nearest whole number; from the middle away from zero, as invoices round. The denominator is positive. */
export function roundHalfUp(numerator: bigint, denominator: bigint): bigint {
  const half = denominator / 2n
  if (numerator < 0n) return -roundHalfUp(-numerator, denominator)
  const rest = numerator % denominator
  const isUp = denominator % 2n === 0n ? rest >= half : rest > half
  return numerator / denominator + (isUp ? 1n : 0n)
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
