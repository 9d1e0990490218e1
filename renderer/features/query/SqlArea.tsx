// The SQL area: tabs, toolbar, editor over results. Each tab has its text, its connection and its own session at the host.
import { useEffect, useMemo, useState, type ReactNode } from 'react'
import type { Connection } from '#contract/capabilities/connections.ts'
import type { SavedQuery } from '#contract/capabilities/saved-queries.ts'
import type { WorkspaceTab } from '#contract/capabilities/workspace.ts'
import { ContextMenu } from '../../components/context-menu.tsx'
import { SplitPanes } from '../../components/split-panes.tsx'
import { useAction } from '../../host/host-provider.tsx'
import { useStore } from '../../host/store.ts'
import type { Scope } from '../../shell/scope.ts'
import { useIsAreaVisible, useScope, useShell, useSqlRequests, useTabHost } from '../../shell/shell.tsx'
import type { SqlRequest } from '../../shell/sql-requests.ts'
import { useLayoutFlag, useLayoutNumber } from '../../shell/use-layout.ts'
import { HistorySheet } from '../history/index.ts'
import { SaveQueryDialog, useSavedQueries } from '../saved-queries/index.ts'
import { changedTabIds } from './changed-tabs.ts'
import { EditorPane } from './EditorPane.tsx'
import { NoTabs } from './NoTabs.tsx'
import { copyEntries } from './ResultGrid.tsx'
import { ResultPane } from './ResultPane.tsx'
import type { RunState } from './run-state.ts'
import { useFlushOnLeave, useSqlWorkbench, useTabRuns } from './sql-workbench.tsx'
import { createSqlTabHost } from './tab-host.ts'
import { Toolbar } from './Toolbar.tsx'
import { useConnections } from './use-connections.ts'
import { usePaletteSources } from './use-palette-sources.ts'
import { useSqlCommands } from './use-sql-commands.ts'
import './query.css'

const SPLIT = 0.45

type Asking = { readonly kind: 'save' | 'saveAs' | 'rename'; readonly tab: WorkspaceTab } | null

/** The content of the SQL area. */
export function SqlArea(): ReactNode {
  const shell = useShell()
  const workbench = useSqlWorkbench()
  const { tabs, runs, editor, grid } = workbench
  const all = useStore(tabs.tabs)
  const activeId = useStore(tabs.activeId)
  const hasSelection = useStore(workbench.hasSelection)
  const active = all.find((tab) => tab.id === activeId)
  const { connections } = useConnections()
  const { queries } = useSavedQueries()
  const [asking, setAsking] = useState<Asking>(null)
  const [isHistoryShown, setIsHistoryShown] = useState(false)
  const [copyPoint, setCopyPoint] = useState<{ x: number; y: number } | null>(null)
  const [ratio, setRatio] = useLayoutNumber('sql.split', SPLIT)
  const [areResultsShown, setAreResultsShown] = useLayoutFlag('sql.results', true)
  const hasBeenVisible = useHasBeenVisible()
  useFlushOnLeave()
  const first = connections[0]?.id ?? null
  useEffect(() => workbench.firstConnection.set(first), [workbench, first])
  useEffect(() => workbench.changedTabs.set(changedTabIds(all, queries)), [workbench, all, queries])
  const connection = connections.find((one) => one.id === active?.connectionId)

  const tabHost = useMemo(
    () =>
      createSqlTabHost({
        workbench,
        now: () => new Date(),
        create: () => void tabs.open({ connectionId: workbench.lastConnection() }),
        close: (id) => {
          runs.closeTab(id)
          tabs.close(id)
        },
        rename: (id) => {
          const tab = tabs.get(id)
          if (tab !== undefined) setAsking({ kind: 'rename', tab })
        },
      }),
    [workbench, tabs, runs],
  )
  useEffect(() => tabHost.start(), [tabHost])
  useTabHost(tabHost.host)

  const save = useAction(
    (host, input: { tab: WorkspaceTab; name: string; isNew: boolean }) =>
      host.savedQueries.save({
        ...(input.isNew || input.tab.savedQueryId === null ? {} : { id: input.tab.savedQueryId }),
        name: input.name,
        sql: tabs.text(input.tab.id),
        connectionId: input.tab.connectionId,
      }),
    ['savedQueries'],
    {
      onSuccess: (saved, { tab }) => tabs.change(tab.id, { savedQueryId: saved.id, title: saved.name }),
    },
  )

  const run = (tab: WorkspaceTab, wantsAll: boolean): void => {
    if (tab.connectionId === null) {
      shell.notifications.toast({ text: 'Choose a connection for this tab first.' })
      return
    }
    const caret = editor.get()?.caret()
    const sql = tabs.text(tab.id)
    setAreResultsShown(true)
    runs.run(tab.id, {
      connectionId: tab.connectionId,
      sql,
      scope: wantsAll
        ? caret?.selection === null || caret === undefined
          ? { kind: 'all' }
          : { kind: 'selection', ...caret.selection }
        : { kind: 'statement', offset: caret?.offset ?? 0 },
    })
    workbench.shownResults.update(({ [tab.id]: _, ...others }) => others)
  }

  const openRequest = (request: SqlRequest): void => {
    const open =
      request.savedQueryId === undefined
        ? undefined
        : all.find((tab) => tab.savedQueryId === request.savedQueryId)
    if (open !== undefined) {
      tabs.select(open.id)
      return
    }
    const id = tabs.open({
      connectionId: request.connectionId ?? workbench.lastConnection(),
      ...(request.title === undefined ? {} : { title: request.title }),
      ...(request.sql === undefined ? {} : { sql: request.sql }),
      savedQueryId: request.savedQueryId ?? null,
    })
    const opened = tabs.get(id)
    if (request.run === true && opened !== undefined && opened.connectionId !== null) {
      setAreResultsShown(true)
      runs.run(id, { connectionId: opened.connectionId, sql: opened.sql, scope: { kind: 'all' } })
    }
  }

  useSqlRequests(openRequest)
  useSqlCommands({
    hasTab: () => active !== undefined,
    isRunning: () => active !== undefined && runs.isRunning(active.id),
    hasGrid: () => grid.get() !== null,
    isInResults: () => document.activeElement?.closest('[data-results]') instanceof HTMLElement,
    runStatement: () => active !== undefined && run(active, false),
    runAll: () => active !== undefined && run(active, true),
    cancel: () => active !== undefined && runs.cancel(active.id),
    format: async () => {
      if (active === undefined) return
      const { formatInWorker } = await import('./format/format-in-worker.ts')
      const text = tabs.text(active.id)
      const formatted = await formatInWorker(text)
      // Typing went on meanwhile: what was typed wins.
      if (editor.get()?.text(active.id) === text && formatted !== text)
        editor.get()?.replace({ start: 0, end: text.length }, formatted)
    },
    save: () => {
      if (active === undefined) return
      const saved = queries.find((query) => query.id === active.savedQueryId)
      if (saved === undefined) setAsking({ kind: 'save', tab: active })
      else save.mutate({ tab: active, name: saved.name, isNew: false })
    },
    saveAs: () => active !== undefined && setAsking({ kind: 'saveAs', tab: active }),
    rename: () => active !== undefined && setAsking({ kind: 'rename', tab: active }),
    showHistory: () => setIsHistoryShown(true),
    toggleResults: () => setAreResultsShown(!areResultsShown),
    copyAs: () => setCopyPoint(pointInResults()),
    focusGrid: () => grid.get()?.focus(),
    focusEditor: () => editor.get()?.focus(),
  })
  usePaletteSources({ connectionId: active?.connectionId ?? null, queries })

  return (
    <>
      <ActiveScope tab={active} connection={connection} connections={connections} />
      {active === undefined ? (
        <NoTabs connections={connections} />
      ) : (
        <>
          <Toolbar
            tab={active}
            connection={connection}
            connections={connections}
            hasSelection={hasSelection}
            onConnection={(chosen) => changeConnection(active, chosen)}
          />
          <SplitPanes
            label="Height of the editor"
            direction="vertical"
            ratio={ratio}
            standardRatio={SPLIT}
            onRatioChange={setRatio}
            first={hasBeenVisible ? <EditorPane tab={active} /> : null}
            second={areResultsShown ? <ResultPane key={active.id} tab={active} /> : null}
          />
        </>
      )}
      <HistorySheet
        isOpen={isHistoryShown}
        connectionId={active?.connectionId ?? null}
        onOpen={(entry) => {
          setIsHistoryShown(false)
          tabs.open({ connectionId: entry.connectionId, sql: entry.sql })
        }}
        onClose={() => setIsHistoryShown(false)}
      />
      {asking === null ? null : (
        <NameDialog
          asking={asking}
          queries={queries}
          onClose={() => setAsking(null)}
          onSave={async (name) => {
            if (asking.kind !== 'rename')
              await save.mutateAsync({ tab: asking.tab, name, isNew: asking.kind === 'saveAs' })
            else if (asking.tab.savedQueryId === null) tabs.change(asking.tab.id, { title: name })
            else await save.mutateAsync({ tab: asking.tab, name, isNew: false })
          }}
        />
      )}
      <ContextMenu
        label="Copy as"
        point={copyPoint}
        entries={copyEntries(shell, grid.get)}
        onClose={() => setCopyPoint(null)}
      />
    </>
  )

  function changeConnection(tab: WorkspaceTab, chosen: Connection): void {
    if (tab.connectionId === chosen.id) return
    // The session belongs to the connection that the tab had.
    runs.closeTab(tab.id)
    tabs.change(tab.id, { connectionId: chosen.id })
  }
}

/** The area is mounted from the start; Monaco is loaded when it is looked at. */
function useHasBeenVisible(): boolean {
  const isVisible = useIsAreaVisible()
  const [hasBeen, setHasBeen] = useState(isVisible)
  if (isVisible && !hasBeen) setHasBeen(true)
  return hasBeen
}

interface ActiveScopeProps {
  readonly tab: WorkspaceTab | undefined
  readonly connection: Connection | undefined
  readonly connections: readonly Connection[]
}

/** Says what the active tab works on. A component of its own, so that a run's progress does not draw the area anew. */
function ActiveScope({ tab, connection, connections }: ActiveScopeProps): ReactNode {
  const { tabs, runs } = useSqlWorkbench()
  const { current } = useTabRuns(tab?.id ?? '')
  const isSnapshot = hasSnapshot(current)
  const scope = useMemo<Scope | null>(
    () =>
      connection === undefined || tab === undefined
        ? null
        : {
            kind: connection.kind === 'project' ? 'project' : 'connection',
            id: connection.id,
            name: connection.name,
            environment: connection.environment,
            isSnapshot,
            isReadOnly: connection.isReadOnly,
            switchTo: (id) => {
              const chosen = connections.find((one) => one.id === id)
              if (chosen === undefined || chosen.id === tab.connectionId) return
              runs.closeTab(tab.id)
              tabs.change(tab.id, { connectionId: chosen.id })
            },
          },
    [connection, connections, tab, tabs, runs, isSnapshot],
  )
  useScope(scope)
  return null
}

function hasSnapshot(run: RunState | null): boolean {
  return run?.statements.some((statement) => statement.snapshotAt !== null) === true
}

interface NameDialogProps {
  readonly asking: NonNullable<Asking>
  readonly queries: readonly SavedQuery[]
  readonly onSave: (name: string) => Promise<void>
  readonly onClose: () => void
}

function NameDialog({ asking, queries, onSave, onClose }: NameDialogProps): ReactNode {
  const isSaved = queries.some((query) => query.id === asking.tab.savedQueryId)
  const words = {
    save: { title: 'Save query', confirmLabel: 'Save query' },
    saveAs: { title: 'Save query as', confirmLabel: 'Save query' },
    rename: isSaved
      ? { title: 'Rename query', confirmLabel: 'Rename query' }
      : { title: 'Rename tab', confirmLabel: 'Rename tab' },
  }[asking.kind]
  return <SaveQueryDialog {...words} initialName={asking.tab.title} onSave={onSave} onClose={onClose} />
}

/** Where a menu for the results opens: at the active cell, else at the pane's corner. */
function pointInResults(): { x: number; y: number } {
  const element =
    document.querySelector('[data-results] .ag-cell-focus') ?? document.querySelector('[data-results]')
  const box = element?.getBoundingClientRect()
  return { x: (box?.left ?? 0) + 12, y: (box?.top ?? 0) + 24 }
}
