// The shell's extension points in one object, and the hooks by which features use them.
import {
  createContext,
  useContext,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useMemo,
  useRef,
  type ReactNode,
} from 'react'
import type { ConnectionId } from '#contract/capabilities/ids.ts'
import { createStore, useStore, type Store } from '../host/store.ts'
import { createCommandRegistry, type Command, type CommandRegistry } from './commands.ts'
import type { KeyEnvironment } from './key-dispatch.ts'
import { bindingsOf } from './key-dispatch.ts'
import { createLayoutKeeper, type Layout, type LayoutKeeper } from './layout.ts'
import { createNavigation, type Location, type Navigation } from './navigation.ts'
import { createNotifications, type Notifications } from './notifications.ts'
import { createPaletteSources, type PaletteSource, type PaletteSources } from './palette-source.ts'
import type { Scope } from './scope.ts'
import { createSqlRequests, type SqlRequest, type SqlRequests } from './sql-requests.ts'
import type { TabHost } from './tabs.ts'

export interface Shell {
  readonly commands: CommandRegistry
  readonly keys: Store<KeyEnvironment>
  readonly navigation: Navigation
  readonly layout: LayoutKeeper
  readonly notifications: Notifications
  readonly palette: PaletteSources
  readonly sqlRequests: SqlRequests
  readonly scope: Store<Scope | null>
  readonly tabHost: Store<TabHost | null>
  /** The elements that StatusSegment, Inspector and Banner render into. */
  readonly slots: Store<ShellSlots>
  /** How many Inspectors are shown now: the pane takes room only when there is one. */
  readonly inspectorCount: Store<number>
  /** Goes to the SQL area and opens something there. */
  openSql(request: SqlRequest): void
  /** A table or view whose structure is to be edited: an open design of its connection takes it. */
  readonly structureRequest: Store<StructureRequest | null>
  /** Goes to the designer and opens the table or view there. */
  openStructure(request: StructureRequest): void
}

export interface StructureRequest {
  readonly connectionId: ConnectionId
  readonly schema: string
  readonly name: string
}

export interface ShellSlots {
  readonly statusLeft: HTMLElement | null
  readonly statusRight: HTMLElement | null
  readonly inspector: HTMLElement | null
  readonly banners: HTMLElement | null
}

export interface ShellOptions {
  readonly keys: KeyEnvironment
  readonly layout: Layout
  readonly location: Location
  readonly saveLayout: (layout: Layout) => void
  readonly now: () => Date
}

/** Makes the shell's state. One per page. */
export function createShell(options: ShellOptions): Shell {
  const notifications = createNotifications(options.now)
  const navigation = createNavigation(options.location)
  const sqlRequests = createSqlRequests()
  const structureRequest = createStore<StructureRequest | null>(null)
  return {
    commands: createCommandRegistry((command, error) =>
      notifications.notify({
        tone: 'danger',
        text: `${command.title}: ${error instanceof Error ? error.message : String(error)}`,
      }),
    ),
    keys: createStore(options.keys),
    navigation,
    layout: createLayoutKeeper(options.layout, options.saveLayout),
    notifications,
    palette: createPaletteSources(),
    sqlRequests,
    scope: createStore<Scope | null>(null),
    tabHost: createStore<TabHost | null>(null),
    slots: createStore<ShellSlots>({ statusLeft: null, statusRight: null, inspector: null, banners: null }),
    inspectorCount: createStore(0),
    structureRequest,
    openStructure(request) {
      structureRequest.set(request)
      navigation.go({ area: 'designer', id: request.connectionId })
    },
    openSql(request) {
      sqlRequests.send(request)
      navigation.go({ area: 'sql' })
    },
  }
}

const ShellContext = createContext<Shell | null>(null)
const AreaContext = createContext<{ readonly id: string; readonly isVisible: boolean }>({
  id: '',
  isVisible: true,
})

/** Gives the tree below it the shell. */
export function ShellProvider({ shell, children }: { shell: Shell; children: ReactNode }): ReactNode {
  return <ShellContext value={shell}>{children}</ShellContext>
}

/** Tells what is below which area it is in and whether that is shown. Only the frame uses it. */
export function AreaProvider(props: { id: string; isVisible: boolean; children: ReactNode }): ReactNode {
  const value = useMemo(() => ({ id: props.id, isVisible: props.isVisible }), [props.id, props.isVisible])
  return <AreaContext value={value}>{props.children}</AreaContext>
}

/** The shell. */
export function useShell(): Shell {
  const shell = useContext(ShellContext)
  if (shell === null) throw new Error('ShellProvider is missing above.')
  return shell
}

/** Whether the area that the component is in is the one shown. */
export function useIsAreaVisible(): boolean {
  return useContext(AreaContext).isVisible
}

/** Where the person is. */
export function useLocation(): Location {
  return useStore(useShell().navigation.location)
}

/**
 * Registers commands while the component is mounted and its area is shown. The list may be made anew at each render: `run` and `when` are always
 * those of the last one.
 */
export function useCommands(list: readonly Command[]): void {
  const { commands } = useShell()
  const isVisible = useIsAreaVisible()
  const signature = list.map(({ id, title, keys }) => `${id}\t${title}\t${keys?.join(',') ?? ''}`).join('\n')
  // Read when a key is pressed and while the palette is drawn, so it cannot be an effect event.
  const latest = useRef(list)
  useLayoutEffect(() => {
    latest.current = list
  })
  useEffect(() => {
    if (!isVisible) return undefined
    const current = (id: string): Command | undefined => latest.current.find((command) => command.id === id)
    return commands.register(
      latest.current.map((command) => ({
        ...command,
        when: () => current(command.id)?.when?.() ?? true,
        run: () => current(command.id)?.run(),
      })),
    )
  }, [commands, isVisible, signature])
}

/** The binding to show for a command, undefined when it has none. */
export function useBinding(commandId: string): string | undefined {
  const { commands, keys } = useShell()
  const command = useStore(commands.all).get(commandId)
  const environment = useStore(keys)
  return command === undefined ? undefined : bindingsOf(command, environment)[0]
}

/** Says what the person works on while the area is shown; null when nothing particular. */
export function useScope(scope: Scope | null): void {
  const shell = useShell()
  const isVisible = useIsAreaVisible()
  useEffect(() => {
    if (!isVisible) return undefined
    shell.scope.set(scope)
    return () => {
      if (shell.scope.get() === scope) shell.scope.set(null)
    }
  }, [shell, isVisible, scope])
}

/** Lends the area's tabs to the shell while the area is shown. */
export function useTabHost(host: TabHost): void {
  const shell = useShell()
  const isVisible = useIsAreaVisible()
  useEffect(() => {
    if (!isVisible) return undefined
    shell.tabHost.set(host)
    return () => {
      if (shell.tabHost.get() === host) shell.tabHost.set(null)
    }
  }, [shell, isVisible, host])
}

/** Adds a source to "Go to anything" while the component is mounted. */
export function usePaletteSource(source: PaletteSource): void {
  const { palette } = useShell()
  useEffect(() => palette.add(source), [palette, source])
}

/** Serves requests to open SQL. Only the SQL area uses it. */
export function useSqlRequests(handler: (request: SqlRequest) => void): void {
  const { sqlRequests } = useShell()
  const handle = useEffectEvent(handler)
  useEffect(() => sqlRequests.serve((request) => handle(request)), [sqlRequests])
}
