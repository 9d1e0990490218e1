// The door of the catalog: the description of each database, cached so that it is there offline.
import type { catalog } from '#contract/capabilities/catalog.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import { createCatalogService, type CatalogDependencies, type CatalogService } from './service.ts'

export type { CatalogDependencies, CatalogService } from './service.ts'

export interface CatalogCapability {
  readonly handlers: CapabilityHandlers<typeof catalog>
  readonly service: CatalogService
}

/** Makes the capability. */
export function createCatalogCapability(dependencies: CatalogDependencies): CatalogCapability {
  const service = createCatalogService(dependencies)
  return {
    service,
    handlers: {
      load: ({ connectionId, refresh }) => service.load(connectionId, refresh),
      changed: (emit) => service.onChanged(emit),
    },
  }
}
