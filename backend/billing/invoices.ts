// Our invoices: composed from our own prices and usage, issued when the provider has closed its own, and held against it. The ledger is posted in the
// same transaction.
import { METRICS } from '#contract/billing/metrics.ts'
import { Currency } from '#contract/billing/money.ts'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import type { Tx } from '../db/database.ts'
import type { GatewayCreditNote, GatewayInvoice, GatewayInvoiceLine } from './gateway.ts'
import type { UsageCharge } from './invoices-usage.ts'
import {
  invoiceEntries,
  paymentEntries,
  refundEntries,
  type RefundedFrom,
  reverseEntries,
  writeOffEntries,
} from './ledger-entries.ts'
import { createLedger, type Ledger } from './ledger.ts'
import type { PriceBooks } from './price-book.ts'
import { planLines, prorate } from './rate-plan.ts'
import type { RatedLine, RatingPeriod } from './rate.ts'
import * as store from './store-invoices.ts'
import type { Recipient, StoredInvoice, StoredLine } from './store-invoices.ts'
import { ratingPeriod } from './subscriptions.ts'

/** What an invoice of ours says, before it has a number. */
export interface ComposedInvoice {
  readonly lines: readonly StoredLine[]
  readonly net: bigint
  readonly tax: bigint
  readonly total: bigint
  readonly period: RatingPeriod
  /** The period of usage that it ends; null when it has no usage. */
  readonly usageFrom: Date | null
}

export interface ComposeInput {
  readonly invoice: GatewayInvoice
  /** All that is known of the customer: where a change was in the middle of a period, another one says when that began. */
  readonly invoices: readonly GatewayInvoice[]
  readonly books: PriceBooks
  readonly priceVersion: string
  /** Of the period that the invoice ends. */
  readonly charges: readonly UsageCharge[]
}

/**
 * Our invoice for one of the provider's. Plan, proration and usage are ours; discounts, tax and what somebody added by hand are facts that the provider
 * tells. Sums to the provider's total, or the reconciliation says so.
 */
export function composeInvoice(input: ComposeInput): ComposedInvoice {
  const { invoice, priceVersion, charges } = input
  const usageLine = invoice.lines.find(({ kind }) => kind === 'usage')
  const lines: StoredLine[] = [
    ...planAndChange(input),
    ...(usageLine === undefined ? [] : usageLines(charges, ratingPeriod(usageLine.period))),
    ...invoice.lines.filter(({ kind }) => kind === 'other').map((line) => byHand(line, priceVersion)),
  ]
  const period = periodOfLines(lines) ?? invoice.period
  const fact = { metric: null, quantity: null, period, priceVersion }
  if (invoice.discount !== 0n)
    lines.push({ ...fact, description: 'Discount', kind: 'discount', amount: -invoice.discount })
  const net = sumOf(lines)
  if (invoice.tax !== 0n) lines.push({ ...fact, description: 'Tax', kind: 'tax', amount: invoice.tax })
  return {
    lines: lines.filter(({ amount }) => amount !== 0n),
    net,
    tax: invoice.tax,
    total: net + invoice.tax,
    period,
    usageFrom: usageLine === undefined ? null : ratingPeriod(usageLine.period).from,
  }
}

function planAndChange({ invoice, invoices, books, priceVersion }: ComposeInput): StoredLine[] {
  const plans = books.version(priceVersion).plans
  const lines: StoredLine[] = []
  const changes = new Map<number, GatewayInvoiceLine[]>()
  for (const line of invoice.lines) {
    if (line.kind !== 'plan' || line.plan === null) continue
    if (line.isProration) {
      const at = line.period.from.getTime()
      changes.set(at, [...(changes.get(at) ?? []), line])
    } else if (line.amount !== 0n)
      // Nothing is charged for a trial.
      lines.push(...planLines({ plan: plans[line.plan], priceVersion, period: line.period }).map(toStored))
  }
  for (const change of changes.values()) {
    const from = change.find(({ amount }) => amount <= 0n)
    const to = change.find(({ amount }) => amount > 0n)
    const whole = from === undefined ? undefined : wholePeriod(invoices, from)
    if (!from?.plan || !to?.plan || whole === undefined)
      lines.push(...change.map((line) => ({ ...byHand(line, priceVersion), kind: 'proration' as const })))
    else
      lines.push(
        ...prorate({
          from: plans[from.plan],
          to: plans[to.plan],
          priceVersion,
          at: from.period.from,
          period: whole,
        }).map(toStored),
      )
  }
  return lines
}

/** The period that a proration is a part of: the plan was charged for all of it before. */
function wholePeriod(
  invoices: readonly GatewayInvoice[],
  part: GatewayInvoiceLine,
): RatingPeriod | undefined {
  return invoices
    .flatMap(({ lines }) => lines)
    .find(
      ({ kind, isProration, period }) =>
        kind === 'plan' &&
        !isProration &&
        period.to.getTime() === part.period.to.getTime() &&
        period.from.getTime() <= part.period.from.getTime(),
    )?.period
}

function usageLines(charges: readonly UsageCharge[], period: RatingPeriod): StoredLine[] {
  return charges.flatMap(({ metric, lines }) =>
    lines.map(({ description, quantity, amount, priceVersion }) => ({
      description,
      kind: 'usage' as const,
      metric,
      quantity,
      period,
      amount,
      priceVersion,
    })),
  )
}

function byHand(line: GatewayInvoiceLine, priceVersion: string): StoredLine {
  return {
    description: line.description === '' ? 'Adjustment' : line.description.slice(0, 300),
    kind: line.amount < 0n ? 'credit' : 'plan',
    metric: null,
    quantity: null,
    period: line.period,
    amount: line.amount,
    priceVersion,
  }
}

function toStored({
  kind,
  metric,
  description,
  quantity,
  period,
  amount,
  priceVersion,
}: RatedLine): StoredLine {
  return { kind, metric, description, quantity, period, amount, priceVersion }
}

function sumOf(lines: readonly { readonly amount: bigint }[]): bigint {
  return lines.reduce((sum, { amount }) => sum + amount, 0n)
}

function periodOfLines(lines: readonly StoredLine[]): RatingPeriod | undefined {
  const [first] = lines
  if (first === undefined) return undefined
  return lines.reduce<RatingPeriod>(
    ({ from, to }, { period }) => ({
      from: period.from < from ? period.from : from,
      to: period.to > to ? period.to : to,
    }),
    first.period,
  )
}

/** How an invoice of the provider's stands, in our words. */
export function invoiceStatus(invoice: GatewayInvoice): StoredInvoice['status'] {
  if (invoice.status === 'void') return 'void'
  if (invoice.status === 'uncollectible') return 'failed'
  if (invoice.status === 'paid')
    return invoice.amountPaid > 0n && invoice.credited >= invoice.amountPaid ? 'refunded' : 'paid'
  return invoice.failure === null ? 'open' : 'failed'
}

export interface IssueContext {
  readonly tx: Tx
  readonly ledger: Ledger
  readonly organisationId: OrganisationId
  readonly recipient: Recipient
  readonly newId: () => string
}

/** Gives an invoice its number and posts it. The caller knows that it was not issued before. */
export async function issueInvoice(
  { tx, ledger, organisationId, recipient, newId }: IssueContext,
  invoice: GatewayInvoice,
  composed: ComposedInvoice,
): Promise<StoredInvoice> {
  const issuedAt = invoice.finalizedAt ?? invoice.createdAt
  const currency = Currency.parse(invoice.currency)
  const { net, tax, total, period, lines } = composed
  const issued: StoredInvoice = {
    id: newId(),
    organisationId,
    number: await store.takeNumber(tx, issuedAt),
    kind: 'invoice',
    status: invoiceStatus(invoice),
    currency,
    providerId: invoice.id,
    issuedAt,
    period,
    net,
    tax,
    total,
    recipient,
  }
  await store.insertInvoice(tx, issued, lines)
  if (lines.length > 0)
    await ledger.post(tx, {
      organisationId,
      key: `invoice:${invoice.id}`,
      at: issuedAt,
      description: `Invoice ${issued.number}`,
      entries: entriesOf(currency, lines, invoice.fromBalance),
    })
  return issued
}

/** What an invoice posts, from its lines. `fromBalance` is the provider's: credit that was used is below zero. */
function entriesOf(
  currency: Currency,
  lines: readonly StoredLine[],
  fromBalance: bigint,
): ReturnType<typeof invoiceEntries> {
  const charged = lines.flatMap(({ kind, metric, amount }) =>
    kind === 'discount' || kind === 'tax' || kind === 'refund'
      ? []
      : [{ kind: kind === 'credit' ? ('plan' as const) : kind, metric, amount }],
  )
  const of = (wanted: StoredLine['kind']): bigint => sumOf(lines.filter(({ kind }) => kind === wanted))
  return invoiceEntries({
    currency,
    lines: charged,
    discount: -of('discount'),
    tax: of('tax'),
    credit: fromBalance < 0n ? -fromBalance : 0n,
  })
}

/** Posts what happened to an issued invoice since: paid, void, given up. The same again posts nothing. */
export async function settleInvoice(
  { tx, ledger, organisationId }: Pick<IssueContext, 'tx' | 'ledger' | 'organisationId'>,
  issued: StoredInvoice,
  invoice: GatewayInvoice,
): Promise<void> {
  const { currency, number } = issued
  const about = { organisationId, at: invoice.paidAt ?? invoice.voidedAt ?? issued.issuedAt }
  await store.setStatus(tx, issued.id, invoiceStatus(invoice))
  if (invoice.status === 'paid' && invoice.amountPaid > 0n)
    await ledger.post(tx, {
      ...about,
      key: `payment:${invoice.id}`,
      description: `Payment of ${number}`,
      entries: paymentEntries(invoice.amountPaid, currency),
    })
  if (invoice.status === 'void' && issued.total !== 0n) {
    const lines = await store.listLines(tx, issued.id)
    await ledger.post(tx, {
      ...about,
      key: `void:${invoice.id}`,
      description: `${number} is void`,
      entries: reverseEntries(entriesOf(currency, lines, invoice.fromBalance)),
    })
  }
  if (invoice.status === 'paid' || invoice.status === 'void') await undoWriteOff(tx, about, invoice.id)
  if (invoice.status === 'uncollectible' && invoice.amountDue > 0n)
    await ledger.post(tx, {
      ...about,
      key: `write-off:${invoice.id}`,
      description: `${number} is given up`,
      entries: writeOffEntries(invoice.amountDue, currency),
    })
}

/** Debt that was given up and is paid or void after all was none: without this, it would be taken off twice. */
async function undoWriteOff(
  tx: Tx,
  about: { readonly organisationId: OrganisationId; readonly at: Date },
  providerId: string,
): Promise<void> {
  const own = createLedger(tx)
  const made = await own.find(about.organisationId, `write-off:${providerId}`)
  if (made === undefined) return
  await own.post(tx, {
    ...about,
    key: `write-off-undone:${providerId}`,
    description: `${made.description}: no longer`,
    entries: reverseEntries(made.entries),
  })
}

/** The credit note for what was given back of a paid invoice. */
export async function issueCreditNote(
  { tx, ledger, organisationId, recipient, newId }: IssueContext,
  invoice: StoredInvoice,
  note: GatewayCreditNote,
): Promise<StoredInvoice> {
  const { currency, period } = invoice
  const [first] = await store.listLines(tx, invoice.id)
  const issued: StoredInvoice = {
    id: newId(),
    organisationId,
    number: await store.takeNumber(tx, note.createdAt),
    kind: 'credit-note',
    status: 'refunded',
    currency,
    providerId: note.id,
    issuedAt: note.createdAt,
    period,
    net: note.tax - note.amount,
    tax: -note.tax,
    total: -note.amount,
    recipient,
  }
  const line = { metric: null, quantity: null, period, priceVersion: first?.priceVersion ?? '' }
  await store.insertInvoice(tx, issued, [
    { ...line, description: `Refund of ${invoice.number}`, kind: 'refund', amount: issued.net },
    ...(note.tax === 0n ? [] : [{ ...line, description: 'Tax', kind: 'tax' as const, amount: issued.tax }]),
  ])
  await ledger.post(tx, {
    organisationId,
    key: `refund:${note.id}`,
    at: note.createdAt,
    description: `Refund of ${invoice.number}`,
    entries: refundEntries(note.amount, note.tax, currency, refundedFrom(note)),
  })
  return issued
}

function refundedFrom({ offDue, refundId }: GatewayCreditNote): RefundedFrom {
  if (offDue > 0n) return 'receivable'
  return refundId === null ? 'credits' : 'payments'
}

/** `NB-2026-1107.pdf` */
export function pdfName({ number }: { readonly number: string }): string {
  return `${number}.pdf`
}

/** What a line's quantity is counted in, for people. */
export function unitOf(line: Pick<StoredLine, 'metric'>): string {
  return line.metric === null ? '' : METRICS[line.metric].displayUnit
}
