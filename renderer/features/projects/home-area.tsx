// The Home area: the list, and a page per project with a sidebar to go between them.
import { Database, LayoutList } from 'lucide-react'
import type { ReactNode } from 'react'
import { useLocation, useShell } from '../../shell/shell.tsx'
import { SidebarHeading, SidebarNav } from '../../shell/sidebar-parts.tsx'
import { ProjectHomePage } from './project-home.tsx'
import { ProjectListPage } from './project-list.tsx'
import { statusOf, toProjectId, useProjects } from './use-projects.ts'

/** The content of the Home area. */
export function HomeArea(): ReactNode {
  const location = useLocation()
  const projectId = location.page === 'project' ? toProjectId(location.id) : undefined
  return projectId === undefined ? <ProjectListPage /> : <ProjectHomePage projectId={projectId} />
}

/** Shown beside a project's page. */
export function HomeSidebar(): ReactNode {
  const { navigation } = useShell()
  const location = useLocation()
  const items = (useProjects().data?.items ?? []).filter((project) => project.status !== 'deleted')
  return (
    <>
      <SidebarHeading title="Home" />
      <SidebarNav
        label="Projects"
        groups={[
          { entries: [{ id: '', label: 'All projects', icon: LayoutList, meta: items.length }] },
          {
            title: 'Projects',
            entries: items.map((project) => ({
              id: project.id,
              label: project.name,
              icon: Database,
              meta: project.status === 'awake' ? '' : statusOf(project.status).word,
            })),
          },
        ]}
        current={location.id}
        onGo={(id) => navigation.go(id === '' ? { area: 'home' } : { area: 'home', page: 'project', id })}
      />
    </>
  )
}
