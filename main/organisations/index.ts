// The door of organisations: read from the cache when the service is away, changed only with it.
import type { Organisation, organisations } from '#contract/capabilities/organisations.ts'
import { isAppError } from '#contract/errors.ts'
import type { CapabilityHandlers } from '#contract/rpc/definition.ts'
import type { CloudStore } from '../cache/index.ts'
import { isAway, needsService, type Cloud, type Service } from '../cloud/index.ts'

export interface OrganisationsDependencies {
  readonly cloud: Cloud
  readonly store: CloudStore
  readonly now: () => Date
}

/** Makes the capability. */
export function createOrganisationsCapability({
  cloud,
  store,
  now,
}: OrganisationsDependencies): CapabilityHandlers<typeof organisations> {
  const ask = async <T>(what: string, run: (service: Service) => Promise<T>): Promise<T> => {
    try {
      return await cloud.call(run, { now: true })
    } catch (error) {
      throw needsService(error, what)
    }
  }
  const keep = (organisation: Organisation): Organisation => {
    store.saveOrganisation(organisation)
    return organisation
  }

  return {
    async list() {
      if (cloud.session.state().account === null) return []
      if (cloud.isOnline() || store.readAt('organisation') === undefined) {
        try {
          const read = await cloud.call((service) => service.organisations.list({}))
          store.replaceOrganisations(read, now().toISOString())
        } catch (error) {
          if (!isAway(error)) throw error
        }
      }
      return store.organisations()
    },
    async get({ organisationId }) {
      const kept = store.organisation(organisationId)
      if (kept !== undefined && !cloud.isOnline()) return kept
      try {
        return keep(await cloud.call((service) => service.organisations.get({ organisationId })))
      } catch (error) {
        if (isAppError(error, 'NOT_FOUND')) store.removeOrganisation(organisationId)
        if (kept !== undefined && isAway(error)) return kept
        throw needsService(error, 'Opening an organisation for the first time')
      }
    },
    create: async (input) =>
      keep(await ask('Creating an organisation', (service) => service.organisations.create(input))),
    rename: async (input) =>
      keep(await ask('Renaming an organisation', (service) => service.organisations.rename(input))),
    async delete(input) {
      await ask('Deleting an organisation', (service) => service.organisations.delete(input))
      store.removeOrganisation(input.organisationId)
    },
    members: (input) => ask('Listing members', (service) => service.organisations.members(input)),
    invite: (input) => ask('Inviting somebody', (service) => service.organisations.invite(input)),
    acceptInvitation: async (input) =>
      keep(await ask('Joining an organisation', (service) => service.organisations.acceptInvitation(input))),
    setRole: (input) => ask('Changing a role', (service) => service.organisations.setRole(input)),
    setBillingAdmin: (input) =>
      ask('Changing who manages billing', (service) => service.organisations.setBillingAdmin(input)),
    async removeMember(input) {
      await ask('Removing a member', (service) => service.organisations.removeMember(input))
      if (input.accountId === cloud.session.state().account?.id)
        store.removeOrganisation(input.organisationId)
    },
  }
}
