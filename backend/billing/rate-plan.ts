// Lines of the plan itself: its price, and what a change within a period gives back and costs.
import type { Plan } from '#contract/billing/price-book.ts'
import { roundHalfUp, type RatedLine, type RatingPeriod } from './rate.ts'

interface PlanLineInput {
  readonly plan: Plan
  readonly priceVersion: string
  readonly period: RatingPeriod
}

/** The price of a whole period, paid in advance; none for what is free or agreed by hand. */
export function planLines({ plan, priceVersion, period }: PlanLineInput): RatedLine[] {
  const amount = BigInt(plan.monthlyPrice ?? '0')
  if (amount === 0n) return []
  return [line({ kind: 'plan', description: `${plan.name} plan`, period, amount, priceVersion })]
}

export interface ProrationInput {
  /** What was paid for until the period's end. */
  readonly from: Plan
  readonly to: Plan
  readonly priceVersion: string
  readonly at: Date
  readonly period: RatingPeriod
}

/**
 * A change of plan at a moment of the period: the rest of the old plan back, the rest of the new one charged, each in proportion to whole seconds and
 * rounded by itself, half away from zero. A plan without a price gives no line.
 */
export function prorate({ from, to, priceVersion, at, period }: ProrationInput): RatedLine[] {
  const [begin, end] = [seconds(period.from), seconds(period.to)]
  const moment = seconds(at)
  if (end <= begin) throw new RangeError('A period ends after it began.')
  const rest = end - (moment < begin ? begin : moment > end ? end : moment)
  const part = { from: new Date(Number(end - rest) * 1000), to: period.to }
  const share = (plan: Plan): bigint => roundHalfUp(BigInt(plan.monthlyPrice ?? '0') * rest, end - begin)
  const day = formatDay(part.from)
  return [
    { description: `Unused time on ${from.name} after ${day}`, amount: -share(from) },
    { description: `Remaining time on ${to.name} after ${day}`, amount: share(to) },
  ]
    .filter(({ amount }) => amount !== 0n)
    .map((one) => line({ kind: 'proration', ...one, period: part, priceVersion }))
}

function line(
  fields: Pick<RatedLine, 'kind' | 'description' | 'period' | 'amount' | 'priceVersion'>,
): RatedLine {
  return { metric: null, quantity: null, steps: [], ...fields }
}

const seconds = (moment: Date): bigint => BigInt(Math.floor(moment.getTime() / 1000))

const DAY = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
})

/** `26 Nov 2026`, in UTC as periods are. */
export function formatDay(moment: Date): string {
  return DAY.format(moment)
}
