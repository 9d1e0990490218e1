// The commands that are always there: palette, areas, panes, regions, tabs, theme.
import {
  Keyboard,
  PanelLeft,
  PanelRight,
  Search,
  Settings as SettingsIcon,
  SquareTerminal,
} from 'lucide-react'
import type { Store } from '../host/store.ts'
import type { Area } from './areas.ts'
import type { Command } from './commands.ts'
import type { PaletteState } from './palette.tsx'
import { cycleRegion, focusTree } from './regions.ts'
import type { Shell } from './shell.tsx'
import type { TabHost } from './tabs.ts'

export interface ShellCommandParts {
  readonly shell: Shell
  readonly areas: readonly Area[]
  readonly palette: Store<PaletteState>
  readonly toggleSidebar: () => void
  readonly toggleInspector: () => void
  readonly showShortcuts: () => void
}

const ANYWHERE = 'Anywhere'
const TABS = 'Tabs'
const MAX_NUMBERED = 9

/** Makes them for the frame. */
export function shellCommands(parts: ShellCommandParts): readonly Command[] {
  const { shell, areas, palette } = parts
  const openPalette = (query: string) => () => palette.set({ isOpen: true, query })
  const top = areas.filter((area) => area.placement === 'top')
  return [
    {
      id: 'palette.open',
      title: 'Go to anything',
      group: ANYWHERE,
      icon: Search,
      keys: ['Mod+P'],
      isHidden: true,
      run: openPalette(''),
    },
    {
      id: 'palette.commands',
      title: 'Run a command',
      group: ANYWHERE,
      keys: ['Mod+Shift+P', 'F1'],
      isHidden: true,
      run: openPalette('>'),
    },
    {
      id: 'palette.databases',
      title: 'Switch project or connection',
      group: ANYWHERE,
      keys: ['Mod+O'],
      run: openPalette('!'),
    },
    ...top.map((area, index) => ({
      id: `area.${area.id}`,
      title: `Go to ${area.title}`,
      group: ANYWHERE,
      icon: area.icon,
      keys: [`Mod+${index + 1}`],
      run: () => shell.navigation.enter(area.id),
    })),
    {
      id: 'area.settings',
      title: 'Open settings',
      group: ANYWHERE,
      icon: SettingsIcon,
      keys: ['Mod+,'],
      run: () => shell.navigation.go({ area: 'settings' }),
    },
    {
      id: 'shortcuts.show',
      title: 'Show keyboard shortcuts',
      group: ANYWHERE,
      icon: Keyboard,
      keys: ['?', 'Mod+K Mod+S'],
      run: parts.showShortcuts,
    },
    {
      id: 'sidebar.toggle',
      title: 'Show or hide the sidebar',
      group: ANYWHERE,
      icon: PanelLeft,
      keys: ['Mod+B'],
      run: parts.toggleSidebar,
    },
    {
      id: 'inspector.toggle',
      title: 'Show or hide the inspector',
      group: ANYWHERE,
      icon: PanelRight,
      keys: ['Mod+Alt+B'],
      run: parts.toggleInspector,
    },
    {
      id: 'sidebar.focus',
      title: 'Focus the tree',
      group: ANYWHERE,
      keys: ['Mod+Shift+E'],
      isHidden: true,
      run: () => void focusTree(document),
    },
    {
      id: 'region.next',
      title: 'Next region',
      group: ANYWHERE,
      keys: ['F6'],
      isHidden: true,
      run: () => void cycleRegion(document, 1),
    },
    {
      id: 'region.previous',
      title: 'Previous region',
      group: ANYWHERE,
      keys: ['Shift+F6'],
      isHidden: true,
      run: () => void cycleRegion(document, -1),
    },
    ...tabCommands(shell),
  ]
}

function tabCommands(shell: Shell): readonly Command[] {
  const withHost = (act: (host: TabHost) => void) => () => {
    const host = shell.tabHost.get()
    if (host !== null) act(host)
  }
  const hasTabs = (): boolean => shell.tabHost.get() !== null
  const step = (by: number) =>
    withHost((host) => {
      const tabs = host.tabs.get()
      const at = tabs.findIndex((tab) => tab.id === host.activeId.get())
      const next = tabs[(at + by + tabs.length) % tabs.length]
      if (next !== undefined) host.select(next.id)
    })
  return [
    {
      id: 'tab.create',
      title: 'New SQL tab',
      group: TABS,
      icon: SquareTerminal,
      keys: ['Mod+T', 'Alt+T'],
      run: () => {
        const host = shell.tabHost.get()
        if (host === null) shell.openSql({ connectionId: shell.scope.get()?.id ?? null })
        else host.create()
      },
    },
    {
      id: 'tab.close',
      title: 'Close tab',
      group: TABS,
      keys: ['Mod+W', 'Alt+W'],
      when: () => typeof shell.tabHost.get()?.activeId.get() === 'string',
      run: withHost((host) => {
        const id = host.activeId.get()
        if (id !== null) host.close(id)
      }),
    },
    {
      id: 'tab.reopen',
      title: 'Reopen closed tab',
      group: TABS,
      keys: ['Mod+Shift+T', 'Alt+Shift+T'],
      when: hasTabs,
      run: withHost((host) => host.reopen()),
    },
    {
      id: 'tab.next',
      title: 'Next tab',
      group: TABS,
      keys: ['Ctrl+Tab', 'Mod+PageDown', 'Alt+PageDown'],
      when: hasTabs,
      isHidden: true,
      run: step(1),
    },
    {
      id: 'tab.previous',
      title: 'Previous tab',
      group: TABS,
      keys: ['Ctrl+Shift+Tab', 'Mod+PageUp', 'Alt+PageUp'],
      when: hasTabs,
      isHidden: true,
      run: step(-1),
    },
    ...Array.from({ length: MAX_NUMBERED }, (_, index) => ({
      id: `tab.${index + 1}`,
      title: `Tab ${index + 1}`,
      group: TABS,
      keys: [shell.keys.get().platform === 'mac' ? `Ctrl+${index + 1}` : `Alt+${index + 1}`],
      when: hasTabs,
      isHidden: true,
      run: withHost((host) => {
        const tab = host.tabs.get()[index]
        if (tab !== undefined) host.select(tab.id)
      }),
    })),
  ]
}
