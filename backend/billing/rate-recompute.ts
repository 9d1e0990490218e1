// Any invoice again, from the raw events and the price version that it names, and what differs. Nothing is read from rollups or from stored amounts.
import type { Currency } from '#contract/billing/money.ts'
import { Metric, METRICS } from '#contract/billing/metrics.ts'
import type { PlanId } from '#contract/billing/price-book.ts'
import type { PriceBooks } from './price-book.ts'
import { rate, type RatedLine, type RatingPeriod } from './rate.ts'

/** A raw event, as metering keeps it: once per dedupe key. */
export interface CountedEvent {
  readonly metric: Metric
  /** Of `peak` metrics: the highest in its window. */
  readonly quantity: bigint
  readonly windowStart: Date
  readonly projectId: string
}

const HOUR_MS = 3_600_000

/**
 * What events of an organisation add up to in a period; an event belongs to where its window starts. Peaks are the highest hour of all projects together, as
 * metering's totals are.
 */
export function totalsOfEvents(events: Iterable<CountedEvent>, period: RatingPeriod): Map<Metric, bigint> {
  const totals = new Map<Metric, bigint>()
  const peaks = new Map<string, bigint>()
  for (const { metric, quantity, windowStart, projectId } of events) {
    const time = windowStart.getTime()
    if (time < period.from.getTime() || time >= period.to.getTime()) continue
    if (METRICS[metric].aggregation !== 'peak') {
      totals.set(metric, (totals.get(metric) ?? 0n) + quantity)
      continue
    }
    const key = `${metric} ${String(Math.floor(time / HOUR_MS))} ${projectId}`
    const before = peaks.get(key) ?? 0n
    if (quantity > before) peaks.set(key, quantity)
  }
  for (const [metric, quantity] of hourlySums(peaks))
    if (quantity > (totals.get(metric) ?? 0n)) totals.set(metric, quantity)
  return totals
}

/** The projects of each hour added up. */
function hourlySums(peaks: ReadonlyMap<string, bigint>): (readonly [Metric, bigint])[] {
  const hours = new Map<string, bigint>()
  for (const [key, quantity] of peaks) {
    const [metric = '', hour = ''] = key.split(' ')
    const at = `${metric} ${hour}`
    hours.set(at, (hours.get(at) ?? 0n) + quantity)
  }
  return [...hours].map(([key, quantity]) => [Metric.parse(key.split(' ')[0]), quantity] as const)
}

export interface InvoicedPeriod {
  readonly plan: PlanId
  /** As its lines name it. */
  readonly priceVersion: string
  readonly period: RatingPeriod
}

/** The lines of usage that the events give under a price version. Throws RangeError when there is no such version. */
export function recomputeUsage(
  events: Iterable<CountedEvent>,
  { plan, priceVersion, period }: InvoicedPeriod,
  books: PriceBooks,
): RatedLine[] {
  const book = books.version(priceVersion)
  const currency: Currency = book.currency
  return rate({
    plan: book.plans[plan],
    priceVersion,
    currency,
    totals: totalsOfEvents(events, period),
    period,
  })
}

/** What an invoice says of a metric and what it comes to when it is computed again. */
export interface LineDifference {
  readonly metric: Metric
  /** Minor units; null: there is no line. */
  readonly invoiced: bigint | null
  readonly recomputed: bigint | null
  readonly invoicedQuantity: bigint | null
  readonly recomputedQuantity: bigint | null
}

/** A line of an invoice, as far as it is compared. */
export type ComparedLine = Pick<RatedLine, 'metric' | 'quantity' | 'amount'>

/** Where two sets of usage lines differ in amount or quantity; none when they say the same. Lines without a metric are not usage and are passed over. */
export function compareLines(
  invoiced: readonly ComparedLine[],
  recomputed: readonly ComparedLine[],
): LineDifference[] {
  return Metric.options.flatMap((metric) => {
    const [a, b] = [sumOf(invoiced, metric), sumOf(recomputed, metric)]
    if (a?.amount === b?.amount && a?.quantity === b?.quantity) return []
    return [
      {
        metric,
        invoiced: a?.amount ?? null,
        recomputed: b?.amount ?? null,
        invoicedQuantity: a?.quantity ?? null,
        recomputedQuantity: b?.quantity ?? null,
      },
    ]
  })
}

/** Lines of a metric together: amounts add up, the quantity is cumulative, so the last one counts. */
function sumOf(
  lines: readonly ComparedLine[],
  metric: Metric,
): { readonly amount: bigint; readonly quantity: bigint | null } | undefined {
  const own = lines.filter((line) => line.metric === metric)
  const last = own.at(-1)
  if (last === undefined) return undefined
  return { amount: own.reduce((sum, { amount }) => sum + amount, 0n), quantity: last.quantity }
}
