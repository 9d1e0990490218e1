// How a period ends if it goes on as in the last days. Pure, whole numbers only.
import { METRICS, type Metric } from '#contract/billing/metrics.ts'
import type { RatingPeriod } from './rate.ts'

/** How far back a forecast looks. */
export const FORECAST_LOOKBACK_MS = 7 * 24 * 60 * 60 * 1000

/** Use of a metric in the last days: from the later of 7 days ago and the first use. May begin before the period. */
export interface RecentUse {
  readonly from: Date
  /** As of when. */
  readonly to: Date
  /** Base units; of `peak` metrics the highest. */
  readonly quantity: bigint
}

export interface ForecastInput {
  readonly metric: Metric
  readonly period: RatingPeriod
  /** In the period, until `recent.to`. */
  readonly used: bigint
  /** Base units of the period (includedQuantity); null: no end. */
  readonly included: bigint | null
  readonly recent: RecentUse
  /** When the quota was reached, where it was (quotaReachedAt); else null. */
  readonly reachedAt: Date | null
}

export interface Forecast {
  /** At the period's end; never less than what was used. */
  readonly quantity: bigint
  /** When the quota was or will be reached, to the millisecond; null: not in this period. */
  readonly overAt: Date | null
}

/**
 * Use goes on at the pace of the last days; a peak stays. Where nothing can be told (no time has passed) it stays as it is.
 */
export function forecast({ metric, period, used, included, recent, reachedAt }: ForecastInput): Forecast {
  const lengthMs = BigInt(recent.to.getTime() - recent.from.getTime())
  const restMs = BigInt(period.to.getTime() - recent.to.getTime())
  const goesOn = METRICS[metric].aggregation !== 'peak' && lengthMs > 0n && restMs > 0n
  const quantity = goesOn ? used + (recent.quantity * restMs) / lengthMs : used
  if (included === null) return { quantity, overAt: null }
  // Reaching is using the last unit, so exactly the quota is not over.
  if (used > included) return { quantity, overAt: reachedAt ?? recent.to }
  if (quantity <= included) return { quantity, overAt: null }
  const untilMs = ((included - used) * lengthMs) / recent.quantity
  return { quantity, overAt: new Date(recent.to.getTime() + Number(untilMs)) }
}

/** The use of an hour or day that begins `at`. */
export interface UsePoint {
  readonly at: Date
  readonly quantity: bigint
}

/**
 * When the cumulative use passed a quota, by its hours: evenly within the hour; for a peak the hour's start. Null when it did not. Points in their order, all of the period.
 */
export function quotaReachedAt(
  metric: Metric,
  points: readonly UsePoint[],
  { included, hourMs = 3_600_000 }: { readonly included: bigint; readonly hourMs?: number },
): Date | null {
  const isPeak = METRICS[metric].aggregation === 'peak'
  let sum = 0n
  for (const { at, quantity } of points) {
    if (isPeak ? quantity > included : sum + quantity > included)
      return isPeak ? at : new Date(at.getTime() + Number(((included - sum) * BigInt(hourMs)) / quantity))
    sum += quantity
  }
  return null
}
