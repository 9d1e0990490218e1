// The door of the data API's settings, signing secrets and documentation. All of it is the service's: nothing is kept here, least of all a secret.
import type { api } from '#contract/capabilities/api.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import { askService, type Cloud } from '../cloud/index.ts'

/** Makes the capability. Every call throws SERVICE_UNREACHABLE while the service is away. */
export function createApiCapability({ cloud }: { readonly cloud: Cloud }): CapabilityHandlers<typeof api> {
  const ask = askService(cloud)
  return {
    get: (input, { signal }) => ask('Reading the API’s settings', ({ api }) => api.get(input, { signal })),
    update: (input) => ask('Changing the API’s settings', ({ api }) => api.update(input)),
    document: (input, { signal }) =>
      ask('Reading the API’s documentation', ({ api }) => api.document(input, { signal })),
    jwtSecrets: (input, { signal }) =>
      ask('Listing signing secrets', ({ api }) => api.jwtSecrets(input, { signal })),
    revealJwtSecret: (input) => ask('Revealing the signing secret', ({ api }) => api.revealJwtSecret(input)),
    rotateJwtSecret: (input) => ask('Rotating the signing secret', ({ api }) => api.rotateJwtSecret(input)),
    issuers: (input, { signal }) => ask('Listing token issuers', ({ api }) => api.issuers(input, { signal })),
    addIssuer: (input) => ask('Adding a token issuer', ({ api }) => api.addIssuer(input)),
    removeIssuer: (input) => ask('Removing a token issuer', ({ api }) => api.removeIssuer(input)),
  }
}
