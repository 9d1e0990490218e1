// What an organisation may do: asked in one place, answered at once from memory. A refresh keeps what is known at most a minute old; what happens when it is
// older is written at `can` (docs/specs/billing.md, ENT-n).
import type { SubscriptionStatus } from '#contract/capabilities/billing.ts'
import type { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import { METRICS, type Metric } from '#contract/billing/metrics.ts'
import type { Feature, Limit, Plan } from '#contract/billing/price-book.ts'
import type { Clock } from '../clock.ts'
import { includedQuantity, type RatingPeriod } from './rate.ts'
import { formatDay } from './rate-plan.ts'
import { formatDisplay } from './rate-words.ts'

/** What is known of an organisation at a moment. */
export interface EntitlementFacts {
  readonly organisationId: OrganisationId
  readonly plan: Plan
  readonly status: SubscriptionStatus
  readonly period: RatingPeriod
  /** Of the period, until `asOf`. */
  readonly totals: ReadonlyMap<Metric, bigint>
  /** Until when usage is in it. */
  readonly asOf: Date
  /** Until when nothing can have passed a cap at the fastest (decideCap's `checkAgainAt`, the earliest of all caps); null: there is no cap. */
  readonly capSafeUntil: Date | null
  readonly isCapReached: boolean
  /** Projects whose own cap is reached. */
  readonly projectsAtCap: ReadonlySet<ProjectId>
}

export type Entitlement =
  | { readonly feature: Feature }
  /** `count` is how many there would be then. */
  | { readonly limit: Limit; readonly count: number }
  /** `quantity` more, in base units. 0 asks whether it may go on. */
  | { readonly metric: Metric; readonly quantity: bigint; readonly projectId?: ProjectId }

export type DenialReason =
  | 'unknown-organisation'
  | 'not-in-plan'
  | 'limit-reached'
  | 'quota-reached'
  | 'cap-reached'
  | 'restricted'
  | 'suspended'
  | 'usage-unknown'

export type Answer =
  | { readonly allowed: true }
  /** `message` says what happened, `hint` what to do; for people. */
  | {
      readonly allowed: false
      readonly reason: DenialReason
      readonly message: string
      readonly hint: string
    }

export interface EntitlementsOptions {
  readonly clock: Clock
  /** Reads what is known of these organisations; one that is missing in the answer is unknown. */
  readonly load: (organisationIds: readonly OrganisationId[]) => Promise<readonly EntitlementFacts[]>
  /** Facts of organisations that nobody asked for in this time are dropped. */
  readonly keepMs?: number
}

export interface Entitlements {
  /**
   * Answers at once, never waits. An organisation that nobody asked for before is unknown, and denied, until the next refresh: who can wait calls `ensure` first.
   * When facts cannot be read any more: features, and metrics without a quota, go on by the last facts. What is sold goes on until `capSafeUntil`, so no
   * cap is passed. The rest is denied as `usage-unknown` once the facts are older than STALE_MS: new things (limits), quotas that stop, what is sold without a cap.
   */
  can(organisationId: OrganisationId, what: Entitlement): Answer
  /** Loads what is not known yet or is older than `FRESH_MS`. Rejects with what `load` rejects with. */
  ensure(organisationId: OrganisationId): Promise<void>
  /** Loads again all organisations that were asked for lately; to be called every REFRESH_MS. What is known stays when it rejects. */
  refresh(): Promise<void>
  /** Forgets one, so that the next `ensure` reads what has just been changed. */
  forget(organisationId: OrganisationId): void
}

export const REFRESH_MS = 30_000
/** Fresh enough for `ensure`. */
export const FRESH_MS = 60_000
/** From here on nothing that costs money is allowed by old facts. */
export const STALE_MS = 5 * 60_000
const KEEP_MS = 60 * 60_000

interface Known {
  facts: EntitlementFacts | null
  loadedAt: number
  askedAt: number
}

const ALLOWED: Answer = { allowed: true }

/** Entitlements over a source of facts. Nothing is loaded until somebody asks. */
export function createEntitlements({ clock, load, keepMs = KEEP_MS }: EntitlementsOptions): Entitlements {
  const known = new Map<OrganisationId, Known>()
  const loadThese = async (ids: readonly OrganisationId[]): Promise<void> => {
    if (ids.length === 0) return
    const startedAt = clock.now().getTime()
    const loaded = new Map((await load(ids)).map((facts) => [facts.organisationId, facts]))
    for (const id of ids) {
      const before = known.get(id)
      // A later load that has overtaken this one knows better.
      if (before !== undefined && before.loadedAt > startedAt) continue
      known.set(id, {
        facts: loaded.get(id) ?? null,
        loadedAt: startedAt,
        askedAt: before?.askedAt ?? startedAt,
      })
    }
  }
  return {
    can(organisationId, what) {
      const now = clock.now().getTime()
      const entry = known.get(organisationId)
      if (entry === undefined) {
        known.set(organisationId, { facts: null, loadedAt: Number.NEGATIVE_INFINITY, askedAt: now })
        return UNKNOWN
      }
      entry.askedAt = now
      return entry.facts === null ? UNKNOWN : decide(entry.facts, what, { now, ageMs: now - entry.loadedAt })
    },
    async ensure(organisationId) {
      const now = clock.now().getTime()
      const entry = known.get(organisationId)
      if (entry === undefined || now - entry.loadedAt > FRESH_MS) await loadThese([organisationId])
    },
    async refresh() {
      const now = clock.now().getTime()
      for (const [id, { askedAt }] of known) if (now - askedAt > keepMs) known.delete(id)
      await loadThese([...known.keys()])
    },
    forget(organisationId) {
      known.delete(organisationId)
    },
  }
}

function decide(
  facts: EntitlementFacts,
  what: Entitlement,
  { now, ageMs }: { readonly now: number; readonly ageMs: number },
): Answer {
  const { plan, status } = facts
  if ('feature' in what)
    return plan.features.includes(what.feature)
      ? ALLOWED
      : deny('not-in-plan', `${plan.name} does not have this.`, 'Change the plan to use it.')
  if (status === 'suspended') return SUSPENDED
  const isStale = ageMs > STALE_MS
  if ('limit' in what) {
    if (status === 'restricted') return RESTRICTED
    if (isStale) return USAGE_UNKNOWN
    // It would be put to sleep at once.
    if (facts.isCapReached && STARTS_COST.has(what.limit)) return CAP_REACHED
    const most = plan.limits[what.limit]
    if (most === null || what.count <= most) return ALLOWED
    return deny(
      'limit-reached',
      `${plan.name} allows ${String(most)} ${LIMIT_WORDS[what.limit]}.`,
      'Remove some, or change the plan.',
    )
  }
  if (facts.isCapReached || (what.projectId !== undefined && facts.projectsAtCap.has(what.projectId)))
    return CAP_REACHED
  if (facts.capSafeUntil !== null && now > facts.capSafeUntil.getTime() + CAP_GRACE_MS) return USAGE_UNKNOWN
  return decideQuota(facts, what, isStale)
}

/** `capSafeUntil` is when the next decision is due; its answer is on its way for this long. The caps' reaction time contains it. */
export const CAP_GRACE_MS = 2_000

function decideQuota(
  { plan, period, totals, capSafeUntil }: EntitlementFacts,
  { metric, quantity }: { readonly metric: Metric; readonly quantity: bigint },
  isStale: boolean,
): Answer {
  const terms = plan.metrics[metric]
  const quota = includedQuantity(terms, metric, period)
  if (quota === null) return ALLOWED
  const used = totals.get(metric) ?? 0n
  const after = METRICS[metric].aggregation === 'peak' ? (used > quantity ? used : quantity) : used + quantity
  const isOver =
    after > quota || (after === quota && quantity === 0n && METRICS[metric].aggregation !== 'peak')
  const isSold = plan.atQuota === 'charge' && terms.tiers.length > 0
  // Within the quota by old facts may be above it by new ones; what has a cap was judged by that.
  if (isStale && (!isSold || capSafeUntil === null)) return USAGE_UNKNOWN
  if (isSold || !isOver) return ALLOWED
  return deny(
    'quota-reached',
    `${METRICS[metric].title}: the included ${formatDisplay(metric, terms.included ?? '0')} of this period are used.`,
    `Change the plan, or wait for the next period on ${formatDay(period.to)}.`,
  )
}

function deny(reason: DenialReason, message: string, hint: string): Answer {
  return { allowed: false, reason, message, hint }
}

const UNKNOWN = deny(
  'unknown-organisation',
  'What this organisation may do is not known yet.',
  'Try again in a minute.',
)
const USAGE_UNKNOWN = deny(
  'usage-unknown',
  'What was used cannot be read at the moment, so nothing more that may cost is started.',
  'Try again in a few minutes. What runs goes on.',
)
const RESTRICTED = deny(
  'restricted',
  'An invoice is unpaid, so nothing new can be made.',
  'Pay the open invoice in Plan and billing.',
)
const SUSPENDED = deny(
  'suspended',
  'An invoice is unpaid and compute is off. Data and backups stay.',
  'Pay the open invoice in Plan and billing.',
)

const CAP_REACHED = deny(
  'cap-reached',
  'The spend cap of this period is reached.',
  'Raise the cap in Plan and billing.',
)

/** What begins to cost when there is one more of it. */
const STARTS_COST: ReadonlySet<Limit> = new Set(['projects', 'branches-per-project'])

const LIMIT_WORDS: Readonly<Record<Limit, string>> = {
  projects: 'projects',
  members: 'members',
  'branches-per-project': 'branches in a project',
  'storage-bytes-per-project': 'bytes in a project',
  'restore-days': 'days of restore',
}
