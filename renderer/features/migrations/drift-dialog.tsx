// Drift: where the database differs from what its migrations make.
import { useMemo, useState, type ReactNode } from 'react'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import { diffModels } from '#postgres/common/diff/plan-migration.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { describeError } from '../../host/error-text.ts'
import { useCall } from '../../host/host-provider.tsx'
import { Spinner } from '../../components/spinner.tsx'
import { useShell } from '../../shell/shell.tsx'
import { loadModel } from '../schema/index.ts'
import { ChangeList } from './change-list.tsx'
import { askedOf, powerWords } from './runs-as.tsx'
import { changesInWords } from './script.ts'

/** Rendered only while it is open. */
export function DriftDialog(props: {
  readonly connectionId: ConnectionId
  readonly onClose: () => void
}): ReactNode {
  const { connectionId, onClose } = props
  const { navigation } = useShell()
  const [asSuperuser, setAsSuperuser] = useState(false)
  const reading = useCall(
    ['schema', 'drift', connectionId, asSuperuser],
    async (host, { signal }) => {
      const options = signal === undefined ? {} : { signal }
      const { items } = await host.migrations.list({ connectionId }, options)
      // What is pending has not changed the database yet.
      const latest = items.findLast(
        ({ state }) => state === 'applied' || state === 'edited' || state === 'missing',
      )
      if (latest === undefined) return null
      const [made, live] = await Promise.all([
        loadModel(host, { kind: 'migrations', connectionId, version: latest.version, asSuperuser }, options),
        loadModel(host, { kind: 'connection', connectionId }, { ...options, refresh: true }),
      ])
      return { made: made.model, live: live.model, isStale: live.isStale }
    },
    { staleTime: 0 },
  )
  const changes = useMemo(
    () =>
      reading.data === undefined || reading.data === null
        ? []
        : diffModels(reading.data.made, reading.data.live, { matchBy: 'name' }),
    [reading.data],
  )
  const problem = describeError(reading.error)
  const isReading = reading.isFetching
  const asked = askedOf(reading.error)
  return (
    <Dialog
      title="Drift between migrations and database"
      width="large"
      isOpen
      onClose={onClose}
      hint={
        reading.data?.isStale === true
          ? 'The database is out of reach: compared with what was last read.'
          : undefined
      }
      actions={
        <>
          {changes.length > 0 && !isReading ? (
            <Button
              onPress={() => {
                onClose()
                navigation.go({ area: 'designer', page: 'compare', id: connectionId })
              }}
            >
              Open in compare
            </Button>
          ) : null}
          <Button isDisabled={isReading} onPress={() => void reading.refetch()}>
            Check again
          </Button>
          <Button variant="primary" onPress={onClose}>
            Close
          </Button>
        </>
      }
    >
      {isReading ? (
        <p role="status" className="flex items-center gap-8 text-body text-2">
          <Spinner /> Running the migrations on a scratch database and comparing…
        </p>
      ) : asked !== undefined ? (
        <div className="flex flex-col items-start gap-10 text-body">
          <p>
            To see what the migrations make they are run, on a scratch database of this server.{' '}
            {powerWords(asked)} Run only files that you have read or whose author you trust.
          </p>
          <Button onPress={() => setAsSuperuser(true)}>Run them as {asked.role}</Button>
        </div>
      ) : problem !== undefined ? (
        <div role="alert" className="flex flex-col gap-8 text-body">
          <p className="text-danger">
            The migrations could not be run on an empty database. {problem.message} {problem.hint ?? ''}
          </p>
          <p className="text-2">
            Where the database was there before its first migration, write what it held then as the first
            migration, and mark that as applied.
          </p>
        </div>
      ) : reading.data === null ? (
        <p role="status" className="text-body">
          The database has had no migration yet, so there is nothing to compare it with.
        </p>
      ) : changes.length === 0 ? (
        <p role="status" className="text-body">
          No drift: the database is exactly what its migrations make.
        </p>
      ) : (
        <div className="flex flex-col gap-8">
          <p role="status" className="text-body">
            The database differs from what its migrations make: {changesInWords(changes)}. “Before” is what
            the migrations make, “after” is what the database has.
          </p>
          <div
            role="region"
            aria-label="List of differences"
            tabIndex={0}
            className="max-h-[46vh] overflow-auto rounded-card border border-line-2 py-4"
          >
            <ChangeList label="Differences" changes={changes} />
          </div>
        </div>
      )}
    </Dialog>
  )
}
