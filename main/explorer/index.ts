// The door of the explorer.
import type { explorer } from '#contract/capabilities/explorer.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import { notYet } from '../collections/index.ts'

/** Makes the handlers. */
export function createExplorerCapability(): CapabilityHandlers<typeof explorer> {
  const later = async (): Promise<never> => notYet('Describing an API')
  return { describe: later, generate: later, drift: later }
}
