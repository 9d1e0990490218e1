// The workbench as it was left, in SQLite. Every call is one committed transaction: a killed process loses nothing that was answered.
import { z } from 'zod'
import { Workspace, WorkspaceTab } from '#contract/capabilities/workspace.ts'
import type { Cache } from './database.ts'

/** How many closed tabs are kept for reopening. */
export const CLOSED_TABS_KEPT = 50

export interface WorkspaceStore {
  load(): Workspace
  /** Writes a tab. A new one goes last; one that was closed stays closed, its text is kept. */
  saveTab(tab: WorkspaceTab): void
  /** Sets order and active tab; open tabs that are not named are closed. */
  arrange(tabIds: readonly string[], activeTabId: string | null): void
  /** Opens the tab closed last and makes it the active one; null when there is none. */
  reopen(): WorkspaceTab | null
  saveLayout(layout: Workspace['layout']): void
}

const Row = z
  .object({
    id: z.string(),
    title: z.string(),
    connection_id: z.string().nullable(),
    saved_query_id: z.string().nullable(),
    sql: z.string(),
    cursor_offset: z.number(),
    is_active: z.number(),
  })
  .transform((row) => ({
    isActive: row.is_active === 1,
    tab: WorkspaceTab.parse({
      id: row.id,
      title: row.title,
      connectionId: row.connection_id,
      savedQueryId: row.saved_query_id,
      sql: row.sql,
      cursorOffset: row.cursor_offset,
    }),
  }))
const LayoutRow = z
  .object({ layout: z.string() })
  .transform((row) => Workspace.shape.layout.parse(JSON.parse(row.layout)))
const IdRow = z.object({ id: z.string() })

/** The store over an open cache. */
export function createWorkspaceStore(cache: Cache): WorkspaceStore {
  const { sqlite } = cache
  const selectOpen = sqlite.prepare(
    'select * from workspace_tab where closed_order is null order by position, rowid',
  )
  const selectOpenIds = sqlite.prepare('select id from workspace_tab where closed_order is null')
  const upsert = sqlite.prepare(
    `insert into workspace_tab (id, title, connection_id, saved_query_id, sql, cursor_offset, position)
     values (:id, :title, :connectionId, :savedQueryId, :sql, :cursorOffset,
             (select coalesce(max(position), -1) + 1 from workspace_tab where closed_order is null))
     on conflict (id) do update
     set title = excluded.title, connection_id = excluded.connection_id, saved_query_id = excluded.saved_query_id,
         sql = excluded.sql, cursor_offset = excluded.cursor_offset`,
  )
  const place = sqlite.prepare(
    'update workspace_tab set position = ?, is_active = ? where id = ? and closed_order is null',
  )
  const close = sqlite.prepare(
    `update workspace_tab
     set is_active = 0, closed_order = (select coalesce(max(closed_order), 0) + 1 from workspace_tab)
     where id = ?`,
  )
  const dropOldest = sqlite.prepare(
    `delete from workspace_tab where closed_order is not null and closed_order <= (
       select closed_order from workspace_tab where closed_order is not null
       order by closed_order desc limit 1 offset ${CLOSED_TABS_KEPT})`,
  )
  const selectLastClosed = sqlite.prepare(
    'select * from workspace_tab where closed_order is not null order by closed_order desc limit 1',
  )
  const deactivate = sqlite.prepare('update workspace_tab set is_active = 0 where is_active = 1')
  const open = sqlite.prepare(
    `update workspace_tab
     set closed_order = null, is_active = 1,
         position = (select coalesce(max(position), -1) + 1 from workspace_tab where closed_order is null)
     where id = ?`,
  )
  const selectLayout = sqlite.prepare('select layout from workspace_layout where id = 1')
  const upsertLayout = sqlite.prepare(
    'insert into workspace_layout (id, layout) values (1, ?) on conflict (id) do update set layout = excluded.layout',
  )

  return {
    load() {
      const rows = selectOpen.all().map((row) => Row.parse(row))
      const layout = selectLayout.get()
      return {
        tabs: rows.map((row) => row.tab),
        activeTabId: rows.find((row) => row.isActive)?.tab.id ?? null,
        layout: layout === undefined ? {} : LayoutRow.parse(layout),
      }
    },
    saveTab: (tab) => void upsert.run(tab),
    arrange(tabIds, activeTabId) {
      sqlite
        .transaction(() => {
          const kept = new Set(tabIds)
          for (const row of selectOpenIds.all()) {
            const { id } = IdRow.parse(row)
            if (!kept.has(id)) close.run(id)
          }
          tabIds.forEach((id, position) => place.run(position, id === activeTabId ? 1 : 0, id))
          dropOldest.run()
        })
        .immediate()
    },
    reopen: sqlite.transaction(() => {
      const row = selectLastClosed.get()
      if (row === undefined) return null
      const { tab } = Row.parse(row)
      deactivate.run()
      open.run(tab.id)
      return tab
    }),
    saveLayout: (layout) => void upsertLayout.run(JSON.stringify(layout)),
  }
}
