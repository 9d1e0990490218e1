// The door of runs.
import type { runs } from '#contract/capabilities/runs.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { RunStore } from '../cache/index.ts'
import { notYet } from '../collections/index.ts'

/** Makes the handlers. */
export function createRunsCapability({
  store,
}: {
  readonly store: RunStore
}): CapabilityHandlers<typeof runs> {
  return {
    start: () => notYet('Running a collection'),
    list: async ({ collectionId }) =>
      store.list(collectionId).map(({ runId, summary }) => ({ runId, summary })),
    results: async ({ runId, ...page }) => store.results(runId, page),
    report: async () => notYet('Writing a report'),
  }
}
