// The SQL area with no tab open: what to do, and the latest statements.
import type { ReactNode } from 'react'
import type { Connection } from '#contract/capabilities/connections.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { useCall } from '../../host/host-provider.tsx'
import { useCaps } from '../../shell/command-hint.tsx'
import { useShell } from '../../shell/shell.tsx'
import { useSqlWorkbench } from './sql-workbench.tsx'

const RECENT = { limit: 6 }

/** Shown instead of toolbar, editor and results. */
export function NoTabs({ connections }: { readonly connections: readonly Connection[] }): ReactNode {
  const shell = useShell()
  const { tabs, lastConnection } = useSqlWorkbench()
  const caps = useCaps('tab.create')
  const { data } = useCall(['history', 'list', RECENT], (host, options) => host.history.list(RECENT, options))
  const first = connections[0]
  if (first === undefined)
    return (
      <EmptyState
        title="Nothing to query yet"
        action={
          <Button variant="primary" onPress={() => shell.navigation.go({ area: 'home' })}>
            Create project
          </Button>
        }
        secondary={
          <Button onPress={() => shell.navigation.go({ area: 'connections' })}>Add connection</Button>
        }
      >
        Create a project, or connect to a Postgres that you have.
      </EmptyState>
    )
  const create = (sql?: string, connectionId = lastConnection() ?? first.id): void =>
    void tabs.open({ connectionId, ...(sql === undefined ? {} : { sql }) })
  return (
    <div className="min-h-0 flex-1 overflow-auto">
      <EmptyState
        title="No tab is open"
        action={
          <Button variant="primary" caps={caps} onPress={() => create()}>
            New SQL tab
          </Button>
        }
        secondary={<Button onPress={() => void tabs.reopen()}>Reopen closed tab</Button>}
      >
        A tab keeps its text, its connection and its session. Closed tabs can be opened again.
      </EmptyState>
      {data === undefined || data.entries.length === 0 ? null : (
        <section aria-label="Run lately" className="max-w-720 px-14">
          <h2 className="mb-6 text-heading">Run lately</h2>
          <ul>
            {data.entries.map((entry) => (
              <li key={entry.id} className="border-t border-line-1">
                <button
                  type="button"
                  onClick={() => create(entry.sql, entry.connectionId)}
                  className="flex h-30 w-full items-center gap-12 px-4 text-left hover:bg-hover focus-visible:outline-offset-[-2px]"
                >
                  <span className="min-w-0 flex-1 truncate font-mono text-data">
                    {entry.sql.replaceAll(/\s+/g, ' ').slice(0, 200)}
                  </span>
                  <span className="flex-none text-small text-3">{entry.connectionName}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}
