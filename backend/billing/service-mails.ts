// Mails about limits and unpaid invoices: what happened, what follows when, what to do. Sent by jobs; lines of at most 76 characters.
import { z } from 'zod'
import { OrganisationId } from '#contract/capabilities/ids.ts'
import type { Database } from '../db/database.ts'
import type { Jobs } from '../jobs/index.ts'
import type { Mailer } from '../mail/index.ts'
import { MAIL_NOTICE } from './dunning-effects.ts'
import {
  deletionAt,
  type DunningEffect,
  type DunningState,
  RESTRICTED_AFTER_DAYS,
  SUSPENDED_AFTER_DAYS,
} from './dunning.ts'
import { formatDay } from './rate-plan.ts'
import { describeOrganisation, findSubscription, listRecipients } from './store.ts'

/** Job that mails a notice of a quota or cap. */
export const MAIL_LIMIT = 'billing.mail-limit'

const Template = z.enum([
  'mail-past-due',
  'mail-restricted',
  'suspend',
  'mail-deletion-notice',
  'delete',
  'mail-recovered',
]) satisfies z.ZodType<DunningEffect>
type Template = z.infer<typeof Template>

/** Registers the jobs. */
export function registerMails(jobs: Jobs, db: Database, mailer: Pick<Mailer, 'send'>): void {
  const send = async (
    organisationId: OrganisationId,
    compose: (name: string) => { subject: string; text: string },
  ): Promise<void> => {
    const organisation = await describeOrganisation(db, organisationId)
    if (organisation === undefined) return
    const { subject, text } = compose(organisation.name)
    for (const to of await listRecipients(db, organisationId)) await mailer.send({ to, subject, text })
  }
  jobs.register({
    name: MAIL_NOTICE,
    payload: z.object({
      organisationId: OrganisationId,
      template: Template,
      notice: z.number().int().min(0),
    }),
    async run({ organisationId, template, notice }) {
      const subscription = await findSubscription(db, organisationId)
      if (subscription === undefined) return
      await send(organisationId, (name) =>
        dunningMail(template, { name, notice, state: subscription.dunning }),
      )
    },
  })
  jobs.register({
    name: MAIL_LIMIT,
    payload: z.object({ organisationId: OrganisationId, title: z.string(), message: z.string() }),
    run: ({ organisationId, title, message }) =>
      send(organisationId, (name) => ({ subject: `${name}: ${title}`, text: mailOf([title, message]) })),
  })
}

const PAY =
  'Open Settings, Plan and billing in NebulaDB, and pay the open invoice or change the payment method.'

/** What each step of dunning says. */
export function dunningMail(
  template: Template,
  of: { readonly name: string; readonly notice: number; readonly state: DunningState },
): { subject: string; text: string } {
  const { name, notice, state } = of
  const deletion = deletionAt(state)
  const when = deletion === null ? 'later' : `on ${formatDay(deletion)}`
  switch (template) {
    case 'mail-past-due':
      return {
        subject: `${name}: a payment failed`,
        text: mailOf([
          `A payment for ${name} failed. Everything goes on.`,
          `If it stays unpaid, nothing new can be made after ${RESTRICTED_AFTER_DAYS} days, and compute goes off after ${SUSPENDED_AFTER_DAYS} days. Data stays.`,
          PAY,
        ]),
      }
    case 'mail-restricted':
      return {
        subject: `${name}: nothing new can be made`,
        text: mailOf([
          `An invoice of ${name} is unpaid for a week. What runs goes on; new projects and members cannot be made.`,
          PAY,
        ]),
      }
    case 'suspend':
      return {
        subject: `${name}: compute is off`,
        text: mailOf([
          `An invoice of ${name} is unpaid for three weeks. Its projects sleep; data and backups stay.`,
          `Without a payment they are deleted ${when} at the earliest, after two more mails.`,
          PAY,
        ]),
      }
    case 'mail-deletion-notice':
      return {
        subject: `${name}: data will be deleted ${when}`,
        text: mailOf([
          `This is the ${notice === 1 ? 'first' : 'second and last'} of two notices: the projects of ${name} will be deleted ${when} because an invoice is unpaid.`,
          PAY,
        ]),
      }
    case 'delete':
      return {
        subject: `${name}: projects are deleted`,
        text: mailOf([
          `The projects of ${name} were deleted because an invoice stayed unpaid. They can be restored for 7 days.`,
        ]),
      }
    case 'mail-recovered':
      return {
        subject: `${name}: the payment arrived`,
        text: mailOf([
          `Everything of ${name} is paid. Projects that slept because of it wake when they are used.`,
        ]),
      }
  }
}

function mailOf(paragraphs: readonly string[]): string {
  return `${paragraphs.map(wrap).join('\n\n')}\n`
}

function wrap(text: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > 76) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].join('\n')
}
