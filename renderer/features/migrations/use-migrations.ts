// The migrations of a connection, kept fresh by the host's news.
import { useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type { Migration, RolePower } from '#contract/capabilities/migrations.ts'
import { useCall, useHostEvent } from '../../host/host-provider.tsx'

export interface MigrationList {
  readonly folder: string
  readonly items: readonly Migration[]
  /** The database is out of reach: the states are those last known. */
  readonly isStale: boolean
  readonly isPooled?: boolean | undefined
  readonly note?: string | undefined
  /** As whom they would run; undefined while that is not known. */
  readonly runsAs?: RolePower | undefined
}

/** Files and history side by side, oldest first. */
export function useMigrations(connectionId: ConnectionId): UseQueryResult<MigrationList> {
  const queries = useQueryClient()
  useHostEvent(
    (host) => host.migrations.changed,
    (news) => {
      if (news.connectionId === connectionId)
        void queries.invalidateQueries({ queryKey: ['migrations', 'list', connectionId] })
    },
  )
  const key = ['migrations', 'list', connectionId]
  // Nobody tells when somebody elsewhere is done.
  const isRunning = queries.getQueryData<MigrationList>(key)?.items.some(({ state }) => state === 'running')
  return useCall<MigrationList>(key, (host, options) => host.migrations.list({ connectionId }, options), {
    refetchInterval: isRunning === true ? RUNNING_MS : false,
  })
}

/** Between readings while a migration is under way. */
const RUNNING_MS = 2_000

export const STATE_WORDS: Readonly<Record<Migration['state'], string>> = {
  pending: 'Pending',
  applied: 'Applied',
  edited: 'Edited after it was applied',
  missing: 'Applied, but its file is missing',
  failed: 'Stopped halfway',
  running: 'Under way',
}
export const STATE_TONES = {
  pending: 'info',
  applied: 'success',
  edited: 'warning',
  missing: 'warning',
  failed: 'danger',
  running: 'info',
} as const
