// The door of runs: the tab in which a collection runs, and what opens it.
import { ListChecks } from 'lucide-react'
import type { TesterView } from '../requests/index.ts'
import { RunView } from './run-view.tsx'

export { RUN_VIEW, RunDialogs } from './run-dialogs.tsx'

/** For `TesterParts.views`, under RUN_VIEW. */
export const runView: TesterView = { icon: ListChecks, Content: RunView }
