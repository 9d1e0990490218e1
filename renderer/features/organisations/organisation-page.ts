// Pages of an organisation in the settings, by name.
import type { OrganisationId } from '#contract/capabilities/ids.ts'

export type OrganisationPageId = 'billing' | 'members'

/** How a page of an organisation is named in the location. */
export function organisationPage(id: OrganisationPageId, organisationId: OrganisationId): string {
  return `${id}:${organisationId}`
}
