// The job behind an invitation: makes the token and mails it. The token is made here, so that it is nowhere but in the mail.
import { z } from 'zod'
import { Email } from '#contract/capabilities/auth.ts'
import { AccountId, OrganisationId } from '#contract/capabilities/ids.ts'
import { Role } from '#contract/capabilities/organisations.ts'
import { isAppError } from '#contract/errors.ts'
import { hashOpaqueToken, newMailedToken } from '../auth/index.ts'
import type { Clock } from '../clock.ts'
import type { Database, Tx } from '../db/database.ts'
import type { JobDefinition } from '../jobs/index.ts'
import type { Mailer } from '../mail/index.ts'
import { requireRole } from './require-role.ts'
import * as store from './store.ts'

export const MAIL_INVITATION = 'organisations.mail-invitation'
export const INVITATION_MS = 7 * 24 * 60 * 60 * 1000
const Payload = z.object({
  organisationId: OrganisationId,
  email: Email,
  role: Role,
  invitedBy: AccountId,
})

/** Makes the job. */
export function createInvitationMailJob(deps: {
  db: Database
  clock: Clock
  mailer: Mailer
}): JobDefinition<typeof Payload> {
  const { db, clock, mailer } = deps
  return {
    name: MAIL_INVITATION,
    payload: Payload,
    async run({ organisationId, email, role, invitedBy }) {
      const token = newMailedToken()
      const name = await db.transaction(async (tx) => {
        if (!(await mayStillInvite(tx, organisationId, invitedBy))) return undefined
        const at = clock.now()
        await store.insertInvitation(tx, {
          hash: hashOpaqueToken(token),
          organisationId,
          email,
          role,
          invitedBy,
          at,
          expiresAt: new Date(at.getTime() + INVITATION_MS),
        })
        return (await store.findOrganisation(tx, invitedBy, organisationId))?.name
      })
      if (name === undefined) return
      await mailer.send({ to: email, subject: `Join ${name} on NebulaDB`, text: invitationText(name, token) })
    },
  }
}

/** Between the invitation and its mail the inviter may have left. */
async function mayStillInvite(
  tx: Tx,
  organisationId: OrganisationId,
  invitedBy: AccountId,
): Promise<boolean> {
  try {
    await requireRole(tx, { accountId: invitedBy, sessionId: '' }, organisationId, 'admin')
    return true
  } catch (error) {
    if (isAppError(error, 'NOT_FOUND') || isAppError(error, 'FORBIDDEN')) return false
    throw error
  }
}

/** Lines of at most 76 characters where the name allows it, so that the mail is readable as it is, without an encoding. */
function invitationText(organisation: string, token: string): string {
  return [
    'You are invited to join an organisation on NebulaDB:',
    organisation,
    '',
    'Sign up or log in with this e-mail address, choose to join an organisation,',
    'and enter this code within 7 days:',
    '',
    token,
    '',
    'If you do not know who sent it, ignore this mail.',
    '',
  ].join('\n')
}
