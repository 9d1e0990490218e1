// The open tabs as the shell draws them.
import { Box, History } from 'lucide-react'
import { MethodLabel } from '../../../components/method-label.tsx'
import { createStore } from '../../../host/store.ts'
import type { TabHost, TabView } from '../../../shell/tabs.ts'
import type { RequestWorkbench } from '../request-workbench.tsx'
import { methodOf, titleOf, type OpenTab } from './open-tab.ts'

export interface RequestTabHost {
  readonly host: TabHost
  /** Follows tabs and what is sent until it is called off. */
  start(): () => void
  /** What a new tab is, until it is called off. */
  onCreate(create: () => void): () => void
}

/** Makes the view of the workbench's tabs that the shell takes. */
export function createRequestTabHost(workbench: RequestWorkbench): RequestTabHost {
  const { tabs, sends, parts } = workbench
  const views = createStore<readonly TabView[]>([])
  let create = (): void => undefined
  let stops: (() => void)[] = []
  const viewOf = (tab: OpenTab): TabView => {
    const state = sends.state(tab.id).get()
    return {
      id: tab.id,
      title: titleOf(tab),
      icon:
        tab.kind === 'view' ? (tab.view === 'history' ? History : (parts.views[tab.view]?.icon ?? Box)) : Box,
      ...(tab.kind === 'request' && tab.request !== null
        ? { lead: <MethodLabel method={methodOf(tab.request)} /> }
        : {}),
      isDirty: tab.kind === 'request' && tab.isDirty,
      marker:
        state?.status === 'sending'
          ? 'running'
          : tab.kind === 'request' && (tab.problem !== null || tab.outside !== null)
            ? 'error'
            : 'none',
      description:
        tab.kind === 'request' ? (tab.path ?? `${titleOf(tab)}, not in a collection yet`) : tab.title,
    }
  }
  const update = (): void => views.set(tabs.tabs.get().map(viewOf))
  const follow = (): void => {
    for (const stop of stops) stop()
    stops = tabs.tabs.get().map((tab) => sends.state(tab.id).subscribe(update))
    update()
  }
  return {
    start() {
      follow()
      const stop = tabs.tabs.subscribe(follow)
      return () => {
        stop()
        for (const one of stops) one()
        stops = []
      }
    },
    onCreate(next) {
      create = next
      return () => {
        if (create === next) create = () => undefined
      }
    },
    host: {
      tabs: views,
      activeId: tabs.activeId,
      noun: 'request',
      select: (id) => tabs.select(id),
      close(id) {
        tabs.close(id)
        // The response of a tab that comes back is in the history.
        sends.cancel(id)
      },
      create: () => create(),
      reopen: () => tabs.reopen(),
      move: (id, toIndex) => tabs.move(id, toIndex),
    },
  }
}
