// Refunds that the operator makes. The provider gives the money back; credit note, ledger and mail follow when its news come, as they do for a refund that
// was made on its own pages.
import type { Currency } from '#contract/billing/money.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { AppError } from '#contract/errors.ts'
import { audit } from '../audit/index.ts'
import type { Database } from '../db/database.ts'
import type { PaymentGateway } from './gateway.ts'
import { formatMoney } from './rate-words.ts'
import { findByNumber, type StoredInvoice } from './store-invoices.ts'

export interface RefundRequest {
  /** `NB-2026-1107` */
  readonly number: string
  /** Minor units, tax included; null: all that is left. */
  readonly amount: bigint | null
  /** Stands on the provider's credit note and in the audit. */
  readonly reason: string
  /** False only says what would be done. */
  readonly apply: boolean
}

export interface RefundDependencies {
  readonly db: Database
  readonly gateway: Pick<PaymentGateway, 'invoice' | 'refund'>
}

/**
 * Gives money back for a paid invoice. A call that failed without an answer may be made again: the same amount is given back once, because the key counts the
 * refunds that came to an end here. @returns sentences for the operator @throws AppError, PaymentError
 */
export async function refundInvoice(
  { db, gateway }: RefundDependencies,
  { number, amount: wanted, reason, apply }: RefundRequest,
): Promise<string[]> {
  return db.transaction(async (tx) => {
    const invoice = await findByNumber(tx, number)
    if (invoice?.kind !== 'invoice') throw new AppError('NOT_FOUND', `There is no invoice ${number}.`)
    // Two refunds of one invoice take turns.
    await tx.query(sql`select from invoice where id = ${invoice.id} for update`)
    const { status, amountPaid, credited } = await gateway.invoice(invoice.providerId)
    if (status !== 'paid')
      throw new AppError('CONFLICT', `${number} is not paid: there is nothing to give back.`)
    const amount = wanted ?? amountPaid - credited
    const money = moneyOf(invoice.currency)
    const before = await countRefunds(tx, invoice)
    const said = `${number} of ${invoice.recipient.organisation}: ${money(amountPaid)} paid, ${money(credited)} given back so far.`
    if (amount <= 0n) throw new AppError('CONFLICT', `${said} There is nothing left to give back.`)
    if (!apply) {
      if (amount > amountPaid - credited)
        throw new AppError('CONFLICT', `${said} ${money(amount)} is more than what is left.`)
      return [said, `Would give back ${money(amount)}. Run it with --apply to do it.`]
    }
    const key = `refund:${number}:${before + 1}:${amount}`
    const note = await gateway.refund({ invoiceId: invoice.providerId, amount, reason, key })
    await audit(tx, {
      actor: null,
      organisationId: invoice.organisationId,
      action: 'invoice.refund',
      subjectKind: 'invoice',
      subjectId: number,
      details: { amount: String(amount), currency: invoice.currency, reason, providerId: note.id },
    })
    return [
      said,
      `Gave back ${money(amount)}. The credit note and its mail follow when the provider’s news come.`,
    ]
  })
}

function moneyOf(currency: Currency): (amount: bigint) => string {
  return (amount) => formatMoney(amount, currency)
}

/** How many refunds the operator made of it from here. */
async function countRefunds(
  tx: Parameters<typeof audit>[0],
  { organisationId, number }: StoredInvoice,
): Promise<number> {
  const [row] = await tx.query<{ count: number }>(sql`
    select count(*)::integer as count from audit_entry
     where organisation_id = ${organisationId} and action = 'invoice.refund' and subject_id = ${number}`)
  return row?.count ?? 0
}
