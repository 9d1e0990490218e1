// A run of migrations step by step: what is under way, whom it waits for, what failed.
import { Hourglass, RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatDuration } from '../../components/format.ts'
import { ProgressSteps, type ProgressStep } from '../../components/progress-steps.tsx'
import type { MigrationRun, RunMigration } from './run.ts'

/** The steps of all migrations of a run. */
export function RunProgress(props: {
  readonly run: MigrationRun
  /** "Applying" or "Rolling back". */
  readonly verb: string
  /** Behind the reason of the step that failed. */
  readonly action?: ReactNode
}): ReactNode {
  const { run, verb, action } = props
  return (
    <div className="flex flex-col gap-12">
      {run.migrations.map((migration) => (
        <section key={migration.version} className="flex flex-col gap-6">
          <h3 className="text-heading">
            {migration.name}{' '}
            <span className="font-mono text-data font-normal text-3">{migration.version}</span>
          </h3>
          <ProgressSteps
            label={`${verb} ${migration.name}`}
            steps={stepsOf(migration, run, { action, isLast: migration === run.migrations.at(-1) })}
          />
        </section>
      ))}
      {run.migrations.length === 0 && run.status === 'running' && run.waitingFor === null ? (
        <p role="status" className="text-body text-2">
          Asking the database…
        </p>
      ) : null}
      {run.waitingFor === null ? null : (
        <p
          role="status"
          className="flex items-center gap-8 rounded-control bg-info-soft px-10 py-8 text-small text-info"
        >
          <Hourglass aria-hidden="true" size={14} strokeWidth={1.75} />
          {run.waitingFor.holder} applies migrations to this database, for{' '}
          {formatDuration(run.waitingFor.sinceMs)} already. This one waits its turn.
        </p>
      )}
      {run.retry === null ? null : (
        <p
          role="status"
          className="flex items-center gap-8 rounded-control bg-warning-soft px-10 py-8 text-small text-warning"
        >
          <RotateCw aria-hidden="true" size={14} strokeWidth={1.75} className="flex-none" />
          <span className="min-w-0 [overflow-wrap:anywhere]">
            {run.retry.message} Attempt {run.retry.attempt + 1} begins in {formatDuration(run.retry.inMs)}.
          </span>
        </p>
      )}
      {run.status === 'failed' && !hasFailedStep(run) ? (
        <div
          role="alert"
          className="flex items-center gap-8 rounded-control bg-danger-soft px-10 py-8 text-small text-danger"
        >
          <span className="min-w-0 flex-1 select-text [overflow-wrap:anywhere]">{reasonOf(run)}</span>
          {action}
        </div>
      ) : null}
      {run.status === 'cancelled' ? (
        <p role="status" className="text-body text-2">
          Cancelled. What was under way has been undone; finished steps stay.
        </p>
      ) : null}
    </div>
  )
}

function hasFailedStep(run: MigrationRun): boolean {
  return run.migrations.some(({ steps }) => steps.some(({ state }) => state === 'failed'))
}

/** Why a run failed, in one text. */
export function reasonOf({ problem }: MigrationRun): string {
  if (problem === undefined) return 'It failed.'
  return problem.hint === undefined ? problem.message : `${problem.message} ${problem.hint}`
}

function stepsOf(
  migration: RunMigration,
  run: MigrationRun,
  { action, isLast }: { readonly action: ReactNode; readonly isLast: boolean },
): readonly ProgressStep[] {
  const known = migration.steps.map<ProgressStep>((step, index) => ({
    id: String(index),
    title: titleOf(step.sql),
    state: step.state === 'failed' && run.status === 'cancelled' ? 'waiting' : step.state,
    duration: step.durationMs === null ? undefined : formatDuration(step.durationMs),
    ...(step.state === 'failed' ? { reason: reasonOf(run), action } : {}),
  }))
  const left = isLast && run.status === 'running' ? Math.max(0, migration.stepCount - known.length) : 0
  return left === 0
    ? known
    : [
        ...known,
        { id: 'left', title: left === 1 ? 'One more step' : `${left} more steps`, state: 'waiting' as const },
      ]
}

const MAX_TITLE = 90

/** A step by its first statement, in one line. */
function titleOf(sql: string): string {
  const line = sql.replaceAll(/\s+/g, ' ').trim()
  return line.length > MAX_TITLE ? `${line.slice(0, MAX_TITLE)}…` : line
}
