// The open designs as the shell draws them.
import { Network } from 'lucide-react'
import { DesignId } from '#contract/capabilities/designs.ts'
import { createStore } from '../../host/store.ts'
import type { TabHost, TabView } from '../../shell/tabs.ts'
import type { DesignerWorkbench } from './designer-workbench.tsx'

export interface DesignerTabHost {
  readonly host: TabHost
  /** Follows designs and drafts until it is called off. */
  start(): () => void
}

export interface DesignerTabActions {
  readonly create: () => void
  readonly rename: (id: DesignId) => void
}

/** Makes the view of the workbench's tabs that the shell takes. */
export function createDesignerTabHost(
  workbench: DesignerWorkbench,
  actions: DesignerTabActions,
): DesignerTabHost {
  const views = createStore<readonly TabView[]>([])
  const activeId = createStore<string | null>(null)
  let stops: (() => void)[] = []
  const withId = (act: (id: DesignId) => void) => (id: string) => {
    const parsed = DesignId.safeParse(id)
    if (parsed.success) act(parsed.data)
  }
  const update = (): void => {
    const { ids, activeId: active } = workbench.tabs.get()
    activeId.set(active)
    views.set(
      ids.map((id) => {
        const design = workbench.designs.get()?.find((one) => one.designId === id)
        const state = workbench.opened.get().get(id)
        const staged =
          state?.status === 'open' ? state.session.draft.state.get().head : (design?.stagedSteps ?? 0)
        return {
          id,
          title: design?.name ?? 'Design',
          icon: Network,
          isDirty: staged > 0,
          marker: state?.status === 'failed' ? 'error' : 'none',
          description:
            staged === 0 ? 'No changes' : `${staged} ${staged === 1 ? 'change' : 'changes'} not applied`,
        }
      }),
    )
  }
  const follow = (): void => {
    for (const stop of stops) stop()
    stops = [...workbench.opened.get().values()].flatMap((state) =>
      state.status === 'open' ? [state.session.draft.state.subscribe(update)] : [],
    )
    update()
  }
  return {
    start() {
      follow()
      const others = [
        workbench.tabs.subscribe(update),
        workbench.designs.subscribe(update),
        workbench.opened.subscribe(follow),
      ]
      return () => {
        for (const stop of [...others, ...stops]) stop()
        stops = []
      }
    },
    host: {
      tabs: views,
      activeId,
      noun: 'design',
      select: withId((id) => workbench.open(id)),
      close: withId((id) => workbench.close(id)),
      rename: withId(actions.rename),
      create: actions.create,
      reopen: () => workbench.reopen(),
      move: (id, toIndex) => withId((one) => workbench.move(one, toIndex))(id),
    },
  }
}
