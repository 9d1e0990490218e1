// The door of access: grants, row-level security and policies of a project's database, read and set by the service.
import type { access } from '#contract/capabilities/access.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import { askService, type Cloud } from '../cloud/index.ts'

/** Makes the capability. Every call throws SERVICE_UNREACHABLE while the service is away. */
export function createAccessCapability({
  cloud,
}: {
  readonly cloud: Cloud
}): CapabilityHandlers<typeof access> {
  const ask = askService(cloud)
  return {
    exposure: (input, { signal }) =>
      ask('Reading what the API exposes', ({ access }) => access.exposure(input, { signal })),
    change: (input) => ask('Changing what the API exposes', ({ access }) => access.change(input)),
    policies: (input, { signal }) =>
      ask('Listing policies', ({ access }) => access.policies(input, { signal })),
    createPolicy: (input) => ask('Creating a policy', ({ access }) => access.createPolicy(input)),
    alterPolicy: (input) => ask('Changing a policy', ({ access }) => access.alterPolicy(input)),
    dropPolicy: (input) => ask('Dropping a policy', ({ access }) => access.dropPolicy(input)),
    preview: (input, { signal }) =>
      ask('Trying what a user would see', ({ access }) => access.preview(input, { signal })),
    lint: (input, { signal }) => ask('Checking the exposure', ({ access }) => access.lint(input, { signal })),
  }
}
