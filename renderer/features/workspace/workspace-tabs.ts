// The open tabs, written to the host as the person works so that a crash loses at most half a second of typing.
import type { ConnectionId, SavedQueryId } from '#contract/capabilities/ids.ts'
import type { Workspace, WorkspaceTab } from '#contract/capabilities/workspace.ts'
import type { Host } from '../../host/host-provider.tsx'
import { createStore, type Store } from '../../host/store.ts'

/** Text and caret are written this long after the last change. */
const SAVE_AFTER_MS = 400

export interface NewTab {
  readonly title?: string
  readonly connectionId: ConnectionId | null
  readonly savedQueryId?: SavedQueryId | null
  readonly sql?: string
}

export interface WorkspaceTabs {
  readonly tabs: Store<readonly WorkspaceTab[]>
  readonly activeId: Store<string | null>
  get(id: string): WorkspaceTab | undefined
  /** Opens a tab and shows it. Gives its id. */
  open(tab: NewTab): string
  select(id: string): void
  close(id: string): void
  /** Shows the tab closed last again; does nothing when there is none. */
  reopen(): Promise<void>
  move(id: string, toIndex: number): void
  /** The text changed; `text` is read when it is written. */
  changeText(id: string, text: () => string): void
  changeCaret(id: string, offset: number): void
  /** Changes what is not text. */
  change(id: string, fields: Partial<Pick<WorkspaceTab, 'title' | 'connectionId' | 'savedQueryId'>>): void
  /** The text as it stands now, typed a moment ago or not. */
  text(id: string): string
  /** Writes what waits, now. Resolves when the host has it. */
  flush(): Promise<void>
}

export interface WorkspaceTabsOptions {
  readonly host: Pick<Host, 'workspace'>
  readonly initial: Workspace
  readonly newId: () => string
  /** Told of a write that failed: the text is still on screen. */
  readonly onSaveFailure: (error: unknown) => void
}

/** Makes the open tabs from what the host kept. */
export function createWorkspaceTabs(options: WorkspaceTabsOptions): WorkspaceTabs {
  const { host, initial, newId, onSaveFailure } = options
  const tabs = createStore<readonly WorkspaceTab[]>(initial.tabs)
  const activeId = createStore<string | null>(
    initial.tabs.some((tab) => tab.id === initial.activeTabId)
      ? initial.activeTabId
      : (initial.tabs[0]?.id ?? null),
  )
  /** Newer text and carets than in the store: nothing on screen depends on them, so listeners are not told at each key. */
  const carets = new Map<string, number>()
  const typed = new Map<string, () => string>()
  const dirty = new Set<string>()
  let isArrangementDirty = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const get = (id: string): WorkspaceTab | undefined => tabs.get().find((tab) => tab.id === id)

  /** Not put off by further typing: whoever types without a pause loses no more than one interval. */
  function schedule(): void {
    timer ??= setTimeout(() => void flush(), SAVE_AFTER_MS)
  }

  function replace(id: string, step: (tab: WorkspaceTab) => WorkspaceTab): void {
    tabs.update((all) => all.map((tab) => (tab.id === id ? step(tab) : tab)))
  }

  function arrange(): void {
    isArrangementDirty = true
    schedule()
  }

  /** Takes over what was typed. */
  function settle(id: string): void {
    const text = typed.get(id)
    const caret = carets.get(id)
    if (text === undefined && caret === undefined) return
    typed.delete(id)
    carets.delete(id)
    const fields = {
      ...(text === undefined ? {} : { sql: text() }),
      ...(caret === undefined ? {} : { cursorOffset: caret }),
    }
    replace(id, (tab) => ({ ...tab, ...fields }))
  }

  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const ids = [...dirty]
    dirty.clear()
    for (const id of ids) settle(id)
    const wasArranged = isArrangementDirty
    isArrangementDirty = false
    try {
      await Promise.all(
        ids.flatMap((id) => {
          const tab = get(id)
          return tab === undefined ? [] : [host.workspace.saveTab(tab)]
        }),
      )
      // A tab must be there before it is put in order.
      if (wasArranged)
        await host.workspace.arrange({ tabIds: tabs.get().map((tab) => tab.id), activeTabId: activeId.get() })
    } catch (error) {
      // It is written with the next change.
      for (const id of ids) dirty.add(id)
      isArrangementDirty = isArrangementDirty || wasArranged
      onSaveFailure(error)
    }
  }

  function append(tab: WorkspaceTab): void {
    const active = tabs.get().findIndex((one) => one.id === activeId.get())
    tabs.update((all) => (active === -1 ? [...all, tab] : all.toSpliced(active + 1, 0, tab)))
    activeId.set(tab.id)
    dirty.add(tab.id)
    arrange()
  }

  return {
    tabs,
    activeId,
    get,
    open({ title, connectionId, savedQueryId = null, sql = '' }) {
      const id = newId()
      append({ id, title: title ?? nextTitle(tabs.get()), connectionId, savedQueryId, sql, cursorOffset: 0 })
      return id
    },
    select(id) {
      if (get(id) === undefined || activeId.get() === id) return
      activeId.set(id)
      arrange()
    },
    close(id) {
      const all = tabs.get()
      const at = all.findIndex((tab) => tab.id === id)
      if (at === -1) return
      // Its last text has to be kept for `reopen` before it is arranged away.
      settle(id)
      const closed = get(id)
      const isSaved =
        dirty.delete(id) && closed !== undefined ? host.workspace.saveTab(closed) : Promise.resolve()
      isSaved.catch(onSaveFailure).finally(arrange)
      tabs.set(all.filter((tab) => tab.id !== id))
      if (activeId.get() === id) activeId.set((all[at + 1] ?? all[at - 1])?.id ?? null)
    },
    async reopen() {
      await flush()
      const tab = await host.workspace.reopen({})
      if (tab === null || get(tab.id) !== undefined) return
      append(tab)
    },
    move(id, toIndex) {
      const tab = get(id)
      if (tab === undefined) return
      tabs.update((all) => all.filter((one) => one.id !== id).toSpliced(toIndex, 0, tab))
      arrange()
    },
    changeText(id, text) {
      if (get(id) === undefined) return
      typed.set(id, text)
      dirty.add(id)
      schedule()
    },
    changeCaret(id, offset) {
      if (get(id) === undefined || (carets.get(id) ?? get(id)?.cursorOffset) === offset) return
      carets.set(id, offset)
      dirty.add(id)
      schedule()
    },
    change(id, fields) {
      replace(id, (tab) => ({ ...tab, ...fields }))
      dirty.add(id)
      schedule()
    },
    text(id) {
      settle(id)
      return get(id)?.sql ?? ''
    },
    flush,
  }
}

/** `Query 3`, the first number that is free. */
function nextTitle(tabs: readonly WorkspaceTab[]): string {
  const taken = new Set(tabs.map((tab) => tab.title))
  for (let number = 1; ; number++) {
    const title = `Query ${number}`
    if (!taken.has(title)) return title
  }
}
