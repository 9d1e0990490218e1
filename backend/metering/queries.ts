// Questions to the rollups: never to the raw events, `recount` excepted, which exists to hold the two against each other.
import { z } from 'zod'
import { Metric, METRICS } from '#contract/billing/metrics.ts'
import { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import { sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import type { Queryable } from '../db/database.ts'
import { HOUR_MS, hourOf } from './decide.ts'
import type {
  DailyUsage,
  HourlyChanges,
  ProjectName,
  SeriesQuery,
  TimeRange,
  UsagePoint,
  UsageTotals,
} from './types.ts'

const DAY_MS = 24 * HOUR_MS
const CHANGES_AT_ONCE = 5_000
const PEAKS = Metric.options.filter((metric) => METRICS[metric].aggregation === 'peak')
const SUMS = Metric.options.filter((metric) => METRICS[metric].aggregation !== 'peak')

const Amount = z.string().transform(BigInt)
const TotalRow = z.object({ metric: Metric, project_id: ProjectId, quantity: Amount })
const PeakRow = TotalRow.extend({ hour: z.date(), peak_at: z.date().nullable() })
const PointRow = z.object({ at: z.date(), quantity: Amount })
const FirstRow = z.object({ metric: Metric, at: z.date() })
const ChangeRow = z.object({
  organisation_id: OrganisationId,
  metric: Metric,
  hour: z.date(),
  quantity: Amount,
  revision: Amount,
  read_to: Amount,
  read_rows: z.number(),
})
const DailyRow = z.object({ day: z.string(), project_id: ProjectId, metric: Metric, quantity: Amount })
const NameRow = z.object({ project_id: ProjectId, name: z.string(), is_deleted: z.boolean() })

/** What an organisation, or one of its projects, used in a range of time. */
export async function readTotals(
  db: Queryable,
  organisationId: OrganisationId,
  range: TimeRange,
  projectId?: ProjectId,
): Promise<Omit<UsageTotals, 'asOf'>> {
  const ofProject = projectId === undefined ? sql`` : sql`and project_id = ${projectId}`
  const byMetric = new Map<Metric, bigint>()
  const byProject = new Map<ProjectId, Map<Metric, bigint>>()
  const add = (project: ProjectId, metric: Metric, quantity: bigint): void => {
    const ofOne = byProject.get(project) ?? new Map<Metric, bigint>()
    byProject.set(project, ofOne.set(metric, quantity))
  }

  const sums = await db.query(sql`
    select metric, project_id, sum(quantity)::text as quantity from (${sumParts(organisationId, range, ofProject)}) as part
     group by metric, project_id`)
  for (const row of sums) {
    const { metric, project_id: project, quantity } = TotalRow.parse(row)
    byMetric.set(metric, (byMetric.get(metric) ?? 0n) + quantity)
    add(project, metric, quantity)
  }

  const peakAt = new Map<Metric, Date>()
  const ofHour = new Map<string, bigint>()
  const { from, to } = inHours(range)
  const peaks = await db.query(sql`
    select metric, hour, project_id, quantity::text, peak_at from usage_hour
     where organisation_id = ${organisationId} and metric = any (${PEAKS}::text[])
       and hour >= ${from} and hour < ${to} ${ofProject}
     order by hour, peak_at`)
  for (const row of peaks) {
    const { metric, hour, project_id: project, quantity, peak_at } = PeakRow.parse(row)
    const key = `${metric} ${hour.getTime()}`
    const together = (ofHour.get(key) ?? 0n) + quantity
    ofHour.set(key, together)
    if (together > (byMetric.get(metric) ?? 0n)) {
      byMetric.set(metric, together)
      if (peak_at !== null) peakAt.set(metric, peak_at)
    }
    if (quantity > (byProject.get(project)?.get(metric) ?? 0n)) add(project, metric, quantity)
  }
  return { byMetric, byProject, peakAt }
}

/** Whole days from the days' rollups, what is left at both ends from the hours'. */
function sumParts(organisationId: OrganisationId, range: TimeRange, ofProject: SqlFragment): SqlFragment {
  const { from, to } = inHours(range)
  const firstDay = new Date(Math.ceil(from.getTime() / DAY_MS) * DAY_MS)
  const lastDay = new Date(Math.floor(to.getTime() / DAY_MS) * DAY_MS)
  const where = sql`organisation_id = ${organisationId} and metric = any (${SUMS}::text[]) ${ofProject}`
  const hours = (start: Date, end: Date): SqlFragment =>
    sql`select metric, project_id, quantity from usage_hour where ${where} and hour >= ${start} and hour < ${end}`
  if (firstDay >= lastDay) return hours(from, to)
  return sql`
    select metric, project_id, quantity from usage_day
     where ${where} and day >= ${dayOf(firstDay)}::date and day < ${dayOf(lastDay)}::date
    union all ${hours(from, firstDay)}
    union all ${hours(lastDay, to)}`
}

/** Hour by hour or day by day; moments without use are left out. Of `peak` metrics all projects' highest levels of the hour or day added up. */
export async function readSeries(
  db: Queryable,
  organisationId: OrganisationId,
  { metric, from, to, interval, projectId }: SeriesQuery,
): Promise<UsagePoint[]> {
  const ofProject = projectId === undefined ? sql`` : sql`and project_id = ${projectId}`
  const where = sql`organisation_id = ${organisationId} and metric = ${metric} ${ofProject}`
  const rows = await db.query(
    interval === 'hour'
      ? sql`select hour as at, sum(quantity)::text as quantity from usage_hour
             where ${where} and hour >= ${from} and hour < ${to} group by hour order by hour`
      : sql`select day::timestamp at time zone 'UTC' as at, sum(quantity)::text as quantity from usage_day
             where ${where} and day >= ${dayOf(from)}::date and day < ${dayOf(ceilDay(to))}::date group by day order by day`,
  )
  return rows.map((row) => PointRow.parse(row))
}

/** Days of all projects and metrics, in this order: day, project, metric. */
export async function readDaily(
  db: Queryable,
  organisationId: OrganisationId,
  { from, to }: TimeRange,
): Promise<DailyUsage[]> {
  const rows = await db.query(sql`
    select to_char(day, 'YYYY-MM-DD') as day, project_id, metric, quantity::text from usage_day
     where organisation_id = ${organisationId} and metric = any (${Metric.options}::text[])
       and day >= ${dayOf(from)}::date and day < ${dayOf(ceilDay(to))}::date
     order by usage_day.day, project_id, metric`)
  return rows.map((row) => {
    const { project_id: projectId, ...rest } = DailyRow.parse(row)
    return { projectId, ...rest }
  })
}

/** The first hour in a range in which each metric was used. */
export async function readFirstUses(
  db: Queryable,
  organisationId: OrganisationId,
  range: TimeRange,
): Promise<ReadonlyMap<Metric, Date>> {
  const { from, to } = inHours(range)
  const rows = await db.query(sql`
    select metric, min(hour) as at from usage_hour
     where organisation_id = ${organisationId} and metric = any (${Metric.options}::text[]) and hour >= ${from} and hour < ${to}
     group by metric`)
  return new Map(
    rows.map((row) => {
      const { metric, at } = FirstRow.parse(row)
      return [metric, at]
    }),
  )
}

/**
 * The hours that changed after a revision, at most some thousand rows at once. What is told of an hour may be newer than the revision that is given to go
 * on with; it is told again then.
 */
export async function readHourlyChanges(
  db: Queryable,
  sinceRevision: bigint,
  atOnce = CHANGES_AT_ONCE,
): Promise<HourlyChanges> {
  const rows = await db.query(sql`
    with changed as (
      select organisation_id, metric, hour, revision from usage_hour where revision > ${String(sinceRevision)}::bigint
       order by revision fetch first ${atOnce} rows with ties
    ), hours as (select distinct organisation_id, metric, hour from changed)
    select organisation_id, metric, hour, sum(quantity)::text as quantity, max(revision)::text as revision,
           (select max(revision) from changed)::text as read_to, (select count(*) from changed)::integer as read_rows
      from usage_hour join hours using (organisation_id, metric, hour)
     group by organisation_id, metric, hour
     order by max(revision), organisation_id, metric, hour`)
  const parsed = rows.map((row) => ChangeRow.parse(row))
  return {
    revision: parsed[0]?.read_to ?? sinceRevision,
    changes: parsed.map(({ organisation_id: organisationId, metric, hour, quantity, revision }) => ({
      organisationId,
      metric,
      hour,
      quantity,
      revision,
    })),
    hasMore: (parsed[0]?.read_rows ?? 0) >= atOnce,
  }
}

/** What the raw events of a range add up to, for as long as they are kept: what `readTotals` must say too. `peak` metrics are left out. */
export async function recount(
  db: Queryable,
  organisationId: OrganisationId,
  range: TimeRange,
): Promise<ReadonlyMap<Metric, bigint>> {
  const { from, to } = inHours(range)
  const rows = await db.query(sql`
    select metric, sum(quantity)::text as quantity from usage_event
     where organisation_id = ${organisationId} and metric = any (${SUMS}::text[])
       and window_start >= ${from} and window_start < ${to}
     group by metric`)
  return new Map(
    rows.map((row) => {
      const { metric, quantity } = TotalRow.omit({ project_id: true }).parse(row)
      return [metric, quantity]
    }),
  )
}

/** The projects that an organisation has or has used something for. */
export async function readProjectNames(
  db: Queryable,
  organisationId: OrganisationId,
): Promise<readonly ProjectName[]> {
  const rows = await db.query(sql`
    select id as project_id, name, desired_state not in ('awake', 'asleep') as is_deleted from project
     where organisation_id = ${organisationId}
    union all
    select project_id, name, true from usage_project used
     where organisation_id = ${organisationId} and not exists (select from project where id = used.project_id)`)
  return rows.map((row) => {
    const { project_id: projectId, name, is_deleted: isDeleted } = NameRow.parse(row)
    return { projectId, name, isDeleted }
  })
}

/** Everything that was counted until then is in the rollups. */
export async function readAsOf(db: Queryable): Promise<Date> {
  const [row] = await db.query(sql`select as_of from usage_state`)
  return z.object({ as_of: z.date() }).parse(row).as_of
}

/** The hours whose start lies in a range. */
function inHours({ from, to }: TimeRange): TimeRange {
  const up = (at: Date): Date =>
    hourOf(at).getTime() === at.getTime() ? at : new Date(hourOf(at).getTime() + HOUR_MS)
  return { from: up(from), to: up(to) }
}

function ceilDay(at: Date): Date {
  return new Date(Math.ceil(at.getTime() / DAY_MS) * DAY_MS)
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10)
}
