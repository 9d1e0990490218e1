// The tester as the rail knows it. It stays mounted: editors and requests under way live in it.
import { Box } from 'lucide-react'
import type { Area } from '../../shell/areas.ts'
import { REQUESTS_AREA } from './request-workbench.tsx'
import { RequestsArea } from './requests-screen.tsx'
import { RequestsSidebar } from './tree/requests-sidebar.tsx'

/** Mount RequestWorkbenchProvider above the frame. */
export const requestsArea: Area = {
  id: REQUESTS_AREA,
  title: 'API',
  icon: Box,
  placement: 'top',
  Content: RequestsArea,
  Sidebar: RequestsSidebar,
  inspectorWidth: 404,
  inspectorWaits: true,
  isKeptAlive: true,
}
