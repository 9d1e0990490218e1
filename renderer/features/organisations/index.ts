// Organisations: who belongs to them, and what each may do.
export { MembersSettings } from './members-settings.tsx'
export { OrganisationsCard } from './organisations-card.tsx'
export { useOrganisations } from './use-organisations.ts'
