// What is not counted but held: compute while an instance is awake, storage as long as it is there. Both are read from the records of provisioning, which
// survive every crash, so that counting goes on where it ended and nothing is counted twice.
import { z } from 'zod'
import { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import type { Queryable } from '../db/database.ts'
import { HOUR_MS, hourOf, LATE_MS } from './decide.ts'
import type { UsageEvent } from './types.ts'

/** Thousandths of a compute unit by size. There is one size today. */
export const COMPUTE_SIZES = { standard: 1_000n } as const
export type ComputeSize = keyof typeof COMPUTE_SIZES

/** How far back gaps are filled: safely within what is not refused as late. */
const REACH_MS = LATE_MS - HOUR_MS

/** An instance as provisioning has recorded it. */
export interface Holding {
  readonly projectId: ProjectId
  readonly organisationId: OrganisationId
  /** When its server was started; null unless it is awake. */
  readonly awakeSince: Date | null
  /** Of its databases as they were measured last; null before the first time. */
  readonly sizeBytes: bigint | null
}

/** How far a held level is counted. */
export interface Level {
  readonly hour: Date
  readonly until: Date
  /** In the hour so far. */
  readonly quantity: bigint
}

const HoldingRow = z.object({
  project_id: ProjectId,
  organisation_id: OrganisationId,
  server_started_at: z.string().nullable(),
  measured_bytes: z.string().nullable(),
})
const LevelRow = z.object({
  project_id: ProjectId,
  window_start: z.date(),
  window_end: z.date(),
  quantity: z.string(),
})

/** Instances of projects that are not deleted. */
export async function readHoldings(db: Queryable): Promise<readonly Holding[]> {
  const rows = await db.query(sql`
    select project.id as project_id, project.organisation_id, instance.measured_bytes,
           case when instance.status = 'awake' then instance.server_started_at end as server_started_at
      from instance join project on project.id = instance.project_id
     where project.desired_state in ('awake', 'asleep')`)
  return rows.map((row) => {
    const { project_id, organisation_id, server_started_at, measured_bytes } = HoldingRow.parse(row)
    return {
      projectId: project_id,
      organisationId: organisation_id,
      awakeSince: server_started_at === null ? null : new Date(Number(server_started_at) * 1000),
      sizeBytes: measured_bytes === null ? null : BigInt(measured_bytes),
    }
  })
}

/** Until when storage was counted by whoever counted before. */
export async function readLevels(db: Queryable): Promise<Map<ProjectId, Level>> {
  const rows = await db.query(
    sql`select project_id, window_start, window_end, quantity::text from usage_level where metric = 'storage'`,
  )
  return new Map(
    rows.map((row) => {
      const { project_id, window_start, window_end, quantity } = LevelRow.parse(row)
      return [project_id, { hour: window_start, until: window_end, quantity: BigInt(quantity) }]
    }),
  )
}

/**
 * The compute time of a server from `from` to `until`, an event per hour that is touched, each with all of its hour since the server's start. It follows
 * from the server's start and the clock alone: told again, by another process too, it is the same events.
 */
export function computeEvents(
  holding: Pick<Holding, 'projectId' | 'organisationId'> & {
    readonly awakeSince: Date
    readonly size: ComputeSize
  },
  range: { readonly from: Date; readonly until: Date },
): readonly UsageEvent[] {
  const { projectId, organisationId, awakeSince, size } = holding
  const until = range.until.getTime()
  const events: UsageEvent[] = []
  const earliest = Math.max(awakeSince.getTime(), range.from.getTime(), until - REACH_MS)
  for (let hour = hourOf(new Date(earliest)).getTime(); hour < until; hour += HOUR_MS) {
    const start = Math.max(hour, awakeSince.getTime())
    const end = Math.min(hour + HOUR_MS, until)
    if (end <= start) continue
    events.push({
      metric: 'compute',
      organisationId,
      projectId,
      size,
      quantity: COMPUTE_SIZES[size] * BigInt(end - start),
      windowStart: new Date(start),
      windowEnd: new Date(end),
      source: 'compute',
      dedupeKey: `compute:${projectId}:${awakeSince.getTime()}:${hour}`,
    })
  }
  return events
}

/**
 * A level that is held from where it was counted last until now, in whole seconds: the events, one per hour that is touched, and where counting is now.
 * Without a `before` it begins now.
 */
export function levelEvents(
  holding: Pick<Holding, 'projectId' | 'organisationId'> & {
    readonly metric: UsageEvent['metric']
    readonly amount: bigint
  },
  before: Level | undefined,
  now: Date,
): { readonly events: readonly UsageEvent[]; readonly level: Level } {
  const { projectId, organisationId, metric, amount } = holding
  const end = Math.floor(now.getTime() / 1000) * 1000
  let level = before ?? { hour: hourOf(now), until: new Date(end), quantity: 0n }
  if (level.until.getTime() < end - REACH_MS)
    level = startingAt(new Date(hourOf(new Date(end - REACH_MS)).getTime() + HOUR_MS))
  const events: UsageEvent[] = []
  while (level.until.getTime() < end) {
    const hourEnd = level.hour.getTime() + HOUR_MS
    if (level.until.getTime() >= hourEnd) level = startingAt(new Date(hourEnd))
    const until = Math.min(level.hour.getTime() + HOUR_MS, end)
    const seconds = BigInt((until - level.until.getTime()) / 1000)
    level = { ...level, until: new Date(until), quantity: level.quantity + amount * seconds }
    events.push({
      metric,
      organisationId,
      projectId,
      size: null,
      quantity: level.quantity,
      windowStart: level.hour,
      windowEnd: level.until,
      source: metric,
      dedupeKey: `${metric}:${projectId}:${level.hour.getTime()}`,
    })
  }
  return { events, level }
}

/** Goes on now with what was counted in the hour, leaving out the time since. */
export function resumeLevel(before: Level, now: Date): Level {
  const until = new Date(Math.floor(now.getTime() / 1000) * 1000)
  return before.hour.getTime() === hourOf(now).getTime() ? { ...before, until } : startingAt(until)
}

/** Nothing is counted yet of the hour. */
function startingAt(until: Date): Level {
  return { hour: hourOf(until), until, quantity: 0n }
}
