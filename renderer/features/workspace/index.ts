// The door of the workspace: which tabs are open, with what in them.
export { createWorkspaceTabs } from './workspace-tabs.ts'
export type { NewTab, WorkspaceTabs } from './workspace-tabs.ts'
