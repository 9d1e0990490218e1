// The tab host: an area that has tabs keeps them in its own store and lends this view of it to the shell, which draws the strip and binds the keys
// (Mod+T, Mod+W, Mod+Shift+T, Ctrl+Tab, Alt+1…9).
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Store } from '../host/store.ts'

export interface TabView {
  readonly id: string
  readonly title: string
  readonly icon: LucideIcon
  /** A dot replaces the close button until hovered. */
  readonly isDirty: boolean
  /** Left of the name. */
  readonly marker: 'none' | 'running' | 'transaction' | 'snapshot' | 'error'
  /** In the icon's place: the method of a request. */
  readonly lead?: ReactNode
  /** Beside the name, in the environment's colour: `snapshot 21 Nov 18:40`. */
  readonly chip?: string
  /** Full name and connection, for the tooltip. */
  readonly description?: string
}

export interface TabHost {
  readonly tabs: Store<readonly TabView[]>
  readonly activeId: Store<string | null>
  /** What a new tab is called in words: "SQL tab". */
  readonly noun: string
  select(id: string): void
  /** May ask the person first. */
  close(id: string): void
  /** Asks the person for another name (a double click on the tab). */
  rename?(id: string): void
  create(): void
  /** Opens the tab closed last again. */
  reopen(): void
  /** Puts the tab at another place. */
  move(id: string, toIndex: number): void
}
