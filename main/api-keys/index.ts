// The door of API keys. A key's secret passes through to the page in the answer that makes it; nothing is kept here.
import type { apiKeys } from '#contract/capabilities/api-keys.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import { askService, type Cloud } from '../cloud/index.ts'

/** Makes the capability. Every call throws SERVICE_UNREACHABLE while the service is away. */
export function createApiKeysCapability({
  cloud,
}: {
  readonly cloud: Cloud
}): CapabilityHandlers<typeof apiKeys> {
  const ask = askService(cloud)
  return {
    list: (input, { signal }) => ask('Listing API keys', ({ apiKeys }) => apiKeys.list(input, { signal })),
    create: (input) => ask('Creating an API key', ({ apiKeys }) => apiKeys.create(input)),
    rename: (input) => ask('Renaming an API key', ({ apiKeys }) => apiKeys.rename(input)),
    rotate: (input) => ask('Rotating an API key', ({ apiKeys }) => apiKeys.rotate(input)),
    revoke: (input) => ask('Revoking an API key', ({ apiKeys }) => apiKeys.revoke(input)),
  }
}
