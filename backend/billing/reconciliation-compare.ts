// Two sides of the same money held against each other: pure. A difference is a sentence.
import { Metric } from '#contract/billing/metrics.ts'
import type { GatewayInvoice } from './gateway.ts'
import type { StoredInvoice } from './store-invoices.ts'

/**
 * Where two sums per metric differ; a metric that is missing is 0. `at-most`: only where the first is above the second. `what` names both sides, in their order.
 */
export function compareSums(
  what: string,
  first: ReadonlyMap<Metric, bigint>,
  second: ReadonlyMap<Metric, bigint>,
  rule: 'equal' | 'at-most' = 'equal',
): string[] {
  return Metric.options.flatMap((metric) => {
    const [a, b] = [first.get(metric) ?? 0n, second.get(metric) ?? 0n]
    const isFine = rule === 'equal' ? a === b : a <= b
    return isFine ? [] : [`${metric}: ${what} differ: ${String(a)} and ${String(b)}.`]
  })
}

/** An invoice of ours, as far as the provider knows it. */
export type IssuedInvoice = Pick<StoredInvoice, 'number' | 'providerId' | 'total' | 'tax' | 'status'>

/**
 * Where the provider's invoices and ours differ: one is missing, or its total or tax. Drafts are no invoices; of those that charge nothing there may be none of ours.
 */
export function compareInvoices(theirs: readonly GatewayInvoice[], ours: readonly IssuedInvoice[]): string[] {
  const byProvider = new Map(ours.map((invoice) => [invoice.providerId, invoice]))
  return theirs.flatMap((invoice) => {
    if (invoice.status === 'draft') return []
    const own = byProvider.get(invoice.id)
    if (own === undefined)
      return invoice.total === 0n
        ? []
        : [`The provider's invoice ${invoice.id} over ${String(invoice.total)} is none of ours.`]
    const said: string[] = []
    if (own.total !== invoice.total)
      said.push(`${own.number} is over ${String(own.total)}, the provider's over ${String(invoice.total)}.`)
    if (own.tax !== invoice.tax)
      said.push(`${own.number} has ${String(own.tax)} of tax, the provider's ${String(invoice.tax)}.`)
    if ((invoice.status === 'void') !== (own.status === 'void'))
      said.push(`${own.number} is ${own.status}, the provider's ${invoice.status}.`)
    return said
  })
}
