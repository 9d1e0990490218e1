// Jobs over graphile-worker: they live in the same Postgres as the records, so that a job is there if and only if its change is.
import {
  type CronItem,
  Logger,
  parseCronItems,
  type Runner,
  run as runWorker,
  runMigrations,
  type TaskList,
} from 'graphile-worker'
import { sql } from '#postgres/common/sql/sql.ts'
import type { NativePool, Pool } from '#postgres/node/pool.ts'
import type { Observe } from '../monitoring/index.ts'
import type { JobDefinition, Jobs } from './jobs.ts'

export interface JobQueue extends Jobs {
  /** Installs or updates the tables of the queue. */
  migrate(): Promise<void>
  /** Starts taking jobs. */
  start(): Promise<void>
  /** Lets running jobs end (their signal aborts after five seconds), then takes no more. */
  stop(): Promise<void>
}

interface QueueOptions {
  readonly pool: Pool
  readonly observe: Observe
  /** Jobs that run at the same time. */
  readonly concurrency?: number
}

/** Makes the queue. */
export function createJobQueue({ pool, observe, concurrency = 4 }: QueueOptions): JobQueue {
  const tasks: TaskList = {}
  const cronItems: CronItem[] = []
  let runner: Runner | undefined
  // graphile-worker tells of what matters to us by the tasks below; its own log is heard for its errors only.
  const logger = new Logger(() => (level, message, meta) => {
    if (level === 'error' && meta?.['failure'] !== true) observe({ type: 'job.queue-problem', message })
  })

  let native: Promise<NativePool> | undefined
  const nativePool = (): Promise<NativePool> => (native ??= pool.native())

  return {
    async enqueue(tx, name, payload, options = {}) {
      if (!(name in tasks)) throw new Error(`Nobody has registered the job ${name}.`)
      await tx.query(sql`
        select 1 from graphile_worker.add_job(
          ${name}::text, payload => ${JSON.stringify(payload)}::json, run_at => ${options.runAt ?? null}::timestamptz,
          max_attempts => ${options.maxAttempts ?? null}::integer, job_key => ${options.key ?? null}::text)`)
    },
    register(definition) {
      if (definition.name in tasks) throw new Error(`The job ${definition.name} is registered twice.`)
      tasks[definition.name] = (payload, helpers) =>
        runJob(definition, { payload, attempt: helpers.job.attempts, signal: helpers.abortSignal }, observe)
      if (definition.schedule !== undefined)
        cronItems.push({ task: definition.name, match: definition.schedule, options: { backfillPeriod: 0 } })
    },
    async migrate() {
      await runMigrations({ pgPool: await nativePool(), logger })
    },
    async start() {
      runner = await runWorker({
        pgPool: await nativePool(),
        taskList: tasks,
        parsedCronItems: parseCronItems(cronItems),
        concurrency,
        noHandleSignals: true,
        logger,
      })
      // Its end is told by stop(); an end of itself is a problem that the log should have.
      runner.promise.catch((error: unknown) =>
        observe({
          type: 'job.queue-problem',
          message: error instanceof Error ? error.message : String(error),
        }),
      )
    },
    async stop() {
      const running = runner
      runner = undefined
      await running?.stop()
    },
  }
}

async function runJob(
  definition: JobDefinition,
  call: { payload: unknown; attempt: number; signal: AbortSignal },
  observe: Observe,
): Promise<void> {
  const startedAt = performance.now()
  try {
    await definition.run(definition.payload.parse(call.payload), call.signal)
    observe({ type: 'job.done', name: definition.name, durationMs: performance.now() - startedAt })
  } catch (error) {
    observe({ type: 'job.failed', name: definition.name, attempt: call.attempt, error })
    throw error
  }
}
