// Saved queries: what there is, and how to keep one.
import type { SavedQuery } from '#contract/capabilities/saved-queries.ts'
import { useCall } from '../../host/host-provider.tsx'

const NONE: readonly SavedQuery[] = []

/** All saved queries by name; empty until they are read. */
export function useSavedQueries(): { readonly queries: readonly SavedQuery[]; readonly isPending: boolean } {
  const { data, isPending } = useCall(['savedQueries', 'list'], (host, options) =>
    host.savedQueries.list({}, options),
  )
  return { queries: data ?? NONE, isPending }
}
