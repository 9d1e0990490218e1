// The door of collections.
import type { collections } from '#contract/capabilities/collections.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { DraftStore } from '../cache/index.ts'
import { createDraftHandlers } from './drafts.ts'
import { notYet } from './not-yet.ts'

export { notYet } from './not-yet.ts'

export interface CollectionsDependencies {
  readonly drafts: DraftStore
  readonly clock: { now(): Date }
}

/** Makes the handlers. */
export function createCollectionsCapability({
  drafts,
  clock,
}: CollectionsDependencies): CapabilityHandlers<typeof collections> {
  const later = async (): Promise<never> => notYet('Opening collections')
  return {
    list: async () => [],
    create: later,
    open: later,
    close: later,
    items: later,
    read: later,
    write: later,
    createRequest: later,
    createFolder: later,
    move: later,
    duplicate: later,
    remove: later,
    restore: later,
    search: later,
    environments: later,
    saveEnvironment: later,
    removeEnvironment: later,
    activateEnvironment: later,
    setSecret: later,
    variables: later,
    ...createDraftHandlers(drafts, clock),
    previewImport: later,
    import: () => notYet('Importing'),
    export: later,
    share: later,
    changed: () => () => {},
  }
}
