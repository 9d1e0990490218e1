// What each business event posts: pure functions from money to entries that sum to zero. Debits are above zero, credits below. An entry of 0 is left out.
import { Metric } from '#contract/billing/metrics.ts'
import type { Currency } from '#contract/billing/money.ts'
import type { Plan } from '#contract/billing/price-book.ts'
import { includedValue, type RatedLine, type RatingPeriod } from './rate.ts'

const FIXED_ACCOUNTS = [
  /** What the organisation owes us. */
  'receivable',
  'revenue:plan',
  /** What the usage within quotas would have cost: the other side of revenue that was given away. */
  'included',
  'discounts',
  /** What we owe the organisation in services: granted or paid in advance. */
  'credits',
  /** What we owe the tax office. */
  'tax',
  /** Money that the provider collected. */
  'payments',
  'refunds',
  /** Debt that will not be paid. */
  'write-offs',
] as const
export type Account = (typeof FIXED_ACCOUNTS)[number] | `revenue:usage:${Metric}`

/** Every account there is. */
export const ACCOUNTS: readonly Account[] = [
  ...FIXED_ACCOUNTS,
  ...Metric.options.map((metric) => `revenue:usage:${metric}` as const),
]

export interface LedgerEntry {
  readonly account: Account
  /** Minor units; above zero a debit. */
  readonly amount: bigint
  readonly currency: Currency
}

/** Money of an invoice beside its lines, each in minor units and not negative. */
export interface InvoiceMoney {
  readonly currency: Currency
  readonly lines: readonly Pick<RatedLine, 'kind' | 'metric' | 'amount'>[]
  readonly discount?: bigint
  readonly tax?: bigint
  /** Paid by credits that the organisation has. */
  readonly credit?: bigint
}

/**
 * An invoice: its lines to revenue, and what is left to pay to `receivable`. An invoice whose lines give back more than they charge makes a negative
 * receivable.
 */
export function invoiceEntries({
  currency,
  lines,
  discount = 0n,
  tax = 0n,
  credit = 0n,
}: InvoiceMoney): LedgerEntry[] {
  refuseNegative(discount, tax, credit)
  const revenue = new Map<Account, bigint>()
  for (const { metric, amount } of lines) {
    const account = metric === null ? 'revenue:plan' : (`revenue:usage:${metric}` as const)
    revenue.set(account, (revenue.get(account) ?? 0n) - amount)
  }
  const net = lines.reduce((sum, { amount }) => sum + amount, 0n)
  return entriesOf(currency, [
    ['receivable', net - discount + tax - credit],
    ...revenue,
    ['discounts', discount],
    ['tax', -tax],
    ['credits', credit],
  ])
}

/** The provider collected money. */
export function paymentEntries(amount: bigint, currency: Currency): LedgerEntry[] {
  refuseNegative(amount)
  return entriesOf(currency, [
    ['payments', amount],
    ['receivable', -amount],
  ])
}

/** What is given back comes from what was paid, from what is still due, or is owed in services. */
export type RefundedFrom = 'payments' | 'receivable' | 'credits'

/** Money went back to the organisation; `tax` is the part of it that was tax. */
export function refundEntries(
  amount: bigint,
  tax: bigint,
  currency: Currency,
  from: RefundedFrom = 'payments',
): LedgerEntry[] {
  refuseNegative(amount, tax, amount - tax)
  return entriesOf(currency, [
    ['refunds', amount - tax],
    ['tax', tax],
    [from, -amount],
  ])
}

/** Services that the organisation need not pay: a gift of ours, or paid for in advance. */
export function creditEntries(amount: bigint, from: 'gift' | 'payment', currency: Currency): LedgerEntry[] {
  refuseNegative(amount)
  return entriesOf(currency, [
    [from === 'gift' ? 'discounts' : 'payments', amount],
    ['credits', -amount],
  ])
}

/** Debt that is given up. */
export function writeOffEntries(amount: bigint, currency: Currency): LedgerEntry[] {
  refuseNegative(amount)
  return entriesOf(currency, [
    ['write-offs', amount],
    ['receivable', -amount],
  ])
}

/** The opposite: what a void invoice or a posting in error takes back. */
export function reverseEntries(entries: readonly LedgerEntry[]): LedgerEntry[] {
  return entries.map((entry) => ({ ...entry, amount: -entry.amount }))
}

/** What the plan's quotas were worth in a period, by the prices above them: revenue, and at once given away. */
export function includedEntries(
  plan: Plan,
  totals: ReadonlyMap<Metric, bigint>,
  period: RatingPeriod,
  currency: Currency,
): LedgerEntry[] {
  const values = Metric.options.map(
    (metric) => [metric, includedValue(plan, metric, totals.get(metric) ?? 0n, period)] as const,
  )
  return entriesOf(currency, [
    ['included', values.reduce((sum, [, value]) => sum + value, 0n)],
    ...values.map(([metric, value]) => [`revenue:usage:${metric}`, -value] as const),
  ])
}

function entriesOf(currency: Currency, all: readonly (readonly [Account, bigint])[]): LedgerEntry[] {
  return all.filter(([, amount]) => amount !== 0n).map(([account, amount]) => ({ account, amount, currency }))
}

function refuseNegative(...amounts: readonly bigint[]): void {
  if (amounts.some((amount) => amount < 0n))
    throw new RangeError('An amount is not negative; its direction is in its name.')
}
