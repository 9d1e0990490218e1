// Runs the steps of one migration in one direction, and writes into the history what has been reached: within the transaction of a step where there is one.
import { AppError, isAppError, postgresDetails } from '#contract/errors.ts'
import type { MigrationProgress } from '#contract/capabilities/migrations.ts'
import { offsetOfPosition } from '#postgres/common/script/index.ts'
import { isTransient, SQLSTATE } from '#postgres/common/sqlstate.ts'
import type { Session } from '../session.ts'
import { boundarySql, partSql } from './batch.ts'
import { keyColumns } from './batch-key.ts'
import { lineAt, type MigrationFile } from './file.ts'
import { recordProgress, type HistoryEntry } from './history.ts'
import { assertHeld } from './lock.ts'
import { recover } from './recover.ts'
import { assertGoing, executeCancellable, runCancellable } from './run-cancellable.ts'
import type { Step } from './steps.ts'

export interface Timeouts {
  /** Milliseconds; a statement that waits longer for a lock is given up, so that it does not hold up everybody behind it. */
  readonly lockTimeoutMs: number
  /** Milliseconds; 0 is for ever. */
  readonly statementTimeoutMs: number
  readonly lockAttempts: number
}

export interface RunContext {
  readonly session: Session
  readonly timeouts: Timeouts
  readonly person: string | null
  readonly signal: AbortSignal | undefined
  readonly now: () => number
  readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>
  /** From 0 to 1. */
  readonly random: () => number
  /** Watches what the session waits for while `work` runs; then says who blocked it last. */
  readonly watched: <T>(work: () => Promise<T>, onBlocked: (blockers: string) => void) => Promise<T>
}

export interface Run {
  readonly file: MigrationFile
  readonly direction: 'up' | 'down'
  readonly steps: readonly Step[]
  /** What an earlier run has reached. */
  readonly stepsDone: number
  readonly isStepStarted: boolean
  readonly batchKey: readonly string[] | null
  readonly durationMs: number
}

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000

/** Runs what is left of a migration. Rejects with the error of the step that failed, naming file and line; those before it stay done. */
export async function* runSteps(context: RunContext, run: Run): AsyncGenerator<MigrationProgress> {
  const { file, steps } = run
  yield { type: 'migration', version: file.version, name: file.name, steps: steps.length }
  const begun = context.now()
  const entry = (reached: Partial<HistoryEntry>): HistoryEntry => ({
    version: file.version,
    name: file.name,
    checksum: file.checksum,
    text: file.text,
    person: context.person,
    steps: steps.length,
    stepsDone: run.stepsDone,
    state: run.direction === 'up' ? 'applying' : 'rolling back',
    isStepStarted: false,
    batchKey: null,
    durationMs: Math.round(run.durationMs + context.now() - begun),
    ...reached,
  })
  await restoreSettings(context, steps.slice(0, run.stepsDone))
  if (steps.length === 0) await recordProgress(context.session, entry({ stepsDone: 0 }))
  for (const [index, step] of steps.entries()) {
    if (index < run.stepsDone) continue
    const isResumed = index === run.stepsDone
    yield { type: 'step', index, sql: step.sql, state: 'running', durationMs: null }
    const start = context.now()
    yield* runStep(context, {
      step,
      entry: (reached) => entry({ stepsDone: index, ...reached }),
      mustRecover: isResumed && run.isStepStarted,
      batchKey: isResumed ? run.batchKey : null,
      fileName: file.fileName,
    })
    yield { type: 'step', index, sql: step.sql, state: 'done', durationMs: context.now() - start }
  }
}

interface StepRun {
  readonly step: Step
  readonly entry: (reached: Partial<HistoryEntry>) => HistoryEntry
  readonly mustRecover: boolean
  readonly batchKey: readonly string[] | null
  readonly fileName: string
}

async function* runStep(context: RunContext, run: StepRun): AsyncGenerator<MigrationProgress> {
  const { step } = run
  const done = run.entry({}).stepsDone + 1
  switch (step.kind) {
    case 'transaction':
      yield* retried(context, run, () =>
        inTransaction(context, async () => {
          await executeCancellable(context.session, step.sql, context.signal)
          await recordProgress(context.session, run.entry({ stepsDone: done }))
        }),
      )
      return
    case 'alone': {
      let mustRecover = run.mustRecover
      yield* retried(context, run, async () => {
        const { session, signal } = context
        await assertHeld(session, false)
        const isDone = mustRecover && (await recover(session, step.outside, signal))
        if (!mustRecover) await recordProgress(session, run.entry({ isStepStarted: true }))
        mustRecover = true
        if (!isDone) {
          await setTimeouts(context, step)
          await executeCancellable(session, step.sql, signal)
        }
        await recordProgress(session, run.entry({ stepsDone: done }))
      })
      return
    }
    case 'batch': {
      const key = await keyColumns(context.session, step.batch)
      let after = run.batchKey
      for (let isLast = false; !isLast;) {
        yield* retried(context, run, async () => {
          const last = await inTransaction(context, async () => {
            const boundary = await runCancellable(
              context.session,
              boundarySql(step.batch, key, after),
              context.signal,
            )
            const bound = boundary.rows[0]?.map((cell) => cell ?? '') ?? null
            await runCancellable(
              context.session,
              partSql(step.batch, key, { after, last: bound }),
              context.signal,
            )
            const reached = bound === null ? { stepsDone: done } : { batchKey: bound }
            await recordProgress(context.session, run.entry(reached))
            return bound
          })
          isLast = last === null
          after = last
        })
        assertGoing(context.signal)
      }
    }
  }
}

async function inTransaction<T>(
  { session, timeouts, signal }: RunContext,
  work: () => Promise<T>,
): Promise<T> {
  assertGoing(signal)
  await session.query(
    `begin; ${timeoutSql('set local', timeouts.lockTimeoutMs, timeouts.statementTimeoutMs)}`,
  )
  try {
    await assertHeld(session, true)
    const result = await work()
    assertGoing(signal)
    await session.query('commit')
    return result
  } catch (error) {
    // Where the connection is lost, the server undoes it.
    await session.query('rollback').catch(() => undefined)
    throw error
  }
}

/**
 * CONCURRENTLY waits for transactions of others while nobody waits for it; a lock timeout would only leave an invalid index behind. Anything else
 * has the timeout.
 */
async function setTimeouts(
  { session, timeouts }: RunContext,
  step: Extract<Step, { kind: 'alone' }>,
): Promise<void> {
  const lockTimeoutMs = step.outside.kind === 'other' ? timeouts.lockTimeoutMs : 0
  await session.query(timeoutSql('set', lockTimeoutMs, timeouts.statementTimeoutMs))
}

function timeoutSql(set: 'set' | 'set local', lockMs: number, statementMs: number): string {
  return `${set} lock_timeout = ${String(lockMs)}; ${set} statement_timeout = ${String(statementMs)}`
}

/** Does `work` again, after a pause that grows, when it could not have a lock. */
async function* retried(
  context: RunContext,
  run: StepRun,
  work: () => Promise<void>,
): AsyncGenerator<MigrationProgress> {
  for (let attempt = 1; ; attempt += 1) {
    let blockers: string | undefined
    try {
      await context.watched(work, (found) => (blockers = found))
      return
    } catch (error) {
      if (!isWorthRetrying(error) || attempt >= context.timeouts.lockAttempts)
        throw placed(error, run, blockers)
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1))
      const inMs = Math.round(pause * (0.5 + context.random() / 2))
      const reason = error instanceof Error ? error.message : String(error)
      yield {
        type: 'retry',
        attempt,
        inMs,
        message: blockers === undefined ? reason : `${reason}: held up by ${blockers}`,
      }
      await context.sleep(inMs, context.signal)
      assertGoing(context.signal)
    }
  }
}

function isWorthRetrying(error: unknown): boolean {
  const { sqlstate } = postgresDetails(error) ?? {}
  return sqlstate !== undefined && (sqlstate === SQLSTATE.lockNotAvailable || isTransient(sqlstate))
}

/** The error with file and line in front. Its fields stay, so that the editor can mark the place. */
function placed(error: unknown, { step, fileName }: StepRun, blockers: string | undefined): unknown {
  if (!isAppError(error) || error.code === 'CANCELLED' || error.code === 'CONNECTION_FAILED') return error
  const position = postgresDetails(error)?.position
  const line =
    position === undefined || step.kind === 'batch'
      ? step.line
      : step.line + lineAt(step.sql, offsetOfPosition(step.sql, position)) - 1
  const held = blockers === undefined ? '' : ` It was held up by ${blockers}.`
  return new AppError(error.code, `${fileName}, line ${String(line)}: ${error.message}${held}`, {
    details: { ...error.details, fileName, line },
    hint: error.hint,
    cause: error,
  })
}

/** Settings that steps already done made for the session hold for the ones behind them too. */
async function restoreSettings({ session }: RunContext, done: readonly Step[]): Promise<void> {
  for (const step of done)
    for (const statement of step.statements)
      if ('VariableSetStmt' in statement.tree && statement.tree.VariableSetStmt.is_local !== true)
        await session.execute(statement.text)
}
