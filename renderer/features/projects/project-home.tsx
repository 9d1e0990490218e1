// One project: is it well, how do I connect, what happened lately.
import { Box, Moon, Pencil, RotateCcw, SquareTerminal, Sun, Trash2 } from 'lucide-react'
import { useMemo, useState, type ReactNode } from 'react'
import type { ConnectionId, ProjectId } from '#contract/capabilities/ids.ts'
import type { Project } from '#contract/capabilities/projects.ts'
import { EnvironmentBadge, StatusDot } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { FormError } from '../../components/form-error.tsx'
import { formatAge, formatBytes, formatFull, formatMoment } from '../../components/format.ts'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { useNow } from '../../components/use-now.ts'
import { describeError } from '../../host/error-text.ts'
import { useAction, useCall } from '../../host/host-provider.tsx'
import { CommandButton } from '../../shell/command-hint.tsx'
import { Page } from '../../shell/page.tsx'
import type { Scope } from '../../shell/scope.ts'
import { StatusSegment } from '../../shell/slots.tsx'
import { useCommands, useScope, useShell } from '../../shell/shell.tsx'
import { ConnectCard, toConnectionId } from '../connections/index.ts'
import { DeleteProjectDialog, RenameProjectDialog } from './project-dialogs.tsx'
import { ProjectSteps } from './project-steps.tsx'
import { RecentQueries } from './recent-queries.tsx'
import { isMoving, statusOf, useProject, useProjectProgress } from './use-projects.ts'

/** The page of a project. */
export function ProjectHomePage({ projectId }: { readonly projectId: ProjectId }): ReactNode {
  const { navigation } = useShell()
  const reading = useProject(projectId)
  const problem = describeError(reading.error)
  const connectionId = toConnectionId(projectId)
  if (reading.data === undefined || connectionId === undefined) {
    return (
      <Page title="Project">
        <Card>
          {problem === undefined ? (
            <SkeletonRows count={3} label="Reading the project" />
          ) : (
            <EmptyState
              title="This project cannot be shown"
              action={<Button onPress={() => navigation.go({ area: 'home' })}>Show all projects</Button>}
            >
              {problem.message}
            </EmptyState>
          )}
        </Card>
      </Page>
    )
  }
  return <Loaded key={projectId} project={reading.data} connectionId={connectionId} />
}

function Loaded(props: { readonly project: Project; readonly connectionId: ConnectionId }): ReactNode {
  const { project, connectionId } = props
  const shell = useShell()
  const now = useNow()
  const [asking, setAsking] = useState<'rename' | 'delete'>()
  const connectivity = useCall(['connectivity', 'current'], (host, options) =>
    host.connectivity.current({}, options),
  ).data
  const isOnline = connectivity?.state === 'online'
  const isDeleted = project.status === 'deleted'
  const input = { projectId: project.id }
  const start = useAction((host, _input: void) => host.projects.start(input), ['projects'])
  const stop = useAction((host, _input: void) => host.projects.stop(input), ['projects'])
  const restore = useAction((host, _input: void) => host.projects.restore(input), ['projects', 'connections'])
  const scope = useMemo<Scope>(
    () => ({
      kind: 'project',
      id: connectionId,
      name: project.name,
      environment: project.environment,
      isSnapshot: false,
      isReadOnly: false,
    }),
    [connectionId, project.name, project.environment],
  )
  useScope(scope)
  useCommands([
    {
      id: 'project.open-sql',
      title: 'Open SQL',
      group: 'Project',
      icon: SquareTerminal,
      when: () => !isDeleted,
      run: () => shell.openSql({ connectionId }),
    },
    {
      id: 'project.open-api',
      title: 'Open API',
      group: 'Project',
      icon: Box,
      when: () => !isDeleted,
      run: () => shell.navigation.go({ area: 'api', page: 'documentation', id: project.id }),
    },
    {
      id: 'project.start',
      title: 'Wake the database',
      group: 'Project',
      icon: Sun,
      when: () => project.status === 'asleep' || project.status === 'failed',
      run: () => start.mutate(),
    },
    {
      id: 'project.stop',
      title: 'Put the database to sleep',
      group: 'Project',
      icon: Moon,
      when: () => project.status === 'awake',
      run: () => stop.mutate(),
    },
    {
      id: 'project.rename',
      title: 'Rename project…',
      group: 'Project',
      icon: Pencil,
      when: () => !isDeleted,
      run: () => setAsking('rename'),
    },
    {
      id: 'project.delete',
      title: 'Delete project…',
      group: 'Project',
      icon: Trash2,
      when: () => !isDeleted,
      run: () => setAsking('delete'),
    },
  ])
  const problem = describeError(start.error ?? stop.error ?? restore.error)
  const { word, tone } = statusOf(project.status)
  const offlineReason = isOnline ? undefined : 'This needs the service, which does not answer now.'

  return (
    <Page
      title={project.name}
      detail={`Postgres ${project.postgresVersion}, ${project.region}`}
      actions={
        isDeleted ? null : (
          <>
            <Button icon={Pencil} disabledReason={offlineReason} onPress={() => setAsking('rename')}>
              Rename
            </Button>
            <CommandButton command="project.open-api" icon={Box} />
            <CommandButton command="project.open-sql" icon={SquareTerminal} />
          </>
        )
      }
    >
      <StatusSegment side="left" order={10} label="State of the database">
        <StatusDot tone={tone} /> {word}
      </StatusSegment>
      {problem === undefined ? null : (
        <div className="mb-16">
          <FormError message={problem.message} hint={problem.hint} />
        </div>
      )}
      {isDeleted ? (
        <Card title="Deleted">
          <div className="flex items-center gap-16 px-14 py-14">
            <p className="min-w-0 flex-1 text-body">
              {project.purgeAt === null
                ? 'This project is deleted for good.'
                : `The database is stopped and its data is kept until ${formatMoment(project.purgeAt, now)}. After that it is gone for good.`}
            </p>
            {project.purgeAt === null ? null : (
              <Button
                variant="primary"
                icon={RotateCcw}
                isBusy={restore.isPending}
                disabledReason={offlineReason}
                onPress={() => restore.mutate()}
              >
                Restore project
              </Button>
            )}
          </div>
        </Card>
      ) : (
        <>
          <div className="grid grid-cols-2 gap-16 max-wide:grid-cols-1">
            <DatabaseCard
              project={project}
              isBusy={start.isPending || stop.isPending}
              offlineReason={offlineReason}
              onStart={() => start.mutate()}
              onStop={() => stop.mutate()}
            />
            <ConnectCard connectionId={connectionId} version={`${project.status} ${project.updatedAt}`}>
              <dl className="mt-12 grid grid-cols-[80px_1fr] gap-y-6 text-small">
                <dt className="text-3">Role</dt>
                <dd className="font-mono text-data select-text">owner</dd>
                <dt className="text-3">Database</dt>
                <dd className="font-mono text-data select-text">main</dd>
              </dl>
            </ConnectCard>
          </div>
          <div className="mt-16 flex flex-col gap-16">
            <RecentQueries connectionId={connectionId} />
            <Card>
              <div className="flex items-center gap-16 px-14 py-10">
                <p className="min-w-0 flex-1 text-small text-2">
                  Deleting stops the database at once. Its data can be restored during a grace period.
                </p>
                <Button
                  variant="danger"
                  icon={Trash2}
                  disabledReason={offlineReason}
                  onPress={() => setAsking('delete')}
                >
                  Delete project
                </Button>
              </div>
            </Card>
          </div>
        </>
      )}
      <RenameProjectDialog
        project={project}
        isOpen={asking === 'rename'}
        onClose={() => setAsking(undefined)}
      />
      <DeleteProjectDialog
        project={project}
        isOpen={asking === 'delete'}
        onClose={() => setAsking(undefined)}
      />
    </Page>
  )
}

interface DatabaseCardProps {
  readonly project: Project
  readonly isBusy: boolean
  readonly offlineReason: string | undefined
  readonly onStart: () => void
  readonly onStop: () => void
}

function DatabaseCard({ project, isBusy, offlineReason, ...on }: DatabaseCardProps): ReactNode {
  const now = useNow()
  const progress = useProjectProgress(project.id)
  const { word, tone } = statusOf(project.status)
  const isUnderWay = isMoving(project.status)
  const steps = progress?.steps ?? []
  const size = project.sizeBytes
  return (
    <Card
      title="Database"
      actions={
        project.status === 'awake' ? (
          <Button
            size="compact"
            variant="ghost"
            icon={Moon}
            isBusy={isBusy}
            disabledReason={offlineReason}
            onPress={on.onStop}
          >
            Sleep now
          </Button>
        ) : project.status === 'asleep' ? (
          <Button
            size="compact"
            icon={Sun}
            isBusy={isBusy}
            disabledReason={offlineReason}
            onPress={on.onStart}
          >
            Wake
          </Button>
        ) : null
      }
    >
      <div className="flex flex-col gap-14 px-14 py-14">
        <div className="flex items-center gap-9" role="status">
          <StatusDot tone={tone} />
          <span className="text-[15px]/20 font-semibold">{word}</span>
          <span className="text-small text-2" title={formatFull(project.updatedAt)}>
            since {formatMoment(project.updatedAt, now)}
            {offlineReason === undefined ? '' : ', as last known'}
          </span>
        </div>
        {project.problem === null ? null : (
          <FormError
            message={project.problem}
            action={
              project.status === 'failed' ? (
                <Button size="compact" isBusy={isBusy} onPress={on.onStart}>
                  Retry
                </Button>
              ) : null
            }
          />
        )}
        {isUnderWay || steps.some((step) => step.state === 'failed') ? <ProjectSteps steps={steps} /> : null}
        <dl className="grid grid-cols-3 gap-16">
          <Figure label="Size" value={size === null ? '–' : formatBytes(size)} note="on disk" />
          <Figure label="Version" value={project.postgresVersion} note="Postgres" />
          <Figure label="Region" value={project.region} note="where it runs" />
        </dl>
        <dl className="grid grid-cols-[100px_1fr] gap-y-8 border-t border-line-1 pt-14 text-small">
          <dt className="text-3">Environment</dt>
          <dd>
            <EnvironmentBadge environment={project.environment} />
          </dd>
          <dt className="text-3">Reference</dt>
          <dd className="font-mono text-data select-text">{project.ref}</dd>
          <dt className="text-3">Created</dt>
          <dd title={formatFull(project.createdAt)}>{formatAge(project.createdAt, now)}</dd>
        </dl>
      </div>
    </Card>
  )
}

function Figure(props: { readonly label: string; readonly value: string; readonly note: string }): ReactNode {
  return (
    <div className="min-w-0">
      <dt className="text-small text-2">{props.label}</dt>
      <dd>
        <span className="block truncate text-[15px]/20 font-semibold tabular-nums">{props.value}</span>
        <span className="block text-micro font-normal text-3">{props.note}</span>
      </dd>
    </div>
  )
}
