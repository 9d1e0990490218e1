// The catalog of a connection: from the host's cache at once, newer when it says so.
import type { UseQueryResult } from '@tanstack/react-query'
import { useQueryClient } from '@tanstack/react-query'
import type { CatalogSnapshot } from '#contract/capabilities/catalog.ts'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import { useAction, useCall } from '../../host/host-provider.tsx'

export interface UseCatalog {
  readonly reading: UseQueryResult<CatalogSnapshot>
  readonly refresh: () => void
  readonly isRefreshing: boolean
  readonly refreshError: Error | null
}

/** Reads the catalog of a connection, nothing while there is none. */
export function useCatalog(connectionId: ConnectionId | null): UseCatalog {
  const queries = useQueryClient()
  const key = ['catalog', 'load', connectionId]
  const reading = useCall(
    key,
    async (host, options) => {
      if (connectionId === null) throw new Error('No connection is chosen.')
      return host.catalog.load({ connectionId }, options)
    },
    { enabled: connectionId !== null, staleTime: Infinity },
  )
  const refreshing = useAction(
    (host, id: ConnectionId) => host.catalog.load({ connectionId: id, refresh: true }),
    [],
    { onSuccess: (snapshot, id) => void queries.setQueryData(['catalog', 'load', id], snapshot) },
  )
  return {
    reading,
    refresh: () => {
      if (connectionId !== null) refreshing.mutate(connectionId)
    },
    isRefreshing: refreshing.isPending,
    refreshError: refreshing.error,
  }
}
