import { describe, expect, test } from 'vitest'
import { Metric } from '#contract/billing/metrics.ts'
import type { GatewayInvoice } from './gateway.ts'
import { compareInvoices, compareSums, type IssuedInvoice } from './reconciliation-compare.ts'

const { egress, compute } = Metric.enum
const at = new Date('2026-12-01T00:00:00Z')
const theirs = (change: Partial<GatewayInvoice> = {}): GatewayInvoice => ({
  id: 'in_1',
  customerId: 'cus_1',
  subscriptionId: 'sub_1',
  status: 'paid',
  reason: 'period',
  currency: 'eur',
  createdAt: at,
  finalizedAt: at,
  paidAt: at,
  voidedAt: null,
  period: { from: at, to: at },
  lines: [],
  subtotal: 2_590n,
  discount: 0n,
  tax: 492n,
  total: 3_082n,
  fromBalance: 0n,
  amountDue: 3_082n,
  amountPaid: 3_082n,
  credited: 0n,
  attempts: 1,
  nextAttemptAt: null,
  failure: null,
  hostedUrl: null,
  ...change,
})
const ours: IssuedInvoice = {
  number: 'NB-2026-0001',
  providerId: 'in_1',
  total: 3_082n,
  tax: 492n,
  status: 'paid',
}

describe('sums', () => {
  test('that are equal say nothing, and what is missing is nothing', () => {
    expect(
      compareSums(
        'a and b',
        new Map([
          [egress, 5n],
          [compute, 0n],
        ]),
        new Map([[egress, 5n]]),
      ),
    ).toEqual([])
  })

  test('that differ say both sides', () => {
    expect(
      compareSums(
        'a and b',
        new Map([[egress, 5n]]),
        new Map([
          [egress, 6n],
          [compute, 1n],
        ]),
      ),
    ).toEqual(['compute: a and b differ: 0 and 1.', 'egress: a and b differ: 5 and 6.'])
  })

  test('of which one may be behind the other', () => {
    const [less, more] = [new Map([[egress, 5n]]), new Map([[egress, 6n]])]
    expect(compareSums('a and b', less, more, 'at-most')).toEqual([])
    expect(compareSums('a and b', more, less, 'at-most')).toHaveLength(1)
  })
})

describe('invoices', () => {
  test('that say the same, drafts, and those over nothing are fine', () => {
    const draft = theirs({ id: 'in_2', status: 'draft' })
    expect(compareInvoices([theirs(), draft, theirs({ id: 'in_3', total: 0n })], [ours])).toEqual([])
  })

  test.each([
    ['one that we do not have', theirs({ id: 'in_9' }), 'none of ours'],
    ['another total', theirs({ total: 3_081n }), "over 3082, the provider's over 3081"],
    ['another tax', theirs({ tax: 491n }), "has 492 of tax, the provider's 491"],
    ['one that is void there', theirs({ status: 'void' }), "is paid, the provider's void"],
  ])('%s is a difference', (_, invoice, words) => {
    const said = compareInvoices([invoice], [ours])
    expect(said).toHaveLength(1)
    expect(said[0]).toContain(words)
  })
})
