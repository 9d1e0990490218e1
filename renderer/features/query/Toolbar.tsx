// Above the editor: run, cancel, format, save at the left; the tab's connection and its transaction at the right.
import {
  Cable,
  ChevronDown,
  GitCommitVertical,
  Play,
  ListStart,
  Save,
  Square,
  WandSparkles,
  Shield,
} from 'lucide-react'
import type { ReactNode } from 'react'
import type { Connection } from '#contract/capabilities/connections.ts'
import type { WorkspaceTab } from '#contract/capabilities/workspace.ts'
import { Badge, EnvironmentBadge, environmentWord } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { MenuButton } from '../../components/menu.tsx'
import { CommandButton } from '../../shell/command-hint.tsx'
import { isRunning } from './run-state.ts'
import { useTabRuns } from './sql-workbench.tsx'

export interface ToolbarProps {
  readonly tab: WorkspaceTab
  readonly connection: Connection | undefined
  readonly connections: readonly Connection[]
  readonly hasSelection: boolean
  readonly onConnection: (connection: Connection) => void
}

/** The toolbar of a tab. */
export function Toolbar({
  tab,
  connection,
  connections,
  hasSelection,
  onConnection,
}: ToolbarProps): ReactNode {
  const { current } = useTabRuns(tab.id)
  const isBusy = isRunning(current)
  const transaction = current?.transaction ?? 'idle'
  return (
    <div
      role="toolbar"
      aria-label="Actions of the tab"
      className="flex h-38 flex-none items-center gap-6 border-b border-line-1 bg-s1 px-10 text-small"
    >
      {isBusy ? (
        <CommandButton
          command="query.cancel"
          label="Cancel"
          icon={Square}
          variant="secondary"
          isBusy={current?.status === 'cancelling'}
        />
      ) : (
        <CommandButton command="query.runStatement" label="Run statement" icon={Play} variant="primary" />
      )}
      <CommandButton
        command="query.runAll"
        label={hasSelection ? 'Run selection' : 'Run all'}
        icon={ListStart}
        variant="ghost"
        size="compact"
        hasCaps={false}
        isDisabled={isBusy}
      />
      <CommandButton
        command="query.format"
        label="Format"
        icon={WandSparkles}
        variant="ghost"
        size="compact"
        hasCaps={false}
      />
      <CommandButton
        command="query.save"
        label="Save"
        icon={Save}
        variant="ghost"
        size="compact"
        hasCaps={false}
      />
      <span className="min-w-0 flex-1" />
      {transaction === 'idle' ? null : (
        <Badge tone={transaction === 'failed' ? 'danger' : 'warning'} icon={GitCommitVertical}>
          {transaction === 'failed' ? 'Transaction failed, roll back' : 'Transaction open'}
        </Badge>
      )}
      {connection?.isReadOnly === true ? <Badge icon={Shield}>Read only</Badge> : null}
      <MenuButton
        label="Connection of this tab"
        placement="bottom end"
        entries={connections.map((one) => ({
          id: one.id,
          label: one.name,
          icon: Cable,
          detail: environmentWord(one.environment),
          isCurrent: one.id === connection?.id,
          onAction: () => onConnection(one),
        }))}
      >
        <Button size="compact">
          {connection === undefined ? (
            'Choose a connection'
          ) : (
            <>
              <span className="max-w-160 truncate">{connection.name}</span>
              <EnvironmentBadge environment={connection.environment} />
            </>
          )}
          <ChevronDown aria-hidden="true" size={14} strokeWidth={1.75} className="text-3" />
        </Button>
      </MenuButton>
    </div>
  )
}
