// The door of shared collections.
import { z } from 'zod'
import type { Jobs } from '../jobs/index.ts'
import {
  createTeamCollectionsService,
  type TeamCollectionsDependencies,
  type TeamCollectionsService,
} from './service.ts'

export { createTeamCollectionsRoutes } from './routes.ts'
export type { TeamCollectionsService } from './service.ts'

/** Makes the service of shared collections and registers its job. */
export function createTeamCollections(
  deps: TeamCollectionsDependencies & { readonly jobs: Jobs },
): TeamCollectionsService {
  const service = createTeamCollectionsService(deps)
  deps.jobs.register({
    name: 'team-collections.prune',
    payload: z.object({}),
    schedule: '41 2 * * *',
    run: () => service.prune(),
  })
  return service
}
