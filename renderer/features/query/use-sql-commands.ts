// The commands of the SQL area, for keys, toolbar and palette.
import {
  ClipboardCopy,
  History,
  ListStart,
  PanelBottom,
  Pencil,
  Play,
  Save,
  Square,
  WandSparkles,
} from 'lucide-react'
import { useCommands } from '../../shell/shell.tsx'
import type { Command } from '../../shell/commands.ts'

const EDITOR = 'SQL editor'
const GRID = 'Results'

export interface SqlActions {
  readonly hasTab: () => boolean
  readonly isRunning: () => boolean
  readonly hasGrid: () => boolean
  readonly isInResults: () => boolean
  readonly runStatement: () => void
  readonly runAll: () => void
  readonly cancel: () => void
  readonly format: () => Promise<void>
  readonly save: () => void
  readonly saveAs: () => void
  readonly rename: () => void
  readonly showHistory: () => void
  readonly toggleResults: () => void
  readonly copyAs: () => void
  readonly focusGrid: () => void
  readonly focusEditor: () => void
}

/** Registers them while the area is shown. */
export function useSqlCommands(actions: SqlActions): void {
  const { hasTab } = actions
  const canRun = (): boolean => hasTab() && !actions.isRunning()
  const commands: readonly Command[] = [
    {
      id: 'query.runStatement',
      title: 'Run statement',
      group: EDITOR,
      icon: Play,
      keys: ['Mod+Enter'],
      when: canRun,
      run: actions.runStatement,
    },
    {
      id: 'query.runAll',
      title: 'Run selection or all',
      group: EDITOR,
      icon: ListStart,
      keys: ['Mod+Shift+Enter'],
      when: canRun,
      run: actions.runAll,
    },
    {
      id: 'query.cancel',
      title: 'Cancel the running statement',
      group: EDITOR,
      icon: Square,
      keys: ['Shift+F5'],
      when: actions.isRunning,
      run: actions.cancel,
    },
    {
      id: 'query.format',
      title: 'Format SQL',
      group: EDITOR,
      icon: WandSparkles,
      keys: ['Shift+Alt+F'],
      when: hasTab,
      run: actions.format,
    },
    {
      id: 'query.save',
      title: 'Save query',
      group: EDITOR,
      icon: Save,
      keys: ['Mod+S'],
      when: hasTab,
      run: actions.save,
    },
    {
      id: 'query.saveAs',
      title: 'Save query as',
      group: EDITOR,
      keys: ['Mod+Shift+S'],
      when: hasTab,
      run: actions.saveAs,
    },
    {
      id: 'query.rename',
      title: 'Rename tab',
      group: EDITOR,
      icon: Pencil,
      when: hasTab,
      run: actions.rename,
    },
    {
      id: 'history.show',
      title: 'Show history',
      group: EDITOR,
      icon: History,
      keys: ['Mod+Shift+H'],
      run: actions.showHistory,
    },
    {
      id: 'query.toggleResults',
      title: 'Show or hide results',
      group: EDITOR,
      icon: PanelBottom,
      keys: ['Mod+J'],
      when: hasTab,
      run: actions.toggleResults,
    },
    {
      id: 'grid.copyAs',
      title: 'Copy rows as',
      group: GRID,
      icon: ClipboardCopy,
      keys: ['Mod+Shift+C'],
      when: actions.hasGrid,
      run: actions.copyAs,
    },
    {
      id: 'grid.focus',
      title: 'Focus the results',
      group: GRID,
      isHidden: true,
      keys: ['Mod+Shift+J'],
      when: actions.hasGrid,
      run: actions.focusGrid,
    },
    {
      id: 'query.focusEditor',
      title: 'Focus the editor',
      group: EDITOR,
      isHidden: true,
      keys: ['Esc'],
      when: actions.isInResults,
      run: actions.focusEditor,
    },
  ]
  useCommands(commands)
}
