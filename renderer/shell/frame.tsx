// The window's anatomy: environment line, title bar, rail, sidebar, content, inspector, status bar.
import { Search } from 'lucide-react'
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { environmentWord } from '../components/badge.tsx'
import { classNames } from '../components/class-names.ts'
import { ErrorBoundary } from '../components/error-boundary.tsx'
import { KeyboardHint } from '../components/keyboard-hint.tsx'
import { Splitter } from '../components/splitter.tsx'
import { ToastRegion } from '../components/toast.tsx'
import { useStore } from '../host/store.ts'
import { ActivityRail } from './activity-rail.tsx'
import type { Area } from './areas.ts'
import { useCaps } from './command-hint.tsx'
import { createKeyDispatcher, isTypingTarget } from './key-dispatch.ts'
import { createPaletteState, Palette } from './palette.tsx'
import { rememberFocus } from './regions.ts'
import { shellCommands } from './shell-commands.tsx'
import { AreaProvider, useCommands, useLocation, useShell, type ShellSlots } from './shell.tsx'
import { ShortcutList } from './shortcut-list.tsx'
import { CurrentTabStrip } from './tab-strip.tsx'
import { useInspector } from './use-inspector.ts'
import { useLayoutFlag, useLayoutNumber } from './use-layout.ts'

export interface FrameProps {
  readonly areas: readonly Area[]
  /** Left end of the title bar: what is open, and how to switch. */
  readonly titleLeft: ReactNode
  /** Right end: connectivity, notifications, account. */
  readonly titleRight: ReactNode
  /** Segments that every area shows, at the ends of the status bar. */
  readonly statusLeft?: ReactNode
  readonly statusRight?: ReactNode
  /** Above the content of every area. */
  readonly banners?: ReactNode
  /** Shown instead of the areas, without rail and sidebar (welcome). */
  readonly children?: ReactNode
}

/** The whole window. Mount it once. */
export function Frame(props: FrameProps): ReactNode {
  const shell = useShell()
  const location = useLocation()
  const palette = useMemo(() => createPaletteState(), [])
  const [areShortcutsShown, setAreShortcutsShown] = useState(false)
  const [isSidebarShown, setIsSidebarShown] = useLayoutFlag('sidebar.shown', true)
  const scope = useStore(shell.scope)
  const { platform, isBrowser } = useStore(shell.keys)
  const isInset = platform === 'mac' && !isBrowser
  const toasts = useStore(shell.notifications.toasts)
  const area = props.areas.find((one) => one.id === location.area) ?? props.areas[0]
  const [isInspectorShown, setIsInspectorShown] = useInspector(area?.inspectorWaits ?? false)
  useKeys()
  useEffect(() => rememberFocus(document), [])
  useCommands(
    shellCommands({
      shell,
      areas: props.children === undefined ? props.areas : [],
      palette,
      toggleSidebar: () => setIsSidebarShown(!isSidebarShown),
      toggleInspector: () => setIsInspectorShown(!isInspectorShown),
      showShortcuts: () => setAreShortcutsShown(true),
    }),
  )

  return (
    <div data-env={scope?.environment ?? 'local'} className="flex h-full flex-col bg-s0 text-1">
      <div
        className={classNames('h-2 flex-none', scope?.isSnapshot === true ? 'environment-hatch' : 'bg-env')}
      />
      <header
        data-region="title"
        data-window-drag=""
        className={classNames(
          'relative flex h-40 flex-none items-center gap-6 border-b border-line-1 pr-10',
          // Electron on macOS draws the window's lights over the left end.
          isInset ? 'pl-84' : 'pl-12',
        )}
      >
        {props.titleLeft}
        <PaletteField onOpen={() => palette.set({ isOpen: true, query: '' })} />
        <span className="min-w-0 flex-1" />
        {props.titleRight}
      </header>
      <div className="flex min-h-0 flex-1">
        {props.children === undefined && area !== undefined ? (
          <>
            <ActivityRail areas={props.areas} current={area.id} />
            <Sidebar area={area} isShown={isSidebarShown} onCollapse={() => setIsSidebarShown(false)} />
            <main data-region="content" className="flex min-w-0 flex-1 flex-col bg-s1">
              <CurrentTabStrip />
              {props.banners}
              <Slot name="banners" className="contents" />
              <AreaContents areas={props.areas} current={area.id} />
            </main>
            <InspectorPane area={area} isShown={isInspectorShown} />
          </>
        ) : (
          <main data-region="content" className="flex min-w-0 flex-1 flex-col bg-s1">
            {props.children}
          </main>
        )}
      </div>
      <footer
        data-region="status"
        aria-label="Status"
        className="flex h-24 flex-none items-center border-t border-line-1 text-micro text-2 tabular-nums"
      >
        {scope === null ? null : (
          <button
            type="button"
            title="Switch project or connection"
            onClick={() => palette.set({ isOpen: true, query: '!' })}
            className="flex h-23 items-center gap-5 bg-env-soft px-9 text-env focus-visible:outline-offset-[-2px]"
          >
            {environmentWord(scope.environment)}
          </button>
        )}
        {props.statusLeft}
        <Slot name="statusLeft" className="flex min-w-0 items-center overflow-hidden" />
        <span className="min-w-0 flex-1" />
        <Slot name="statusRight" className="flex flex-none items-center" />
        {props.statusRight}
      </footer>
      <Palette state={palette} />
      <ShortcutList isOpen={areShortcutsShown} onClose={() => setAreShortcutsShown(false)} />
      <ToastRegion toasts={toasts} onDismiss={(id) => shell.notifications.dismiss(id)} />
    </div>
  )
}

function PaletteField({ onOpen }: { readonly onOpen: () => void }): ReactNode {
  const caps = useCaps('palette.open')
  return (
    <button
      type="button"
      onClick={onOpen}
      aria-label="Go to anything"
      className="absolute left-1/2 flex h-26 w-400 -translate-x-1/2 items-center gap-8 rounded-control border border-line-2 bg-s1 pr-4 pl-8 text-small text-3 hover:bg-hover max-[1040px]:static max-[1040px]:ml-auto max-[1040px]:w-26 max-[1040px]:translate-x-0 max-[1040px]:justify-center max-[1040px]:border-transparent max-[1040px]:bg-transparent max-[1040px]:p-0"
    >
      <Search aria-hidden="true" size={14} strokeWidth={1.75} />
      <span className="flex-1 text-left max-[1040px]:hidden">Go to anything</span>
      <span className="max-[1040px]:hidden">{caps === undefined ? null : <KeyboardHint caps={caps} />}</span>
    </button>
  )
}

/** Lends an element to what is rendered elsewhere (StatusSegment, Inspector, BannerSlot). */
function Slot(props: { readonly name: keyof ShellSlots; readonly className: string }): ReactNode {
  const { slots } = useShell()
  const element = useRef<HTMLDivElement>(null)
  const name = props.name
  useEffect(() => {
    slots.update((before) => ({ ...before, [name]: element.current }))
    return () => slots.update((before) => ({ ...before, [name]: null }))
  }, [slots, name])
  return <div ref={element} className={props.className} />
}

function AreaContents(props: { readonly areas: readonly Area[]; readonly current: string }): ReactNode {
  return props.areas.map((area) => {
    const isVisible = area.id === props.current
    if (!isVisible && area.isKeptAlive !== true) return null
    return (
      <AreaProvider key={area.id} id={area.id} isVisible={isVisible}>
        <div hidden={!isVisible} className={isVisible ? 'flex min-h-0 flex-1 flex-col' : undefined}>
          {/* An area of tabs has no page title of its own. */}
          {area.isKeptAlive === true ? <h1 className="sr-only">{area.title}</h1> : null}
          <ErrorBoundary what={area.title}>
            <area.Content />
          </ErrorBoundary>
        </div>
      </AreaProvider>
    )
  })
}

const SIDEBAR = { standard: 248, min: 200, max: 480, collapseBelow: 160 } as const

function Sidebar(props: {
  readonly area: Area
  readonly isShown: boolean
  readonly onCollapse: () => void
}): ReactNode {
  const { area, isShown } = props
  const [width, setWidth] = useLayoutNumber(`sidebar.${area.id}`, area.sidebarWidth ?? SIDEBAR.standard)
  const location = useLocation()
  if (area.Sidebar === undefined || !isShown || area.showsSidebar?.(location) === false) return null
  return (
    <aside data-region="sidebar" aria-label={area.title} className="flex min-h-0 flex-none bg-s0">
      <div style={{ width }} className="flex min-h-0 flex-none flex-col overflow-hidden">
        <AreaProvider id={area.id} isVisible>
          <ErrorBoundary key={area.id} what={area.title}>
            <area.Sidebar />
          </ErrorBoundary>
        </AreaProvider>
      </div>
      <Splitter
        label="Width of the sidebar"
        orientation="vertical"
        value={width}
        min={SIDEBAR.min}
        max={SIDEBAR.max}
        standard={area.sidebarWidth ?? SIDEBAR.standard}
        onChange={setWidth}
        collapseBelow={SIDEBAR.collapseBelow}
        onCollapse={props.onCollapse}
      />
    </aside>
  )
}

const INSPECTOR = { standard: 304, min: 280, max: 480 } as const

function InspectorPane(props: { readonly area: Area; readonly isShown: boolean }): ReactNode {
  const { area, isShown } = props
  const standard = area.inspectorWidth ?? INSPECTOR.standard
  const [width, setWidth] = useLayoutNumber(
    area.inspectorWidth === undefined ? 'inspector.width' : `inspector.${area.id}`,
    standard,
  )
  const { inspectorCount } = useShell()
  const hasContents = useStore(inspectorCount) > 0
  const isOpen = isShown && hasContents
  return (
    <aside
      data-region="inspector"
      aria-label="Inspector"
      className={
        isOpen
          ? 'flex min-h-0 flex-none bg-s0 max-wide:absolute max-wide:right-0 max-wide:z-30 max-wide:h-[calc(100%-66px)] max-wide:shadow-overlay'
          : 'hidden'
      }
    >
      <Splitter
        label="Width of the inspector"
        orientation="vertical"
        isReversed
        value={width}
        min={INSPECTOR.min}
        max={INSPECTOR.max}
        standard={standard}
        onChange={setWidth}
      />
      <div style={{ width }} className="flex min-h-0 flex-col overflow-hidden">
        <Slot name="inspector" className="flex min-h-0 flex-1 flex-col" />
      </div>
    </aside>
  )
}

/** Binds the keys, before Monaco and the grid see them. */
function useKeys(): void {
  const shell = useShell()
  useEffect(() => {
    const dispatcher = createKeyDispatcher(shell.commands, shell.keys.get)
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.isComposing || event.defaultPrevented || isRecordingKeys(event.target)) return
      const outcome = dispatcher.press(event, {
        isTyping: isTypingTarget(event.target),
        isInDialog: document.querySelector('[data-modal]') !== null,
      })
      if (outcome === 'none') return
      event.preventDefault()
      if (outcome === 'handled') event.stopPropagation()
    }
    window.addEventListener('keydown', onKeyDown, true)
    return () => window.removeEventListener('keydown', onKeyDown, true)
  }, [shell])
}

/** A control that takes the next keys as a binding must get them all. */
function isRecordingKeys(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[data-records-keys]') !== null
}
