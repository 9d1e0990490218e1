// The door of organisations.
import { z } from 'zod'
import type { Mailer } from '../mail/index.ts'
import { createInvitationMailJob } from './invitation-mail.ts'
import {
  createOrganisationsService,
  type OrganisationsDependencies,
  type OrganisationsService,
} from './service.ts'
import { deleteExpiredInvitations } from './store.ts'

export { includesRole, requireBilling, requireRole } from './require-role.ts'
export { createOrganisationsRoutes } from './routes.ts'
export type { MemberLimit, OrganisationProjects, OrganisationsService } from './service.ts'
export { listOrganisations } from './store.ts'

/** Makes the service of organisations and registers its jobs. */
export function createOrganisations(
  deps: OrganisationsDependencies & { readonly mailer: Mailer },
): OrganisationsService {
  deps.jobs.register(createInvitationMailJob(deps))
  deps.jobs.register({
    name: 'organisations.prune-invitations',
    payload: z.object({}),
    schedule: '37 4 * * *',
    run: () => deps.db.transaction((tx) => deleteExpiredInvitations(tx, deps.clock.now())),
  })
  return createOrganisationsService(deps)
}
