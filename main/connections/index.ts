// The door of connections: the handlers of the contract, and the service that query and catalog use.
import type { connections } from '#contract/capabilities/connections.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import { createConnectionsService, type ConnectionsDependencies, type ConnectionsRules } from './service.ts'

export { isUnreachable, type ConnectionsDependencies } from './service.ts'
export type {
  ConnectionsService,
  OfferOnce,
  OpenOptions,
  ProjectCredentials,
  TextClipboard,
} from './types.ts'

export interface ConnectionsCapability {
  readonly handlers: CapabilityHandlers<typeof connections>
  readonly service: ConnectionsRules
}

/** Makes the capability. */
export function createConnectionsCapability(dependencies: ConnectionsDependencies): ConnectionsCapability {
  const service = createConnectionsService(dependencies)
  return {
    service,
    handlers: {
      list: () => service.list(),
      save: (input) => service.save(input),
      remove: async ({ connectionId }) => service.remove(connectionId),
      test: (input) => service.test(input),
      parseUri: async ({ uri }) => service.parseUri(uri),
      preview: async ({ connectionId, format }) => ({ text: await service.preview(connectionId, format) }),
      async copy({ connectionId, format }) {
        const path = await service.copy(connectionId, format)
        return path === null ? { delivered: 'clipboard' } : { delivered: 'page', path }
      },
      changed: (emit) => service.onChanged(() => emit({})),
    },
  }
}
