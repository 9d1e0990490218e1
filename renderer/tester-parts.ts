// What other features put into the tester: their tabs, the section below the tree, the environment picker, what the database did, their dialogs.
import type { TesterParts } from './features/requests/index.ts'

export const TESTER_PARTS: TesterParts = {
  views: {},
}
