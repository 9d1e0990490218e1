// The designer's canvas alone, over a generated model (?tables=1000) or one that the test puts into the window, for benchmarks and screenshots.
import { StrictMode, useState, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { DesignId, type Diagram } from '#contract/capabilities/designs.ts'
import { ConnectionId } from '#contract/capabilities/ids.ts'
import { SchemaModel } from '#contract/schema/model.ts'
import { designModel } from '#testing/design-model.ts'
import { DesignerCanvas } from '../../renderer/features/designer/canvas/canvas.tsx'
import type { CanvasActions } from '../../renderer/features/designer/canvas/canvas-state.ts'
import { drawingOf } from '../../renderer/features/designer/canvas/shapes.ts'
import { layoutInWorker } from '../../renderer/features/designer/layout/layout-in-worker.ts'
import { graphOf } from '../../renderer/features/designer/layout/places.ts'
import { createDraft } from '../../renderer/features/designer/draft.ts'
import { createHistory } from '../../renderer/features/designer/history.ts'
import {
  NOTHING_SELECTED,
  type DesignSession,
  type Reveal,
} from '../../renderer/features/designer/session.ts'
import { createStore } from '../../renderer/host/store.ts'
import { createShell, ShellProvider } from '../../renderer/shell/shell.tsx'
import '../../renderer/styles/theme.css'

declare global {
  interface Window {
    designerModel?: unknown
    designerDraft?: unknown
    designerDiagram?: Diagram
    designerSession?: DesignSession
    /** Milliseconds of a layout of everything, worker and all. */
    designerLayoutMs?: () => Promise<number>
  }
}

const EMPTY: Diagram = {
  positions: {},
  names: {},
  groups: [],
  notes: [],
  schemas: null,
  viewport: null,
}
const done = async (): Promise<void> => undefined

function makeSession(): DesignSession {
  const count = Number(new URLSearchParams(location.search).get('tables') ?? '100')
  const model =
    window.designerModel === undefined ? designModel(count) : SchemaModel.parse(window.designerModel)
  const draft = createDraft({
    base: model,
    steps: [],
    head: 0,
    journal: { append: done, moveHead: done, rebase: done },
    describe: String,
  })
  if (window.designerDraft !== undefined) {
    const { objects } = SchemaModel.parse(window.designerDraft)
    const ids = new Set(objects.map(({ id }) => id))
    draft.stage({
      label: 'Changes',
      put: objects,
      remove: model.objects.filter(({ id }) => !ids.has(id)).map(({ id }) => id),
    })
  }
  const diagram = createStore<Diagram>(window.designerDiagram ?? EMPTY)
  const connectionId = ConnectionId.parse('018f0000-0000-7000-8000-000000000002')
  return {
    connectionId,
    design: createStore({
      designId: DesignId.parse('018f0000-0000-7000-8000-000000000003'),
      connectionId,
      name: 'All tables',
      updatedAt: '2026-11-23T10:00:00.000Z',
      stagedSteps: 0,
    }),
    draft,
    live: createStore({ model, asOf: '2026-11-23T10:00:00.000Z', isStale: false }),
    selection: createStore(NOTHING_SELECTED),
    diagram,
    history: createHistory(draft, diagram),
    reveal: createStore<Reveal | null>(null),
  }
}

const ACTIONS: CanvasActions = {
  addTable: () => null,
  edit: () => undefined,
  remove: () => undefined,
  duplicate: () => undefined,
  copy: () => undefined,
  paste: () => undefined,
  referenceProblem: () => null,
  addReference: () => undefined,
}

function Page(): ReactNode {
  const [session] = useState(makeSession)
  const [shown, setShown] = useState({ views: true, enums: true })
  window.designerSession = session
  window.designerLayoutMs = async () => {
    const { base, model } = session.draft.state.get()
    const { shapes, relations } = drawingOf(base, model, {
      showsViews: true,
      showsEnums: true,
      schemas: null,
    })
    const beganAt = performance.now()
    await layoutInWorker(graphOf(shapes, relations), { signal: new AbortController().signal })
    return performance.now() - beganAt
  }
  return (
    <div className="flex h-full flex-col bg-s1 text-1">
      <DesignerCanvas
        session={session}
        actions={ACTIONS}
        showsViews={shown.views}
        showsEnums={shown.enums}
        onShow={(what, isShown) => setShown({ ...shown, [what]: isShown })}
      />
    </div>
  )
}

const shell = createShell({
  keys: { platform: 'linux', isBrowser: true, overrides: {} },
  layout: {},
  location: { area: 'designer', page: '', id: '' },
  saveLayout: () => undefined,
  now: () => new Date(),
})
const root = document.querySelector('#root')
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <ShellProvider shell={shell}>
        <Page />
      </ShellProvider>
    </StrictMode>,
  )
