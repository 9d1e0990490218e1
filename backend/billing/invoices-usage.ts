// What usage of a period costs, plan by plan: pure. Usage before a change of plan is rated by the plan that held then, as a difference of cumulative
// amounts, so that what was charged never falls by an upgrade (docs/decisions/0203).
import { METRICS, Metric } from '#contract/billing/metrics.ts'
import type { Currency } from '#contract/billing/money.ts'
import type { Plan } from '#contract/billing/price-book.ts'
import { rate, type RatingPeriod, usageAmount } from './rate.ts'

/** A part of a period in which one plan held, with what had been used since the period's start when it ended. */
export interface RatedSpan {
  readonly plan: Plan
  readonly priceVersion: string
  readonly totals: ReadonlyMap<Metric, bigint>
}

/** A line of usage as it is kept and invoiced: money in minor units, the quantity cumulative in base units. */
export interface UsageLine {
  readonly description: string
  readonly quantity: bigint
  readonly amount: bigint
  readonly priceVersion: string
  /** Whether it is usage of the period before, that was counted after its invoice. */
  readonly isLate: boolean
}

export interface UsageCharge {
  readonly metric: Metric
  readonly quantity: bigint
  readonly amount: bigint
  readonly lines: readonly UsageLine[]
}

/** The charges of the metrics that cost something, in the order of the metrics. The spans follow each other and make up the period until now. */
export function chargeUsage(
  spans: readonly RatedSpan[],
  period: RatingPeriod,
  currency: Currency,
): UsageCharge[] {
  const lines = new Map<Metric, UsageLine[]>()
  let before: ReadonlyMap<Metric, bigint> = new Map()
  for (const { plan, priceVersion, totals } of spans) {
    for (const line of rate({ plan, priceVersion, currency, totals, period })) {
      if (line.metric === null || line.quantity === null) continue
      const amount = line.amount - usageAmount(plan, line.metric, before.get(line.metric) ?? 0n, period)
      if (amount <= 0n) continue
      const description = [
        line.description,
        ...(line.steps.length === 0 ? [] : [`(${line.steps.join(', ')})`]),
      ]
      const one = {
        description: description.join(' ').slice(0, 300),
        quantity: line.quantity,
        amount,
        priceVersion,
        isLate: false,
      }
      lines.set(line.metric, [...(lines.get(line.metric) ?? []), one])
    }
    before = totals
  }
  return Metric.options.flatMap((metric) => {
    const own = lines.get(metric)
    if (own === undefined) return []
    return [chargeOf(metric, own)]
  })
}

function chargeOf(metric: Metric, lines: readonly UsageLine[]): UsageCharge {
  return {
    metric,
    quantity: lines.at(-1)?.quantity ?? 0n,
    amount: lines.reduce((sum, { amount }) => sum + amount, 0n),
    lines,
  }
}

/**
 * The charges of a running period with what of the one before was counted after its invoice: a line more for each metric that has some. What turned out to
 * be less there is not charged back here.
 */
export function withLateUsage(
  charges: readonly UsageCharge[],
  late: { readonly rated: readonly UsageCharge[]; readonly invoiced: readonly UsageCharge[] },
): UsageCharge[] {
  return Metric.options.flatMap((metric) => {
    const of = (some: readonly UsageCharge[]): UsageCharge | undefined =>
      some.find((one) => one.metric === metric)
    const [charge, rated] = [of(charges), of(late.rated)]
    const invoiced = (of(late.invoiced)?.lines ?? []).filter(({ isLate }) => !isLate)
    const more = (rated?.amount ?? 0n) - invoiced.reduce((sum, { amount }) => sum + amount, 0n)
    if (rated === undefined || more <= 0n) return charge === undefined ? [] : [charge]
    const line: UsageLine = {
      description: `${METRICS[metric].title} of the period before, counted late`,
      quantity: rated.quantity,
      amount: more,
      priceVersion: rated.lines.at(-1)?.priceVersion ?? '',
      isLate: true,
    }
    return [{ ...chargeOf(metric, [...(charge?.lines ?? []), line]), quantity: charge?.quantity ?? 0n }]
  })
}

/**
 * What usage costs as a function of what is used by then, for caps: the parts of the period whose plan is over are fixed, the last one goes on. Minor
 * units; more use never costs less.
 */
export function usageCost(
  spans: readonly RatedSpan[],
  period: RatingPeriod,
): (totals: ReadonlyMap<Metric, bigint>) => bigint {
  const last = spans.at(-1)
  if (last === undefined) return () => 0n
  const done = spans.slice(0, -1)
  let before: ReadonlyMap<Metric, bigint> = new Map()
  let fixed = 0n
  for (const { plan, totals } of done) {
    for (const metric of Metric.options) fixed += growth(plan, metric, { before, totals, period })
    before = totals
  }
  const begin = before
  return (totals) =>
    Metric.options.reduce(
      (sum, metric) => sum + growth(last.plan, metric, { before: begin, totals, period }),
      fixed,
    )
}

function growth(
  plan: Plan,
  metric: Metric,
  of: {
    readonly before: ReadonlyMap<Metric, bigint>
    readonly totals: ReadonlyMap<Metric, bigint>
    readonly period: RatingPeriod
  },
): bigint {
  const amount = (totals: ReadonlyMap<Metric, bigint>): bigint =>
    usageAmount(plan, metric, totals.get(metric) ?? 0n, of.period)
  const more = amount(of.totals) - amount(of.before)
  return more < 0n ? 0n : more
}
