// SQL of the reconciliation: it only reads.
import { z } from 'zod'
import { Metric } from '#contract/billing/metrics.ts'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import { Invoice } from '#contract/capabilities/billing.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import type { Queryable } from '../db/database.ts'
import type { IssuedInvoice } from './reconciliation-compare.ts'
import type { RatingPeriod } from './rate.ts'

export interface ComparedPeriod extends RatingPeriod {
  readonly isClosed: boolean
}

const Amount = z.string().transform(BigInt)
const Period = z.object({ from: z.date(), to: z.date(), isClosed: z.boolean() })
const Sum = z.object({ metric: Metric, amount: Amount })
const Issued = z.object({
  number: z.string(),
  providerId: z.string(),
  total: Amount,
  tax: Amount,
  status: Invoice.shape.status,
})

/** Periods that usage is charged for and that end since then, the oldest first. */
export async function listPeriods(
  db: Queryable,
  organisationId: OrganisationId,
  since: Date,
): Promise<ComparedPeriod[]> {
  const rows = await db.query(sql`
    select period_from as "from", period_to as "to", closed_at is not null as "isClosed" from usage_period
     where organisation_id = ${organisationId} and period_to > ${since} order by period_from`)
  return rows.map((row) => Period.parse(row))
}

/** Usage lines of the invoices that ended a period. */
export async function sumInvoiced(
  db: Queryable,
  organisationId: OrganisationId,
  period: RatingPeriod,
): Promise<ReadonlyMap<Metric, bigint>> {
  const rows = await db.query(sql`
    select line.metric, sum(line.amount)::text as amount
      from invoice_line line join invoice on invoice.id = line.invoice_id
     where invoice.organisation_id = ${organisationId} and invoice.kind = 'invoice' and line.kind = 'usage'
       and line.period_from = ${period.from}
     group by line.metric`)
  return new Map(rows.map((row) => Sum.parse(row)).map(({ metric, amount }) => [metric, amount]))
}

/** What the provider was told of a customer for moments of a range, by metric; and how many reports of it are not sent, or only since the end of the range. */
export async function sumReports(
  db: Queryable,
  of: {
    readonly organisationId: OrganisationId
    readonly customerId: string
    readonly from: Date
    readonly to: Date
  },
): Promise<{ readonly told: ReadonlyMap<Metric, bigint>; readonly unsent: number }> {
  const { organisationId, customerId, from, to } = of
  const rows = await db.query(sql`
    select metric, sum(amount)::text as amount from meter_export
     where organisation_id = ${organisationId} and customer_id = ${customerId} and at >= ${from} and at < ${to} and sent_at <= ${to}
     group by metric`)
  const [late] = await db.query<{ reports: number }>(sql`
    select count(*)::integer as reports from meter_export
     where organisation_id = ${organisationId} and customer_id = ${customerId} and at >= ${from} and at < ${to}
       and (sent_at is null or sent_at > ${to})`)
  return {
    told: new Map(rows.map((row) => Sum.parse(row)).map(({ metric, amount }) => [metric, amount])),
    unsent: late?.reports ?? 0,
  }
}

/** All invoices of ours, credit notes left out. */
export async function listIssued(db: Queryable, organisationId: OrganisationId): Promise<IssuedInvoice[]> {
  const rows = await db.query(sql`
    select number, provider_id as "providerId", total::text as total, tax::text as tax, status from invoice
     where organisation_id = ${organisationId} and kind = 'invoice'`)
  return rows.map((row) => Issued.parse(row))
}

const LedgerRow = z.object({
  number: z.string(),
  status: Invoice.shape.status,
  lines: Amount,
  revenue: Amount,
  lineTax: Amount,
  tax: Amount,
  isReversed: z.boolean(),
  total: Amount,
})

/**
 * Invoices whose ledger transaction is missing or says something else than their lines, or that are void and not taken back. Discounts and tax are no revenue.
 */
export async function listLedgerDifferences(
  db: Queryable,
  organisationId: OrganisationId,
): Promise<string[]> {
  const rows = await db.query(sql`
    select invoice.number, invoice.status, invoice.total::text as total,
           (select coalesce(sum(amount), 0)::text from invoice_line
             where invoice_id = invoice.id and kind in ('plan', 'usage', 'proration', 'credit')) as lines,
           (select coalesce(sum(amount), 0)::text from invoice_line where invoice_id = invoice.id and kind = 'tax') as "lineTax",
           coalesce(-sum(entry.amount) filter (where entry.account like 'revenue:%' or entry.account = 'included'), 0)::text as revenue,
           coalesce(-sum(entry.amount) filter (where entry.account = 'tax'), 0)::text as tax,
           exists (select from ledger_transaction void
                    where void.organisation_id = invoice.organisation_id and void.key = 'void:' || invoice.provider_id) as "isReversed"
      from invoice
      left join ledger_transaction posted on posted.organisation_id = invoice.organisation_id and posted.key = 'invoice:' || invoice.provider_id
      left join ledger_entry entry on entry.transaction_id = posted.id
     where invoice.organisation_id = ${organisationId} and invoice.kind = 'invoice'
     group by invoice.id order by invoice.number`)
  return rows.flatMap((value) => {
    const { number, status, lines, revenue, lineTax, tax, isReversed, total } = LedgerRow.parse(value)
    const said: string[] = []
    if (lines !== revenue)
      said.push(`${number}: its lines are ${String(lines)}, the ledger has ${String(revenue)}.`)
    if (lineTax !== tax) said.push(`${number}: its tax is ${String(lineTax)}, the ledger has ${String(tax)}.`)
    if (total !== 0n && isReversed !== (status === 'void'))
      said.push(`${number}: it is ${status}, in the ledger it is ${isReversed ? '' : 'not '}taken back.`)
    return said
  })
}
