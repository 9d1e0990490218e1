// A process that saves a tab again and again and says so after each, to be killed in the middle of it.
import { WorkspaceTab } from '#contract/capabilities/workspace.ts'
import { createWorkspaceStore, openCache } from '../main/cache/index.ts'

const [path = '', id, round] = process.argv.slice(2)
const store = createWorkspaceStore(openCache(path))
for (let count = 0; ; count += 1) {
  const sql = `select ${round ?? ''} as round -- ${count}`
  store.saveTab(
    WorkspaceTab.parse({ id, title: 'work', connectionId: null, savedQueryId: null, sql, cursorOffset: 0 }),
  )
  await new Promise((resolve) => process.send?.(sql, resolve))
}
