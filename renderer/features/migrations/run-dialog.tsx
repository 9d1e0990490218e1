// Applying pending migrations or rolling back applied ones: what it will do, then how it goes.
import { useState, type ReactNode } from 'react'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type { Migration } from '#contract/capabilities/migrations.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { formatDuration } from '../../components/format.ts'
import { describeError, type ErrorText } from '../../host/error-text.ts'
import { useCall, useHost } from '../../host/host-provider.tsx'
import { useStore } from '../../host/store.ts'
import { createRunControl } from './run.ts'
import { agreeReason, powerful, RunsAs } from './runs-as.tsx'
import { RunProgress } from './run-progress.tsx'
import { countOf, shownStatements } from './script.ts'
import { Stakes } from './stakes.tsx'
import { useMigrations } from './use-migrations.ts'
import { useSafety } from './use-safety.ts'
import { useStakes } from './use-stakes.ts'

export interface RunDialogProps {
  readonly connectionId: ConnectionId
  readonly direction: 'apply' | 'rollBack'
  /** Up to and with this one; rolling back: down to and without this one. All pending, or just the latest, when left out. */
  readonly to: Migration | undefined
  readonly items: readonly Migration[]
  readonly onClose: () => void
}

/** Rendered only while it is open. */
export function RunDialog(props: RunDialogProps): ReactNode {
  const { connectionId, direction, to, onClose } = props
  const host = useHost()
  const [control] = useState(createRunControl)
  const run = useStore(control.state)
  const [concerned] = useState(() => concernedBy(props))
  const isApply = direction === 'apply'
  const script = useScript(connectionId, direction, concerned)
  const safety = useSafety(connectionId, script.sql)
  const statements = shownStatements(script.sql, [], safety.statements)
  const stakes = useStakes(connectionId, script.sql, statements)
  const migrations = useMigrations(connectionId)
  const runsAs = migrations.data?.runsAs
  const [isAgreed, setAgreed] = useState(false)
  const reason =
    concerned.length === 0
      ? 'There is nothing to run.'
      : script.isReading || safety.isWaiting || migrations.isPending
        ? 'Looking at what it does…'
        : (stakes.reason ?? agreeReason(runsAs, isAgreed))
  const isRunning = run.status === 'running'
  const start = (): void =>
    void control.start((signal) =>
      host.migrations[direction](
        {
          connectionId,
          ...(to === undefined ? {} : { to: to.version }),
          asSuperuser: powerful(runsAs) !== undefined && isAgreed,
        },
        { signal },
      ),
    )
  const label = countOf(concerned.length, 'migration')
  return (
    <Dialog
      title={isApply ? `Apply ${label}?` : `Roll back ${label}?`}
      width="medium"
      role={isApply ? 'dialog' : 'alertdialog'}
      isOpen
      isHeld={isRunning}
      onClose={onClose}
      hint={
        run.status === 'done'
          ? `Done in ${formatDuration(run.durationMs ?? 0)}.`
          : run.status === 'idle'
            ? (reason ?? 'A lock that is not had within 2 s is given up and tried again.')
            : undefined
      }
      actions={
        run.status === 'idle' ? (
          <>
            <Button autoFocus onPress={onClose}>
              Cancel
            </Button>
            <Button variant={isApply ? 'primary' : 'danger-fill'} disabledReason={reason} onPress={start}>
              {isApply ? 'Apply' : 'Roll back'}
            </Button>
          </>
        ) : isRunning ? (
          <Button isBusy={run.isCancelling} onPress={() => control.cancel()}>
            {run.isCancelling ? 'Cancelling…' : 'Cancel'}
          </Button>
        ) : (
          <>
            {run.status === 'done' ? null : <Button onPress={start}>Try again</Button>}
            <Button variant="primary" autoFocus onPress={onClose}>
              Close
            </Button>
          </>
        )
      }
    >
      {run.status === 'idle' ? (
        <div className="flex flex-col gap-10 text-body">
          <p>
            {isApply
              ? 'In this order; each is written into the history of the database.'
              : 'Latest first, each by its own way down. What they dropped comes back empty.'}
          </p>
          <ol aria-label="Migrations" className="flex flex-col">
            {concerned.map(({ version, name, state }) => (
              <li key={version} className="flex h-28 items-center gap-10 border-b border-line-1 text-small">
                <span className="font-mono text-data text-2">{version}</span>
                <span className="min-w-0 flex-1 truncate font-medium">{name}</span>
                {state === 'failed' ? <span className="text-2">goes on where it stopped</span> : null}
              </li>
            ))}
          </ol>
          {script.problem === undefined && safety.problem === null ? null : (
            <p role="status" className="rounded-control bg-warning-soft px-10 py-6 text-small text-warning">
              What they do could not be found out. {script.problem?.message ?? safety.problem?.message}
            </p>
          )}
          <Stakes stakes={stakes} />
          {concerned.length === 0 ? null : (
            <RunsAs
              runsAs={runsAs}
              what={concerned.length === 1 ? 'This migration' : 'These migrations'}
              isAgreed={isAgreed}
              onAgree={setAgreed}
            />
          )}
        </div>
      ) : (
        <RunProgress run={run} verb={isApply ? 'Applying' : 'Rolling back'} />
      )}
    </Dialog>
  )
}

interface Script {
  readonly sql: string
  readonly isReading: boolean
  readonly problem: ErrorText | undefined
}

/** All of it in the order in which it runs. */
function useScript(
  connectionId: ConnectionId,
  direction: RunDialogProps['direction'],
  concerned: readonly Migration[],
): Script {
  const versions = concerned.map(({ version }) => version)
  const reading = useCall(
    ['migrations', 'script', connectionId, direction, ...versions],
    async (host, options) => {
      const texts: string[] = []
      for (const version of versions) {
        const { up, down } = await host.migrations.read({ connectionId, version }, options)
        const text = (direction === 'apply' ? up : down).trimEnd()
        // A comment at the end would swallow what is put behind it.
        texts.push(text === '' || text.endsWith(';') ? text : `${text}\n;`)
      }
      return texts.join('\n\n')
    },
    { enabled: versions.length > 0, staleTime: 0 },
  )
  return {
    sql: reading.data ?? '',
    isReading: versions.length > 0 && reading.isPending,
    problem: describeError(reading.error),
  }
}

function concernedBy({ direction, to, items }: RunDialogProps): readonly Migration[] {
  if (direction === 'apply')
    return items.filter(
      ({ state, version }) =>
        (state === 'pending' || state === 'failed') && (to === undefined || version <= to.version),
    )
  const done = items.filter(({ state }) => state !== 'pending').toReversed()
  return to === undefined ? done.slice(0, 1) : done.filter(({ version }) => version > to.version)
}
