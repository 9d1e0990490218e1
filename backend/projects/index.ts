// The door of projects.
import { z } from 'zod'
import { ProjectId } from '#contract/capabilities/ids.ts'
import {
  createProjectsService,
  WAKE_JOB,
  type ProjectsDependencies,
  type ProjectsService,
} from './service.ts'

export { requireProject, requireProjectLocked } from './access.ts'
export { MINIMUM_ROLE, type ProjectAction } from './permissions.ts'
export { createProjectsRoutes } from './routes.ts'
export type { LimitCheck, ProjectLimits, ProjectsDependencies, ProjectsService } from './service.ts'
export { findProjects, type Hold, toContractProject, type ProjectRow } from './store.ts'

/** Makes the service of projects and registers its job. */
export function createProjects(deps: ProjectsDependencies): ProjectsService {
  const service = createProjectsService(deps)
  deps.jobs.register({
    name: WAKE_JOB,
    payload: z.object({ projectIds: z.array(ProjectId) }),
    run: async ({ projectIds }) => projectIds.forEach((projectId) => deps.provisioning.wake(projectId)),
  })
  return service
}
