// Organisations of the account and their members, and what one member may do to another.
import type { UseQueryResult } from '@tanstack/react-query'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import type { Organisation, OrganisationMember, Role } from '#contract/capabilities/organisations.ts'
import { useCall } from '../../host/host-provider.tsx'

/** Organisations that the account belongs to. */
export function useOrganisations(isEnabled = true): UseQueryResult<Organisation[]> {
  return useCall(['organisations', 'list'], (host, options) => host.organisations.list({}, options), {
    enabled: isEnabled,
  })
}

/** Members of one, as the service has them now. */
export function useMembers(organisationId: OrganisationId): UseQueryResult<OrganisationMember[]> {
  return useCall(['organisations', 'members', organisationId], (host, options) =>
    host.organisations.members({ organisationId }, options),
  )
}

export const ROLES: readonly { readonly id: Role; readonly label: string; readonly may: string }[] = [
  { id: 'owner', label: 'Owner', may: 'Everything, billing and deleting the organisation too.' },
  { id: 'admin', label: 'Admin', may: 'Members, projects and their settings.' },
  { id: 'developer', label: 'Developer', may: 'Works in projects: schema, data, API.' },
  { id: 'viewer', label: 'Viewer', may: 'Sees projects, changes nothing.' },
]

/** Roles that somebody with `own` may give: nobody gives what they do not have. */
export function rolesToGive(own: Role): readonly Role[] {
  if (own === 'owner') return ['owner', 'admin', 'developer', 'viewer']
  return own === 'admin' ? ['admin', 'developer', 'viewer'] : []
}

export interface MemberActions {
  readonly roles: readonly Role[]
  readonly canRemove: boolean
  /** Whether this one's billing can be switched; owners always manage it. */
  readonly canSetBilling: boolean
}

/** What somebody with the role `own` may do to a member. The last owner stays one, as the service also says. */
export function actionsOn(
  member: OrganisationMember,
  { own, isSelf, owners }: { readonly own: Role; readonly isSelf: boolean; readonly owners: number },
): MemberActions {
  const isLastOwner = member.role === 'owner' && owners === 1
  const isAbove = member.role === 'owner' && own !== 'owner'
  const given = rolesToGive(own)
  return {
    roles: isLastOwner || isAbove ? [] : given,
    canRemove: !isLastOwner && (isSelf || (given.length > 0 && !isAbove)),
    canSetBilling: own === 'owner' && member.role !== 'owner',
  }
}
