// The SQL area as the rail knows it. It stays mounted: editors and running statements live in it.
import { SquareTerminal } from 'lucide-react'
import type { Area } from '../../shell/areas.ts'
import { SqlArea } from './SqlArea.tsx'
import { SqlSidebar } from './SqlSidebar.tsx'

/** Mount SqlWorkbenchProvider above the frame. */
export const sqlArea: Area = {
  id: 'sql',
  title: 'SQL',
  icon: SquareTerminal,
  placement: 'top',
  Content: SqlArea,
  Sidebar: SqlSidebar,
  isKeptAlive: true,
}
