// The handlers of the data API's setup.
import type { api } from '#contract/capabilities/api.ts'
import type { CallContext, CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { Authenticate } from '../auth/index.ts'
import type { ApiService, Caller } from './service.ts'

/** Makes the handlers. */
export function createApiRoutes(
  service: ApiService,
  authenticate: Authenticate,
): CapabilityHandlers<typeof api> {
  const callerOf = async (context: CallContext): Promise<Caller> => ({
    actor: await authenticate(context),
    signal: context.signal,
  })
  return {
    get: async ({ projectId }, context) => service.get(await callerOf(context), projectId),
    update: async (input, context) => service.update(await callerOf(context), input),
    document: async (input, context) => service.document(await callerOf(context), input),
    jwtSecrets: async ({ projectId }, context) => service.jwtSecrets(await callerOf(context), projectId),
    revealJwtSecret: async ({ projectId }, context) =>
      service.revealJwtSecret(await callerOf(context), projectId),
    rotateJwtSecret: async (input, context) => service.rotateJwtSecret(await callerOf(context), input),
    issuers: async ({ projectId }, context) => service.issuers(await callerOf(context), projectId),
    addIssuer: async (input, context) => service.addIssuer(await callerOf(context), input),
    removeIssuer: async (input, context) => service.removeIssuer(await callerOf(context), input),
  }
}
