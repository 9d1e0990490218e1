// What other features put into the tester: their tabs, the section below the tree, the environment picker, what the database did, their dialogs.
import { CollectionDialogs } from './features/collections/index.ts'
import {
  DriftMark,
  ENDPOINT_VIEW,
  endpointView,
  ExplorerDialogs,
  ExplorerSection,
} from './features/explorer/index.ts'
import { EnvironmentDialogs, EnvironmentPicker } from './features/environments/index.ts'
import { Insight, Why } from './features/insight/index.ts'
import { MOCKS_VIEW, MockDialogs, mocksView } from './features/mocks/index.ts'
import { RUN_VIEW, RunDialogs, runView } from './features/runs/index.ts'
import type { TesterParts } from './features/requests/index.ts'
import { TeamCollectionDialogs } from './features/team-collections/index.ts'

export const TESTER_PARTS: TesterParts = {
  views: { [ENDPOINT_VIEW]: endpointView, [RUN_VIEW]: runView, [MOCKS_VIEW]: mocksView },
  SidebarSection: ExplorerSection,
  EnvironmentPicker,
  CollectionMark: DriftMark,
  Insight,
  Why,
  dialogs: [
    EnvironmentDialogs,
    ExplorerDialogs,
    CollectionDialogs,
    TeamCollectionDialogs,
    RunDialogs,
    MockDialogs,
  ],
}
