// The API area: which project, and which of its pages.
import { Database } from 'lucide-react'
import { useMemo, type ReactNode } from 'react'
import type { Project } from '#contract/capabilities/projects.ts'
import { EnvironmentBadge, StatusDot } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { Card } from '../../components/card.tsx'
import { DataList, RowAction } from '../../components/data-list.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { SkeletonRows } from '../../components/skeleton.tsx'
import { describeError } from '../../host/error-text.ts'
import { Page } from '../../shell/page.tsx'
import type { Scope } from '../../shell/scope.ts'
import { useCommands, useLocation, useScope, useShell } from '../../shell/shell.tsx'
import { ExposurePage } from '../access/index.ts'
import { toConnectionId } from '../connections/index.ts'
import { statusOf, useProject } from '../projects/index.ts'
import { DocumentationPage } from './documentation-page.tsx'
import { KeysPage } from './keys-page.tsx'
import { API_PAGES, pageOf, type ApiPageId } from './pages.ts'
import { SettingsPage } from './settings-page.tsx'
import { projectAt, useApiProjects } from './use-api.ts'

/** The content of the area. */
export function ApiArea(): ReactNode {
  const { navigation } = useShell()
  const { page, id } = useLocation()
  const { projects, error, isFetching, refetch } = useApiProjects()
  const projectId = projectAt(id, projects)
  if (projectId !== undefined) return <ProjectApi key={projectId} id={projectId} page={pageOf(page)} />
  const problem = describeError(error)
  return (
    <Page title="API" detail="Choose a project">
      <Card isFlat>
        {projects === undefined ? (
          problem === undefined ? (
            <SkeletonRows count={3} label="Reading the projects" />
          ) : (
            <EmptyState
              title="The projects cannot be shown"
              action={
                <Button isBusy={isFetching} onPress={refetch}>
                  Try again
                </Button>
              }
            >
              {problem.message}
            </EmptyState>
          )
        ) : projects.length === 0 ? (
          <EmptyState
            title="No projects yet"
            action={
              <Button variant="primary" onPress={() => navigation.go({ area: 'home' })}>
                Show projects
              </Button>
            }
          >
            Every project has a REST API over its tables. Create one, and it is there.
          </EmptyState>
        ) : (
          <DataList
            label="Projects with an API"
            columns={[
              { id: 'name', title: 'Project' },
              { id: 'environment', title: 'Environment' },
              { id: 'status', title: 'Status' },
            ]}
            rows={projects.map((project) => ({
              id: project.id,
              cells: projectCells(project, () =>
                navigation.go({ area: 'api', page: pageOf(page), id: project.id }),
              ),
            }))}
          />
        )}
      </Card>
    </Page>
  )
}

function projectCells(project: Project, open: () => void): ReactNode[] {
  const { word, tone } = statusOf(project.status)
  return [
    <RowAction key="name" icon={Database} name={project.name} onPress={open} />,
    <EnvironmentBadge key="environment" environment={project.environment} />,
    <span key="status" className="flex items-center gap-7">
      <StatusDot tone={tone} />
      {word}
    </span>,
  ]
}

function ProjectApi({ id, page }: { readonly id: Project['id']; readonly page: ApiPageId }): ReactNode {
  const { navigation } = useShell()
  const reading = useProject(id)
  const project = reading.data
  const scope = useMemo<Scope | null>(() => {
    const connectionId = toConnectionId(id)
    if (project === undefined || connectionId === undefined) return null
    return {
      kind: 'project',
      id: connectionId,
      name: project.name,
      environment: project.environment,
      isSnapshot: false,
      isReadOnly: false,
    }
  }, [id, project])
  useScope(scope)
  useCommands([
    ...API_PAGES.map((entry) => ({
      id: `api.${entry.id}`,
      title: `API: ${entry.label.toLowerCase()}`,
      group: 'API',
      icon: entry.icon,
      run: () => navigation.go({ area: 'api', page: entry.id, id }),
    })),
    {
      id: 'api.project',
      title: 'Show the project',
      group: 'API',
      icon: Database,
      run: () => navigation.go({ area: 'home', page: 'project', id }),
    },
  ])
  const problem = describeError(reading.error)
  if (project === undefined && problem !== undefined)
    return (
      <Page title="API">
        <Card>
          <EmptyState
            title="This project cannot be shown"
            action={<Button onPress={() => navigation.go({ area: 'home' })}>Show all projects</Button>}
          >
            {problem.message}
          </EmptyState>
        </Card>
      </Page>
    )
  if (project?.status === 'deleted')
    return (
      <Page title="API">
        <Card>
          <EmptyState
            title={`${project.name} is deleted`}
            action={
              <Button onPress={() => navigation.go({ area: 'home', page: 'project', id })}>
                Show the project
              </Button>
            }
          >
            Its API answers nobody. Restore the project to have it back.
          </EmptyState>
        </Card>
      </Page>
    )
  switch (page) {
    case 'documentation':
      return <DocumentationPage projectId={id} />
    case 'keys':
      return <KeysPage projectId={id} />
    case 'exposure':
      return <ExposurePage projectId={id} />
    case 'settings':
      return <SettingsPage projectId={id} />
  }
}
