// The door of insight: what the database did for a request, as the service tells members who may see it. Nothing of it is kept here.
import type { insight } from '#contract/capabilities/insight.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import { askService, type Cloud } from '../cloud/index.ts'

/** Makes the capability. Every call throws SERVICE_UNREACHABLE while the service is away. */
export function createInsightCapability({
  cloud,
}: {
  readonly cloud: Cloud
}): CapabilityHandlers<typeof insight> {
  const ask = askService(cloud)
  return {
    trace: (input, { signal }) =>
      ask('Reading what the database did', ({ insight }) => insight.trace(input, { signal })),
    plan: (input, { signal }) =>
      ask('Reading the plan of a request', ({ insight }) => insight.plan(input, { signal })),
    policies: (input, { signal }) =>
      ask('Reading the policies that applied', ({ insight }) => insight.policies(input, { signal })),
  }
}
