// The first page: projects and the person's own connections in one list.
import { CloudOff, Database, EllipsisVertical, Plug, Plus, Search, SquareTerminal } from 'lucide-react'
import { useRef, useState, type ReactNode } from 'react'
import type { Connection } from '#contract/capabilities/connections.ts'
import type { Project } from '#contract/capabilities/projects.ts'
import { EnvironmentBadge, StatusDot } from '../../components/badge.tsx'
import { Button, IconButton, TextButton } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { DataList, RowAction } from '../../components/data-list.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { FormError } from '../../components/form-error.tsx'
import { formatAge, formatBytes, formatFull, formatMoment } from '../../components/format.ts'
import { MenuButton } from '../../components/menu.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { SearchField } from '../../components/text-field.tsx'
import { useNow } from '../../components/use-now.ts'
import { describeError } from '../../host/error-text.ts'
import { useAction, useCall, useHost } from '../../host/host-provider.tsx'
import { useCaps } from '../../shell/command-hint.tsx'
import { Page } from '../../shell/page.tsx'
import { StatusSegment } from '../../shell/slots.tsx'
import { useCommands, useShell } from '../../shell/shell.tsx'
import { useAccount } from '../account/index.ts'
import { ConnectionDialog, toConnectionId, useConnections } from '../connections/index.ts'
import { CreateProjectDialog } from './create-project-dialog.tsx'
import { isMoving, statusOf, useProjectProgress, useProjects } from './use-projects.ts'

const OFFLINE_REASON = 'Creating a project needs the service, which does not answer now.'

/** The list with its dialogs. */
export function ProjectListPage(): ReactNode {
  const shell = useShell()
  const host = useHost()
  const now = useNow()
  const account = useAccount().data
  const hasAccount = account?.mode === 'signed-in' || account?.mode === 'expired'
  const connectivity = useCall(['connectivity', 'current'], (one, options) =>
    one.connectivity.current({}, options),
  ).data
  const projects = useProjects(hasAccount)
  const connections = useConnections()
  const [filter, setFilter] = useState('')
  const [isCreating, setIsCreating] = useState(false)
  const [isConnecting, setIsConnecting] = useState(false)
  const filterInput = useRef<HTMLInputElement>(null)
  const isOnline = connectivity?.state === 'online'
  const canCreate = hasAccount && isOnline
  const restore = useAction(
    (_host, project: Project) => host.projects.restore({ projectId: project.id }),
    ['projects', 'connections'],
    {
      onError: (error) =>
        shell.notifications.notify({ tone: 'danger', text: describeError(error)?.message ?? '' }),
    },
  )
  useCommands([
    {
      id: 'project.create',
      title: 'Create project',
      group: 'Projects',
      icon: Plus,
      keys: ['Mod+N', 'Alt+N'],
      when: () => canCreate,
      run: () => setIsCreating(true),
    },
    {
      id: 'connection.add-here',
      title: 'Connect an existing Postgres',
      group: 'Projects',
      icon: Plug,
      run: () => setIsConnecting(true),
    },
    {
      id: 'projects.filter',
      title: 'Filter projects',
      group: 'Projects',
      icon: Search,
      keys: ['Mod+F'],
      isHidden: true,
      run: () => filterInput.current?.focus(),
    },
  ])
  const createCaps = useCaps('project.create')
  const filterCaps = useCaps('projects.filter')

  const items = hasAccount ? (projects.data?.items ?? []) : []
  const living = items.filter((project) => project.status !== 'deleted')
  const deleted = items.filter((project) => project.status === 'deleted')
  const custom = (connections.data ?? []).filter((connection) => connection.kind === 'custom')
  const usedAt = new Map((connections.data ?? []).map((one) => [String(one.id), one.lastUsedAt]))
  const matches = (name: string): boolean => name.toLowerCase().includes(filter.trim().toLowerCase())
  const rows = [
    ...living
      .filter((project) => matches(project.name))
      .map((project) => ({ id: project.id, cells: projectCells(project) })),
    ...custom
      .filter((connection) => matches(`${connection.name} ${connection.host}`))
      .map((connection) => ({ id: connection.id, cells: connectionCells(connection) })),
    ...deleted
      .filter((project) => matches(project.name))
      .map((project) => ({ id: project.id, cells: deletedCells(project), isMuted: true })),
  ]
  const isLoading = connections.data === undefined || (hasAccount && projects.data === undefined)
  const problem = describeError(hasAccount ? (projects.error ?? connections.error) : connections.error)
  // One filled button at a time: while there is nothing, it is the one in the sentence.
  const isEmpty = !isLoading && living.length + custom.length + deleted.length === 0
  const isStale = hasAccount && projects.data?.isStale === true

  function projectCells(project: Project): ReactNode[] {
    const used = usedAt.get(project.id) ?? null
    return [
      <RowAction
        key="name"
        icon={Database}
        name={project.name}
        detail={project.region}
        onPress={() => shell.navigation.go({ area: 'home', page: 'project', id: project.id })}
      />,
      <EnvironmentBadge key="environment" environment={project.environment} />,
      <ProjectStatusCell key="status" project={project} />,
      <span key="version" className="text-2">
        Postgres {project.postgresVersion}
      </span>,
      <span key="size" className="text-2">
        {project.sizeBytes === null ? '–' : formatBytes(project.sizeBytes)}
      </span>,
      <LastUsed key="used" at={used} now={now} />,
      <RowMenu
        key="menu"
        name={project.name}
        onOpenSql={() => shell.openSql({ connectionId: toConnectionId(project.id) ?? null })}
        onOpen={() => shell.navigation.go({ area: 'home', page: 'project', id: project.id })}
      />,
    ]
  }

  function connectionCells(connection: Connection): ReactNode[] {
    const isReachable = connection.reachability === 'reachable'
    return [
      <RowAction
        key="name"
        icon={Plug}
        name={connection.name}
        detail={`${connection.host}:${connection.port}`}
        onPress={() => shell.openSql({ connectionId: connection.id })}
      />,
      <EnvironmentBadge key="environment" environment={connection.environment} />,
      <span key="status" className="flex items-center gap-7">
        <StatusDot
          tone={isReachable ? 'good' : connection.reachability === 'unreachable' ? 'bad' : 'resting'}
        />
        {isReachable
          ? 'Connected'
          : connection.reachability === 'unreachable'
            ? 'Not reachable'
            : 'Not tried yet'}
      </span>,
      <span key="version" className="text-3">
        –
      </span>,
      <span key="size" className="text-3">
        –
      </span>,
      <LastUsed key="used" at={connection.lastUsedAt} now={now} />,
      <RowMenu
        key="menu"
        name={connection.name}
        onOpenSql={() => shell.openSql({ connectionId: connection.id })}
        onOpen={() => shell.navigation.go({ area: 'connections' })}
      />,
    ]
  }

  function deletedCells(project: Project): ReactNode[] {
    return [
      <RowAction
        key="name"
        icon={Database}
        name={project.name}
        detail={project.region}
        onPress={() => shell.navigation.go({ area: 'home', page: 'project', id: project.id })}
      />,
      <EnvironmentBadge key="environment" environment={project.environment} />,
      <span key="status" className="flex items-center gap-7">
        <StatusDot tone="resting" />
        {project.purgeAt === null
          ? 'Deleted'
          : `Deleted, restorable until ${formatMoment(project.purgeAt, now)}`}
      </span>,
      <span key="version">Postgres {project.postgresVersion}</span>,
      <span key="size">{project.sizeBytes === null ? '–' : formatBytes(project.sizeBytes)}</span>,
      <LastUsed key="used" at={usedAt.get(project.id) ?? null} now={now} />,
      <Button key="restore" size="compact" isDisabled={!isOnline} onPress={() => restore.mutate(project)}>
        Restore
      </Button>,
    ]
  }

  const createButton = (variant: 'primary' | 'secondary'): ReactNode =>
    hasAccount ? (
      <Button
        variant={variant}
        caps={createCaps}
        onPress={() => setIsCreating(true)}
        disabledReason={isOnline ? undefined : OFFLINE_REASON}
      >
        Create project
      </Button>
    ) : null

  return (
    <Page
      title="Projects"
      detail={
        isLoading ? undefined : (
          <span className="flex items-center gap-6">
            {hasAccount
              ? `${living.length}${custom.length === 0 ? '' : `, and ${custom.length} own ${custom.length === 1 ? 'connection' : 'connections'}`}`
              : `${custom.length} ${custom.length === 1 ? 'connection' : 'connections'}, no account`}
            {isStale && projects.data !== undefined ? (
              <span className="flex items-center gap-5" title={formatFull(projects.data.asOf)}>
                <CloudOff aria-hidden="true" size={12} strokeWidth={1.75} />
                as of {formatAge(projects.data.asOf, now)}
              </span>
            ) : null}
          </span>
        )
      }
      actions={
        <>
          <SearchField
            label="Filter projects"
            value={filter}
            onChange={setFilter}
            caps={filterCaps}
            inputRef={filterInput}
            className="w-240!"
          />
          <Button
            variant={hasAccount || isEmpty ? 'secondary' : 'primary'}
            onPress={() => setIsConnecting(true)}
          >
            Connect existing
          </Button>
          {createButton(isEmpty ? 'secondary' : 'primary')}
        </>
      }
    >
      <StatusSegment side="left" order={10} label="How many there are">
        {living.length} {living.length === 1 ? 'project' : 'projects'}, {custom.length}{' '}
        {custom.length === 1 ? 'connection' : 'connections'}
      </StatusSegment>
      {problem !== undefined && !isLoading ? (
        <div className="mb-12">
          <FormError message={problem.message} hint={problem.hint} />
        </div>
      ) : null}
      <Card isFlat className="overflow-hidden">
        {problem !== undefined && isLoading ? (
          <div className="p-14">
            <FormError
              message={problem.message}
              hint={problem.hint}
              action={
                <Button size="compact" onPress={() => void projects.refetch()}>
                  Retry
                </Button>
              }
            />
          </div>
        ) : isLoading ? (
          <SkeletonRows count={6} label="Reading the projects" />
        ) : rows.length > 0 ? (
          <DataList
            label="Projects and connections"
            columns={[
              { id: 'name', title: 'Name' },
              { id: 'environment', title: 'Environment' },
              { id: 'status', title: 'Status' },
              { id: 'version', title: 'Version' },
              { id: 'size', title: 'Size', align: 'right' },
              { id: 'used', title: 'Last query', align: 'right' },
              { id: 'menu', title: 'Actions', isTitleHidden: true, align: 'right' },
            ]}
            rows={rows}
          />
        ) : filter !== '' ? (
          <EmptyState
            title="No project matches"
            action={<Button onPress={() => setFilter('')}>Clear the filter</Button>}
          >
            Nothing is called “{filter}”.
          </EmptyState>
        ) : hasAccount ? (
          <EmptyState
            title="No projects yet"
            action={createButton('primary')}
            secondary={
              <TextButton onPress={() => setIsConnecting(true)}>Connect an existing Postgres</TextButton>
            }
          >
            A project is a Postgres 18 of its own with a connection string, ready in about a second.
          </EmptyState>
        ) : (
          <EmptyState
            title="Nothing here yet"
            action={
              <Button variant="primary" onPress={() => setIsConnecting(true)}>
                Connect a Postgres
              </Button>
            }
            secondary={
              <TextButton onPress={() => shell.navigation.go({ area: 'home', page: 'welcome' })}>
                Log in to create projects
              </TextButton>
            }
          >
            Connect any Postgres that this machine can reach. No account is needed.
          </EmptyState>
        )}
      </Card>
      <CreateProjectDialog isOpen={isCreating} onClose={() => setIsCreating(false)} />
      <ConnectionDialog
        isOpen={isConnecting}
        onClose={() => setIsConnecting(false)}
        onSaved={() => setIsConnecting(false)}
      />
    </Page>
  )
}

/** The status, followed live while it moves. */
function ProjectStatusCell({ project }: { readonly project: Project }): ReactNode {
  useProjectProgress(isMoving(project.status) ? project.id : undefined)
  const { word, tone } = statusOf(project.status)
  return (
    <span className="flex items-center gap-7" title={project.problem ?? undefined}>
      <StatusDot tone={tone} />
      {word}
    </span>
  )
}

function LastUsed({ at, now }: { readonly at: string | null; readonly now: Date }): ReactNode {
  return (
    <span className="text-3" title={at === null ? undefined : formatFull(at)}>
      {at === null ? 'never' : formatAge(at, now)}
    </span>
  )
}

function RowMenu(props: {
  readonly name: string
  readonly onOpenSql: () => void
  readonly onOpen: () => void
}): ReactNode {
  return (
    <MenuButton
      label={`Actions of ${props.name}`}
      placement="bottom end"
      entries={[
        { id: 'sql', label: 'Open SQL', icon: SquareTerminal, onAction: props.onOpenSql },
        { id: 'open', label: 'Show details', icon: Database, onAction: props.onOpen },
      ]}
    >
      <IconButton icon={EllipsisVertical} size="small" label={`Actions of ${props.name}`} />
    </MenuButton>
  )
}
