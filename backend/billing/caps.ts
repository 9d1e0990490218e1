// Whether a spend cap holds. Pure: the worst that can have been used since metering's last word, and until a stop takes effect, is priced by the same prices
// as everything else; a stop is due before that passes the cap (docs/specs/billing.md, CAP-n).
import { Metric, METRICS } from '#contract/billing/metrics.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import type { RatingPeriod } from './rate.ts'

/** How fast use can grow; in base units. A metric that is missing does not grow. */
export interface Burn {
  /** The most in a second. `sum`: quantity. `average`: by how much the level can rise. `peak`: the highest level there can be. */
  readonly most: ReadonlyMap<Metric, bigint>
  /** Of `average` metrics: the level now, which goes on to cost until the period's end, asleep or not. */
  readonly held: ReadonlyMap<Metric, bigint>
}

export interface CapInput {
  /** Minor units of the period, plan included; null: none. */
  readonly cap: bigint | null
  /**
   * What a cumulative use costs in all, plan included: minor units. More use never costs less (rate).
   */
  readonly costOf: (totals: ReadonlyMap<Metric, bigint>) => bigint
  /** Everything that was used until `asOf`. */
  readonly totals: ReadonlyMap<Metric, bigint>
  readonly asOf: Date
  readonly burn: Burn
  readonly period: RatingPeriod
  readonly now: Date
  /** From this decision until use has ended. */
  readonly reactionMs: number
}

export interface CapDecision {
  readonly isReached: boolean
  /** As metered, minor units. */
  readonly spent: bigint
  /** The most that it can be when a stop that is decided now has taken effect, with what is held to the period's end. */
  readonly worst: bigint
  /**
   * Until when no other decision is needed; the next one must be made then at the latest, with totals of that time. `now` when the cap is reached.
   */
  readonly checkAgainAt: Date
}

/** No decision holds for longer, however far the cap is. Decisions come every minute; this is what is left when they fail to. */
export const MOST_SAFE_MS = 15 * 60_000

/**
 * Decides on a cap. As long as use stays within `burn`, stops take no longer than `reactionMs`, and decisions come by `checkAgainAt`, the period's cost never
 * passes the cap: the overshoot is 0. Whatever comes later by some time overshoots by at most what `burn` costs in it.
 */
export function decideCap(input: CapInput): CapDecision {
  const { cap, costOf, totals, now, reactionMs } = input
  const spent = costOf(totals)
  const worstAfter = (aheadMs: number): bigint => costOf(worstTotals(input, aheadMs))
  const worst = worstAfter(reactionMs)
  const longest = new Date(now.getTime() + MOST_SAFE_MS)
  if (cap === null) return { isReached: false, spent, worst, checkAgainAt: longest }
  if (worst > cap) return { isReached: true, spent, worst, checkAgainAt: now }
  let [safe, unsafe] = [0, MOST_SAFE_MS + 1]
  while (unsafe - safe > 1) {
    const middle = Math.floor((safe + unsafe) / 2)
    if (worstAfter(middle + reactionMs) <= cap) safe = middle
    else unsafe = middle
  }
  return { isReached: false, spent, worst, checkAgainAt: new Date(now.getTime() + safe) }
}

/** The most that can have been used `aheadMs` after now, and with what is held then until the period's end. */
export function worstTotals(
  { totals, asOf, burn, period, now }: Pick<CapInput, 'totals' | 'asOf' | 'burn' | 'period' | 'now'>,
  aheadMs: number,
): ReadonlyMap<Metric, bigint> {
  const restMs = notNegative(BigInt(period.to.getTime() - asOf.getTime()))
  const unknownMs = smaller(notNegative(BigInt(now.getTime() - asOf.getTime() + aheadMs)), restMs)
  const worst = new Map(totals)
  for (const metric of Metric.options) {
    const used = totals.get(metric) ?? 0n
    const most = burn.most.get(metric) ?? 0n
    const total = worstTotal(metric, { used, most, held: burn.held.get(metric) ?? 0n, unknownMs, restMs })
    if (total > 0n) worst.set(metric, total)
  }
  return worst
}

interface WorstCase {
  readonly used: bigint
  readonly most: bigint
  readonly held: bigint
  readonly unknownMs: bigint
  readonly restMs: bigint
}

function worstTotal(metric: Metric, { used, most, held, unknownMs, restMs }: WorstCase): bigint {
  switch (METRICS[metric].aggregation) {
    case 'sum':
      return used + ceilDivide(most * unknownMs, 1_000n)
    case 'average':
      return used + ceilDivide((held * 1_000n + most * unknownMs) * restMs, 1_000_000n)
    case 'peak':
      return used > most ? used : most
  }
}

/**
 * A project's share of what usage costs, as the `costOf` of its own cap: in proportion to use, rounded up per metric. `others` is what the organisation's other
 * projects used until now; what they use later changes the share, and the next decision sees it. Quotas are shared, and the plan's price is no project's.
 */
export function projectCost(
  amountOf: (metric: Metric, quantity: bigint) => bigint,
  others: ReadonlyMap<Metric, bigint>,
  own: ReadonlyMap<Metric, bigint>,
): bigint {
  let cost = 0n
  for (const [metric, used] of own) {
    const all = used + (others.get(metric) ?? 0n)
    if (used > 0n) cost += ceilDivide(amountOf(metric, all) * used, all)
  }
  return cost
}

/** What decides whether a project may run. */
export type Hold = 'quota' | 'cap' | 'suspended'

export interface EffectsInput {
  readonly projects: readonly { readonly projectId: ProjectId; readonly hold: Hold | null }[]
  /** Dunning took the organisation's compute away. */
  readonly isSuspended: boolean
  /** The organisation's own cap is reached. */
  readonly isCapReached: boolean
  /** A plan that stops at its quotas has one that is used up. */
  readonly isQuotaReached: boolean
  readonly projectsAtCap: ReadonlySet<ProjectId>
}

export interface Effect {
  readonly projectId: ProjectId
  /** Null: it may be woken again; nothing wakes by this alone. */
  readonly hold: Hold | null
}

/**
 * What has to change, projects that are as they should be left out: a project with a hold sleeps and is not woken. The weightiest reason counts (suspended,
 * cap, quota). Nothing is ever deleted by this.
 */
export function decideEffects(input: EffectsInput): Effect[] {
  const { projects, isSuspended, isCapReached, isQuotaReached, projectsAtCap } = input
  const holdOf = (projectId: ProjectId): Hold | null => {
    if (isSuspended) return 'suspended'
    if (isCapReached || projectsAtCap.has(projectId)) return 'cap'
    return isQuotaReached ? 'quota' : null
  }
  return projects
    .map(({ projectId, hold }) => ({ projectId, hold: holdOf(projectId), before: hold }))
    .filter(({ hold, before }) => hold !== before)
    .map(({ projectId, hold }) => ({ projectId, hold }))
}

function ceilDivide(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator
}

function notNegative(value: bigint): bigint {
  return value < 0n ? 0n : value
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
