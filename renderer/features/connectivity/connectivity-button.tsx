// The cloud in the title bar: online or since when not, what waits, conflicts, sync now.
import { Cloud, CloudOff, HardDrive, RefreshCw } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { ConnectivityState } from '#contract/capabilities/connectivity.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { FormError } from '../../components/form-error.tsx'
import { formatAge, formatDuration, formatFull, formatMoment } from '../../components/format.ts'
import { OfflineChip } from '../../components/offline-chip.tsx'
import { PopoverButton } from '../../components/popover.tsx'
import { useNow } from '../../components/use-now.ts'
import { describeError } from '../../host/error-text.ts'
import { useAction, useCall } from '../../host/host-provider.tsx'
import { StatusSegment } from '../../shell/slots.tsx'
import { useCommands, useShell } from '../../shell/shell.tsx'
import { connectivityWord, pendingWord, useConnectivity } from './use-connectivity.ts'

/** The button and its popover; its short form stands in the status bar too. */
export function ConnectivityButton(): ReactNode {
  const now = useNow()
  const state = useConnectivity().data
  const [isOpen, setIsOpen] = useState(false)
  const syncNow = useAction(
    (host, _input: void) => host.connectivity.syncNow({}),
    ['connectivity', 'projects', 'organisations', 'connections', 'savedQueries'],
  )
  useCommands([
    {
      id: 'connectivity.sync',
      title: 'Sync now',
      group: 'Account',
      icon: RefreshCw,
      when: () => state !== undefined && state.state !== 'local',
      run: () => syncNow.mutate(),
    },
  ])
  if (state === undefined) return null
  const word = connectivityWord(state, now)
  const Icon = state.state === 'offline' ? CloudOff : state.state === 'local' ? HardDrive : Cloud
  return (
    <>
      <PopoverButton
        label="Connection to the service"
        isOpen={isOpen}
        onOpenChange={setIsOpen}
        trigger={
          state.state === 'offline' ? (
            <OfflineChip label={`Service: ${word}`}>Offline</OfflineChip>
          ) : (
            <IconButton
              icon={Icon}
              label={`Service: ${word}`}
              isBusy={state.isSyncing}
              badge={state.pendingChanges}
            />
          )
        }
      >
        {() => (
          <ConnectivityPanel
            state={state}
            now={now}
            isBusy={syncNow.isPending}
            onSync={() => syncNow.mutate()}
            problem={describeError(syncNow.error)?.message}
          />
        )}
      </PopoverButton>
      <StatusSegment
        side="right"
        order={90}
        label="Connection to the service"
        onPress={() => setIsOpen(true)}
      >
        <Icon aria-hidden="true" strokeWidth={1.75} />
        {word}
      </StatusSegment>
    </>
  )
}

interface PanelProps {
  readonly state: ConnectivityState
  readonly now: Date
  readonly isBusy: boolean
  readonly problem: string | undefined
  readonly onSync: () => void
}

function ConnectivityPanel({ state, now, isBusy, problem, onSync }: PanelProps): ReactNode {
  const { navigation } = useShell()
  const conflicts = useCall(['connectivity', 'conflicts'], (host, options) =>
    host.connectivity.conflicts({}, options),
  ).data
  if (state.state === 'local') {
    return (
      <div className="flex flex-col gap-10 px-14 py-14">
        <h2 className="text-heading">Local only</h2>
        <p className="text-small text-2">
          There is no account here, so nothing is synced and nothing leaves this machine.
        </p>
        <div>
          <Button size="compact" onPress={() => navigation.go({ area: 'home', page: 'welcome' })}>
            Log in or create an account
          </Button>
        </div>
      </div>
    )
  }
  return (
    <div className="flex flex-col">
      <div className="flex flex-col gap-10 px-14 py-14">
        <h2 className="text-heading">{connectivityWord(state, now)}</h2>
        <dl className="grid grid-cols-[110px_1fr] gap-y-6 text-small">
          {state.offlineSince === null ? (
            <>
              <dt className="text-3">Service</dt>
              <dd>
                {state.state === 'connecting'
                  ? 'being reached'
                  : `answers${state.latencyMs === null ? '' : ` in ${formatDuration(state.latencyMs)}`}`}
              </dd>
            </>
          ) : (
            <>
              <dt className="text-3">Offline since</dt>
              <dd title={formatFull(state.offlineSince)}>{formatMoment(state.offlineSince, now)}</dd>
            </>
          )}
          <dt className="text-3">Last synced</dt>
          <dd title={state.lastSyncedAt === null ? '' : formatFull(state.lastSyncedAt)}>
            {state.lastSyncedAt === null ? 'not yet' : formatAge(state.lastSyncedAt, now)}
          </dd>
          <dt className="text-3">Waiting here</dt>
          <dd>{state.pendingChanges === 0 ? 'nothing' : pendingWord(state)}</dd>
        </dl>
        {state.state === 'offline' ? (
          <p className="text-small text-2">
            SQL on every database that this machine reaches, schemas, history and saved queries work.
            Creating, waking and deleting projects needs the service.
          </p>
        ) : null}
        {state.problem === null ? null : <p className="text-small text-3">{state.problem}</p>}
        <FormError message={problem} />
        <div>
          <Button size="compact" icon={RefreshCw} isBusy={isBusy || state.isSyncing} onPress={onSync}>
            {state.state === 'offline' ? 'Try now' : 'Sync now'}
          </Button>
        </div>
      </div>
      {conflicts === undefined || conflicts.length === 0 ? null : (
        <section aria-label="Conflicts" className="border-t border-line-1 px-14 py-10">
          <h3 className="mb-6 text-small font-medium">Changed on two machines</h3>
          <ul className="flex max-h-200 flex-col gap-8 overflow-auto">
            {conflicts.map((conflict) => (
              <li key={conflict.id} className="text-small">
                <div className="flex gap-8">
                  <span className="min-w-0 flex-1 truncate">{conflict.name}</span>
                  <span className="text-3">{formatAge(conflict.at, now)}</span>
                </div>
                <div className="text-3">{conflict.resolution}</div>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}
