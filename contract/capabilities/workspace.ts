// What the workbench looked like: open tabs with their unsaved text, and pane sizes. Written as the person types, read at start.
import { z } from 'zod'
import { call, capability } from '../rpc/definition.ts'
import { ConnectionId, SavedQueryId } from './ids.ts'

export const WorkspaceTab = z.object({
  id: z.uuid(),
  title: z.string().max(200),
  connectionId: ConnectionId.nullable(),
  savedQueryId: SavedQueryId.nullable(),
  sql: z.string().max(50_000_000),
  cursorOffset: z.number().int().nonnegative(),
})
export type WorkspaceTab = z.infer<typeof WorkspaceTab>

export const Workspace = z.object({
  tabs: z.array(WorkspaceTab).max(500),
  activeTabId: z.uuid().nullable(),
  /** Pane sizes and folded nodes by name. */
  layout: z.record(z.string().max(100), z.union([z.number(), z.string().max(1000), z.boolean()])),
})
export type Workspace = z.infer<typeof Workspace>

export const workspace = capability('workspace', {
  load: call({ input: z.object({}), output: Workspace }),
  /** Writes one tab (its text, most of all). */
  saveTab: call({ input: WorkspaceTab, output: z.void() }),
  /** Order of the tabs, the active one, and which are gone. Texts of closed tabs are kept for `reopen`. */
  arrange: call({
    input: z.object({ tabIds: z.array(z.uuid()).max(500), activeTabId: z.uuid().nullable() }),
    output: z.void(),
  }),
  /** The tab closed last, back again; null when there is none. */
  reopen: call({ input: z.object({}), output: WorkspaceTab.nullable() }),
  saveLayout: call({ input: Workspace.shape.layout, output: z.void() }),
})
