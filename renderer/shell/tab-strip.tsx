// The strip of the current tab host: select, close, reorder, a list of all when they do not fit.
import { ChevronDown, Circle, CircleAlert, Clock, GitCommitVertical, Plus, X } from 'lucide-react'
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { IconButton } from '../components/button.tsx'
import { classNames } from '../components/class-names.ts'
import { MenuButton } from '../components/menu.tsx'
import { Spinner } from '../components/spinner.tsx'
import { useStore } from '../host/store.ts'
import { useCaps } from './command-hint.tsx'
import { useShell } from './shell.tsx'
import type { TabHost, TabView } from './tabs.ts'

const MAX_TITLE = 26

/** Cuts a long title in its middle, so that its ending stays: `film_revenue…q.sql`. */
export function cutMiddle(title: string, max = MAX_TITLE): string {
  if (title.length <= max) return title
  const tail = Math.floor(max / 4)
  return `${title.slice(0, max - tail - 1)}…${title.slice(-tail)}`
}

/** Draws the strip. Arrow keys move between tabs, Delete closes one, the middle button too. */
export function TabStrip({ host }: { readonly host: TabHost }): ReactNode {
  const tabs = useStore(host.tabs)
  const activeId = useStore(host.activeId)
  const list = useRef<HTMLDivElement>(null)
  const [dragged, setDragged] = useState<string | null>(null)
  const [overflows, setOverflows] = useState(false)
  const createCaps = useCaps('tab.create')

  useEffect(() => {
    const element = list.current
    if (element === null) return undefined
    const measure = (): void => setOverflows(element.scrollWidth > element.clientWidth + 1)
    // The observer tells of the first size too, once the frame is laid out: asking here would lay out the page a second time, at every step of a run.
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [tabs])
  useEffect(() => {
    list.current
      ?.querySelector('[aria-selected="true"]')
      ?.scrollIntoView({ inline: 'nearest', block: 'nearest' })
  }, [activeId])

  const onKeyDown = (event: KeyboardEvent, index: number): void => {
    const to =
      event.key === 'ArrowRight'
        ? index + 1
        : event.key === 'ArrowLeft'
          ? index - 1
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? tabs.length - 1
              : undefined
    const target = to === undefined ? undefined : tabs[(to + tabs.length) % tabs.length]
    if (target !== undefined) {
      event.preventDefault()
      host.select(target.id)
      list.current?.querySelectorAll<HTMLElement>('[role="tab"]')[tabs.indexOf(target)]?.focus()
    } else if (event.key === 'Delete') {
      const tab = tabs[index]
      if (tab !== undefined) host.close(tab.id)
    }
  }

  return (
    <div className="flex h-34 flex-none items-stretch border-b border-line-1 bg-s0" data-region="tabs">
      <div
        ref={list}
        role="tablist"
        aria-label="Open tabs"
        className="flex min-w-0 items-stretch overflow-x-auto [scrollbar-width:none]"
      >
        {tabs.map((tab, index) => (
          <TabButton
            key={tab.id}
            tab={tab}
            isActive={tab.id === activeId}
            onSelect={() => host.select(tab.id)}
            onRename={() => host.rename?.(tab.id)}
            onClose={() => host.close(tab.id)}
            onKeyDown={(event) => onKeyDown(event, index)}
            onDragStart={() => setDragged(tab.id)}
            onDrop={() => {
              if (dragged !== null && dragged !== tab.id) host.move(dragged, index)
              setDragged(null)
            }}
          />
        ))}
      </div>
      <div className="flex flex-none items-center px-4">
        <IconButton icon={Plus} label={`New ${host.noun}`} caps={createCaps} onPress={() => host.create()} />
      </div>
      {overflows ? (
        <div className="ml-auto flex flex-none items-center px-4">
          <MenuButton
            label="All tabs"
            placement="bottom end"
            entries={tabs.map((tab) => ({
              id: tab.id,
              label: tab.title,
              icon: tab.icon,
              isCurrent: tab.id === activeId,
              onAction: () => host.select(tab.id),
            }))}
          >
            <IconButton icon={ChevronDown} label="All tabs" />
          </MenuButton>
        </div>
      ) : null}
    </div>
  )
}

interface TabButtonProps {
  readonly tab: TabView
  readonly isActive: boolean
  readonly onSelect: () => void
  readonly onRename: () => void
  readonly onClose: () => void
  readonly onKeyDown: (event: KeyboardEvent) => void
  readonly onDragStart: () => void
  readonly onDrop: () => void
}

function TabButton({ tab, isActive, ...on }: TabButtonProps): ReactNode {
  return (
    <button
      type="button"
      role="tab"
      aria-selected={isActive}
      tabIndex={isActive ? 0 : -1}
      title={tab.description ?? tab.title}
      draggable
      onDragStart={on.onDragStart}
      onDragOver={(event) => event.preventDefault()}
      onDrop={on.onDrop}
      onClick={on.onSelect}
      onDoubleClick={on.onRename}
      onAuxClick={(event) => {
        if (event.button === 1) on.onClose()
      }}
      onKeyDown={on.onKeyDown}
      className={classNames(
        'group relative flex max-w-240 flex-none items-center gap-7 border-r border-line-1 pr-8 pl-12 text-small whitespace-nowrap focus-visible:outline-offset-[-2px]',
        isActive
          ? 'bg-s1 text-1 after:absolute after:inset-x-0 after:top-0 after:h-2 after:bg-accent-text'
          : 'text-2 hover:bg-hover hover:text-1',
      )}
    >
      <TabMark tab={tab} />
      <span>{cutMiddle(tab.title)}</span>
      {tab.chip === undefined ? null : (
        <span className="inline-flex h-18 items-center rounded-badge border border-env/45 px-6 text-micro text-env">
          {tab.chip}
        </span>
      )}
      {tab.isDirty ? <span className="sr-only">, not saved</span> : null}
      <span
        aria-hidden="true"
        onClick={(event) => {
          event.stopPropagation()
          on.onClose()
        }}
        className="flex size-18 items-center justify-center rounded-control text-3 hover:bg-active hover:text-1"
      >
        {tab.isDirty ? (
          <>
            <Circle size={8} fill="currentColor" strokeWidth={0} className="text-2 group-hover:hidden" />
            <X size={13} strokeWidth={1.75} className="hidden group-hover:block" />
          </>
        ) : (
          <X size={13} strokeWidth={1.75} className={isActive ? '' : 'opacity-0 group-hover:opacity-100'} />
        )}
      </span>
    </button>
  )
}

const MARK_WORDS = {
  none: '',
  running: 'running',
  transaction: 'open transaction',
  snapshot: 'snapshot',
  error: 'failed',
} as const

function TabMark({ tab }: { readonly tab: TabView }): ReactNode {
  const Icon = tab.icon
  const mark =
    tab.marker === 'running' ? (
      <Spinner />
    ) : tab.marker === 'transaction' ? (
      <GitCommitVertical aria-hidden="true" size={14} strokeWidth={1.75} className="text-warning" />
    ) : tab.marker === 'snapshot' ? (
      <Clock aria-hidden="true" size={14} strokeWidth={1.75} className="text-3" />
    ) : tab.marker === 'error' ? (
      <CircleAlert aria-hidden="true" size={14} strokeWidth={1.75} className="text-danger" />
    ) : (
      (tab.lead ?? <Icon aria-hidden="true" size={14} strokeWidth={1.75} className="text-3" />)
    )
  return (
    <>
      {mark}
      {tab.marker === 'none' ? null : <span className="sr-only">{MARK_WORDS[tab.marker]}: </span>}
    </>
  )
}

/** The strip of whatever tab host is lent to the shell now; nothing when there is none. */
export function CurrentTabStrip(): ReactNode {
  const host = useStore(useShell().tabHost)
  return host === null ? null : <TabStrip host={host} />
}
