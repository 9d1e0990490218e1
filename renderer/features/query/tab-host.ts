// The open tabs as the shell draws them.
import { SquareTerminal } from 'lucide-react'
import type { WorkspaceTab } from '#contract/capabilities/workspace.ts'
import { formatMoment } from '../../components/format.ts'
import { createStore } from '../../host/store.ts'
import type { TabHost, TabView } from '../../shell/tabs.ts'
import { isRunning, type RunState } from './run-state.ts'
import type { SqlWorkbench } from './sql-workbench.tsx'

export interface SqlTabHost {
  readonly host: TabHost
  /** Follows tabs and runs until it is called off. */
  start(): () => void
}

export interface SqlTabHostOptions {
  readonly workbench: SqlWorkbench
  readonly close: (id: string) => void
  readonly create: () => void
  readonly rename: (id: string) => void
  readonly now: () => Date
}

/** Makes the view of the workbench's tabs that the shell takes. */
export function createSqlTabHost({ workbench, close, create, rename, now }: SqlTabHostOptions): SqlTabHost {
  const { tabs, runs, changedTabs } = workbench
  const views = createStore<readonly TabView[]>([])
  let stopRuns: (() => void)[] = []

  const update = (): void =>
    views.set(
      tabs.tabs.get().map((tab) =>
        viewOf(tab, runs.runs(tab.id).get().current, {
          isDirty: changedTabs.get().has(tab.id),
          now: now(),
        }),
      ),
    )
  const followRuns = (): void => {
    for (const stop of stopRuns) stop()
    stopRuns = tabs.tabs.get().map((tab) => runs.runs(tab.id).subscribe(update))
    update()
  }
  return {
    start() {
      followRuns()
      const stops = [tabs.tabs.subscribe(followRuns), changedTabs.subscribe(update)]
      return () => {
        for (const stop of [...stops, ...stopRuns]) stop()
        stopRuns = []
      }
    },
    host: {
      tabs: views,
      activeId: tabs.activeId,
      noun: 'SQL tab',
      select: (id) => tabs.select(id),
      close,
      create,
      rename,
      reopen: () => void tabs.reopen(),
      move: (id, toIndex) => tabs.move(id, toIndex),
    },
  }
}

function viewOf(
  tab: WorkspaceTab,
  run: RunState | null,
  { isDirty, now }: { isDirty: boolean; now: Date },
): TabView {
  const snapshotAt = run?.statements.findLast((statement) => statement.snapshotAt !== null)?.snapshotAt
  return {
    id: tab.id,
    title: tab.title,
    icon: SquareTerminal,
    isDirty,
    marker: markerOf(run),
    ...(snapshotAt === null || snapshotAt === undefined
      ? {}
      : { chip: `snapshot ${formatMoment(snapshotAt, now)}` }),
  }
}

function markerOf(run: RunState | null): TabView['marker'] {
  if (run === null) return 'none'
  if (isRunning(run)) return 'running'
  if (run.status === 'failed') return 'error'
  if (run.transaction !== 'idle') return 'transaction'
  return run.statements.some((statement) => statement.snapshotAt !== null) ? 'snapshot' : 'none'
}
