// Part of bench/metering: a database that holds so many raw events with the rollups that belong to them, what is asked of it, and what is ingested into it.
import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import type { Database, SqlText, Tx } from '../backend/db/database.ts'
import { createMetering, type Metering } from '../backend/metering/index.ts'
import { OrganisationId, ProjectId } from '../contract/capabilities/ids.ts'
import { identifier, literal, sql } from '../postgres/common/sql/sql.ts'
import { createControlDatabase } from '../testing/control-database.ts'
import type { TestServer } from '../testing/postgres-global-setup.ts'
import { percentile } from './report.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const MONTHS = 6
const METRICS = ['compute', 'egress', 'api-requests', 'api-rows']
/** Of a project and metric: six minutes of each hour in which it is used. */
const EVENTS_OF_A_SERIES = 2_500
const MINUTES_OF_AN_HOUR = 6
/** Projects of one organisation; the largest has a tenth of all. */
const PROJECTS = 5
const QUESTIONS = 60
/** Asked before, and not counted: connections are opened and code is compiled by them. */
const WARM_UP = 10
const INGESTED = 50_000

type Figures = Record<string, number>

/** Fills a database of its own with `events`, asks, ingests, and drops it. Throws where raw events and rollups do not say the same. */
export async function measureEvents(
  server: TestServer,
  { events, directory }: { readonly events: number; readonly directory: string },
): Promise<Figures> {
  await using control = await createControlDatabase({ server })
  const { db } = control
  const startedAt = performance.now()
  const months = lastMonths(MONTHS)
  await fill(db, events, months)
  const figures: Figures = { fillSeconds: (performance.now() - startedAt) / 1_000 }
  // The throw-away server loses what a crash takes; from here on it works as the service's own does.
  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes'])
    await db.query(sql`alter system set ${identifier(setting)} = on`)
  await db.query(sql`select pg_reload_conf()`)
  await db.query(sql`checkpoint`)
  const timed = timing(db)
  const metering = createMetering({
    db: timed.db,
    directory,
    clock: { now: () => new Date() },
    observe: (one) => console.error(one),
  })
  Object.assign(figures, await countRows(db))
  const [large, usual] = await organisations(db)
  Object.assign(figures, await ask(metering, usual, 'usual'), await ask(metering, large, 'largest'))
  Object.assign(figures, await ingest(metering, timed, { db, organisationId: usual }))
  await metering.close()
  return figures
}

/**
 * Indexes are made after the rows, and the months' tables are added to the partitioned one after that. Every project is used a few hours a day, each
 * event's key is as long as a real one. The rollups are computed from the events.
 */
async function fill(db: Database, events: number, months: readonly Date[]): Promise<void> {
  const projects = Math.max(20, Math.round(events / (METRICS.length * EVENTS_OF_A_SERIES)))
  const first = months[0] ?? new Date()
  const hours = Math.floor((Date.now() - first.getTime()) / HOUR_MS)
  await db.query(sql`
    create table bench_project as
    with organisation as materialized (select o, gen_random_uuid() as id from generate_series(0, ${projects}::integer) o)
    select n, gen_random_uuid() as id, organisation.id as organisation_id
      from generate_series(1, ${projects}::integer) n
      join organisation on o = case when n <= ${projects}::integer / 10 then 0 else 1 + n / ${PROJECTS}::integer end`)
  await db.query(sql`analyze bench_project`)
  const usedHours = Math.ceil(EVENTS_OF_A_SERIES / MINUTES_OF_AN_HOUR)
  for (const month of months) {
    const table = identifier(`usage_event_${monthName(month)}`)
    const next = nextMonth(month)
    await db.query(sql`create table ${table} (like usage_event including constraints including defaults)`)
    await db.query(sql`
      insert into ${table} (dedupe_key, window_start, window_end, metric, organisation_id, project_id, size, quantity, source, ingested_at)
      select concat('api:', metric, ':', project.id, ':', (extract(epoch from minute) / 60)::bigint, ':', md5(date_trunc('day', minute)::text)::uuid),
             minute, minute + interval '1 minute', metric, project.organisation_id, project.id, null, 1 + (k * 7919 + project.n) % 100000, 'api', minute
        from generate_series(0, ${EVENTS_OF_A_SERIES}::integer - 1) k
             cross join lateral (select ${first}::timestamptz + interval '1 hour' * (k / ${MINUTES_OF_AN_HOUR}::integer * ${hours}::integer / ${usedHours}::integer)
                                        + interval '10 minutes' * (k % ${MINUTES_OF_AN_HOUR}::integer) as minute offset 0) as moment
             cross join lateral (select id, organisation_id, bench_project.n from bench_project where k >= 0 offset 0) as project
             cross join unnest(${METRICS}::text[]) metric
       where minute >= ${month} and minute < ${next}`)
    await withMemory(db, async (tx) => {
      await tx.query(sql`alter table ${table} add primary key (dedupe_key, window_start)`)
      await tx.query(sql`create index on ${table} (organisation_id, window_start)`)
      await tx.query(sql`
        alter table usage_event attach partition ${table}
        for values from (${literal(month.toISOString())}) to (${literal(next.toISOString())})`)
      await tx.query(sql`
        create table ${identifier(`usage_hour_${monthName(month)}`)} partition of usage_hour
        for values from (${literal(month.toISOString())}) to (${literal(next.toISOString())})`)
      await tx.query(sql`
        insert into usage_hour (organisation_id, metric, hour, project_id, quantity, revision)
        select organisation_id, metric, date_trunc('hour', window_start, 'UTC'), project_id, sum(quantity), 1
          from ${table} group by 1, 2, 3, 4`)
    })
  }
  await withMemory(db, (tx) =>
    tx.query(sql`
      insert into usage_day (organisation_id, metric, day, project_id, quantity)
      select organisation_id, metric, (hour at time zone 'UTC')::date, project_id, sum(quantity) from usage_hour group by 1, 2, 3, 4`),
  )
  await db.query(sql`vacuum (analyze) usage_event, usage_hour, usage_day`)
}

function withMemory(db: Database, work: (tx: Tx) => Promise<unknown>): Promise<void> {
  return db.transaction(async (tx) => {
    await tx.query(sql`set local maintenance_work_mem = '1GB'`)
    await tx.query(sql`set local work_mem = '512MB'`)
    await work(tx)
  })
}

async function countRows(db: Database): Promise<Figures> {
  const [row] = await db.query<Record<'events' | 'hours' | 'days' | 'bytes' | 'organisations', string>>(sql`
    select (select count(*) from usage_event)::text as events, (select count(*) from usage_hour)::text as hours,
           (select count(*) from usage_day)::text as days, (select count(distinct organisation_id) from bench_project)::text as organisations,
           (select sum(pg_total_relation_size(inhrelid)) from pg_inherits where inhparent = 'usage_event'::regclass)::text as bytes`)
  return {
    events: Number(row?.events),
    hourRows: Number(row?.hours),
    dayRows: Number(row?.days),
    organisations: Number(row?.organisations),
    eventTableMegabytes: Number(row?.bytes) / 1e6,
  }
}

/** The largest, and one like most. */
async function organisations(db: Database): Promise<readonly [OrganisationId, OrganisationId]> {
  const rows = await db.query<{ organisation_id: string }>(sql`
    select organisation_id from bench_project group by 1 order by count(*) desc, 1 limit 2`)
  const [large, usual] = rows.map((row) => OrganisationId.parse(row.organisation_id))
  if (large === undefined || usual === undefined) throw new Error('There are no organisations.')
  return [large, usual]
}

async function ask(metering: Metering, organisationId: OrganisationId, which: string): Promise<Figures> {
  // Begins and ends within a day, as a subscription's month does: days and hours are read.
  const to = new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS)
  const from = new Date(to.getTime() - 30 * DAY_MS - 7 * HOUR_MS)
  const times: Record<'totals' | 'hours' | 'days', number[]> = { totals: [], hours: [], days: [] }
  for (let question = 0; question < WARM_UP + QUESTIONS; question += 1) {
    const begin = performance.now()
    await metering.totals(organisationId, { from, to })
    const totals = performance.now()
    await metering.series(organisationId, { from, to, metric: 'egress', interval: 'hour' })
    const hours = performance.now()
    await metering.series(organisationId, { from, to, metric: 'egress', interval: 'day' })
    const days = performance.now()
    if (question < WARM_UP) continue
    times.totals.push(totals - begin)
    times.hours.push(hours - totals)
    times.days.push(days - hours)
  }
  const begin = performance.now()
  const counted = await metering.recount(organisationId, { from, to })
  const recountMs = performance.now() - begin
  const { byMetric } = await metering.totals(organisationId, { from, to })
  for (const [metric, quantity] of byMetric)
    if (counted.get(metric) !== quantity || byMetric.size !== METRICS.length)
      throw new Error(`Raw events and rollups say other things of ${metric}.`)
  const figures: Figures = { [`${which}.recountMs`]: recountMs }
  for (const [name, all] of Object.entries(times)) {
    figures[`${which}.${name}P50Ms`] = percentile(all, 0.5)
    figures[`${which}.${name}P95Ms`] = percentile(all, 0.95)
  }
  return figures
}

/** New events among those that are there, then the same once more, of which nothing is stored. */
async function ingest(
  metering: Metering,
  { taken }: Timing,
  { db, organisationId }: { readonly db: Database; readonly organisationId: OrganisationId },
): Promise<Figures> {
  const rows = await db.query<{ id: string }>(sql`select id from bench_project where n <= 100`)
  const projects = rows.map(({ id }) => ProjectId.parse(id))
  const process = randomUUID()
  const minute = Math.floor(Date.now() / MINUTE_MS)
  const record = (): void => {
    for (let count = 0; count < INGESTED; count += 1) {
      const at = minute - 1 - Math.floor(count / projects.length)
      const projectId = projects[count % projects.length]
      if (projectId === undefined) throw new Error('There are no projects.')
      metering.record({
        metric: 'egress',
        organisationId,
        projectId,
        size: null,
        quantity: 4_000n,
        windowStart: new Date(at * MINUTE_MS),
        windowEnd: new Date((at + 1) * MINUTE_MS),
        source: 'api',
        dedupeKey: `api:egress:${projectId}:${at}:${process}`,
      })
    }
  }
  const flush = async (): Promise<{ readonly ms: number; readonly lookUpMs: number }> => {
    await metering.flush()
    record()
    taken.lookUpMs = 0
    const begin = performance.now()
    await metering.flush()
    return { ms: performance.now() - begin, lookUpMs: taken.lookUpMs }
  }
  const before = await countEvents(db)
  const added = await flush()
  const repeated = await flush()
  if ((await countEvents(db)) !== before + INGESTED) throw new Error('Not every event is stored once.')
  return {
    ingestedPerSecond: (INGESTED / added.ms) * 1_000,
    repeatedPerSecond: (INGESTED / repeated.ms) * 1_000,
    dedupeMicrosecondsPerEvent: (added.lookUpMs / INGESTED) * 1_000,
    dedupePercentOfIngest: (added.lookUpMs / added.ms) * 100,
    dedupeMicrosecondsPerRepeat: (repeated.lookUpMs / INGESTED) * 1_000,
  }
}

async function countEvents(db: Database): Promise<number> {
  const [row] = await db.query<{ events: number }>(
    sql`select count(*)::integer as events from usage_event where metric = 'egress' and window_start > now() - interval '3 days'`,
  )
  return row?.events ?? Number.NaN
}

interface Timing {
  readonly db: Database
  /** How long the look for keys that are there already took. */
  readonly taken: { lookUpMs: number }
}

/** The same database, with the time that the look for keys takes. */
function timing(db: Database): Timing {
  const taken = { lookUpMs: 0 }
  const timed = (tx: Tx): Tx => ({
    isTransaction: true,
    async query<Row extends object>(statement: SqlText) {
      const begin = performance.now()
      const rows = await tx.query<Row>(statement)
      if (/from usage_event\s+where dedupe_key = any/.test(statement.text))
        taken.lookUpMs += performance.now() - begin
      return rows
    },
  })
  return { db: { ...db, transaction: (work) => db.transaction((tx) => work(timed(tx))) }, taken }
}

/** The starts of the last months in UTC, the present one last. */
function lastMonths(count: number): readonly Date[] {
  const now = new Date()
  return Array.from(
    { length: count },
    (_, at) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - (count - 1 - at))),
  )
}

function nextMonth(month: Date): Date {
  return new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1))
}

/** `2026_11`, as metering names partitions. */
function monthName(month: Date): string {
  return month.toISOString().slice(0, 7).replace('-', '_')
}
