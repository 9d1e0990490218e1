// The handlers of projects.
import type { ServiceContract } from '#contract/contract.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { Authenticate } from '../auth/index.ts'
import type { ProjectsService } from './service.ts'

/** Makes the handlers. */
export function createProjectsRoutes(
  service: ProjectsService,
  authenticate: Authenticate,
): CapabilityHandlers<ServiceContract['projects']> {
  return {
    list: async (filter, context) => service.list(await authenticate(context), filter),
    get: async ({ projectId }, context) => service.get(await authenticate(context), projectId),
    create: async (input, context) => service.create(await authenticate(context), input),
    rename: async ({ projectId, name }, context) =>
      service.rename(await authenticate(context), projectId, name),
    delete: async ({ projectId }, context) => service.delete(await authenticate(context), projectId),
    restore: async ({ projectId }, context) => service.restore(await authenticate(context), projectId),
    start: async ({ projectId }, context) => service.start(await authenticate(context), projectId),
    stop: async ({ projectId }, context) => service.stop(await authenticate(context), projectId),
    async *watch({ projectId }, context) {
      yield* service.watch(await authenticate(context), projectId, context.signal)
    },
  }
}
