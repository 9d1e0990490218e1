// The handlers of organisations.
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { ServiceContract } from '#contract/contract.ts'
import { type Authenticate, callerOf } from '../auth/index.ts'
import type { OrganisationsService } from './service.ts'

/** Makes the handlers. */
export function createOrganisationsRoutes(
  service: OrganisationsService,
  authenticate: Authenticate,
): CapabilityHandlers<ServiceContract['organisations']> {
  return {
    list: async (_, context) => service.list(await authenticate(context)),
    get: async ({ organisationId }, context) => service.get(await authenticate(context), organisationId),
    create: async ({ name }, context) => service.create(await authenticate(context), name),
    rename: async ({ organisationId, name }, context) =>
      service.rename(await authenticate(context), organisationId, name),
    delete: async ({ organisationId }, context) =>
      service.delete(await authenticate(context), organisationId),
    members: async ({ organisationId }, context) =>
      service.members(await authenticate(context), organisationId),
    invite: async (input, context) => service.invite(await authenticate(context), input, callerOf(context)),
    acceptInvitation: async ({ token }, context) =>
      service.acceptInvitation(await authenticate(context), token, callerOf(context)),
    setRole: async (input, context) => service.setRole(await authenticate(context), input),
    setBillingAdmin: async (input, context) => service.setBillingAdmin(await authenticate(context), input),
    removeMember: async (input, context) => service.removeMember(await authenticate(context), input),
  }
}
