// The door of mocks.
import type { mocks } from '#contract/capabilities/mocks.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import { notYet } from '../collections/index.ts'

/** Makes the handlers. */
export function createMocksCapability(): CapabilityHandlers<typeof mocks> {
  return {
    list: async () => [],
    start: async () => notYet('Starting a mock server'),
    stop: async () => notYet('Stopping a mock server'),
    log: async () => notYet('Reading the log of a mock server'),
    changed: () => () => {},
  }
}
