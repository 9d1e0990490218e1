// The handlers of projectMigrations.
import type { ServiceContract } from '#contract/contract.ts'
import type { CallContext, CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { Authenticate } from '../auth/index.ts'
import type { Caller } from '../database/index.ts'
import type { ProjectMigrationsService } from './service.ts'

/** Makes the handlers. */
export function createProjectMigrationsRoutes(
  service: ProjectMigrationsService,
  authenticate: Authenticate,
): CapabilityHandlers<ServiceContract['projectMigrations']> {
  const callerOf = async (context: CallContext): Promise<Caller> => ({
    actor: await authenticate(context),
    signal: context.signal,
  })
  return {
    list: async (input, context) => service.list(await callerOf(context), input),
    read: async (input, context) => service.read(await callerOf(context), input),
    apply: async (input, context) => service.apply(await callerOf(context), input),
    async rollBack(input, context) {
      await service.rollBack(await callerOf(context), input)
      return {}
    },
  }
}
