// An area is an entry of the activity rail: its page, and its tree in the sidebar.
import type { LucideIcon } from 'lucide-react'
import type { ComponentType } from 'react'
import type { Location } from './navigation.ts'

export interface Area {
  readonly id: string
  /** Rail label and tooltip. */
  readonly title: string
  readonly icon: LucideIcon
  readonly placement: 'top' | 'bottom'
  readonly Content: ComponentType
  /** Left out: the area has no sidebar. */
  readonly Sidebar?: ComponentType
  /** Whether the sidebar is there at this location; left out, always. */
  readonly showsSidebar?: (location: Location) => boolean
  /** Standard width of the sidebar in px, 248 unless said. */
  readonly sidebarWidth?: number
  /** Standard width of the inspector in px, 304 unless said; an area that says it keeps a width of its own. */
  readonly inspectorWidth?: number
  /** Its inspector comes by itself: in a narrow window, where it would cover the content, it waits to be opened. */
  readonly inspectorWaits?: boolean
  /** Stays mounted, hidden, while another area is shown: it has editors or running work. */
  readonly isKeptAlive?: boolean
  /** How many things need the person; nothing is drawn for 0. A hook. */
  readonly useBadge?: () => number
}
