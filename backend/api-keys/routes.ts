// The handlers of API keys.
import type { ServiceContract } from '#contract/contract.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { Authenticate } from '../auth/index.ts'
import type { ApiKeysService } from './service.ts'

/** Makes the handlers. */
export function createApiKeysRoutes(
  service: ApiKeysService,
  authenticate: Authenticate,
): CapabilityHandlers<ServiceContract['apiKeys']> {
  return {
    list: async (input, context) => service.list(await authenticate(context), input),
    create: async (input, context) => service.create(await authenticate(context), input),
    rename: async (input, context) => service.rename(await authenticate(context), input),
    rotate: async (input, context) => service.rotate(await authenticate(context), input),
    revoke: async (input, context) => service.revoke(await authenticate(context), input),
  }
}
