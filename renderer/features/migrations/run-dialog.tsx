// Applying pending migrations or rolling back applied ones: what it will do, then how it goes.
import { useState, type ReactNode } from 'react'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type { Migration } from '#contract/capabilities/migrations.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { formatDuration } from '../../components/format.ts'
import { useHost } from '../../host/host-provider.tsx'
import { useStore } from '../../host/store.ts'
import { createRunControl } from './run.ts'
import { RunProgress } from './run-progress.tsx'
import { countOf } from './script.ts'

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
  const isRunning = run.status === 'running'
  const start = (): void =>
    void control.start((signal) =>
      host.migrations[direction](
        { connectionId, ...(to === undefined ? {} : { to: to.version }) },
        { signal },
      ),
    )
  const label = isApply ? countOf(concerned.length, 'migration') : countOf(concerned.length, 'migration')
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
            ? 'A lock that is not had within 2 s is given up and tried again.'
            : undefined
      }
      actions={
        run.status === 'idle' ? (
          <>
            <Button autoFocus onPress={onClose}>
              Cancel
            </Button>
            <Button
              variant={isApply ? 'primary' : 'danger-fill'}
              isDisabled={concerned.length === 0}
              onPress={start}
            >
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
              : 'Latest first, each by its own way down. What they dropped comes back empty; what was written into tables and columns that they made is lost.'}
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
        </div>
      ) : (
        <RunProgress run={run} verb={isApply ? 'Applying' : 'Rolling back'} />
      )}
    </Dialog>
  )
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
