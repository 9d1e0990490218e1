// The policies of all tables, or of one.
import { EllipsisVertical, Pencil, Plus, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { ExposedTable, Policy } from '#contract/capabilities/access.ts'
import type { ProjectId } from '#contract/capabilities/ids.ts'
import { Badge } from '../../components/badge.tsx'
import { Button, IconButton } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { DataList } from '../../components/data-list.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { MenuButton } from '../../components/menu.tsx'
import { Select } from '../../components/select.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { describeError } from '../../host/error-text.ts'
import { useAction } from '../../host/host-provider.tsx'
import { useCaps } from '../../shell/command-hint.tsx'
import { useCommands } from '../../shell/shell.tsx'
import { ReadingProblem } from '../projects/index.ts'
import { hasRowSecurity, tableKey } from './exposure.ts'
import { PolicyDialog } from './policy-dialog.tsx'
import { COMMAND_WORDS, inParentheses } from './policy-form.ts'
import { usePolicies } from './use-access.ts'

const ALL = 'all'

export interface PoliciesPanelProps {
  readonly projectId: ProjectId
  readonly tables: readonly ExposedTable[]
  /** Key of the table that is shown; null for all. */
  readonly shown: string | null
  readonly onShow: (key: string | null) => void
  readonly offlineReason: string | undefined
  readonly onRan: (sql: readonly string[]) => void
}

type Asking = { readonly what: 'create' } | { readonly what: 'edit' | 'drop'; readonly policy: Policy }

/** The list with its dialogs. */
export function PoliciesPanel(props: PoliciesPanelProps): ReactNode {
  const { projectId } = props
  const reading = usePolicies(projectId)
  const [asking, setAsking] = useState<Asking>()
  const tables = props.tables.filter(hasRowSecurity)
  const table = tables.find((one) => tableKey(one) === props.shown)
  const policies = (reading.data ?? []).filter(
    (policy) => table === undefined || (policy.schema === table.schema && policy.table === table.name),
  )
  const canCreate = props.offlineReason === undefined && tables.length > 0
  useCommands([
    {
      id: 'policy.create',
      title: 'Create policy',
      group: 'API',
      icon: Plus,
      keys: ['Mod+N', 'Alt+N'],
      when: () => canCreate,
      run: () => setAsking({ what: 'create' }),
    },
  ])
  const caps = useCaps('policy.create')
  const close = (): void => setAsking(undefined)
  const create = (
    <Button
      variant="primary"
      icon={Plus}
      caps={caps}
      disabledReason={
        props.offlineReason ?? (tables.length === 0 ? 'There is no table that can have one.' : undefined)
      }
      onPress={() => setAsking({ what: 'create' })}
    >
      Create policy
    </Button>
  )
  return (
    <Card
      title="Policies"
      isFlat
      actions={
        <>
          <div className="w-240">
            <Select
              label="Table"
              isLabelHidden
              options={[
                { id: ALL, label: 'All tables' },
                ...tables.map((one) => ({ id: tableKey(one), label: `${one.schema}.${one.name}` })),
              ]}
              value={table === undefined ? ALL : tableKey(table)}
              onChange={(key) => props.onShow(key === ALL ? null : key)}
            />
          </div>
          {policies.length === 0 ? null : create}
        </>
      }
    >
      {reading.data === undefined ? (
        reading.error === null ? (
          <SkeletonRows count={3} label="Reading the policies" />
        ) : (
          <ReadingProblem
            projectId={projectId}
            title="The policies cannot be shown"
            error={reading.error}
            isRetrying={reading.isFetching}
            onRetry={() => void reading.refetch()}
          />
        )
      ) : policies.length === 0 ? (
        <EmptyState
          title={table === undefined ? 'No policies yet' : 'This table has no policy'}
          action={create}
        >
          {table !== undefined && !table.rowSecurity.isEnabled
            ? 'Its row security is off: whoever holds a grant sees every row. Turn it on, then say with policies who sees what.'
            : 'Where row security is on and no policy allows it, nobody but the owner sees or changes a row.'}
        </EmptyState>
      ) : (
        <div className="overflow-x-auto">
          <DataList
            label="Policies"
            columns={[
              { id: 'name', title: 'Policy' },
              { id: 'table', title: 'Table' },
              { id: 'command', title: 'For' },
              { id: 'roles', title: 'Roles' },
              { id: 'condition', title: 'Condition', isFluid: true },
              { id: 'menu', title: 'Actions', isTitleHidden: true, align: 'right' },
            ]}
            rows={policies.map((policy) => ({
              id: JSON.stringify([policy.schema, policy.table, policy.name]),
              cells: cellsOf(policy, {
                isOff: tables.some(
                  (one) =>
                    one.schema === policy.schema && one.name === policy.table && !one.rowSecurity.isEnabled,
                ),
                isOffline: props.offlineReason !== undefined,
                ask: (what) => setAsking({ what, policy }),
              }),
            }))}
          />
        </div>
      )}
      {asking === undefined ? null : asking.what === 'drop' ? (
        <DropDialog projectId={projectId} policy={asking.policy} onRan={props.onRan} onClose={close} />
      ) : (
        <PolicyDialog
          projectId={projectId}
          tables={tables}
          table={asking.what === 'edit' ? { schema: asking.policy.schema, name: asking.policy.table } : table}
          policy={asking.what === 'edit' ? asking.policy : undefined}
          onRan={props.onRan}
          onClose={close}
        />
      )}
    </Card>
  )
}

function cellsOf(
  policy: Policy,
  can: {
    /** Row security is off on its table: the policy does nothing. */
    readonly isOff: boolean
    readonly isOffline: boolean
    readonly ask: (what: 'edit' | 'drop') => void
  },
): ReactNode[] {
  const condition = [
    policy.using === null ? '' : `using ${inParentheses(policy.using)}`,
    policy.check === null ? '' : `with check ${inParentheses(policy.check)}`,
  ]
    .filter(Boolean)
    .join(' ')
  return [
    <span key="name" className="flex items-center gap-6">
      <span className="block max-w-200 truncate text-body font-medium" title={policy.name}>
        {policy.name}
      </span>
      {policy.isPermissive ? null : <Badge tone="info">Restricts</Badge>}
      {can.isOff ? <Badge tone="warning">Row security is off</Badge> : null}
    </span>,
    <span key="table" className="font-mono text-data">
      {policy.schema}.{policy.table}
    </span>,
    COMMAND_WORDS[policy.command],
    <span key="roles" className="block max-w-180 truncate font-mono text-data">
      {policy.roles.join(', ')}
    </span>,
    <code key="condition" className="block truncate font-mono text-data text-2 select-text" title={condition}>
      {condition}
    </code>,
    <MenuButton
      key="menu"
      label={`Actions of ${policy.name}`}
      placement="bottom end"
      entries={[
        {
          id: 'edit',
          label: 'Edit…',
          icon: Pencil,
          isDisabled: can.isOffline,
          onAction: () => can.ask('edit'),
        },
        {
          id: 'drop',
          label: 'Drop…',
          icon: Trash2,
          isDanger: true,
          startsGroup: true,
          isDisabled: can.isOffline,
          onAction: () => can.ask('drop'),
        },
      ]}
    >
      <IconButton icon={EllipsisVertical} size="small" label={`Actions of ${policy.name}`} />
    </MenuButton>,
  ]
}

function DropDialog(props: {
  readonly projectId: ProjectId
  readonly policy: Policy
  readonly onRan: (sql: readonly string[]) => void
  readonly onClose: () => void
}): ReactNode {
  const { schema, table, name, isPermissive } = props.policy
  const drop = useAction(
    (host, _input: void) => host.access.dropPolicy({ projectId: props.projectId, schema, table, name }),
    ['access'],
    {
      onSuccess: ({ sql }) => {
        props.onRan(sql)
        props.onClose()
      },
    },
  )
  return (
    <ConfirmDialog
      isOpen
      title={`Drop policy ${name}?`}
      lost={
        isPermissive
          ? `What it allows on ${schema}.${table} is refused from now on, unless another policy allows it.`
          : `What it restricts on ${schema}.${table} is no longer restricted: more rows are seen than now.`
      }
      confirmLabel="Drop policy"
      busyLabel="Dropping…"
      isBusy={drop.isPending}
      error={describeError(drop.error)?.message}
      onConfirm={() => drop.mutate()}
      onClose={props.onClose}
    />
  )
}
