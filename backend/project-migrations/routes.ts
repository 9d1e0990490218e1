// The handlers of projectMigrations.
import type { ServiceContract } from '#contract/contract.ts'
import type { CallContext, CapabilityHandlers } from '#contract/rpc/definition.ts'
import { callerOf, type Authenticate } from '../auth/index.ts'
import type { MigrationCaller, ProjectMigrationsService } from './service.ts'

/** Makes the handlers. */
export function createProjectMigrationsRoutes(
  service: ProjectMigrationsService,
  authenticate: Authenticate,
): CapabilityHandlers<ServiceContract['projectMigrations']> {
  const migrationCaller = async (context: CallContext): Promise<MigrationCaller> => ({
    actor: await authenticate(context),
    signal: context.signal,
    address: callerOf(context).address,
  })
  return {
    list: async (input, context) => service.list(await migrationCaller(context), input),
    read: async (input, context) => service.read(await migrationCaller(context), input),
    apply: async (input, context) => service.apply(await migrationCaller(context), input),
    async rollBack(input, context) {
      await service.rollBack(await migrationCaller(context), input)
      return {}
    },
  }
}
