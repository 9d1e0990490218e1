// The job behind a forgotten password: looks for the account, makes the single-use token and mails it. The token is made here, so that it is
// nowhere but in the mail.
import { z } from 'zod'
import { Email } from '#contract/capabilities/auth.ts'
import { audit } from '../audit/index.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { JobDefinition } from '../jobs/index.ts'
import type { Mailer } from '../mail/index.ts'
import { hashOpaqueToken, newMailedToken } from './opaque-tokens.ts'
import * as store from './store.ts'

export const MAIL_PASSWORD_RESET = 'auth.mail-password-reset'
export const RESET_TOKEN_MS = 30 * 60 * 1000
const Payload = z.object({ email: Email })

/** Makes the job. `publicUrl` is asked for late: the port is known once the service listens. */
export function createPasswordResetMailJob(deps: {
  db: Database
  clock: Clock
  mailer: Mailer
  publicUrl: () => string
}): JobDefinition<typeof Payload> {
  const { db, clock, mailer, publicUrl } = deps
  return {
    name: MAIL_PASSWORD_RESET,
    payload: Payload,
    async run({ email }) {
      const token = newMailedToken()
      const account = await db.transaction(async (tx) => {
        const found = await store.findAccountByEmail(tx, email)
        if (found === undefined) return undefined
        const at = clock.now()
        await store.insertPasswordReset(tx, {
          hash: hashOpaqueToken(token),
          accountId: found.id,
          at,
          expiresAt: new Date(at.getTime() + RESET_TOKEN_MS),
        })
        await audit(tx, {
          actor: null,
          organisationId: null,
          action: 'account.mail-password-reset',
          subjectKind: 'account',
          subjectId: found.id,
        })
        return found
      })
      if (account === undefined) return
      await mailer.send({
        to: account.email,
        subject: 'Set a new NebulaDB password',
        text: resetText(`${publicUrl()}/reset?token=${token}`),
      })
    },
  }
}

/** Lines of at most 76 characters, so that the mail is readable as it is, without an encoding. */
function resetText(link: string): string {
  return [
    'Somebody, probably you, asked for a new password of your NebulaDB account.',
    '',
    'Open this link within 30 minutes, or paste it into the app where it asks',
    'for the link from the mail:',
    '',
    link,
    '',
    'If you did not ask for it, ignore this mail: your password stays as it is.',
    '',
  ].join('\n')
}
