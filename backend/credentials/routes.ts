// The handlers of credentials.
import type { ServiceContract } from '#contract/contract.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { Authenticate } from '../auth/index.ts'
import type { CredentialsService } from './service.ts'

/** Makes the handlers. */
export function createCredentialsRoutes(
  service: CredentialsService,
  authenticate: Authenticate,
): CapabilityHandlers<ServiceContract['credentials']> {
  return {
    get: async ({ projectId }, context) => service.get(await authenticate(context), projectId),
    rotate: async ({ projectId }, context) => service.rotate(await authenticate(context), projectId),
  }
}
