// The handlers of teamCollections.
import type { ServiceContract } from '#contract/contract.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { Authenticate } from '../auth/index.ts'
import type { TeamCollectionsService } from './service.ts'

/** Makes the handlers. */
export function createTeamCollectionsRoutes(
  service: TeamCollectionsService,
  authenticate: Authenticate,
): CapabilityHandlers<ServiceContract['teamCollections']> {
  return {
    list: async ({ organisationId }, context) => service.list(await authenticate(context), organisationId),
    create: async (input, context) => service.create(await authenticate(context), input),
    remove: async (input, context) => service.remove(await authenticate(context), input),
    pull: async (input, context) => service.pull(await authenticate(context), input),
    push: async (input, context) => ({ outcomes: await service.push(await authenticate(context), input) }),
  }
}
