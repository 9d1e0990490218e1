// What the SQL area and its sidebar share: the open tabs, their runs, the editor. Made once, above the frame.
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react'
import type { Workspace } from '#contract/capabilities/workspace.ts'
import { RunId, type ConnectionId, type ResultId } from '#contract/capabilities/ids.ts'
import type { CodeEditorHandle } from '../../components/code-editor/types.ts'
import type { DataGridHandle } from '../../components/data-grid/types.ts'
import { useHost, type Host } from '../../host/host-provider.tsx'
import { createStore, useStore, type Store } from '../../host/store.ts'
import { useShell, type Shell } from '../../shell/shell.tsx'
import { createWorkspaceTabs, type WorkspaceTabs } from '../workspace/index.ts'
import { createRunController, type RunController, type TabRuns } from './run-controller.ts'

export interface SqlWorkbench {
  readonly tabs: WorkspaceTabs
  readonly runs: RunController
  /** The editor while it is there. */
  readonly editor: Store<CodeEditorHandle | null>
  /** Whether text is selected in the editor. */
  readonly hasSelection: Store<boolean>
  /** The result grid while it is there. */
  readonly grid: Store<DataGridHandle | null>
  /** Tabs whose text differs from their saved query. */
  readonly changedTabs: Store<ReadonlySet<string>>
  /** What the result pane of a tab shows: a result, or the messages. */
  readonly shownResults: Store<Readonly<Record<string, ResultId | 'messages'>>>
  /** For new tabs where no tab has a connection yet. */
  readonly firstConnection: Store<ConnectionId | null>
  /** The connection that a new tab gets: the active tab's, the last one used, the first there is. */
  lastConnection(): ConnectionId | null
}

const SqlWorkbenchContext = createContext<SqlWorkbench | null>(null)

export interface SqlWorkbenchProviderProps {
  /** What the host kept. Only its first value counts: from then on the page's tabs are the truth. */
  readonly workspace: Workspace
  readonly children: ReactNode
}

/** Gives what is below one workbench: the area and its sidebar are mounted apart and share it. The shell has to be above. */
export function SqlWorkbenchProvider({ workspace, children }: SqlWorkbenchProviderProps): ReactNode {
  const host = useHost()
  const shell = useShell()
  const [workbench] = useState(() => createSqlWorkbench(host, shell, workspace))
  return <SqlWorkbenchContext value={workbench}>{children}</SqlWorkbenchContext>
}

/** Writes what was typed when the person turns away, while the component is mounted. */
export function useFlushOnLeave(): void {
  const { tabs } = useSqlWorkbench()
  useEffect(() => {
    const flush = (): void => void tabs.flush()
    window.addEventListener('blur', flush)
    window.addEventListener('pagehide', flush)
    document.addEventListener('visibilitychange', flush)
    return () => {
      window.removeEventListener('blur', flush)
      window.removeEventListener('pagehide', flush)
      document.removeEventListener('visibilitychange', flush)
      flush()
    }
  }, [tabs])
}

function createSqlWorkbench(host: Host, shell: Shell, initial: Workspace): SqlWorkbench {
  const failed = (text: string) => (error: unknown) =>
    shell.notifications.notify({
      tone: 'danger',
      text: `${text} ${error instanceof Error ? error.message : String(error)}`,
    })
  const tabs = createWorkspaceTabs({
    host,
    initial,
    newId: () => crypto.randomUUID(),
    onSaveFailure: failed('The text of your tabs could not be kept.'),
  })
  const firstConnection = createStore<ConnectionId | null>(null)
  return {
    tabs,
    firstConnection,
    runs: createRunController({
      host,
      now: () => Date.now(),
      newRunId: () => RunId.parse(crypto.randomUUID()),
      // The host forgets results and sessions by itself when the page goes.
      onLateFailure: () => undefined,
    }),
    editor: createStore<CodeEditorHandle | null>(null),
    hasSelection: createStore(false),
    grid: createStore<DataGridHandle | null>(null),
    changedTabs: createStore<ReadonlySet<string>>(new Set()),
    shownResults: createStore<Readonly<Record<string, ResultId | 'messages'>>>({}),
    lastConnection() {
      const active = tabs.activeId.get()
      const own = active === null ? undefined : tabs.get(active)?.connectionId
      return (
        own ??
        tabs.tabs.get().findLast((tab) => tab.connectionId !== null)?.connectionId ??
        firstConnection.get()
      )
    },
  }
}

/** The workbench of the page. */
export function useSqlWorkbench(): SqlWorkbench {
  const workbench = useContext(SqlWorkbenchContext)
  if (workbench === null) throw new Error('SqlWorkbenchProvider is missing above.')
  return workbench
}

/** The runs of a tab. */
export function useTabRuns(tabId: string): TabRuns {
  return useStore(useSqlWorkbench().runs.runs(tabId))
}
