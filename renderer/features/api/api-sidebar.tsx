// Beside the API pages: the pages of the project, and the other projects.
import { Database } from 'lucide-react'
import type { ReactNode } from 'react'
import { useLocation, useShell } from '../../shell/shell.tsx'
import { SidebarHeading, SidebarNav } from '../../shell/sidebar-parts.tsx'
import { statusOf } from '../projects/index.ts'
import { API_PAGES, pageOf } from './pages.ts'
import { projectAt, useApiProjects } from './use-api.ts'

/** The sidebar of the API area. */
export function ApiSidebar(): ReactNode {
  const { navigation } = useShell()
  const { page, id } = useLocation()
  const { projects = [] } = useApiProjects()
  const projectId = projectAt(id, projects)
  return (
    <>
      <SidebarHeading title="API" />
      {projectId === undefined ? null : (
        <div className="flex-none">
          <SidebarNav
            label="Pages of the API"
            groups={[{ entries: API_PAGES }]}
            current={pageOf(page)}
            onGo={(to) => navigation.go({ area: 'api', page: to, id: projectId })}
          />
        </div>
      )}
      <SidebarNav
        label="Projects with an API"
        groups={[
          {
            title: 'Projects',
            entries: projects.map((project) => ({
              id: project.id,
              label: project.name,
              icon: Database,
              meta: project.status === 'awake' ? '' : statusOf(project.status).word,
            })),
          },
        ]}
        current={projectId ?? ''}
        onGo={(to) => navigation.go({ area: 'api', page: pageOf(page), id: to })}
      />
    </>
  )
}
