// The sidebar of the SQL area: the schema tree of the active tab's connection, the saved queries beneath.
import type { ReactNode } from 'react'
import { useStore } from '../../host/store.ts'
import { useShell } from '../../shell/shell.tsx'
import { CatalogTree } from '../catalog/index.ts'
import { SavedQueryList } from '../saved-queries/index.ts'
import { useSqlWorkbench } from './sql-workbench.tsx'

/** The sidebar. */
export function SqlSidebar(): ReactNode {
  const shell = useShell()
  const { tabs, editor, lastConnection } = useSqlWorkbench()
  const all = useStore(tabs.tabs)
  const activeId = useStore(tabs.activeId)
  const active = all.find((tab) => tab.id === activeId)
  return (
    <>
      <CatalogTree
        key={active?.connectionId ?? ''}
        connectionId={active?.connectionId ?? null}
        onInsert={(text) => {
          editor.get()?.insert(text)
          editor.get()?.focus()
        }}
        onNewQuery={() => tabs.open({ connectionId: lastConnection() })}
      />
      <SavedQueryList
        currentId={active?.savedQueryId ?? null}
        onOpen={(query) =>
          shell.openSql({
            connectionId: query.connectionId ?? lastConnection(),
            sql: query.sql,
            title: query.name,
            savedQueryId: query.id,
          })
        }
      />
    </>
  )
}
