// The handlers of access.
import type { ServiceContract } from '#contract/contract.ts'
import type { CallContext, CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { Authenticate } from '../auth/index.ts'
import type { Caller } from '../database/index.ts'
import type { AccessService } from './service.ts'

/** Makes the handlers. */
export function createAccessRoutes(
  service: AccessService,
  authenticate: Authenticate,
): CapabilityHandlers<ServiceContract['access']> {
  const callerOf = async (context: CallContext): Promise<Caller> => ({
    actor: await authenticate(context),
    signal: context.signal,
  })
  return {
    exposure: async (input, context) => service.exposure(await callerOf(context), input),
    change: async (input, context) => service.change(await callerOf(context), input),
    policies: async (input, context) => service.policies(await callerOf(context), input),
    createPolicy: async (input, context) => service.createPolicy(await callerOf(context), input),
    alterPolicy: async (input, context) => service.alterPolicy(await callerOf(context), input),
    dropPolicy: async (input, context) => service.dropPolicy(await callerOf(context), input),
    preview: async (input, context) => service.preview(await callerOf(context), input),
    lint: async (input, context) => service.lint(await callerOf(context), input),
  }
}
