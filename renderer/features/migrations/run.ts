// Applying and rolling back as it is seen: which migration, which of its steps, what it waits for, how it ended.
import { z } from 'zod'
import type { MigrationProgress } from '#contract/capabilities/migrations.ts'
import { isAppError } from '#contract/errors.ts'
import { describeError, type ErrorText } from '../../host/error-text.ts'
import { createStore, type Store } from '../../host/store.ts'

export interface RunStep {
  readonly sql: string
  readonly state: 'running' | 'done' | 'failed'
  readonly durationMs: number | null
}

export interface RunMigration {
  readonly version: string
  readonly name: string
  readonly stepCount: number
  readonly steps: readonly RunStep[]
}

export interface MigrationRun {
  readonly status: 'idle' | 'running' | 'done' | 'failed' | 'cancelled'
  readonly migrations: readonly RunMigration[]
  /** Somebody else applies: who, and for how long already. */
  readonly waitingFor: { readonly holder: string; readonly sinceMs: number } | null
  /** A lock was not had in time. */
  readonly retry: { readonly attempt: number; readonly inMs: number; readonly message: string } | null
  readonly isCancelling: boolean
  readonly problem: ErrorText | undefined
  /** The line of the migration's file, from 1, at which it failed; null when that is not known. */
  readonly failedLine: number | null
  readonly applied: readonly string[]
  readonly durationMs: number | null
}

const IDLE: MigrationRun = {
  status: 'idle',
  migrations: [],
  waitingFor: null,
  retry: null,
  isCancelling: false,
  problem: undefined,
  failedLine: null,
  applied: [],
  durationMs: null,
}

/** The run after one more piece of news. */
function addProgress(run: MigrationRun, news: MigrationProgress): MigrationRun {
  switch (news.type) {
    case 'waiting':
      return { ...run, waitingFor: { holder: news.holder, sinceMs: news.sinceMs } }
    case 'migration':
      return {
        ...run,
        waitingFor: null,
        retry: null,
        migrations: [
          ...run.migrations,
          { version: news.version, name: news.name, stepCount: news.steps, steps: [] },
        ],
      }
    case 'step': {
      const current = run.migrations.at(-1)
      if (current === undefined) return run
      const step = { sql: news.sql, state: news.state, durationMs: news.durationMs }
      const isKnown = current.steps.at(-1)?.state === 'running'
      const steps = isKnown ? [...current.steps.slice(0, -1), step] : [...current.steps, step]
      return {
        ...run,
        waitingFor: null,
        retry: null,
        migrations: [...run.migrations.slice(0, -1), { ...current, steps }],
      }
    }
    case 'retry':
      return {
        ...run,
        waitingFor: null,
        retry: { attempt: news.attempt, inMs: news.inMs, message: news.message },
      }
    case 'done':
      return {
        ...run,
        status: 'done',
        waitingFor: null,
        retry: null,
        applied: news.applied,
        durationMs: news.durationMs,
      }
  }
}

const PlacedDetails = z.object({ line: z.number().int() })

function failed(run: MigrationRun, error: unknown): MigrationRun {
  const isCancelled =
    isAppError(error, 'CANCELLED') || isAppError(error, 'QUERY_CANCELLED') || run.isCancelling
  const placed = PlacedDetails.safeParse(isAppError(error) ? error.details : undefined)
  return {
    ...run,
    failedLine: placed.success && !isCancelled ? placed.data.line : null,
    status: isCancelled ? 'cancelled' : 'failed',
    waitingFor: null,
    retry: null,
    isCancelling: false,
    problem: isCancelled ? undefined : describeError(error),
    migrations: run.migrations.map((migration) => ({
      ...migration,
      steps: migration.steps.map((step) => (step.state === 'running' ? { ...step, state: 'failed' } : step)),
    })),
  }
}

export interface RunControl {
  readonly state: Store<MigrationRun>
  /** Follows a stream to its end. Resolves with how it ended; never rejects. */
  start(open: (signal: AbortSignal) => AsyncIterable<MigrationProgress>): Promise<MigrationRun>
  /** Asks to stop: what is under way is undone, steps done stay done. */
  cancel(): void
  reset(): void
}

/** One run at a time. */
export function createRunControl(): RunControl {
  const state = createStore<MigrationRun>(IDLE)
  let abort: AbortController | null = null
  return {
    state,
    async start(open) {
      if (state.get().status === 'running') return state.get()
      const own = new AbortController()
      abort = own
      state.set({ ...IDLE, status: 'running' })
      try {
        for await (const news of open(own.signal)) state.update((run) => addProgress(run, news))
        state.update((run) => (run.status === 'running' ? { ...run, status: 'done' } : run))
      } catch (error) {
        state.update((run) => failed(run, error))
      } finally {
        abort = null
      }
      return state.get()
    },
    cancel() {
      if (abort === null) return
      state.update((run) => ({ ...run, isCancelling: true }))
      abort.abort()
    },
    reset() {
      if (state.get().status !== 'running') state.set(IDLE)
    },
  }
}
