// Metering as the other capabilities see it: functions to count with, and questions to the rollups. docs/specs/metering.md has the rules.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { METRICS, type Metric } from '#contract/billing/metrics.ts'
import type { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { Jobs } from '../jobs/index.ts'
import type { Observe } from '../monitoring/index.ts'
import type { Provisioning } from '../provisioning/index.ts'
import { HOUR_MS, hourOf } from './decide.ts'
import { createHoldings } from './holdings.ts'
import { createIngester } from './ingester.ts'
import * as queries from './queries.ts'
import { createRequestCounts } from './request-counts.ts'
import { createSpool } from './spool.ts'
import { createUsageStore, pruneLimits } from './store.ts'
import type {
  DailyUsage,
  HourlyChanges,
  ProjectName,
  SeriesQuery,
  TimeRange,
  UsageEvent,
  UsagePoint,
  UsageTotals,
} from './types.ts'

const SYNC_MS = 1_000
const INGEST_MS = 5_000
const COMPUTE_MS = 10_000
const STORAGE_MS = 60_000

/** One request to a data API that is over, or a batch of them. */
export interface ApiRequest {
  /** Left out where it is not at hand: it is looked up when the request is ingested. */
  readonly organisationId?: OrganisationId | undefined
  readonly projectId: ProjectId
  /** 1 when left out. */
  readonly requests?: number | undefined
  readonly rows: number
  readonly bytesOut: number
}

/** A level that was held all through a window, or counted in it. `key` tells it from others of the project in the window. */
export interface Measured {
  readonly organisationId: OrganisationId
  readonly projectId: ProjectId
  readonly windowStart: Date
  readonly windowEnd: Date
  readonly key: string
}

export interface Metering {
  // ---- sources. They write to the spool and never throw for a full disk.
  /** The one way into the spool. Throws for a window that is empty or crosses an hour, or a negative quantity: a mistake of the source. */
  record(event: UsageEvent): void
  /** Counts a request of a data API, its rows and what it sent. On the hot path: a microsecond or two, and a write at most every 10 ms. */
  apiRequest(request: ApiRequest): void
  /** Counts bytes that left by another way than the data API. */
  egress(use: Pick<ApiRequest, 'organisationId' | 'projectId'> & { readonly bytes: number }): void
  /** No source yet: messages that a realtime service has delivered in a window. */
  realtimeMessages(use: Measured & { readonly messages: bigint }): void
  /** No source yet: the most connections at once in a window. */
  realtimeConnections(use: Measured & { readonly peak: bigint }): void
  /** No source yet: bytes that backups held through a window, in whole seconds. */
  backupStorage(use: Measured & { readonly bytes: bigint }): void
  /** No source yet: branches that a project had through a window, in whole seconds. */
  branches(use: Measured & { readonly count: bigint }): void

  // ---- questions
  totals(
    organisationId: OrganisationId,
    range: TimeRange,
    options?: { readonly projectId?: ProjectId | undefined },
  ): Promise<UsageTotals>
  series(organisationId: OrganisationId, query: SeriesQuery): Promise<readonly UsagePoint[]>
  /** Whole days (UTC) that the range touches. */
  daily(organisationId: OrganisationId, range: TimeRange): Promise<readonly DailyUsage[]>
  /** What has changed since a revision: what is exported is `organisation:metric:hour:revision`. Begin with 0n. */
  hourlyChanges(sinceRevision: bigint): Promise<HourlyChanges>
  /** What the raw events say in place of the rollups; `peak` metrics are left out. Slow. */
  recount(organisationId: OrganisationId, range: TimeRange): Promise<ReadonlyMap<Metric, bigint>>
  /** The first hour of a range in which each metric was used. */
  firstUses(organisationId: OrganisationId, range: TimeRange): Promise<ReadonlyMap<Metric, Date>>
  projectNames(organisationId: OrganisationId): Promise<readonly ProjectName[]>

  // ---- life
  /** Takes over what processes before have left, then counts what is held, and ingests every few seconds. Never throws: it tries again. */
  start(provisioning: Pick<Provisioning, 'onProgress'>): void
  /** Brings what was counted in the last milliseconds into the spool. */
  writeCounts(): void
  /** Spools what is held until now and ingests everything. For tests and before an invoice is made. Rejects when the database fails. */
  flush(): Promise<void>
  /** Counts to this moment, brings all to the disk and as far as possible into the database. Never throws. */
  close(): Promise<void>
}

export interface MeteringOptions {
  readonly db: Database
  /** The service's own; the spool is in it. */
  readonly directory: string
  readonly clock: Clock
  readonly observe: Observe
  /** Where what is old is removed every night; never when left out. */
  readonly jobs?: Pick<Jobs, 'register'> | undefined
  /** Names this process; never used before. */
  readonly newId?: () => string
}

/** Makes metering. Sources may count at once; nothing is ingested before `start` or `flush`. */
export function createMetering(options: MeteringOptions): Metering {
  const { db, clock, observe } = options
  const id = (options.newId ?? randomUUID)()
  const directory = join(options.directory, 'metering')
  const spool = createSpool({
    directory,
    id,
    onTrouble: (error) =>
      observe(
        error === undefined
          ? { type: 'metering.recovered', what: 'spool' }
          : { type: 'metering.failed', what: 'spool', error },
      ),
  })
  const store = createUsageStore(db)
  const ingester = createIngester({ spool, directory, store, clock, observe })
  const now = (): number => clock.now().getTime()
  const api = createRequestCounts({ spool, now, source: 'api', id })
  const proxy = createRequestCounts({ spool, now, source: 'proxy', id })
  const timers: NodeJS.Timeout[] = []
  let lookedAtStorage = -Infinity
  let stopListening: (() => void) | undefined

  const record = (event: UsageEvent): void => {
    const { windowStart, windowEnd, quantity } = event
    const isInOneHour = windowEnd.getTime() <= hourOf(windowStart).getTime() + HOUR_MS
    if (windowEnd <= windowStart || !isInOneHour || quantity < 0n)
      throw new RangeError(`The window or the quantity of ${event.dedupeKey} is not valid.`)
    spool.record(event)
  }
  const holdings = createHoldings({ db, clock, record })

  const measured = (metric: Metric, { key, ...window }: Measured, quantity: bigint): void => {
    const seconds = BigInt(Math.round((window.windowEnd.getTime() - window.windowStart.getTime()) / 1000))
    record({
      metric,
      organisationId: window.organisationId,
      projectId: window.projectId,
      size: null,
      quantity: METRICS[metric].aggregation === 'average' ? quantity * seconds : quantity,
      windowStart: window.windowStart,
      windowEnd: window.windowEnd,
      source: metric,
      dedupeKey: `${metric}:${window.projectId}:${window.windowStart.getTime()}:${key}`,
    })
  }

  const sync = async (): Promise<void> => {
    api.tidy()
    proxy.tidy()
    if (spool.retry()) await spool.sync()
  }

  /** What earlier processes have left must be in before levels are read. */
  const ingestAndLook = async (options: { readonly storage: boolean }): Promise<void> => {
    await ingester.run()
    await holdings.look(options)
  }

  const lookWhenDue = async (): Promise<void> => {
    const storage = now() - lookedAtStorage >= STORAGE_MS
    await ingestAndLook({ storage })
    if (storage) lookedAtStorage = now()
  }

  /** Works again and again, one at a time; what fails is told once until it works again. */
  const repeat = (
    what: 'spool' | 'ingest' | 'sample',
    everyMs: number,
    work: () => Promise<void>,
  ): (() => void) => {
    let isRunning = false
    let isWantedAgain = false
    let isFailing = false
    const run = (): void => {
      isWantedAgain = isRunning
      if (isRunning) return
      isRunning = true
      work()
        .then(() => (isFailing = false))
        .catch((error: unknown) => {
          if (!isFailing) observe({ type: 'metering.failed', what, error })
          isFailing = true
        })
        .finally(() => {
          isRunning = false
          if (isWantedAgain) run()
        })
    }
    const timer = setInterval(run, everyMs)
    timer.unref()
    timers.push(timer)
    return run
  }

  options.jobs?.register({
    name: 'metering.prune',
    payload: z.object({}),
    schedule: '17 3 * * *',
    run: async () => void (await store.prune(pruneLimits(clock.now()))),
  })

  const writeCounts = (): void => {
    api.write()
    proxy.write()
  }

  const flush = async (): Promise<void> => {
    writeCounts()
    await ingestAndLook({ storage: true })
    await sync()
    await ingester.run()
  }

  return {
    record,
    apiRequest: ({ organisationId, projectId, requests, rows, bytesOut }) =>
      api.add({ organisationId: organisationId ?? null, projectId, requests: requests ?? 1, rows, bytesOut }),
    egress: ({ organisationId, projectId, bytes }) =>
      proxy.add({ organisationId: organisationId ?? null, projectId, requests: 0, rows: 0, bytesOut: bytes }),
    realtimeMessages: (use) => measured('realtime-messages', use, use.messages),
    realtimeConnections: (use) => measured('realtime-connections', use, use.peak),
    backupStorage: (use) => measured('backup-storage', use, use.bytes),
    branches: (use) => measured('branches', use, use.count),

    async totals(organisationId, range, { projectId } = {}) {
      // Asked for first: what comes in between is more than it says, never less.
      const asOf = await queries.readAsOf(db)
      return { asOf, ...(await queries.readTotals(db, organisationId, range, projectId)) }
    },
    series: (organisationId, query) => queries.readSeries(db, organisationId, query),
    daily: (organisationId, range) => queries.readDaily(db, organisationId, range),
    hourlyChanges: (sinceRevision) => queries.readHourlyChanges(db, sinceRevision),
    recount: (organisationId, range) => queries.recount(db, organisationId, range),
    firstUses: (organisationId, range) => queries.readFirstUses(db, organisationId, range),
    projectNames: (organisationId) => queries.readProjectNames(db, organisationId),

    start(provisioning) {
      // An error that nobody catches ends the process without a close.
      process.on('exit', writeCounts)
      const ingest = repeat('ingest', INGEST_MS, () => {
        writeCounts()
        return ingester.run()
      })
      const look = repeat('sample', COMPUTE_MS, lookWhenDue)
      repeat('spool', SYNC_MS, sync)
      ingest()
      look()
      stopListening = provisioning.onProgress((projectId, { status }) => {
        if (status === 'awake') look()
        else holdings.end(projectId)
      })
    },
    flush,
    writeCounts,
    async close() {
      process.off('exit', writeCounts)
      stopListening?.()
      for (const timer of timers) clearInterval(timer)
      try {
        await flush()
      } catch (error) {
        observe({ type: 'metering.failed', what: 'ingest', error })
      }
      try {
        writeCounts()
        spool.close()
        await ingester.run()
      } catch (error) {
        observe({ type: 'metering.failed', what: 'spool', error })
      }
    },
  }
}
