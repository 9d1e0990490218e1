// The exposure page: warnings, tables, functions, policies, and what a user would see.
import { RefreshCw, Search } from 'lucide-react'
import { useRef, useState, type ReactNode } from 'react'
import type { ExposedTable, Exposure } from '#contract/capabilities/access.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { Button, IconButton, TextButton } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { FormError } from '../../components/form-error.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { SearchField } from '../../components/text-field.tsx'
import { useCaps } from '../../shell/command-hint.tsx'
import { Page } from '../../shell/page.tsx'
import { useCommands, useShell } from '../../shell/shell.tsx'
import { toConnectionId } from '../connections/index.ts'
import { useOfflineReason } from '../connectivity/index.ts'
import { ReadingProblem } from '../projects/index.ts'
import { matches, servedFirst, tableKey, unservedAmong, withoutUsage } from './exposure.ts'
import { FunctionsTable } from './functions-table.tsx'
import { PoliciesPanel } from './policies-panel.tsx'
import { PreviewPanel } from './preview-panel.tsx'
import { addRan, RanSql } from './ran-sql.tsx'
import { TablesTable } from './tables-table.tsx'
import { useExposure, useExposureChanges, usePolicies, useWarnings } from './use-access.ts'
import { WarningsCard } from './warnings-card.tsx'

type Tab = 'tables' | 'functions' | 'policies' | 'preview'

/** The page of one project. */
export function ExposurePage({ projectId }: { readonly projectId: ProjectId }): ReactNode {
  const reading = useExposure(projectId)
  const [ran, setRan] = useState<readonly string[]>([])
  const onRan = (sql: readonly string[]): void => setRan((before) => addRan(before, sql))
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <Page
        title="Exposure"
        detail="What the API gives to whom"
        actions={
          <IconButton
            icon={RefreshCw}
            label="Read again"
            isBusy={reading.isFetching}
            onPress={() => void reading.refetch()}
          />
        }
      >
        {reading.data !== undefined ? (
          <Loaded projectId={projectId} exposure={servedFirst(reading.data)} onRan={onRan} />
        ) : (
          <Card>
            {reading.error === null ? (
              <SkeletonRows count={8} label="Reading what is exposed" />
            ) : (
              <ReadingProblem
                projectId={projectId}
                title="The exposure cannot be shown"
                error={reading.error}
                isRetrying={reading.isFetching}
                onRetry={() => void reading.refetch()}
              />
            )}
          </Card>
        )}
      </Page>
      <RanSql statements={ran} />
    </div>
  )
}

interface LoadedProps {
  readonly projectId: ProjectId
  readonly exposure: Exposure
  readonly onRan: (sql: readonly string[]) => void
}

function Loaded({ projectId, exposure, onRan }: LoadedProps): ReactNode {
  const warnings = useWarnings(projectId).data ?? []
  const policies = usePolicies(projectId).data
  const offlineReason = useOfflineReason()
  const changes = useExposureChanges(projectId, onRan)
  const [tab, setTab] = useState<Tab>('tables')
  const [policyTable, setPolicyTable] = useState<string | null>(null)
  const showPolicies = (table: ExposedTable): void => {
    setPolicyTable(tableKey(table))
    setTab('policies')
  }
  return (
    <div className="flex flex-col gap-16">
      <WarningsCard
        warnings={warnings}
        exposure={exposure}
        offlineReason={offlineReason}
        onFix={changes.change}
      />
      <FormError
        message={changes.problem?.message}
        hint={changes.problem?.hint}
        action={
          <Button size="compact" variant="ghost" onPress={changes.dismissProblem}>
            Dismiss
          </Button>
        }
      />
      <Tabs
        label="Parts of the exposure"
        items={[
          { id: 'tables', title: 'Tables', count: exposure.tables.length },
          { id: 'functions', title: 'Functions', count: exposure.functions.length },
          {
            id: 'policies',
            title: 'Policies',
            ...(policies === undefined ? {} : { count: policies.length }),
          },
          { id: 'preview', title: 'What would this user see?' },
        ]}
        value={tab}
        onChange={setTab}
      >
        <div className="mt-12">
          {tab === 'tables' || tab === 'functions' ? (
            <Grants
              tab={tab}
              projectId={projectId}
              exposure={exposure}
              isDisabled={offlineReason !== undefined}
              warnings={warnings}
              onChange={changes.change}
              onShowPolicies={showPolicies}
            />
          ) : tab === 'policies' ? (
            <PoliciesPanel
              projectId={projectId}
              tables={exposure.tables}
              shown={policyTable}
              onShow={setPolicyTable}
              offlineReason={offlineReason}
              onRan={onRan}
            />
          ) : (
            <PreviewPanel projectId={projectId} exposure={exposure} offlineReason={offlineReason} />
          )}
        </div>
      </Tabs>
    </div>
  )
}

function Grants(props: {
  readonly tab: 'tables' | 'functions'
  readonly projectId: ProjectId
  readonly exposure: Exposure
  readonly isDisabled: boolean
  readonly warnings: Parameters<typeof TablesTable>[0]['warnings']
  readonly onChange: Parameters<typeof TablesTable>[0]['onChange']
  readonly onShowPolicies: (table: ExposedTable) => void
}): ReactNode {
  const { exposure, tab } = props
  const shell = useShell()
  const [filter, setFilter] = useState('')
  const input = useRef<HTMLInputElement>(null)
  useCommands([
    {
      id: 'exposure.filter',
      title: 'Filter what is exposed',
      group: 'API',
      icon: Search,
      keys: ['Mod+F'],
      isHidden: true,
      run: () => input.current?.focus(),
    },
  ])
  const caps = useCaps('exposure.filter')
  const tables = exposure.tables.filter((one) => matches(filter, `${one.schema}.${one.name}`))
  const functions = exposure.functions.filter((one) => matches(filter, `${one.schema}.${one.name}`))
  const all = tab === 'tables' ? exposure.tables : exposure.functions
  const found = tab === 'tables' ? tables : functions
  const closed = withoutUsage(exposure)
  const unserved = unservedAmong(exposure, all)
  if (all.length === 0)
    return (
      <Card isFlat>
        <EmptyState
          title={tab === 'tables' ? 'No tables yet' : 'No functions yet'}
          action={
            <Button onPress={() => shell.openSql({ connectionId: toConnectionId(props.projectId) ?? null })}>
              Open SQL
            </Button>
          }
        >
          {tab === 'tables'
            ? 'Tables and views of the exposed schemas show up here. A new table is exposed to nobody until you say so.'
            : 'Functions of the exposed schemas show up here.'}
        </EmptyState>
      </Card>
    )
  return (
    <Card
      isFlat
      title={tab === 'tables' ? 'Tables' : 'Functions'}
      actions={
        <SearchField
          label={tab === 'tables' ? 'Filter tables' : 'Filter functions'}
          value={filter}
          onChange={setFilter}
          caps={caps}
          inputRef={input}
          className="max-w-240"
        />
      }
    >
      {unserved.length === 0 ? null : (
        <p className="border-b border-line-1 px-14 py-8 text-small text-2">
          The API does not serve {unserved.length === 1 ? 'the schema' : 'the schemas'}{' '}
          <span className="font-mono text-data">{unserved.join(', ')}</span>: grants there count for direct
          connections only.{' '}
          <TextButton
            onPress={() => shell.navigation.go({ area: 'api', page: 'settings', id: props.projectId })}
          >
            Choose the schemas
          </TextButton>
        </p>
      )}
      {closed.length === 0 ? null : (
        <p className="border-b border-line-1 px-14 py-8 text-small text-2">
          Without USAGE on the schema its grants have no effect:{' '}
          {closed.map(({ role, schema }) => `${role} in ${schema}`).join(', ')}.
        </p>
      )}
      {found.length === 0 ? (
        <EmptyState
          title="Nothing matches"
          action={<Button onPress={() => setFilter('')}>Clear the filter</Button>}
        >
          Nothing is called “{filter}”.
        </EmptyState>
      ) : tab === 'tables' ? (
        <TablesTable
          exposure={exposure}
          tables={tables}
          warnings={props.warnings}
          isDisabled={props.isDisabled}
          onChange={props.onChange}
          onShowPolicies={props.onShowPolicies}
        />
      ) : (
        <FunctionsTable
          exposure={exposure}
          functions={functions}
          isDisabled={props.isDisabled}
          onChange={props.onChange}
        />
      )}
    </Card>
  )
}
