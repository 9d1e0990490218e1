// "Go to anything": asks the sources and the command registry, ranks, shows, runs.
import { ChevronRight, CircleHelp } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { PaletteDialog, type PaletteGroup } from '../components/palette-dialog.tsx'
import { createStore, useStore, type Store } from '../host/store.ts'
import type { Command } from './commands.ts'
import { bindingsOf } from './key-dispatch.ts'
import { keycaps } from './keymap.ts'
import { addRecent, rankItems, readRecent, type Ranked } from './palette-rank.ts'
import type { PaletteItem, PalettePrefix } from './palette-source.ts'
import { useShell, type Shell } from './shell.tsx'

/** Whether the palette is open, and what stands in its field. */
export type PaletteState = { readonly isOpen: false } | { readonly isOpen: true; readonly query: string }

/** Makes the palette's state, closed. */
export function createPaletteState(): Store<PaletteState> {
  return createStore<PaletteState>({ isOpen: false })
}

const PREFIXES = ['>', '#', '/', '!', '@', '?'] as const
const NOUNS: Readonly<Record<string, string>> = {
  '>': 'commands',
  '#': 'tables',
  '/': 'requests',
  '!': 'databases',
  '@': 'this tab',
  '?': 'help',
}
const MAX_ROWS_PER_GROUP = 30
const MAX_ROWS_WITHOUT_PREFIX = 8
const ALWAYS_THERE: readonly string[] = ['Anywhere', 'Tabs', 'Account']
const RECENT_NAME = 'palette.recent'

interface Found {
  readonly title: string
  readonly items: readonly Ranked<PaletteItem & { readonly caps?: readonly string[] }>[]
}

/** Everything that answers `input`, grouped: the best match of all first, then by source, commands last. */
function find(shell: Shell, input: string, recent: readonly string[]): readonly Found[] {
  const prefix = PREFIXES.find((one) => input.startsWith(one))
  const query = prefix === undefined ? input : input.slice(1)
  if (prefix === '?') return [{ title: 'What you can type', items: help(shell) }]
  const limit = prefix === undefined ? MAX_ROWS_WITHOUT_PREFIX : MAX_ROWS_PER_GROUP
  const groups: Found[] = []
  const wantsSource = (source: PalettePrefix): boolean =>
    prefix === undefined ? query !== '' || source === '!' : source === prefix
  for (const source of shell.palette.all.get()) {
    if (!wantsSource(source.prefix)) continue
    groups.push({ title: source.title, items: rankItems(query, source.items(query), recent) })
  }
  if (prefix === undefined || prefix === '>')
    groups.push({ title: 'Commands', items: rankItems(query, commandItems(shell), recent) })
  const full = groups.filter((group) => group.items.length > 0)
  if (prefix !== undefined) return full.map((group) => ({ ...group, items: group.items.slice(0, limit) }))
  if (query === '') return withRecent(full, recent, limit)
  const best = full.flatMap((group) => group.items.slice(0, 1)).sort((a, b) => a.rank.tier - b.rank.tier)[0]
  if (best === undefined) return []
  return [
    { title: 'Best match', items: [best] },
    ...full
      .map((group) => ({ ...group, items: group.items.filter((one) => one !== best).slice(0, limit) }))
      .filter((group) => group.items.length > 0),
  ]
}

/** Nothing typed: what was used lately, then the rest. */
function withRecent(groups: readonly Found[], recent: readonly string[], limit: number): readonly Found[] {
  const all = groups.flatMap((group) => group.items)
  const lately = recent
    .map((id) => all.find((one) => one.item.id === id))
    .filter((one) => one !== undefined)
    .slice(0, 5)
  const rest = groups.map((group) => ({
    ...group,
    items: group.items.filter((one) => !lately.includes(one)).slice(0, limit),
  }))
  return [{ title: 'Recent', items: lately }, ...rest].filter((group) => group.items.length > 0)
}

function commandItems(shell: Shell): readonly (PaletteItem & { readonly caps: readonly string[] })[] {
  const environment = shell.keys.get()
  // What belongs to the page that is open comes before what is always there.
  const isAlwaysThere = (command: Command): boolean => ALWAYS_THERE.includes(command.group)
  const commands = shell.commands.applicable().filter((command) => command.isHidden !== true)
  return [...commands.filter((command) => !isAlwaysThere(command)), ...commands.filter(isAlwaysThere)].map(
    (command) => {
      const binding = bindingsOf(command, environment)[0]
      return {
        id: `command:${command.id}`,
        title: command.title,
        kind: 'Command',
        icon: command.icon ?? ChevronRight,
        keywords: [command.group],
        caps: binding === undefined ? [] : keycaps(binding, environment.platform),
        run: () => void shell.commands.run(command.id),
      }
    },
  )
}

function help(shell: Shell): Found['items'] {
  const lines: readonly (readonly [string, string])[] = [
    ['>', 'Run a command'],
    ['#', 'Go to a table, view or function'],
    ['/', 'Go to an API request'],
    ['!', 'Go to a project or connection'],
    ...(shell.palette.all.get().some((source) => source.prefix === '@')
      ? [['@', 'Go to a place in this tab'] as const]
      : []),
  ]
  return lines.map(([prefix, title]) => ({
    rank: { tier: 0, matches: [] },
    item: { id: `help:${prefix}`, title, kind: '', icon: CircleHelp, caps: [prefix], run: () => undefined },
  }))
}

/** The palette. Mount it once in the frame. */
export function Palette({ state }: { readonly state: Store<PaletteState> }): ReactNode {
  const shell = useShell()
  const current = useStore(state)
  const keptRecent = useStore(shell.layout.values)[RECENT_NAME]
  // Sources and commands come and go while it is open.
  useStore(shell.palette.all)
  useStore(shell.commands.all)
  const [activeIndex, setActiveIndex] = useState(0)
  const query = current.isOpen ? current.query : ''
  const recentText = typeof keptRecent === 'string' ? keptRecent : ''
  const found = current.isOpen ? find(shell, query, readRecent(recentText, new Date())) : []
  const groups: readonly PaletteGroup[] = found.map((group) => ({
    title: group.title,
    rows: group.items.map(({ item, rank }) => ({ ...item, matches: rank.matches })),
  }))
  const shown = found.reduce((count, group) => count + group.items.length, 0)
  const setQuery = (next: string): void => {
    setActiveIndex(0)
    state.set({ isOpen: true, query: next })
  }
  const close = (): void => {
    setActiveIndex(0)
    state.set({ isOpen: false })
  }
  const platform = useStore(shell.keys).platform
  return (
    <PaletteDialog
      isOpen={current.isOpen}
      onClose={close}
      query={query}
      onQueryChange={setQuery}
      groups={groups}
      activeIndex={Math.min(activeIndex, Math.max(0, shown - 1))}
      onActiveIndexChange={setActiveIndex}
      onRun={(id, options) => {
        const item = found.flatMap((group) => group.items).find((one) => one.item.id === id)?.item
        if (item === undefined) return
        if (id.startsWith('help:')) return setQuery(id.slice('help:'.length))
        shell.layout.set(RECENT_NAME, addRecent(recentText, id, new Date()))
        close()
        item.run(options)
      }}
      prefixes={['>', '#', '/', '!', '?'].map((prefix) => ({ prefix, noun: NOUNS[prefix] ?? '' }))}
      modCap={keycaps('Mod', platform)[0] ?? ''}
      summary={`${shown} ${shown === 1 ? 'result' : 'results'}, from this machine`}
      emptyText={`Nothing here is called “${query.replace(/^[>#/!@]/, '').trim()}”.`}
    />
  )
}
