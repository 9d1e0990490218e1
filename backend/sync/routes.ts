// The handlers of sync.
import type { ServiceContract } from '#contract/contract.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { Authenticate } from '../auth/index.ts'
import type { SyncService } from './service.ts'

/** Makes the handlers. */
export function createSyncRoutes(
  service: SyncService,
  authenticate: Authenticate,
): CapabilityHandlers<ServiceContract['sync']> {
  return {
    pull: async (input, context) => service.pull(await authenticate(context), input),
    push: async ({ mutations }, context) => ({
      outcomes: await service.push(await authenticate(context), mutations),
    }),
  }
}
