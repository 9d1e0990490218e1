// What metering costs and how it grows: events per second into the spool and into the database, the summary's questions at 1 and at 10 million events (the
// rollups that so many events of a minute each make), and a request to a REST server with and without its being counted, in turns in the same run.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { randomUUID } from 'node:crypto'
import { createMetering, type Metering } from '../backend/metering/index.ts'
import type { Database } from '../backend/db/database.ts'
import { OrganisationId, ProjectId } from '../contract/capabilities/ids.ts'
import { sql } from '../postgres/common/sql/sql.ts'
import { createControlDatabase } from '../testing/control-database.ts'
import { startTestServer } from '../testing/postgres-global-setup.ts'
import { measureRequests } from './metering-requests.ts'
import { describeMachine, percentile, report } from './report.ts'

const SPOOLED = 100_000
const INGESTED = 50_000
const QUESTIONS = 40
const MINUTE_MS = 60_000
const SIZES = [1_000_000, 10_000_000]
const GOAL_COST = 0.02

const machine = describeMachine()
const { server, close } = await startTestServer()
const directory = await mkdtemp(join(tmpdir(), 'nebuladb-metering-'))
const metrics: Record<string, number> = {}
const ratios: Record<string, number> = {}
try {
  await using control = await createControlDatabase({ server })
  const metering = createMetering({
    db: control.db,
    directory,
    clock: { now: () => new Date() },
    observe: (one) => console.error(one),
  })
  countIntoSpool(metering)
  await recordAndIngest(metering)
  for (const size of SIZES) await askAt(control.db, metering, size)
  const requests = await measureRequests(server, metering)
  Object.assign(metrics, requests.metrics)
  ratios['requestCost'] = requests.cost
  metrics['goalRequestCostPercent'] = GOAL_COST * 100
  await metering.close()
} finally {
  await close()
  await rm(directory, { recursive: true, force: true })
}
report({ name: 'metering', machine, metrics, ratios })

/** The hot path: three counts of a request, one line of the spool. */
function countIntoSpool(metering: Metering): void {
  const organisationId = OrganisationId.parse(randomUUID())
  const projects = Array.from({ length: 50 }, () => ProjectId.parse(randomUUID()))
  const startedAt = performance.now()
  for (let count = 0; count < SPOOLED; count += 1)
    metering.apiRequest({
      organisationId,
      projectId: projects[count % projects.length] ?? ProjectId.parse(randomUUID()),
      rows: 20,
      bytesOut: 4_000,
    })
  const ms = performance.now() - startedAt
  metrics['countedPerSecond'] = (SPOOLED / ms) * 1_000
  metrics['countMicroseconds'] = (ms / SPOOLED) * 1_000
}

/** Whole events, each with a key of its own: into the spool, then into the database with its rollups. */
async function recordAndIngest(metering: Metering): Promise<void> {
  await metering.flush()
  const organisationId = OrganisationId.parse(randomUUID())
  const projects = Array.from({ length: 100 }, () => ProjectId.parse(randomUUID()))
  const minute = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS
  const startedAt = performance.now()
  for (let count = 0; count < INGESTED; count += 1) {
    const windowStart = new Date(minute - (Math.floor(count / projects.length) % 600) * MINUTE_MS)
    metering.record({
      metric: 'egress',
      organisationId,
      projectId: projects[count % projects.length] ?? ProjectId.parse(randomUUID()),
      size: null,
      quantity: 4_000n,
      windowStart,
      windowEnd: new Date(windowStart.getTime() + MINUTE_MS),
      source: 'bench',
      dedupeKey: `bench:${count}`,
    })
  }
  const spooledAt = performance.now()
  metrics['spooledEventsPerSecond'] = (INGESTED / (spooledAt - startedAt)) * 1_000
  await metering.flush()
  metrics['ingestedEventsPerSecond'] = (INGESTED / (performance.now() - spooledAt)) * 1_000
}

/**
 * Rollups as `events` minutes of use make them: 10 projects with 4 metrics in each organisation, every minute of the last 30 days used. The raw events
 * are not made: no question reads them.
 */
async function askAt(db: Database, metering: Metering, events: number): Promise<void> {
  const organisations = Math.max(1, Math.round(events / (30 * 24 * 60 * 10 * 4)))
  await fill(db, organisations)
  const [row] = await db.query<{ hours: string; organisation_id: string }>(sql`
    select (select count(*) from usage_hour)::text as hours, organisation_id from usage_hour where project_id = organisation_id limit 1`)
  const organisationId = OrganisationId.parse(row?.organisation_id)
  const to = new Date(Math.ceil(Date.now() / 3_600_000) * 3_600_000)
  const from = new Date(to.getTime() - 29.4 * 24 * 3_600_000)
  const times: Record<'totals' | 'hours', number[]> = { totals: [], hours: [] }
  for (let question = 0; question < QUESTIONS; question += 1) {
    const startedAt = performance.now()
    await metering.totals(organisationId, { from, to })
    const askedAt = performance.now()
    await metering.series(organisationId, { from, to, metric: 'egress', interval: 'hour' })
    times.totals.push(askedAt - startedAt)
    times.hours.push(performance.now() - askedAt)
  }
  const at = `At${events / 1_000_000}MillionEvents`
  metrics[`hourRows${at}`] = Number(row?.hours)
  metrics[`totalsP95${at}Ms`] = percentile(times.totals, 0.95)
  metrics[`hoursP95${at}Ms`] = percentile(times.hours, 0.95)
}

async function fill(db: Database, organisations: number): Promise<void> {
  await db.query(sql`drop table if exists bench_use`)
  await db.query(sql`delete from usage_hour`)
  await db.query(sql`delete from usage_day`)
  await db.query(sql`
    create table bench_use as
    select organisation, case when n = 1 then organisation else gen_random_uuid() end as project
      from (select gen_random_uuid() as organisation from generate_series(1, ${organisations}::integer)) o, generate_series(1, 10) n`)
  await db.query(sql`create table if not exists usage_hour_bench partition of usage_hour default`)
  await db.query(sql`
    insert into usage_hour (organisation_id, metric, hour, project_id, quantity, revision)
    select organisation, metric, hour, project, 60 * 4000, 1
      from bench_use, unnest(array['compute', 'egress', 'api-requests', 'api-rows']) metric,
           generate_series(date_trunc('hour', now()) - interval '30 days', date_trunc('hour', now()), interval '1 hour') hour
     order by hour`)
  await db.query(sql`
    insert into usage_day (organisation_id, metric, day, project_id, quantity)
    select organisation_id, metric, (hour at time zone 'UTC')::date, project_id, sum(quantity) from usage_hour group by 1, 2, 3, 4`)
  await db.query(sql`vacuum analyze usage_hour, usage_day`)
}
