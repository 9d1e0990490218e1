// The migrations of a connection, kept fresh by the host's news.
import { useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type { Migration } from '#contract/capabilities/migrations.ts'
import { useCall, useHostEvent } from '../../host/host-provider.tsx'

export interface MigrationList {
  readonly folder: string
  readonly items: readonly Migration[]
  /** The database is out of reach: the states are those last known. */
  readonly isStale: boolean
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
  return useCall<MigrationList>(['migrations', 'list', connectionId], (host, options) =>
    host.migrations.list({ connectionId }, options),
  )
}

export const STATE_WORDS: Readonly<Record<Migration['state'], string>> = {
  pending: 'Pending',
  applied: 'Applied',
  edited: 'Edited after it was applied',
  missing: 'Applied, but its file is missing',
  failed: 'Stopped halfway',
}
export const STATE_TONES = {
  pending: 'info',
  applied: 'success',
  edited: 'warning',
  missing: 'warning',
  failed: 'danger',
} as const
