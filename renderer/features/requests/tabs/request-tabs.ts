// The open tabs of the tester: requests are read from their files, drafts are journalled as the person types, files are written on Save and never overwritten.
import type { RequestDraft } from '#contract/capabilities/collections.ts'
import { isAppError } from '#contract/errors.ts'
import type { CollectionId } from '#contract/requests/collection.ts'
import { ApiRequest } from '#contract/requests/request.ts'
import { describeError } from '../../../host/error-text.ts'
import type { Host } from '../../../host/host-provider.tsx'
import { createStore, type Store } from '../../../host/store.ts'
import { isSame, newRequestTab, type OpenTab, type RequestTab } from './open-tab.ts'

/** A draft is written this long after the last change at the latest. */
const JOURNAL_AFTER_MS = 400
const MOST_CLOSED = 20

export interface RequestTabs {
  readonly tabs: Store<readonly OpenTab[]>
  readonly activeId: Store<string | null>
  get(id: string): OpenTab | undefined
  /** Opens the request of a file, or shows its tab. */
  openFile(collectionId: CollectionId, path: string): string
  /** Opens a request that has no file yet. */
  openNew(request: ApiRequest, collectionId?: CollectionId | null): string
  /** Opens a view of another feature; one with the same `view` and `params` is shown again. */
  openView(view: string, params: string, title: string): string
  select(id: string): void
  close(id: string): void
  reopen(): void
  move(id: string, toIndex: number): void
  /** Puts what was typed in the request's place. */
  change(id: string, request: ApiRequest): void
  /** Changes a few fields of the request. */
  edit(id: string, step: (request: ApiRequest) => ApiRequest): void
  /** Writes the file. False when it changed meanwhile: `outside` of the tab has what is there now. Throws what the host throws. */
  save(id: string): Promise<boolean>
  /** Makes a file of a request that has none, and gives it that name. */
  saveAs(
    id: string,
    place: { readonly collectionId: CollectionId; readonly folder: string; readonly name: string },
  ): Promise<void>
  /** Ends a conflict: takes the file's version, or keeps mine over the one that was seen. */
  settle(id: string, take: 'mine' | 'theirs'): void
  /** Throws away what was not saved. */
  revert(id: string): void
  /** Files changed: reads the open ones again. */
  refresh(collectionId: CollectionId, paths: readonly string[] | null): Promise<void>
  /** A file or folder has another path now. */
  moved(collectionId: CollectionId, from: string, to: string): void
  /** Writes what waits, now. */
  flush(): Promise<void>
}

export interface RequestTabsOptions {
  readonly host: Pick<Host, 'collections'>
  readonly initial: readonly OpenTab[]
  readonly drafts: readonly RequestDraft[]
  readonly activeId: string | null
  readonly newId: () => string
  readonly onArranged: (tabs: readonly OpenTab[], activeId: string | null) => void
  /** A draft could not be journalled. */
  readonly onFailure: (error: unknown) => void
}

/** Makes the tabs that were open, with the drafts that were kept. */
export function createRequestTabs(options: RequestTabsOptions): RequestTabs {
  const { host, newId, onArranged, onFailure } = options
  const tabs = createStore<readonly OpenTab[]>(withDrafts(options.initial, options.drafts))
  const activeId = createStore<string | null>(
    tabs.get().some((tab) => tab.id === options.activeId) ? options.activeId : (tabs.get()[0]?.id ?? null),
  )
  const unjournalled = new Set<string>()
  const journalled = new Set(options.drafts.map((draft) => draft.id))
  const closed: OpenTab[] = []
  let timer: ReturnType<typeof setTimeout> | undefined

  const get = (id: string): OpenTab | undefined => tabs.get().find((tab) => tab.id === id)
  const getRequest = (id: string): RequestTab | undefined => {
    const tab = get(id)
    return tab?.kind === 'request' ? tab : undefined
  }
  const patch = (id: string, fields: Partial<RequestTab>): void =>
    tabs.update((all) =>
      all.map((tab) => (tab.id === id && tab.kind === 'request' ? settled({ ...tab, ...fields }) : tab)),
    )
  const arranged = (): void => onArranged(tabs.get(), activeId.get())

  function journal(id: string): void {
    unjournalled.add(id)
    timer ??= setTimeout(() => void flush(), JOURNAL_AFTER_MS)
  }

  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const ids = [...unjournalled]
    unjournalled.clear()
    for (const id of ids) {
      try {
        await writeDraft(id)
      } catch (error) {
        // It is written with the next change.
        unjournalled.add(id)
        onFailure(error)
      }
    }
  }

  async function writeDraft(id: string): Promise<void> {
    const tab = getRequest(id)
    if (tab?.request !== null && tab?.request !== undefined && tab.isDirty) {
      journalled.add(id)
      await host.collections.saveDraft({
        id,
        collectionId: tab.collectionId,
        path: tab.path,
        baseRevision: tab.revision,
        request: tab.request,
      })
    } else if (journalled.delete(id)) await host.collections.removeDraft({ id })
  }

  /** Reads the file of a tab; what was typed stays. */
  async function read(id: string): Promise<void> {
    const tab = getRequest(id)
    if (tab === undefined || tab.collectionId === null) return
    if (tab.path === null) return readCollection(id, tab.collectionId)
    try {
      const found = await host.collections.read({ id: tab.collectionId, path: tab.path })
      const parsed = ApiRequest.safeParse(found.item)
      if (!parsed.success) throw new Error('It is a folder, not a request.')
      const now = getRequest(id)
      if (now === undefined || now.path !== tab.path) return
      const file = { request: parsed.data, revision: found.revision }
      const fields = { inherited: found.inherited, isGone: false, problem: null }
      if (now.request === null || !now.isDirty)
        patch(id, {
          ...fields,
          request: file.request,
          saved: file.request,
          revision: file.revision,
          outside: null,
        })
      else if (now.revision === file.revision) patch(id, { ...fields, saved: file.request, outside: null })
      else if (isSame(now.request, file.request))
        patch(id, { ...fields, saved: file.request, revision: file.revision, outside: null })
      else patch(id, { ...fields, saved: now.saved ?? file.request, outside: file })
      if (getRequest(id)?.isDirty === false) journal(id)
    } catch (error) {
      const now = getRequest(id)
      if (now === undefined) return
      if (isAppError(error, 'NOT_FOUND') && now.request !== null) patch(id, { isGone: true, inherited: [] })
      else patch(id, { problem: problemOf(error) })
    }
  }

  /** What a request without a file inherits: it is sent as if it were in the collection's own folder. */
  async function readCollection(id: string, collectionId: CollectionId): Promise<void> {
    try {
      const { item } = await host.collections.read({ id: collectionId, path: '' })
      const now = getRequest(id)
      if (item.kind === 'collection' && now?.path === null && now.collectionId === collectionId)
        patch(id, { inherited: [{ path: '', name: item.name, defaults: item.defaults }] })
    } catch {
      // The collection is closed: there is nothing to inherit, and the request is here.
    }
  }

  function append(tab: OpenTab): string {
    const at = tabs.get().findIndex((one) => one.id === activeId.get())
    tabs.update((all) => (at === -1 ? [...all, tab] : all.toSpliced(at + 1, 0, tab)))
    activeId.set(tab.id)
    arranged()
    return tab.id
  }

  const self: RequestTabs = {
    tabs,
    activeId,
    get,
    openFile(collectionId, path) {
      const open = tabs
        .get()
        .find((tab) => tab.kind === 'request' && tab.collectionId === collectionId && tab.path === path)
      if (open !== undefined) {
        self.select(open.id)
        return open.id
      }
      const id = append(newRequestTab(newId(), { collectionId, path }, null))
      void read(id)
      return id
    },
    openNew(request, collectionId = null) {
      const id = append(newRequestTab(newId(), { collectionId, path: null }, request))
      journal(id)
      void read(id)
      return id
    },
    openView(view, params, title) {
      const open = tabs.get().find((tab) => tab.kind === 'view' && tab.view === view && tab.params === params)
      if (open !== undefined) {
        self.select(open.id)
        return open.id
      }
      return append({ kind: 'view', id: newId(), view, params, title })
    },
    select(id) {
      if (get(id) === undefined || activeId.get() === id) return
      activeId.set(id)
      arranged()
    },
    close(id) {
      const all = tabs.get()
      const at = all.findIndex((tab) => tab.id === id)
      const tab = all[at]
      if (tab === undefined) return
      closed.push(tab)
      if (closed.length > MOST_CLOSED) closed.shift()
      tabs.set(all.filter((one) => one.id !== id))
      if (activeId.get() === id) activeId.set((all[at + 1] ?? all[at - 1])?.id ?? null)
      journal(id)
      arranged()
    },
    reopen() {
      const tab = closed.pop()
      if (tab === undefined || get(tab.id) !== undefined) return
      append(tab)
      journal(tab.id)
      void read(tab.id)
    },
    move(id, toIndex) {
      const tab = get(id)
      if (tab === undefined) return
      tabs.update((all) => all.filter((one) => one.id !== id).toSpliced(toIndex, 0, tab))
      arranged()
    },
    change(id, request) {
      patch(id, { request })
      journal(id)
    },
    edit(id, step) {
      const request = getRequest(id)?.request
      if (request !== null && request !== undefined) self.change(id, step(request))
    },
    async save(id) {
      const tab = getRequest(id)
      if (tab === undefined || tab.request === null || tab.collectionId === null || tab.path === null)
        return false
      const { request, path, collectionId } = tab
      try {
        const written = await host.collections.write({
          id: collectionId,
          path,
          item: request,
          revision: tab.isGone ? null : tab.revision,
        })
        patch(id, {
          saved: request,
          revision: written.revision,
          path: written.path,
          outside: null,
          isGone: false,
        })
        journal(id)
        return true
      } catch (error) {
        if (!isAppError(error, 'CONFLICT')) throw error
        await read(id)
        return false
      }
    },
    async saveAs(id, { collectionId, folder, name }) {
      const tab = getRequest(id)
      if (tab === undefined || tab.request === null) return
      const request = { ...tab.request, name }
      const written = await host.collections.createRequest({ id: collectionId, folder, request })
      patch(id, {
        request,
        saved: request,
        collectionId,
        path: written.path,
        revision: written.revision,
        outside: null,
        isGone: false,
      })
      journal(id)
      arranged()
      await read(id)
    },
    settle(id, take) {
      const outside = getRequest(id)?.outside
      if (outside === null || outside === undefined) return
      patch(id, {
        saved: outside.request,
        revision: outside.revision,
        outside: null,
        ...(take === 'theirs' ? { request: outside.request } : {}),
      })
      journal(id)
    },
    revert(id) {
      const saved = getRequest(id)?.saved
      if (saved === null || saved === undefined) return
      patch(id, { request: saved })
      journal(id)
    },
    async refresh(collectionId, paths) {
      const open = tabs
        .get()
        .filter(
          (tab) =>
            tab.kind === 'request' &&
            tab.collectionId === collectionId &&
            (paths === null || paths.some((path) => path === tab.path || isAbove(path, tab.path))),
        )
      await Promise.all(open.map((tab) => read(tab.id)))
    },
    moved(collectionId, from, to) {
      for (const tab of tabs.get()) {
        if (tab.kind !== 'request' || tab.collectionId !== collectionId || tab.path === null) continue
        if (tab.path !== from && !tab.path.startsWith(`${from}/`)) continue
        patch(tab.id, { path: `${to}${tab.path.slice(from.length)}`, isGone: false })
        void read(tab.id)
      }
      arranged()
    },
    flush,
  }
  for (const tab of tabs.get()) void read(tab.id)
  return self
}

/** A folder's own file changes what is inherited below it. */
function isAbove(path: string, file: string | null): boolean {
  const folder = path.replace(/\/?(?:folder|opencollection|collection)\.ya?ml$/, '')
  return folder === '' || file?.startsWith(`${folder}/`) === true
}

function settled(tab: RequestTab): RequestTab {
  const isDirty = tab.request !== null && (tab.path === null || tab.isGone || !isSame(tab.request, tab.saved))
  return isDirty === tab.isDirty ? tab : { ...tab, isDirty }
}

function problemOf(error: unknown): { message: string; hint: string | undefined } {
  return describeError(error) ?? { message: 'It could not be read.', hint: undefined }
}

/** Puts the kept drafts into the kept tabs; a draft without a tab gets one, so that nothing typed is lost. */
function withDrafts(kept: readonly OpenTab[], drafts: readonly RequestDraft[]): readonly OpenTab[] {
  const fromDraft = (draft: RequestDraft): RequestTab => ({
    ...newRequestTab(draft.id, draft, draft.request),
    revision: draft.baseRevision,
    isDirty: true,
  })
  const opened = kept.map((tab) => {
    const draft = drafts.find((one) => one.id === tab.id)
    return tab.kind === 'request' && draft !== undefined ? fromDraft(draft) : tab
  })
  const others = drafts.filter((draft) => !kept.some((tab) => tab.id === draft.id)).map(fromDraft)
  // A new request that was never typed in has neither file nor draft: there is nothing to show.
  return [...opened, ...others].filter(
    (tab) => tab.kind === 'view' || tab.path !== null || tab.request !== null,
  )
}
