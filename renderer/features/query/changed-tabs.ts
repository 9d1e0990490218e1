// Which tabs hold text that is not saved. Told from the texts, so that it survives a reload.
import type { SavedQuery } from '#contract/capabilities/saved-queries.ts'
import type { WorkspaceTab } from '#contract/capabilities/workspace.ts'

/** The ids of the tabs whose text differs from their saved query's. A tab without a saved query, or whose query was deleted, is not among them. */
export function changedTabIds(
  tabs: readonly WorkspaceTab[],
  queries: readonly Pick<SavedQuery, 'id' | 'sql'>[],
): ReadonlySet<string> {
  const saved = new Map(queries.map((query) => [query.id, query.sql]))
  return new Set(
    tabs.flatMap(({ id, savedQueryId, sql }) => {
      const text = savedQueryId === null ? undefined : saved.get(savedQueryId)
      return text === undefined || text === sql ? [] : [id]
    }),
  )
}
