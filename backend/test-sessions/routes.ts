// The handlers of test sessions.
import type { testSessions } from '#contract/capabilities/test-sessions.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import { type Authenticate, callerOf } from '../auth/index.ts'
import type { TestSessionsService } from './service.ts'

/** Makes the handlers. */
export function createTestSessionsRoutes(
  service: TestSessionsService,
  authenticate: Authenticate,
): CapabilityHandlers<typeof testSessions> {
  return {
    open: async (input, context) =>
      service.open(await authenticate(context), callerOf(context).address, input),
  }
}
