import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import { sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import { createControlDatabase, type ControlDatabase } from '#testing/control-database.ts'
import { randomPlan, randomTotals } from '#testing/random-billing.ts'
import { createTenants } from '#testing/tenants.ts'
import {
  creditEntries,
  includedEntries,
  invoiceEntries,
  paymentEntries,
  refundEntries,
  reverseEntries,
  writeOffEntries,
  type LedgerEntry,
} from './ledger-entries.ts'
import { createLedger, type Ledger, type Posting } from './ledger.ts'
import { planLines } from './rate-plan.ts'
import { rate, totalOf } from './rate.ts'

const RUNS = Number(process.env['NEBULADB_LEDGER_RUNS'] ?? 15)
const at = new Date('2026-11-23T12:00:00Z')
const period = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') }
let control: ControlDatabase
let ledger: Ledger

beforeAll(async () => {
  control = await createControlDatabase()
  ledger = createLedger(control.db)
})
afterAll(() => control.drop())

const organisation = (): Promise<OrganisationId> => createTenants(control.db).organisation([])

function post(
  organisationId: OrganisationId,
  entries: readonly LedgerEntry[],
  key: string = randomUUID(),
): Promise<boolean> {
  const posting: Posting = { organisationId, key, at, description: 'A test.', entries }
  return control.db.transaction((tx) => ledger.post(tx, posting))
}

describe('posting', () => {
  test('an invoice, its payment and a refund', async () => {
    const id = await organisation()
    const lines = [
      { kind: 'plan', metric: null, amount: 1_900n },
      { kind: 'usage', metric: 'egress', amount: 690n },
    ] as const
    await post(id, invoiceEntries({ currency: 'eur', lines, discount: 90n, tax: 475n }), 'invoice:1')
    expect(await ledger.balance(id, 'eur')).toBe(2_975n)
    await post(id, paymentEntries(2_975n, 'eur'), 'payment:1')
    expect(await ledger.balance(id, 'eur')).toBe(0n)
    await post(id, refundEntries(1_190n, 190n, 'eur'), 'refund:1')
    expect(await ledger.accounts(id, 'eur')).toEqual(
      new Map([
        ['receivable', 0n],
        ['revenue:plan', -1_900n],
        ['revenue:usage:egress', -690n],
        ['discounts', 90n],
        ['tax', -285n],
        ['payments', 1_785n],
        ['refunds', 1_000n],
      ]),
    )
    expect(await ledger.balance(id, 'usd')).toBe(0n)
    expect((await ledger.transactions(id, { limit: 2 })).map(({ key }) => key)).toEqual([
      'refund:1',
      'payment:1',
    ])
    const [, payment] = await ledger.transactions(id, { limit: 2 })
    const older = await ledger.transactions(id, { limit: 2, before: payment?.id ?? 0n })
    expect(older.map(({ key, at: moment }) => [key, moment])).toEqual([['invoice:1', at]])
  })

  test('credits are owed until an invoice takes them', async () => {
    const id = await organisation()
    await post(id, creditEntries(1_000n, 'gift', 'eur'))
    await post(id, creditEntries(500n, 'payment', 'eur'))
    expect(await ledger.balance(id, 'eur')).toBe(-1_500n)
    const lines = [{ kind: 'plan', metric: null, amount: 1_900n }] as const
    await post(id, invoiceEntries({ currency: 'eur', lines, credit: 1_500n }))
    expect(await ledger.balance(id, 'eur')).toBe(400n)
    await post(id, writeOffEntries(400n, 'eur'))
    expect(await ledger.balance(id, 'eur')).toBe(0n)
  })

  test('a key posts once, and never something else', async () => {
    const id = await organisation()
    const entries = paymentEntries(500n, 'eur')
    expect(await post(id, entries, 'payment:7')).toBe(true)
    expect(await post(id, entries.toReversed(), 'payment:7')).toBe(false)
    await expect(post(id, paymentEntries(501n, 'eur'), 'payment:7')).rejects.toThrow('posted before')
    expect((await ledger.accounts(id, 'eur')).get('payments')).toBe(500n)
    expect(await post(await organisation(), entries, 'payment:7')).toBe(true)
  })

  test('the same key from several at once posts once', async () => {
    const id = await organisation()
    const posted = await Promise.all(
      Array.from({ length: 6 }, () => post(id, paymentEntries(500n, 'eur'), 'payment:8')),
    )
    expect(posted.filter(Boolean)).toHaveLength(1)
    expect((await ledger.accounts(id, 'eur')).get('payments')).toBe(500n)
  })

  test('what does not sum to zero in each currency is refused', async () => {
    const id = await organisation()
    await expect(post(id, [])).rejects.toThrow('no entries')
    await expect(post(id, paymentEntries(500n, 'eur').slice(1))).rejects.toThrow('sum to zero')
    const mixed: LedgerEntry[] = [
      { account: 'payments', amount: 5n, currency: 'eur' },
      { account: 'receivable', amount: -5n, currency: 'usd' },
    ]
    await expect(post(id, mixed)).rejects.toThrow('5 eur are left')
    expect(await ledger.transactions(id, { limit: 10 })).toEqual([])
  })

  test('what rolls back was never posted', async () => {
    const id = await organisation()
    const failing = control.db.transaction(async (tx) => {
      await ledger.post(tx, {
        organisationId: id,
        key: 'k',
        at,
        description: '',
        entries: paymentEntries(5n, 'eur'),
      })
      throw new Error('later')
    })
    await expect(failing).rejects.toThrow('later')
    expect(await ledger.find(id, 'k')).toBeUndefined()
    expect(await post(id, paymentEntries(5n, 'eur'), 'k')).toBe(true)
  })
})

describe('the database itself', () => {
  const refused = (statement: SqlFragment): Promise<unknown> =>
    control.db.query(statement).then(
      () => 'accepted',
      (error: unknown) => String(error),
    )

  test.each([
    ['a change of an entry', sql`update ledger_entry set amount = 1`],
    ['a change of a transaction', sql`update ledger_transaction set at = now()`],
    ['a deletion of entries', sql`delete from ledger_entry`],
    ['a deletion of transactions', sql`delete from ledger_transaction`],
    ['emptying the entries', sql`truncate ledger_entry`],
    ['emptying everything', sql`truncate ledger_transaction cascade`],
  ])('%s is refused', async (_, statement) => {
    expect(await refused(statement)).toContain('only appended to')
  })

  test('a transaction that is alone, unbalanced, or added to later is refused', async () => {
    const id = await organisation()
    await post(id, paymentEntries(5n, 'eur'), 'old')
    const old = await ledger.find(id, 'old')
    const head = (key: string) => sql`
      insert into ledger_transaction (organisation_id, key, at, description) values (${id}, ${key}, now(), '') returning id, organisation_id`
    const entry = sql`insert into ledger_entry (transaction_id, position, organisation_id, account, currency, amount)`
    expect(await refused(head('alone'))).toContain('no entries')
    expect(
      await refused(
        sql`with t as (${head('half')}) ${entry} select id, 0, organisation_id, 'tax', 'eur', 3 from t`,
      ),
    ).not.toBe('accepted')
    const half = control.db.transaction(async (tx) => {
      const [row] = await tx.query<{ id: string }>(head('half'))
      await tx.query(sql`${entry} values (${row?.id}, 0, ${id}, 'tax', 'eur', 3)`)
    })
    await expect(half).rejects.toThrow('does not sum to zero')
    const added = sql`${entry} values (${String(old?.id)}, 2, ${id}, 'tax', 'eur', 3), (${String(old?.id)}, 3, ${id}, 'refunds', 'eur', -3)`
    expect(await refused(added)).toContain('is closed')
    expect(await ledger.unbalanced()).toEqual([])
  })

  test('an entry of another organisation or of an account that does not exist is refused', async () => {
    const [id, other] = [await organisation(), await organisation()]
    const attempt = (owner: OrganisationId, account: string): Promise<void> =>
      control.db.transaction(async (tx) => {
        const [row] = await tx.query<{ id: string }>(
          sql`insert into ledger_transaction (organisation_id, key, at, description) values (${id}, 'x', now(), '') returning id`,
        )
        await tx.query(sql`
          insert into ledger_entry (transaction_id, position, organisation_id, account, currency, amount)
          values (${row?.id}, 0, ${owner}, ${account}, 'eur', 3), (${row?.id}, 1, ${owner}, 'tax', 'eur', -3)`)
      })
    await expect(attempt(other, 'payments')).rejects.toThrow('another organisation')
    await expect(attempt(id, 'pocket')).rejects.toThrow('ledger_entry_account_check')
  })
})

test('random lives: the ledger sums to zero and is the invoices, to the last minor unit', async () => {
  const step = fc.record({
    totals: randomTotals(),
    discount: fc.bigInt(0n, 500n),
    tax: fc.bigInt(0n, 10_000n),
    gift: fc.bigInt(0n, 5_000n),
    then: fc.constantFrom('paid', 'refunded', 'void', 'open', 'written-off'),
  })
  await fc.assert(
    fc.asyncProperty(randomPlan(), fc.array(step, { minLength: 1, maxLength: 6 }), async (plan, months) => {
      const id = await organisation()
      let [invoiced, owed] = [0n, 0n]
      for (const [month, { totals, discount, tax, gift, then }] of months.entries()) {
        const lines = [
          ...planLines({ plan, priceVersion: '2026-11-01', period }),
          ...rate({ plan, priceVersion: '2026-11-01', currency: 'eur', totals, period }),
        ]
        if (lines.length === 0) continue
        const key = (kind: string): string => `${kind}:${String(month)}`
        const entries = invoiceEntries({ currency: 'eur', lines, discount, tax, credit: gift })
        const due = totalOf(lines) - discount + tax - gift
        // Some of these have no money in them: nothing is to be posted then.
        const put = async (kind: string, all: readonly LedgerEntry[]): Promise<void> => {
          if (all.length > 0) await post(id, all, key(kind))
        }
        await put('credit', creditEntries(gift, 'gift', 'eur'))
        await put('included', includedEntries(plan, totals, period, 'eur'))
        await put('invoice', entries)
        if (then === 'void') {
          await put('void', reverseEntries(entries))
          owed -= gift
          continue
        }
        invoiced += totalOf(lines)
        if (then === 'open' || due < 0n) owed += due
        else if (then === 'written-off') await put('written-off', writeOffEntries(due, 'eur'))
        else await put('payment', paymentEntries(due, 'eur'))
        if (then === 'refunded' && due >= tax) await put('refund', refundEntries(due, tax, 'eur'))
      }
      const accounts = await ledger.accounts(id, 'eur')
      expect([...accounts.values()].reduce((sum, amount) => sum + amount, 0n)).toBe(0n)
      const revenue = [...accounts].filter(
        ([account]) => account.startsWith('revenue:') || account === 'included',
      )
      expect(-revenue.reduce((sum, [, amount]) => sum + amount, 0n)).toBe(invoiced)
      expect(await ledger.balance(id, 'eur')).toBe(owed)
    }),
    { seed: 62, numRuns: RUNS },
  )
  expect(await ledger.unbalanced()).toEqual([])
})
