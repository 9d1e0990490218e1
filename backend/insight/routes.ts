// The handlers of insight.
import type { insight } from '#contract/capabilities/insight.ts'
import type { CallContext, CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { Authenticate } from '../auth/index.ts'
import type { Caller } from '../database/index.ts'
import type { InsightService } from './service.ts'

/** Makes the handlers. */
export function createInsightRoutes(
  service: InsightService,
  authenticate: Authenticate,
): CapabilityHandlers<typeof insight> {
  const callerOf = async (context: CallContext): Promise<Caller> => ({
    actor: await authenticate(context),
    signal: context.signal,
  })
  return {
    trace: async (input, context) => service.trace(await callerOf(context), input),
    plan: async (input, context) => service.plan(await callerOf(context), input),
    policies: async (input, context) => service.policies(await callerOf(context), input),
  }
}
