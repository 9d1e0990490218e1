// The collections that this machine knows, and what is in them.
import { useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import type { CollectionInfo } from '#contract/capabilities/collections.ts'
import type { CollectionId, ItemSummary } from '#contract/requests/collection.ts'
import { useCall, useHostEvent } from '../../host/host-provider.tsx'

/** All collections, by name as the host lists them. */
export function useCollections(): {
  readonly collections: readonly CollectionInfo[]
  readonly reading: UseQueryResult<CollectionInfo[]>
} {
  const reading = useCall(['collections', 'list'], (host, options) => host.collections.list({}, options))
  return { collections: reading.data ?? NONE, reading }
}

const NONE: readonly CollectionInfo[] = []

/** What is in one collection, in the tree's order. */
export function useItems(id: CollectionId, isWanted: boolean): UseQueryResult<ItemSummary[]> {
  return useCall(['collections', 'items', id], (host, options) => host.collections.items({ id }, options), {
    enabled: isWanted,
    staleTime: Infinity,
  })
}

/** Reads lists and items again when files change. Mount it once. */
export function useFreshCollections(): void {
  const queries = useQueryClient()
  useHostEvent(
    (host) => host.collections.changed,
    ({ id }) => {
      void queries.invalidateQueries({ queryKey: ['collections', 'list'] })
      for (const kind of ['items', 'environments', 'variables'])
        void queries.invalidateQueries({
          queryKey: id === null ? ['collections', kind] : ['collections', kind, id],
        })
    },
  )
}
