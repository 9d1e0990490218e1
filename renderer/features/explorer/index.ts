// The door of the explorer: its section of the tester's sidebar, and the tab of an endpoint.
import { Table2 } from 'lucide-react'
import type { TesterView } from '../requests/index.ts'
import { EndpointView } from './endpoint-view.tsx'

export { ADDRESS, addressProblem, apiOptions, livingProjects, ROLE_TITLES } from './api-choice.ts'
export { ExplorerSection } from './explorer-section.tsx'
export { ENDPOINT_VIEW } from './endpoint-params.ts'
export { DriftMark } from './drift-mark.tsx'
export { ExplorerDialogs } from './explorer-dialogs.tsx'

/** For `TesterParts.views`, under ENDPOINT_VIEW. */
export const endpointView: TesterView = { icon: Table2, Content: EndpointView }
