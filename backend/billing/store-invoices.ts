// SQL of invoices and credit notes. Numbers are taken in the transaction that makes the invoice: one year's have no gaps and no two are the same.
import { z } from 'zod'
import { BillingDetails, Invoice, InvoiceLine } from '#contract/capabilities/billing.ts'
import { OrganisationId } from '#contract/capabilities/ids.ts'
import { Metric } from '#contract/billing/metrics.ts'
import { Currency } from '#contract/billing/money.ts'
import { sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import type { Queryable, Tx } from '../db/database.ts'
import type { RatingPeriod } from './rate.ts'

/** A line as it is kept: money in minor units. */
export interface StoredLine {
  readonly description: string
  readonly kind: InvoiceLine['kind']
  readonly metric: Metric | null
  readonly quantity: bigint | null
  readonly period: RatingPeriod
  readonly amount: bigint
  readonly priceVersion: string
}

/** Whom it is for, as it was said when it was issued. */
export const Recipient = BillingDetails.omit({ contacts: true }).extend({ organisation: z.string() })
export type Recipient = z.infer<typeof Recipient>

export interface StoredInvoice {
  readonly id: string
  readonly organisationId: OrganisationId
  readonly number: string
  readonly kind: Invoice['kind']
  readonly status: Invoice['status']
  readonly currency: Currency
  readonly providerId: string
  readonly issuedAt: Date
  readonly period: RatingPeriod
  readonly net: bigint
  readonly tax: bigint
  readonly total: bigint
  readonly recipient: Recipient
}

const Row = z.object({
  id: z.uuid(),
  organisation_id: OrganisationId,
  number: z.string(),
  kind: Invoice.shape.kind,
  status: Invoice.shape.status,
  currency: Currency,
  provider_id: z.string(),
  issued_at: z.date(),
  period_from: z.date(),
  period_to: z.date(),
  net: z.string().transform(BigInt),
  tax: z.string().transform(BigInt),
  total: z.string().transform(BigInt),
  recipient: Recipient,
})

function toInvoice(value: object): StoredInvoice {
  const { organisation_id, provider_id, issued_at, period_from, period_to, ...row } = Row.parse(value)
  return {
    ...row,
    organisationId: organisation_id,
    providerId: provider_id,
    issuedAt: issued_at,
    period: { from: period_from, to: period_to },
  }
}

async function select(db: Queryable, rest: SqlFragment): Promise<StoredInvoice[]> {
  const rows = await db.query(sql`
    select id, organisation_id, number, kind, status, currency, provider_id, issued_at, period_from, period_to,
           net::text, tax::text, total::text, recipient from invoice ${rest}`)
  return rows.map(toInvoice)
}

/** The next number of a year: `NB-2026-0001`. Holds the year until the transaction ends. */
export async function takeNumber(tx: Tx, at: Date): Promise<string> {
  const year = at.getUTCFullYear()
  const [row] = await tx.query<{ last: number }>(sql`
    insert into invoice_number (year, last) values (${year}, 1)
    on conflict (year) do update set last = invoice_number.last + 1 returning last`)
  return `NB-${year}-${String(row?.last).padStart(4, '0')}`
}

export async function insertInvoice(
  tx: Tx,
  invoice: StoredInvoice,
  lines: readonly StoredLine[],
): Promise<void> {
  await tx.query(sql`
    insert into invoice (id, organisation_id, number, kind, status, currency, provider_id, issued_at, period_from, period_to,
                         net, tax, total, recipient)
    values (${invoice.id}, ${invoice.organisationId}, ${invoice.number}, ${invoice.kind}, ${invoice.status}, ${invoice.currency},
            ${invoice.providerId}, ${invoice.issuedAt}, ${invoice.period.from}, ${invoice.period.to}, ${String(invoice.net)},
            ${String(invoice.tax)}, ${String(invoice.total)}, ${JSON.stringify(invoice.recipient)}::jsonb)`)
  for (const [at, line] of lines.entries())
    await tx.query(sql`
      insert into invoice_line (invoice_id, position, description, kind, metric, quantity, period_from, period_to, amount, price_version)
      values (${invoice.id}, ${at + 1}, ${line.description}, ${line.kind}, ${line.metric},
              ${line.quantity === null ? null : String(line.quantity)}, ${line.period.from}, ${line.period.to},
              ${String(line.amount)}, ${line.priceVersion})`)
}

export async function setStatus(tx: Tx, id: string, status: Invoice['status']): Promise<void> {
  await tx.query(sql`update invoice set status = ${status} where id = ${id} and status <> ${status}`)
}

export async function findByProvider(db: Queryable, providerId: string): Promise<StoredInvoice | undefined> {
  return (await select(db, sql`where provider_id = ${providerId}`))[0]
}

/** By its number, whosever it is: for the operator. */
export async function findByNumber(db: Queryable, number: string): Promise<StoredInvoice | undefined> {
  return (await select(db, sql`where number = ${number}`))[0]
}

/** One of an organisation's. */
export async function findInvoice(
  db: Queryable,
  organisationId: OrganisationId,
  id: string,
): Promise<StoredInvoice | undefined> {
  return (await select(db, sql`where id = ${id} and organisation_id = ${organisationId}`))[0]
}

/** Newest first, after the one with the id `before`. */
export async function listInvoices(
  db: Queryable,
  organisationId: OrganisationId,
  page: { readonly before: string | null; readonly limit: number },
): Promise<readonly StoredInvoice[]> {
  return select(
    db,
    sql`where organisation_id = ${organisationId}
          and (${page.before}::uuid is null or (issued_at, number) < (select issued_at, number from invoice
                 where id = ${page.before} and organisation_id = ${organisationId}))
        order by issued_at desc, number desc limit ${page.limit}`,
  )
}

/** All that were issued since, of all organisations, in the order of their numbers. */
export async function listIssuedSince(db: Queryable, since: Date): Promise<readonly StoredInvoice[]> {
  return select(db, sql`where issued_at >= ${since} order by number`)
}

const LineRow = z.object({
  description: z.string(),
  kind: InvoiceLine.shape.kind,
  metric: Metric.nullable(),
  quantity: z.string().transform(BigInt).nullable(),
  period_from: z.date(),
  period_to: z.date(),
  amount: z.string().transform(BigInt),
  price_version: z.string(),
})

export async function listLines(db: Queryable, invoiceId: string): Promise<readonly StoredLine[]> {
  const rows = await db.query(sql`
    select description, kind, metric, quantity::text, period_from, period_to, amount::text, price_version
      from invoice_line where invoice_id = ${invoiceId} order by position`)
  return rows.map((value) => {
    const { period_from, period_to, price_version, ...row } = LineRow.parse(value)
    return { ...row, period: { from: period_from, to: period_to }, priceVersion: price_version }
  })
}

const PdfRow = z.object({
  pdf: z.instanceof(Uint8Array).nullable(),
  hash: z.instanceof(Uint8Array).nullable(),
})

/** The PDF as it was made first, with its SHA-256. */
export async function findPdf(
  db: Queryable,
  id: string,
): Promise<{ readonly bytes: Uint8Array; readonly hash: Uint8Array } | undefined> {
  const [value] = await db.query(sql`select pdf, pdf_sha256 as hash from invoice where id = ${id}`)
  const { pdf, hash } = PdfRow.parse(value ?? { pdf: null, hash: null })
  return pdf === null || hash === null ? undefined : { bytes: pdf, hash }
}

/** Keeps a PDF, unless there is one. */
export async function savePdf(
  tx: Tx,
  id: string,
  pdf: { readonly bytes: Uint8Array; readonly hash: Uint8Array },
): Promise<void> {
  await tx.query(
    sql`update invoice set pdf = ${pdf.bytes}, pdf_sha256 = ${pdf.hash} where id = ${id} and pdf is null`,
  )
}

export async function markMailed(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.query(sql`update invoice set mailed_at = ${at} where id = ${id}`)
}
