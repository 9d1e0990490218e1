// What was typed and not saved: each call is durable when it is answered.
import type { collections } from '#contract/capabilities/collections.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { DraftStore } from '../cache/index.ts'

type Draft = Pick<CapabilityHandlers<typeof collections>, 'drafts' | 'saveDraft' | 'removeDraft'>

/** The handlers of drafts. */
export function createDraftHandlers(store: DraftStore, clock: { now(): Date }): Draft {
  return {
    drafts: async () => store.list(),
    saveDraft: async (draft) => store.save({ ...draft, updatedAt: clock.now().toISOString() }),
    removeDraft: async ({ id }) => store.remove(id),
  }
}
