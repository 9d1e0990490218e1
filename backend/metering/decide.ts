// What becomes of events that were read from a spool, given what is stored: pure, so that every case can be tested.
import { METRICS } from '#contract/billing/metrics.ts'
import type { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import type { RefusalReason, SpooledEvent, UsageEvent } from './types.ts'

export const HOUR_MS = 3_600_000
/** Events of windows that began longer ago are refused: rollups older than that are final. */
export const LATE_MS = 48 * HOUR_MS
/** What clocks may be apart. */
const AHEAD_MS = 10 * 60_000

/** An event as it is stored. */
export interface StoredEvent {
  readonly dedupeKey: string
  readonly windowStart: Date
  readonly organisationId: string
  readonly projectId: string
  readonly metric: string
  readonly quantity: bigint
}

export interface Known {
  readonly now: Date
  /** Events of the same keys, as far back as any of those that are looked at. */
  readonly stored: readonly StoredEvent[]
  readonly organisations: ReadonlyMap<ProjectId, OrganisationId>
}

/** What is added to an hour; of a `peak` metric the level that was seen. */
export interface HourDelta {
  readonly organisationId: OrganisationId
  readonly projectId: ProjectId
  readonly metric: UsageEvent['metric']
  readonly hour: Date
  readonly quantity: bigint
  readonly peakAt: Date | null
}

export interface Refusal {
  readonly event: SpooledEvent
  readonly reason: RefusalReason
}

export interface Decision {
  /** To be stored or to replace what is stored, one per key. */
  readonly events: readonly UsageEvent[]
  /** One per project, metric and hour. */
  readonly hours: readonly HourDelta[]
  readonly refused: readonly Refusal[]
}

/** The start of the hour (UTC) that a moment lies in. */
export function hourOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS)
}

/** One event per key, window, metric and project: the largest quantity, the latest end. Events without a quantity are left out. */
export function foldEvents(events: readonly SpooledEvent[]): readonly SpooledEvent[] {
  const folded = new Map<string, SpooledEvent>()
  for (const event of events) {
    if (event.quantity === 0n) continue
    const key = `${event.windowStart.getTime()} ${event.metric} ${event.projectId} ${event.dedupeKey}`
    const before = folded.get(key)
    if (before === undefined) folded.set(key, event)
    else if (event.quantity > before.quantity) folded.set(key, { ...event, windowEnd: later(event, before) })
  }
  return [...folded.values()]
}

/** Decides about folded events. */
export function decide(events: readonly SpooledEvent[], { now, stored, organisations }: Known): Decision {
  /** By key, of this decision too: a key has one window. */
  const byKey = new Map(stored.map((one) => [one.dedupeKey, one]))
  const kept: UsageEvent[] = []
  const refused: Refusal[] = []
  const hours = new Map<string, HourDelta>()
  for (const event of events) {
    const before = byKey.get(event.dedupeKey)
    const organisationId = event.organisationId ?? organisations.get(event.projectId)
    if (before !== undefined && isSame(before, event)) {
      if (event.quantity <= before.quantity) continue
    } else if (before !== undefined) {
      refused.push({ event, reason: 'conflict' })
      continue
    }
    const reason =
      refusalOf(event.windowStart, now) ?? (organisationId === undefined ? 'unknown-project' : undefined)
    if (reason !== undefined || organisationId === undefined) {
      refused.push({ event, reason: reason ?? 'unknown-project' })
      continue
    }
    const counted = { ...event, organisationId }
    kept.push(counted)
    byKey.set(event.dedupeKey, counted)
    addToHour(hours, counted, before?.quantity ?? 0n)
  }
  return { events: kept, hours: [...hours.values()], refused }
}

function isSame(stored: StoredEvent, event: SpooledEvent): boolean {
  return (
    stored.windowStart.getTime() === event.windowStart.getTime() &&
    stored.metric === event.metric &&
    stored.projectId === event.projectId &&
    (event.organisationId === null || stored.organisationId === event.organisationId)
  )
}

function refusalOf(windowStart: Date, now: Date): RefusalReason | undefined {
  const age = now.getTime() - windowStart.getTime()
  if (age > LATE_MS) return 'late'
  return age < -AHEAD_MS ? 'future' : undefined
}

function addToHour(hours: Map<string, HourDelta>, event: UsageEvent, before: bigint): void {
  const { organisationId, projectId, metric, windowStart } = event
  const hour = hourOf(windowStart)
  const key = `${projectId} ${metric} ${hour.getTime()}`
  const present = hours.get(key)
  const base = { organisationId, projectId, metric, hour }
  if (METRICS[metric].aggregation !== 'peak') {
    const quantity = (present?.quantity ?? 0n) + event.quantity - before
    hours.set(key, { ...base, quantity, peakAt: null })
  } else if (present === undefined || event.quantity > present.quantity) {
    hours.set(key, { ...base, quantity: event.quantity, peakAt: windowStart })
  }
}

function later(one: SpooledEvent, other: SpooledEvent): Date {
  return one.windowEnd > other.windowEnd ? one.windowEnd : other.windowEnd
}
