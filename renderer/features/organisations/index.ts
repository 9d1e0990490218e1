// Organisations: who belongs to them, and what each may do.
export { MembersSettings } from './members-settings.tsx'
export { organisationPage, type OrganisationPageId } from './organisation-page.ts'
export { OrganisationsCard } from './organisations-card.tsx'
export { useMembers, useOrganisations } from './use-organisations.ts'
