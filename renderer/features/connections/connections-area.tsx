// The list of connections: the person's own, with add, edit, test and remove; and those of projects, which are managed with their project.
import { Database, EllipsisVertical, Lock, Pencil, Plug, Plus, SquareTerminal, Trash2 } from 'lucide-react'
import { useRef, useState, type ReactNode } from 'react'
import type { Connection } from '#contract/capabilities/connections.ts'
import { EnvironmentBadge, StatusDot, type StatusTone } from '../../components/badge.tsx'
import { Button, IconButton } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { DataList, RowAction } from '../../components/data-list.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { FormError } from '../../components/form-error.tsx'
import { formatAge, formatDuration, formatFull } from '../../components/format.ts'
import { MenuButton } from '../../components/menu.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { Spinner } from '../../components/spinner.tsx'
import { SearchField } from '../../components/text-field.tsx'
import { useNow } from '../../components/use-now.ts'
import { describeError } from '../../host/error-text.ts'
import { useAction, useHost } from '../../host/host-provider.tsx'
import { CommandButton, useCaps } from '../../shell/command-hint.tsx'
import { Page } from '../../shell/page.tsx'
import { useCommands, useShell } from '../../shell/shell.tsx'
import { ConnectionDialog } from './connection-dialog.tsx'
import { useConnections } from './use-connections.ts'

const REACHABILITY: Readonly<Record<Connection['reachability'], { tone: StatusTone; word: string }>> = {
  reachable: { tone: 'good', word: 'Reachable' },
  unreachable: { tone: 'bad', word: 'Not reachable' },
  unknown: { tone: 'resting', word: 'Not tried yet' },
}

type Editing = { readonly connection: Connection | undefined } | undefined
type Tested = Readonly<Record<string, string>>

/** The connections area. */
export function ConnectionsArea(): ReactNode {
  const shell = useShell()
  const host = useHost()
  const list = useConnections()
  const now = useNow()
  const filterInput = useRef<HTMLInputElement>(null)
  const [filter, setFilter] = useState('')
  const [editing, setEditing] = useState<Editing>()
  const [removing, setRemoving] = useState<Connection>()
  const [tested, setTested] = useState<Tested>({})
  const [testing, setTesting] = useState<string>()
  const test = useAction(
    (_host, connection: Connection) => {
      setTesting(connection.id)
      return host.connections.test({ connectionId: connection.id })
    },
    ['connections'],
    {
      onSuccess: (result, connection) => {
        setTesting(undefined)
        setTested((before) => ({
          ...before,
          [connection.id]: `Postgres ${result.serverVersion}, ${formatDuration(result.latencyMs)}`,
        }))
      },
      onError: (error, connection) => {
        setTesting(undefined)
        setTested((before) => ({ ...before, [connection.id]: describeError(error)?.message ?? '' }))
      },
    },
  )
  const remove = useAction(
    (_host, connection: Connection) => host.connections.remove({ connectionId: connection.id }),
    ['connections'],
    { onSuccess: () => setRemoving(undefined) },
  )
  useCommands([
    {
      id: 'connection.add',
      title: 'Add connection',
      group: 'Connections',
      icon: Plus,
      keys: ['Mod+N', 'Alt+N'],
      run: () => setEditing({ connection: undefined }),
    },
    {
      id: 'connections.filter',
      title: 'Filter connections',
      group: 'Connections',
      keys: ['Mod+F'],
      isHidden: true,
      run: () => filterInput.current?.focus(),
    },
  ])
  const filterCaps = useCaps('connections.filter')
  const wanted = filter.trim().toLowerCase()
  const all = list.data ?? []
  const shown = all.filter((one) => `${one.name} ${one.host}`.toLowerCase().includes(wanted))
  const open = (connection: Connection): void => shell.openSql({ connectionId: connection.id })
  const problem = describeError(list.error)

  const row = (connection: Connection): ReactNode[] => {
    const { tone, word } = REACHABILITY[connection.reachability]
    return [
      <RowAction
        key="name"
        icon={connection.kind === 'project' ? Database : Plug}
        name={connection.name}
        detail={connection.kind === 'project' ? 'project' : ''}
        onPress={() => open(connection)}
      />,
      <span key="host" className="font-mono text-data text-2">
        {connection.host}:{connection.port}/{connection.database}
      </span>,
      <span key="user" className="font-mono text-data text-2">
        {connection.user}
      </span>,
      <EnvironmentBadge key="environment" environment={connection.environment} />,
      <span key="state" className="flex items-center gap-7">
        {testing === connection.id ? <Spinner size={12} /> : <StatusDot tone={tone} />}
        <span className="max-w-280 truncate" title={tested[connection.id] ?? word}>
          {testing === connection.id ? 'Testing…' : (tested[connection.id] ?? word)}
        </span>
        {connection.isReadOnly ? (
          <span title="Read-only" className="text-3">
            <Lock aria-label="Read-only" size={12} strokeWidth={1.75} />
          </span>
        ) : null}
      </span>,
      <span
        key="used"
        className="text-3"
        title={connection.lastUsedAt === null ? '' : formatFull(connection.lastUsedAt)}
      >
        {connection.lastUsedAt === null ? 'never' : formatAge(connection.lastUsedAt, now)}
      </span>,
      <MenuButton
        key="menu"
        label={`Actions of ${connection.name}`}
        placement="bottom end"
        entries={[
          { id: 'open', label: 'Open SQL', icon: SquareTerminal, onAction: () => open(connection) },
          { id: 'test', label: 'Test connection', icon: Plug, onAction: () => test.mutate(connection) },
          ...(connection.kind === 'project'
            ? [
                {
                  id: 'project',
                  label: 'Open project',
                  icon: Database,
                  onAction: () => shell.navigation.go({ area: 'home', page: 'project', id: connection.id }),
                },
              ]
            : [
                {
                  id: 'edit',
                  label: 'Edit connection',
                  icon: Pencil,
                  onAction: () => setEditing({ connection }),
                },
                {
                  id: 'remove',
                  label: 'Remove connection',
                  icon: Trash2,
                  isDanger: true,
                  startsGroup: true,
                  onAction: () => setRemoving(connection),
                },
              ]),
        ]}
      >
        <IconButton icon={EllipsisVertical} size="small" label={`Actions of ${connection.name}`} />
      </MenuButton>,
    ]
  }

  return (
    <Page
      title="Connections"
      detail={list.data === undefined ? undefined : String(all.length)}
      actions={
        <>
          <SearchField
            label="Filter connections"
            value={filter}
            onChange={setFilter}
            caps={filterCaps}
            inputRef={filterInput}
            className="w-240!"
          />
          <CommandButton
            command="connection.add"
            variant={list.data !== undefined && all.length === 0 ? 'secondary' : 'primary'}
          />
        </>
      }
    >
      <Card isFlat className="overflow-hidden">
        {problem !== undefined && list.data === undefined ? (
          <div className="p-14">
            <FormError
              message={problem.message}
              hint={problem.hint}
              action={
                <Button size="compact" onPress={() => void list.refetch()}>
                  Retry
                </Button>
              }
            />
          </div>
        ) : list.data === undefined ? (
          <SkeletonRows count={4} label="Reading the connections" />
        ) : all.length === 0 ? (
          <EmptyState
            title="No connections yet"
            action={<CommandButton command="connection.add" variant="primary" />}
          >
            Add any Postgres that this machine can reach. Its password stays here.
          </EmptyState>
        ) : shown.length === 0 ? (
          <EmptyState
            title="No connection matches"
            action={<Button onPress={() => setFilter('')}>Clear the filter</Button>}
          >
            Nothing is called “{filter}”.
          </EmptyState>
        ) : (
          <DataList
            label="Connections"
            columns={[
              { id: 'name', title: 'Name' },
              { id: 'host', title: 'Address' },
              { id: 'user', title: 'User' },
              { id: 'environment', title: 'Environment' },
              { id: 'state', title: 'State' },
              { id: 'used', title: 'Last used', align: 'right' },
              { id: 'menu', title: 'Actions', isTitleHidden: true, align: 'right' },
            ]}
            rows={shown.map((connection) => ({ id: connection.id, cells: row(connection) }))}
          />
        )}
      </Card>
      <ConnectionDialog
        isOpen={editing !== undefined}
        {...(editing?.connection === undefined ? {} : { connection: editing.connection })}
        onClose={() => setEditing(undefined)}
        onSaved={() => setEditing(undefined)}
      />
      <ConfirmDialog
        isOpen={removing !== undefined}
        title={`Remove connection ${removing?.name ?? ''}?`}
        lost="The connection and its stored password leave this machine. Kept schemas and results of it go too."
        survives="The database itself is not touched."
        confirmLabel="Remove connection"
        busyLabel="Removing…"
        isBusy={remove.isPending}
        error={describeError(remove.error)?.message}
        onConfirm={() => {
          if (removing !== undefined) remove.mutate(removing)
        }}
        onClose={() => setRemoving(undefined)}
      />
    </Page>
  )
}
