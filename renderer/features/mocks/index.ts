// The door of mock servers: their tab, and what opens it.
import { Server } from 'lucide-react'
import type { TesterView } from '../requests/index.ts'
import { MocksView } from './mocks-view.tsx'

export { MOCKS_VIEW, MockDialogs } from './mock-dialogs.tsx'

/** For `TesterParts.views`, under MOCKS_VIEW. */
export const mocksView: TesterView = { icon: Server, Content: MocksView }
