// What the designer's area and its sidebar share: the connection, its designs, which of them are open as tabs. Made once, above the frame: a design that is
// open stays open while the person is elsewhere.
import { createContext, useContext, useState, type ReactNode } from 'react'
import { z } from 'zod'
import { DesignId, type Design } from '#contract/capabilities/designs.ts'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import type { Table } from '#contract/schema/types.ts'
import { useHost, type Host } from '../../host/host-provider.tsx'
import { createStore, type Store } from '../../host/store.ts'
import { useShell } from '../../shell/shell.tsx'
import type { LayoutKeeper } from '../../shell/layout.ts'
import { openDesign, type OpenDesign } from './open-design.ts'

export type OpenState =
  | { readonly status: 'opening' }
  | { readonly status: 'open'; readonly session: OpenDesign }
  | { readonly status: 'failed'; readonly error: unknown }

export interface DesignerTabs {
  /** In the order of the strip. */
  readonly ids: readonly DesignId[]
  readonly activeId: DesignId | null
}

export interface DesignerWorkbench {
  readonly connectionId: Store<ConnectionId | null>
  /** Null until they were read. */
  readonly designs: Store<readonly Design[] | null>
  /** Why the designs could not be read. */
  readonly problem: Store<unknown>
  readonly tabs: Store<DesignerTabs>
  readonly opened: Store<ReadonlyMap<DesignId, OpenState>>
  /** Tables that were copied in a design, for this one or another. */
  readonly clipboard: Store<readonly Table[]>
  /** Goes to a connection: reads its designs (the first time it makes one) and opens those that were open. */
  enter(connectionId: ConnectionId): void
  /** Reads the designs again, and opens again what failed. */
  retry(): void
  /** Opens the design as a tab, or goes to its tab. */
  open(designId: DesignId): void
  close(designId: DesignId): void
  reopen(): void
  move(designId: DesignId, toIndex: number): void
  create(name: string): Promise<void>
  rename(designId: DesignId, name: string): Promise<void>
  /** With its draft. */
  remove(designId: DesignId): Promise<void>
}

const FIRST_DESIGN = 'All tables'
const NO_TABS: DesignerTabs = { ids: [], activeId: null }
const KeptTabs = z.object({ ids: z.array(DesignId), activeId: DesignId.nullable() })
/** As many ids as a text of the layout holds. */
const MAX_KEPT = 20

const DesignerContext = createContext<DesignerWorkbench | null>(null)

/** Gives what is below one workbench. The shell has to be above. */
export function DesignerProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const host = useHost()
  const { layout } = useShell()
  const [workbench] = useState(() => createDesignerWorkbench(host, layout))
  return <DesignerContext value={workbench}>{children}</DesignerContext>
}

/** The workbench of the page. */
export function useDesigner(): DesignerWorkbench {
  const workbench = useContext(DesignerContext)
  if (workbench === null) throw new Error('DesignerProvider is missing above.')
  return workbench
}

/** Makes it. */
function createDesignerWorkbench(
  host: Pick<Host, 'designs' | 'schema'>,
  layout: LayoutKeeper,
): DesignerWorkbench {
  const connectionId = createStore<ConnectionId | null>(null)
  const designs = createStore<readonly Design[] | null>(null)
  const problem = createStore<unknown>(null)
  const tabs = createStore<DesignerTabs>(NO_TABS)
  const opened = createStore<ReadonlyMap<DesignId, OpenState>>(new Map())
  let closed: readonly DesignId[] = []
  const making = new Set<ConnectionId>()

  const layoutName = (id: ConnectionId): string => `designer.tabs.${id}`
  const keep = (next: DesignerTabs): void => {
    tabs.set(next)
    const id = connectionId.get()
    if (id !== null) layout.set(layoutName(id), JSON.stringify({ ...next, ids: next.ids.slice(0, MAX_KEPT) }))
  }
  const kept = (id: ConnectionId, present: readonly Design[]): DesignerTabs => {
    const text = layout.values.get()[layoutName(id)]
    const parsed = KeptTabs.safeParse(typeof text === 'string' ? readJson(text) : undefined)
    const known = parsed.success ? parsed.data : NO_TABS
    const ids = known.ids.filter((one) => present.some((design) => design.designId === one))
    const first = present[0]?.designId
    if (ids.length === 0) return first === undefined ? NO_TABS : { ids: [first], activeId: first }
    const activeId =
      known.activeId !== null && ids.includes(known.activeId) ? known.activeId : (ids[0] ?? null)
    return { ids, activeId }
  }
  const setState = (id: DesignId, state: OpenState | null): void =>
    opened.update((before) => {
      const after = new Map(before)
      if (state === null) after.delete(id)
      else after.set(id, state)
      return after
    })
  /** Opens what the active tab shows, unless it is open. */
  const load = (): void => {
    const id = tabs.get().activeId
    const connection = connectionId.get()
    if (id === null || connection === null || opened.get().has(id)) return
    setState(id, { status: 'opening' })
    openDesign(host, connection, id).then(
      (session) => {
        if (tabs.get().ids.includes(id)) setState(id, { status: 'open', session })
        else void session.close()
      },
      (error: unknown) => setState(id, { status: 'failed', error }),
    )
  }
  const shut = (id: DesignId): void => {
    const state = opened.get().get(id)
    if (state?.status === 'open') void state.session.close()
    setState(id, null)
  }
  const read = async (id: ConnectionId): Promise<void> => {
    try {
      let present = await host.designs.list({ connectionId: id })
      if (present.length === 0 && !making.has(id)) {
        making.add(id)
        try {
          present = [await host.designs.create({ connectionId: id, name: FIRST_DESIGN })]
        } finally {
          making.delete(id)
        }
      }
      if (connectionId.get() !== id) return
      const isFirst = designs.get() === null
      designs.set(present)
      problem.set(null)
      if (isFirst) tabs.set(kept(id, present))
      load()
    } catch (error) {
      if (connectionId.get() === id) problem.set(error)
    }
  }
  host.designs.changed((news) => {
    if (news.connectionId === connectionId.get() && designs.get() !== null) void read(news.connectionId)
  })

  const open = (id: DesignId): void => {
    const { ids } = tabs.get()
    keep({ ids: ids.includes(id) ? ids : [...ids, id], activeId: id })
    load()
  }
  const close = (id: DesignId): void => {
    const { ids, activeId } = tabs.get()
    const at = ids.indexOf(id)
    if (at === -1) return
    const left = ids.filter((one) => one !== id)
    closed = [...closed.filter((one) => one !== id), id]
    keep({ ids: left, activeId: activeId === id ? (left[Math.min(at, left.length - 1)] ?? null) : activeId })
    shut(id)
    load()
  }
  return {
    connectionId,
    designs,
    problem,
    tabs,
    opened,
    clipboard: createStore<readonly Table[]>([]),
    enter(id) {
      if (connectionId.get() === id) return
      for (const one of opened.get().keys()) shut(one)
      connectionId.set(id)
      designs.set(null)
      problem.set(null)
      tabs.set(NO_TABS)
      closed = []
      void read(id)
    },
    retry() {
      const id = connectionId.get()
      if (id === null) return
      for (const [one, state] of opened.get()) if (state.status === 'failed') setState(one, null)
      void read(id)
    },
    open,
    close,
    reopen() {
      const id = closed.findLast((one) => designs.get()?.some(({ designId }) => designId === one))
      if (id === undefined) return
      closed = closed.filter((one) => one !== id)
      open(id)
    },
    move(id, toIndex) {
      const { ids, activeId } = tabs.get()
      keep({ ids: ids.filter((one) => one !== id).toSpliced(toIndex, 0, id), activeId })
    },
    async create(name) {
      const id = connectionId.get()
      if (id === null) return
      const made = await host.designs.create({ connectionId: id, name })
      designs.update((before) =>
        before === null || before.some(({ designId }) => designId === made.designId)
          ? before
          : [...before, made],
      )
      open(made.designId)
    },
    async rename(designId, name) {
      await host.designs.rename({ designId, name })
      designs.update(
        (before) => before?.map((one) => (one.designId === designId ? { ...one, name } : one)) ?? null,
      )
    },
    async remove(designId) {
      close(designId)
      closed = closed.filter((one) => one !== designId)
      await host.designs.remove({ designId })
      designs.update((before) => before?.filter((one) => one.designId !== designId) ?? null)
      // One is always open: with none, the first is made anew.
      const id = connectionId.get()
      if (tabs.get().ids.length === 0 && id !== null) {
        designs.set(null)
        void read(id)
      }
    },
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
