// The door of sync.
import { z } from 'zod'
import type { Jobs } from '../jobs/index.ts'
import { createSyncService, type SyncDependencies, type SyncService } from './service.ts'

export { createSyncRoutes } from './routes.ts'
export type { SyncDependencies, SyncService } from './service.ts'

/** Makes the service of sync and registers its job. */
export function createSync(deps: SyncDependencies & { readonly jobs: Jobs }): SyncService {
  const service = createSyncService(deps)
  deps.jobs.register({
    name: 'sync.prune',
    payload: z.object({}),
    schedule: '23 2 * * *',
    run: () => service.prune(),
  })
  return service
}
