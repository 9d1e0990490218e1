// Invoices as people read, download and mail them. A PDF is drawn once and kept with its hash.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Invoice, InvoiceLine } from '#contract/capabilities/billing.ts'
import { OrganisationId } from '#contract/capabilities/ids.ts'
import { AppError } from '#contract/errors.ts'
import type { Actor } from '../actor.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { Jobs } from '../jobs/index.ts'
import type { Mailer } from '../mail/index.ts'
import { requireBilling } from '../organisations/index.ts'
import { drawInvoice } from './pdf.ts'
import { formatDay } from './rate-plan.ts'
import { formatMoney } from './rate-words.ts'
import { auditBilling } from './service-context.ts'
import { toInvoice, toLine } from './service-lines.ts'
import * as invoices from './store-invoices.ts'
import type { StoredInvoice } from './store-invoices.ts'
import { listRecipients } from './store.ts'
import { MAIL_INVOICE } from './subscriptions-refresh.ts'

interface Page {
  readonly organisationId: OrganisationId
  readonly before: string | null
  readonly limit: number
}

interface One {
  readonly organisationId: OrganisationId
  readonly id: string
}

export interface InvoiceService {
  list(actor: Actor, page: Page): Promise<Invoice[]>
  get(actor: Actor, one: One): Promise<Invoice & { lines: InvoiceLine[] }>
  pdf(actor: Actor, one: One): Promise<{ fileName: string; base64: string }>
  mail(actor: Actor, one: One): Promise<void>
}

export interface InvoiceDependencies {
  readonly db: Database
  readonly clock: Clock
  readonly jobs: Jobs
  readonly mailer: Pick<Mailer, 'send'>
}

/** Makes it and registers the job that mails invoices. */
export function createInvoiceService({ db, clock, jobs, mailer }: InvoiceDependencies): InvoiceService {
  async function find({ organisationId, id }: One): Promise<StoredInvoice> {
    const invoice = await invoices.findInvoice(db, organisationId, id)
    if (invoice === undefined) throw new AppError('NOT_FOUND', 'There is no such invoice.')
    return invoice
  }

  async function pdfOf(invoice: StoredInvoice): Promise<Buffer> {
    const kept = await invoices.findPdf(db, invoice.id)
    if (kept !== undefined) return checked(invoice, kept)
    const bytes = await drawInvoice(invoice, await invoices.listLines(db, invoice.id))
    const hash = createHash('sha256').update(bytes).digest()
    await db.transaction((tx) => invoices.savePdf(tx, invoice.id, { bytes, hash }))
    // Drawn by two at once they are the same bytes.
    return bytes
  }

  jobs.register({
    name: MAIL_INVOICE,
    payload: z.object({ organisationId: OrganisationId, id: z.uuid() }),
    async run(one) {
      const invoice = await find(one)
      const content = await pdfOf(invoice)
      for (const to of await listRecipients(db, one.organisationId))
        await mailer.send({
          to,
          subject: `${invoice.kind === 'invoice' ? 'Invoice' : 'Credit note'} ${invoice.number}`,
          text: mailText(invoice),
          attachments: [{ filename: `${invoice.number}.pdf`, content, contentType: 'application/pdf' }],
        })
      await db.transaction((tx) => invoices.markMailed(tx, invoice.id, clock.now()))
    },
  })

  return {
    async list(actor, { organisationId, ...page }) {
      await requireBilling(db, actor, organisationId)
      return (await invoices.listInvoices(db, organisationId, page)).map(toInvoice)
    },
    async get(actor, one) {
      await requireBilling(db, actor, one.organisationId)
      const invoice = await find(one)
      const lines = await invoices.listLines(db, invoice.id)
      return { ...toInvoice(invoice), lines: lines.map((line) => toLine(line)) }
    },
    async pdf(actor, one) {
      await requireBilling(db, actor, one.organisationId)
      const invoice = await find(one)
      return { fileName: `${invoice.number}.pdf`, base64: (await pdfOf(invoice)).toString('base64') }
    },
    async mail(actor, one) {
      await db.transaction(async (tx) => {
        await requireBilling(tx, actor, one.organisationId)
        const { number } = await find(one)
        await jobs.enqueue(tx, MAIL_INVOICE, one, { maxAttempts: 5 })
        await auditBilling(tx, { actor, organisationId: one.organisationId }, 'invoice.mail', { number })
      })
    },
  }
}

/** A kept PDF that is no longer what was made is not handed out. */
function checked(
  invoice: StoredInvoice,
  { bytes, hash }: { readonly bytes: Uint8Array; readonly hash: Uint8Array },
): Buffer {
  if (!createHash('sha256').update(bytes).digest().equals(hash))
    throw new Error(`The stored PDF of ${invoice.number} does not match its hash.`)
  return Buffer.from(bytes)
}

function mailText(invoice: StoredInvoice): string {
  const { number, period, currency, total, kind } = invoice
  return [
    `${kind === 'invoice' ? 'Invoice' : 'Credit note'} ${number} is attached.`,
    '',
    `Period: ${formatDay(period.from)} to ${formatDay(period.to)}`,
    `Total:  ${formatMoney(total, currency)}`,
    '',
    'All invoices are in NebulaDB under Settings, Plan and billing.',
    '',
  ].join('\n')
}
