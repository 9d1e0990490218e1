// What the tester's area, its sidebar and the features around it share: open tabs, what is under way, what is asked for. Made once, above the frame.
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react'
import type { CollectionId } from '#contract/requests/collection.ts'
import type { ApiRequest } from '#contract/requests/request.ts'
import { useCall, useHost, useHostEvent, type Host } from '../../host/host-provider.tsx'
import { createStore, useStore, type Store } from '../../host/store.ts'
import { useShell, type Shell } from '../../shell/shell.tsx'
import type { RequestDraft } from '#contract/capabilities/collections.ts'
import type { TesterAsk, TesterParts } from './parts.ts'
import { createSendController, type SendController, type SendState } from './send/send-controller.ts'
import { createSocketController, type SocketController } from './socket/socket-controller.ts'
import { keepTabs, readKeptTabs } from './tabs/kept-tabs.ts'
import { createRequestTabs, type RequestTabs } from './tabs/request-tabs.ts'

export interface RequestWorkbench {
  readonly tabs: RequestTabs
  readonly sends: SendController
  readonly sockets: SocketController
  readonly parts: TesterParts
  /** What a dialog is asked for; null for none. Who shows it sets it back to null. */
  readonly ask: Store<TesterAsk | null>
  /** Which part of a request or a response is shown, by tab: it stays when another tab is looked at. */
  readonly shownParts: Store<ReadonlyMap<string, string>>
  /** Rows of the tree that are not as they are at first: collections open, folders closed. */
  readonly toggled: Store<ReadonlySet<string>>
  /** Goes to the tester and opens the request of a file. */
  openFile(collectionId: CollectionId, path: string): void
  /** Goes to the tester and opens a request without a file, in a tab of its own. Gives the tab's id. */
  openRequest(request: ApiRequest, collectionId?: CollectionId | null): string
  /** Goes to the tester and opens a view. */
  openView(view: string, params: string, title: string): void
}

/** The area's id in the rail. */
export const REQUESTS_AREA = 'requests'

const WorkbenchContext = createContext<RequestWorkbench | null>(null)

export interface RequestWorkbenchProviderProps {
  readonly parts: TesterParts
  readonly children: ReactNode
}

/** Gives what is below one workbench, once the drafts are read. The shell has to be above. */
export function RequestWorkbenchProvider({ parts, children }: RequestWorkbenchProviderProps): ReactNode {
  const drafts = useCall(
    ['collections', 'drafts at start'],
    (host, options) => host.collections.drafts({}, options),
    { staleTime: Infinity },
  )
  // Without its drafts the tester still works: they stay with the host.
  const kept = drafts.data ?? (drafts.isError ? NO_DRAFTS : undefined)
  return kept === undefined ? null : (
    <WithDrafts parts={parts} drafts={kept}>
      {children}
    </WithDrafts>
  )
}

const NO_DRAFTS: readonly RequestDraft[] = []

function WithDrafts(props: RequestWorkbenchProviderProps & { readonly drafts: readonly RequestDraft[] }) {
  const host = useHost()
  const shell = useShell()
  const [workbench] = useState(() =>
    createRequestWorkbench({ host, shell, parts: props.parts, drafts: props.drafts }),
  )
  const { tabs } = workbench
  useHostEvent(
    (one) => one.collections.changed,
    ({ id, paths }) => {
      if (id !== null) void tabs.refresh(id, paths)
    },
  )
  useEffect(() => {
    const flush = (): void => void tabs.flush()
    window.addEventListener('blur', flush)
    window.addEventListener('pagehide', flush)
    return () => {
      window.removeEventListener('blur', flush)
      window.removeEventListener('pagehide', flush)
      flush()
    }
  }, [tabs])
  return <WorkbenchContext value={workbench}>{props.children}</WorkbenchContext>
}

function createRequestWorkbench(options: {
  readonly host: Host
  readonly shell: Shell
  readonly parts: TesterParts
  readonly drafts: readonly RequestDraft[]
}): RequestWorkbench {
  const { host, shell, parts, drafts } = options
  const kept = readKeptTabs(shell.layout.values.get())
  const newId = (): string => crypto.randomUUID()
  const tabs = createRequestTabs({
    host,
    initial: kept.tabs,
    activeId: kept.activeId,
    drafts,
    newId,
    onArranged(open, activeId) {
      for (const [name, value] of Object.entries(keepTabs(open, activeId))) shell.layout.set(name, value)
    },
    onFailure: (error) =>
      shell.notifications.notify({
        tone: 'danger',
        text: `What you typed could not be kept. ${error instanceof Error ? error.message : String(error)}`,
      }),
  })
  const go = (): void => shell.navigation.go({ area: REQUESTS_AREA })
  return {
    tabs,
    sends: createSendController({ host, newId, now: () => Date.now() }),
    sockets: createSocketController({ host, newId, now: () => Date.now() }),
    parts,
    ask: createStore<TesterAsk | null>(null),
    shownParts: createStore<ReadonlyMap<string, string>>(new Map()),
    toggled: createStore<ReadonlySet<string>>(new Set()),
    openFile(collectionId, path) {
      tabs.openFile(collectionId, path)
      go()
    },
    openRequest(request, collectionId = null) {
      const id = tabs.openNew(request, collectionId)
      go()
      return id
    },
    openView(view, params, title) {
      tabs.openView(view, params, title)
      go()
    },
  }
}

/** The workbench of the page. */
export function useRequestWorkbench(): RequestWorkbench {
  const workbench = useContext(WorkbenchContext)
  if (workbench === null) throw new Error('RequestWorkbenchProvider is missing above.')
  return workbench
}

/** Goes to the tester and asks it for something, from anywhere in the app; null where there is no tester. */
export function useAskTester(): ((ask: TesterAsk) => void) | null {
  const workbench = useContext(WorkbenchContext)
  const { navigation } = useShell()
  if (workbench === null) return null
  return (ask) => {
    navigation.go({ area: REQUESTS_AREA })
    workbench.ask.set(ask)
  }
}

/** What is asked for now, and how to say that it is done. For `TesterParts.dialogs`. */
export function useTesterAsk(): readonly [TesterAsk | null, (ask: TesterAsk | null) => void] {
  const { ask } = useRequestWorkbench()
  return [useStore(ask), ask.set]
}

/** Which part of a tab is shown, and how to show another; null until one was chosen, or when it is none of these. */
export function useShownPart<Part extends string>(
  name: string,
  parts: readonly { readonly id: Part }[],
): readonly [Part | null, (part: Part) => void] {
  const { shownParts } = useRequestWorkbench()
  const chosen = useStore(shownParts).get(name)
  return [
    parts.find(({ id }) => id === chosen)?.id ?? null,
    (part) => shownParts.update((before) => new Map([...before, [name, part]])),
  ]
}

/** What a tab's last sending has come to. */
export function useSendState(tabId: string): SendState | null {
  return useStore(useRequestWorkbench().sends.state(tabId))
}
