// What metering takes and gives. Quantities are whole numbers of a metric's base unit (contract/billing/metrics.ts).
import type { Metric } from '#contract/billing/metrics.ts'
import type { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'

/** Something that was used in a window, which lies within one hour (UTC). */
export interface UsageEvent {
  readonly metric: Metric
  readonly organisationId: OrganisationId
  readonly projectId: ProjectId
  /** Of compute: which one it was. Null for what has no sizes. */
  readonly size: string | null
  /** All of the window until `windowEnd`, not what was added since the last time. */
  readonly quantity: bigint
  readonly windowStart: Date
  /** Until when it is counted; moves while the window is open. */
  readonly windowEnd: Date
  /** `api`, `compute`, …: who counted. */
  readonly source: string
  /**
   * Names what is counted in this window, the same in every repeat. A repeat with the same quantity or a smaller one changes nothing, one with a larger
   * quantity counts the difference. A key never comes with another `windowStart`.
   */
  readonly dedupeKey: string
}

/** An event whose organisation may have to be looked up when it is ingested. */
export interface SpooledEvent extends Omit<UsageEvent, 'organisationId'> {
  readonly organisationId: OrganisationId | null
}

export type RefusalReason = 'late' | 'future' | 'conflict' | 'unknown-project'

/** `from` is in it, `to` is not. An hour belongs to the range that its start lies in. */
export interface TimeRange {
  readonly from: Date
  readonly to: Date
}

export interface UsageTotals {
  /** Everything that was counted until then is in it. */
  readonly asOf: Date
  /** `sum` and `average` metrics added up, `peak` metrics as the highest hour of all projects together. Metrics without use are left out. */
  readonly byMetric: ReadonlyMap<Metric, bigint>
  readonly byProject: ReadonlyMap<ProjectId, ReadonlyMap<Metric, bigint>>
  /** Of `peak` metrics: when it was seen. */
  readonly peakAt: ReadonlyMap<Metric, Date>
}

export interface SeriesQuery extends TimeRange {
  readonly metric: Metric
  readonly interval: 'hour' | 'day'
  /** All projects together when left out. */
  readonly projectId?: ProjectId | undefined
}

export interface UsagePoint {
  /** The start of the hour or day, in UTC. */
  readonly at: Date
  readonly quantity: bigint
}

/** An organisation's use of a metric in an hour, as of a revision. */
export interface HourlyChange {
  readonly organisationId: OrganisationId
  readonly metric: Metric
  readonly hour: Date
  readonly quantity: bigint
  readonly revision: bigint
}

export interface HourlyChanges {
  /** What to ask with the next time. */
  readonly revision: bigint
  /** By revision. An hour that changed several times is there once, as it is now. */
  readonly changes: readonly HourlyChange[]
  /** Whether there are more now. */
  readonly hasMore: boolean
}

/** A project's use of a metric on a day (UTC). */
export interface DailyUsage {
  /** `2026-11-23` */
  readonly day: string
  readonly projectId: ProjectId
  readonly metric: Metric
  readonly quantity: bigint
}

export interface ProjectName {
  readonly projectId: ProjectId
  readonly name: string
  readonly isDeleted: boolean
}
