// Environments of a collection as the host reads them, and which one counts.
import type { UseQueryResult } from '@tanstack/react-query'
import type { CollectionId } from '#contract/requests/collection.ts'
import { useCall } from '../../host/host-provider.tsx'
import { useCollections } from '../requests/index.ts'
import type { StoredEnvironment } from './draft.ts'

/** Key of the reading: the tester reads it again when files change. */
export function environmentsKey(collectionId: CollectionId | null): readonly unknown[] {
  return ['collections', 'environments', collectionId]
}

/** Those of a collection; of null: the globals alone. */
export function useEnvironments(collectionId: CollectionId | null): UseQueryResult<StoredEnvironment[]> {
  return useCall(environmentsKey(collectionId), (host, options) =>
    host.collections.environments({ id: collectionId }, options),
  )
}

/** The name of the environment that counts in a collection; null for none. */
export function useActiveEnvironment(collectionId: CollectionId | null): string | null {
  const { collections } = useCollections()
  return collections.find((one) => one.id === collectionId)?.activeEnvironment ?? null
}
