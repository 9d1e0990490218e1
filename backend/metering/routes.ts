// The handlers of usage.
import type { usage } from '#contract/capabilities/usage.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { Authenticate } from '../auth/index.ts'
import type { UsageService } from './usage-service.ts'

/** Makes the handlers. */
export function createUsageRoutes(
  service: UsageService,
  authenticate: Authenticate,
): CapabilityHandlers<typeof usage> {
  return {
    summary: async (input, context) => service.summary(await authenticate(context), input),
    series: async (input, context) => service.series(await authenticate(context), input),
    export: async (input, context) => service.export(await authenticate(context), input),
  }
}
