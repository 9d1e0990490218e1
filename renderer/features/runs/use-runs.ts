// The runs of a collection that the host keeps.
import { useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import type { CollectionRunId, RunEntry } from '#contract/capabilities/runs.ts'
import type { CollectionId } from '#contract/requests/collection.ts'
import type { RunChange, RunSummary } from '#contract/requests/run.ts'
import { useCall, useHostEvent } from '../../host/host-provider.tsx'

/** Newest first; read again when one begins or ends. */
export function useRuns(collectionId: CollectionId): UseQueryResult<RunEntry[]> {
  const queries = useQueryClient()
  useHostEvent(
    (host) => host.runs.changed,
    (change) => {
      if (change.collectionId !== collectionId) return
      for (const kind of ['list', 'compare']) void queries.invalidateQueries({ queryKey: ['runs', kind] })
    },
  )
  return useCall(['runs', 'list', collectionId], (host, options) => host.runs.list({ collectionId }, options))
}

export interface Comparison {
  readonly before: { readonly runId: CollectionRunId; readonly summary: RunSummary } | null
  readonly changes: readonly RunChange[]
}

/** How a run that is over differs from the one before; null asks nothing. */
export function useComparison(runId: CollectionRunId | null): UseQueryResult<Comparison> {
  return useCall<Comparison>(
    ['runs', 'compare', runId],
    (host, options) =>
      runId === null ? Promise.resolve({ before: null, changes: [] }) : host.runs.compare({ runId }, options),
    { enabled: runId !== null, staleTime: 60_000 },
  )
}
