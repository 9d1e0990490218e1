// The workspace: open tabs with their unsaved text and the layout. Each call is durable when it is answered.
import type { workspace } from '#contract/capabilities/workspace.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { WorkspaceStore } from '../cache/index.ts'

/** Makes the handlers over their store. */
export function createWorkspaceCapability(store: WorkspaceStore): CapabilityHandlers<typeof workspace> {
  return {
    load: async () => store.load(),
    saveTab: async (tab) => store.saveTab(tab),
    arrange: async ({ tabIds, activeTabId }) => store.arrange(tabIds, activeTabId),
    reopen: async () => store.reopen(),
    saveLayout: async (layout) => store.saveLayout(layout),
  }
}
