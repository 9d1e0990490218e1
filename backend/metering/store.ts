// The SQL of ingesting: events, rollups, and how far the spool is read, in one transaction.
import { z } from 'zod'
import { METRICS } from '#contract/billing/metrics.ts'
import { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import type { Database, Tx } from '../db/database.ts'
import { decide, foldEvents, LATE_MS, type Decision, type HourDelta, type StoredEvent } from './decide.ts'
import { createPartitions } from './partitions.ts'
import type { SpooledEvent, UsageEvent } from './types.ts'

/** Events that were read from a file of the spool. */
export interface Batch {
  readonly segment: string
  /** How far the file was ingested before; the transaction does nothing when the database knows better. */
  readonly from: number
  readonly to: number
  readonly events: readonly SpooledEvent[]
}

export interface Ingested extends Decision {
  readonly revision: bigint
}

export interface UsageStore {
  /** How far a file is ingested, in bytes. */
  position(segment: string): Promise<number>
  /** Stores a batch and moves the file's position, or neither. Undefined when somebody has ingested from the file meanwhile. */
  ingest(batch: Batch, now: Date): Promise<Ingested | undefined>
  /** Says that everything that was counted until `at` is in. */
  setAsOf(at: Date): Promise<void>
  /** Forgets files that were read long ago, refusals and the oldest raw events and hours. Gives the tables that it dropped. */
  prune(limits: PruneLimits): Promise<readonly string[]>
}

export interface PruneLimits {
  readonly eventsBefore: Date
  readonly hoursBefore: Date
  readonly spoolsBefore: Date
}

/** Raw events, hours and refusals are kept for 13 months, so that every invoice of a year can be computed again; days for good. */
export function pruneLimits(now: Date): PruneLimits {
  const thirteenMonthsAgo = new Date(now)
  thirteenMonthsAgo.setUTCMonth(now.getUTCMonth() - 13)
  const monthAgo = new Date(now.getTime() - 31 * 24 * 3_600_000)
  return { eventsBefore: thirteenMonthsAgo, hoursBefore: thirteenMonthsAgo, spoolsBefore: monthAgo }
}

const StoredRow = z.object({
  dedupe_key: z.string(),
  window_start: z.date(),
  organisation_id: z.string(),
  project_id: z.string(),
  metric: z.string(),
  quantity: z.string().transform(BigInt),
})
const ProjectRow = z.object({ id: ProjectId, organisation_id: OrganisationId })

/** Makes the store. */
export function createUsageStore(db: Database): UsageStore {
  const partitions = createPartitions()

  const knownOf = async (
    tx: Tx,
    events: readonly SpooledEvent[],
    now: Date,
  ): Promise<{ stored: StoredEvent[]; organisations: Map<ProjectId, OrganisationId> }> => {
    const oldest = Math.min(
      now.getTime() - LATE_MS,
      ...events.map(({ windowStart }) => windowStart.getTime()),
    )
    const stored = await tx.query(sql`
      select dedupe_key, window_start, organisation_id, project_id, metric, quantity::text from usage_event
       where dedupe_key = any (${events.map(({ dedupeKey }) => dedupeKey)}::text[]) and window_start >= ${new Date(oldest)}`)
    const unowned = new Set(
      events.filter(({ organisationId }) => organisationId === null).map(({ projectId }) => projectId),
    )
    const projects =
      unowned.size === 0
        ? []
        : await tx.query(sql`
            select id, organisation_id from project where id = any (${[...unowned]}::uuid[])
            union select project_id, organisation_id from usage_project where project_id = any (${[...unowned]}::uuid[])`)
    return {
      stored: stored.map((row) => {
        const { dedupe_key, window_start, organisation_id, project_id, metric, quantity } =
          StoredRow.parse(row)
        return {
          dedupeKey: dedupe_key,
          windowStart: window_start,
          organisationId: organisation_id,
          projectId: project_id,
          metric,
          quantity,
        }
      }),
      organisations: new Map(
        projects.map((row) => {
          const { id, organisation_id } = ProjectRow.parse(row)
          return [id, organisation_id]
        }),
      ),
    }
  }

  const positionOf = async (on: Pick<Tx, 'query'>, segment: string): Promise<number> => {
    const [row] = await on.query<{ position: string }>(
      sql`select position from usage_spool where segment = ${segment}`,
    )
    return Number(row?.position ?? 0)
  }

  return {
    position: (segment) => positionOf(db, segment),

    async ingest(batch, now) {
      const months: Date[] = []
      const done = await db.transaction(async (tx) => {
        // The row is held until the commit: batches are stored one after the other, whoever ingests.
        const [state] = await tx.query<{ revision: string }>(
          sql`update usage_state set revision = revision + 1 returning revision`,
        )
        const revision = BigInt(state?.revision ?? 0)
        if ((await positionOf(tx, batch.segment)) !== batch.from) return undefined
        const events = foldEvents(batch.events)
        const decision = decide(events, { now, ...(await knownOf(tx, events, now)) })
        months.push(...(await partitions.ensure(tx, decision.events)))
        await upsertEvents(tx, decision.events, now)
        await addToHours(tx, decision.hours, revision)
        await addToDays(tx, decision.hours)
        await keepLevels(tx, decision.events)
        await keepNames(tx, decision.hours)
        await insertRefused(tx, decision, now)
        await tx.query(sql`
          insert into usage_spool (segment, position, updated_at) values (${batch.segment}, ${batch.to}, ${now})
          on conflict (segment) do update set position = excluded.position, updated_at = excluded.updated_at`)
        return { ...decision, revision }
      })
      partitions.made(months)
      return done
    },

    async setAsOf(at) {
      await db.query(sql`update usage_state set as_of = ${at} where as_of < ${at}`)
    },

    async prune({ eventsBefore, hoursBefore, spoolsBefore }) {
      await db.query(sql`delete from usage_spool where updated_at < ${spoolsBefore}`)
      await db.query(sql`delete from usage_refused where refused_at < ${eventsBefore}`)
      return db.transaction(async (tx) => [
        ...(await partitions.drop(tx, 'usage_event', eventsBefore)),
        ...(await partitions.drop(tx, 'usage_hour', hoursBefore)),
      ])
    },
  }
}

async function upsertEvents(tx: Tx, events: readonly UsageEvent[], now: Date): Promise<void> {
  if (events.length === 0) return
  await tx.query(sql`
    insert into usage_event (dedupe_key, window_start, window_end, metric, organisation_id, project_id, size, quantity, source, ingested_at)
    select *, ${now}::timestamptz from unnest(
      ${events.map((one) => one.dedupeKey)}::text[], ${events.map((one) => one.windowStart)}::timestamptz[],
      ${events.map((one) => one.windowEnd)}::timestamptz[], ${events.map((one) => one.metric)}::text[],
      ${events.map((one) => one.organisationId)}::uuid[], ${events.map((one) => one.projectId)}::uuid[],
      ${events.map((one) => one.size)}::text[], ${events.map((one) => String(one.quantity))}::numeric[],
      ${events.map((one) => one.source)}::text[])
    on conflict (dedupe_key, window_start) do update set
      quantity = excluded.quantity, window_end = greatest(usage_event.window_end, excluded.window_end)`)
}

async function addToHours(tx: Tx, hours: readonly HourDelta[], revision: bigint): Promise<void> {
  if (hours.length === 0) return
  await tx.query(sql`
    insert into usage_hour (organisation_id, metric, hour, project_id, quantity, peak_at, revision)
    select *, ${String(revision)}::bigint from unnest(
      ${hours.map((one) => one.organisationId)}::uuid[], ${hours.map((one) => one.metric)}::text[],
      ${hours.map((one) => one.hour)}::timestamptz[], ${hours.map((one) => one.projectId)}::uuid[],
      ${hours.map((one) => String(one.quantity))}::numeric[], ${hours.map((one) => one.peakAt)}::timestamptz[])
    on conflict (organisation_id, metric, hour, project_id) do update set
      quantity = case when excluded.peak_at is null then usage_hour.quantity + excluded.quantity
                      else greatest(usage_hour.quantity, excluded.quantity) end,
      peak_at = case when excluded.quantity > usage_hour.quantity then excluded.peak_at else usage_hour.peak_at end,
      revision = excluded.revision`)
}

/** The same, by the day in UTC. Several hours of a day may be among them. */
async function addToDays(tx: Tx, hours: readonly HourDelta[]): Promise<void> {
  if (hours.length === 0) return
  await tx.query(sql`
    insert into usage_day (organisation_id, metric, day, project_id, quantity, peak_at)
    select organisation_id, metric, day, project_id,
           case when bool_and(peak_at is null) then sum(quantity) else max(quantity) end,
           (array_agg(peak_at order by quantity desc))[1]
      from unnest(
        ${hours.map((one) => one.organisationId)}::uuid[], ${hours.map((one) => one.metric)}::text[],
        ${hours.map((one) => one.hour.toISOString().slice(0, 10))}::date[], ${hours.map((one) => one.projectId)}::uuid[],
        ${hours.map((one) => String(one.quantity))}::numeric[], ${hours.map((one) => one.peakAt)}::timestamptz[]
      ) as delta (organisation_id, metric, day, project_id, quantity, peak_at)
     group by organisation_id, metric, day, project_id
    on conflict (organisation_id, metric, day, project_id) do update set
      quantity = case when excluded.peak_at is null then usage_day.quantity + excluded.quantity
                      else greatest(usage_day.quantity, excluded.quantity) end,
      peak_at = case when excluded.quantity > usage_day.quantity then excluded.peak_at else usage_day.peak_at end`)
}

async function keepLevels(tx: Tx, events: readonly UsageEvent[]): Promise<void> {
  const newest = new Map<string, UsageEvent>()
  for (const event of events) {
    if (METRICS[event.metric].aggregation !== 'average') continue
    const key = `${event.projectId} ${event.metric}`
    const before = newest.get(key)
    if (before === undefined || before.windowEnd < event.windowEnd) newest.set(key, event)
  }
  const levels = [...newest.values()]
  if (levels.length === 0) return
  await tx.query(sql`
    insert into usage_level (project_id, metric, window_start, window_end, quantity)
    select * from unnest(
      ${levels.map((one) => one.projectId)}::uuid[], ${levels.map((one) => one.metric)}::text[],
      ${levels.map((one) => one.windowStart)}::timestamptz[], ${levels.map((one) => one.windowEnd)}::timestamptz[],
      ${levels.map((one) => String(one.quantity))}::numeric[])
    on conflict (project_id, metric) do update set
      window_start = excluded.window_start, window_end = excluded.window_end, quantity = excluded.quantity
      where usage_level.window_end < excluded.window_end`)
}

/** The names that the projects have now: used ones stay in their periods when they are deleted. */
async function keepNames(tx: Tx, hours: readonly HourDelta[]): Promise<void> {
  const projectIds = [...new Set(hours.map(({ projectId }) => projectId))]
  if (projectIds.length === 0) return
  await tx.query(sql`
    insert into usage_project (project_id, organisation_id, name)
    select id, organisation_id, name from project where id = any (${projectIds}::uuid[])
    on conflict (project_id) do update set name = excluded.name where usage_project.name <> excluded.name`)
}

async function insertRefused(tx: Tx, { refused }: Decision, now: Date): Promise<void> {
  if (refused.length === 0) return
  const events = refused.map(({ event }) => event)
  await tx.query(sql`
    insert into usage_refused (dedupe_key, window_start, window_end, metric, organisation_id, project_id, quantity, source, reason, refused_at)
    select *, ${now}::timestamptz from unnest(
      ${events.map((one) => one.dedupeKey)}::text[], ${events.map((one) => one.windowStart)}::timestamptz[],
      ${events.map((one) => one.windowEnd)}::timestamptz[], ${events.map((one) => one.metric)}::text[],
      ${events.map((one) => one.organisationId)}::uuid[], ${events.map((one) => one.projectId)}::uuid[],
      ${events.map((one) => String(one.quantity))}::numeric[], ${events.map((one) => one.source)}::text[],
      ${refused.map(({ reason }) => reason)}::text[])
    on conflict (dedupe_key, window_start) do update set
      quantity = greatest(usage_refused.quantity, excluded.quantity), refused_at = excluded.refused_at`)
}
