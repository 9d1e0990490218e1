import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Metric } from '#contract/billing/metrics.ts'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import { sql, type SqlFragment } from '#postgres/common/sql/sql.ts'
import { createControlDatabase, type ControlDatabase } from '#testing/control-database.ts'
import { createTenants } from '#testing/tenants.ts'
import type { GatewayInvoice } from './gateway.ts'
import { chargeUsage } from './invoices-usage.ts'
import { composeInvoice, issueInvoice, settleInvoice } from './invoices.ts'
import { createLedger } from './ledger.ts'
import { loadPriceBooks } from './price-book.ts'
import { createReconciliation } from './reconciliation.ts'
import { closePeriod, insertExport, markSent, openPeriod, saveCharge } from './store-usage.ts'
import { ensureSubscription, findSubscription, saveSpans, setCustomer } from './store.ts'

const books = loadPriceBooks()
const { pro } = books.version('2026-11-01').plans
const priceVersion = '2026-11-01'
const period = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') }
const at = new Date('2026-11-30T23:00:00Z')
const now = new Date('2026-12-02T02:41:00Z')
const GB = 1_000_000_000n
const used = new Map([
  ['egress', 169n * GB],
  ['api-requests', 5_860_000n],
] as const)
let control: ControlDatabase

beforeAll(async () => {
  control = await createControlDatabase()
})
afterAll(() => control.drop())

/** What the outside says: usage as counted, the provider's meters and invoices. */
interface Outside {
  totals: ReadonlyMap<Metric, bigint>
  raw: ReadonlyMap<Metric, bigint>
  meters: ReadonlyMap<Metric, bigint>
  invoices: readonly GatewayInvoice[]
}

/** An organisation whose November is charged, told to the meters, and invoiced. */
async function month(
  isClosed = true,
): Promise<{ id: OrganisationId; outside: Outside; differences: () => Promise<string[]> }> {
  const id = await createTenants(control.db).organisation([])
  const customerId = `cus_${id}`
  const ledger = createLedger(control.db)
  const charges = chargeUsage([{ plan: pro, priceVersion, totals: used }], period, 'eur')
  const invoice = theirInvoice(customerId)
  await control.db.transaction(async (tx) => {
    await ensureSubscription(tx, id, { priceVersion, at })
    await setCustomer(tx, id, customerId)
    await saveSpans(tx, id, [{ startsAt: period.from, plan: 'pro', priceVersion }])
    await openPeriod(tx, id, period)
    for (const charge of charges) {
      const { metric, amount } = charge
      await saveCharge(tx, id, { ...charge, from: period.from, revision: 1 })
      const identifier = `${id}:${metric}:1`
      await insertExport(tx, id, { identifier, customerId, metric, amount, periodFrom: period.from, at })
      await markSent(tx, [identifier], at)
    }
    if (!isClosed) return
    const composed = composeInvoice({ invoice, invoices: [invoice], books, priceVersion, charges })
    const details = {
      company: '',
      line1: '',
      line2: '',
      city: '',
      postalCode: '',
      region: '',
      country: '',
      taxId: null,
    }
    const context = {
      tx,
      ledger,
      organisationId: id,
      recipient: { ...details, organisation: 'Acme' },
      newId: randomUUID,
    }
    const issued = await issueInvoice(context, invoice, composed)
    await settleInvoice(context, issued, invoice)
    await closePeriod(tx, id, { from: period.from, at: now })
  })
  const outside: Outside = {
    totals: used,
    raw: used,
    meters: new Map([
      ['egress', 690n],
      ['api-requests', 172n],
    ]),
    invoices: isClosed ? [invoice] : [],
  }
  const reconciliation = createReconciliation({
    db: control.db,
    clock: { now: () => now },
    ledger,
    books,
    gateway: {
      invoices: () => Promise.resolve(outside.invoices),
      meterSummaries: () => Promise.resolve(outside.meters),
    },
    usage: {
      totals: () => Promise.resolve({ asOf: now, byMetric: outside.totals, byProject: new Map() }),
      recount: () => Promise.resolve(outside.raw),
    },
  })
  return {
    id,
    outside,
    async differences() {
      const subscription = await findSubscription(control.db, id)
      if (subscription === undefined) throw new Error('It has one.')
      return [...(await reconciliation.books()), ...(await reconciliation.organisation(subscription))]
    },
  }
}

function theirInvoice(customerId: string): GatewayInvoice {
  const line = { discount: 0n, tax: 0n, isProration: false }
  return {
    id: `in_${randomUUID()}`,
    customerId,
    subscriptionId: 'sub_1',
    status: 'paid',
    reason: 'period',
    currency: 'eur',
    createdAt: period.to,
    finalizedAt: period.to,
    paidAt: period.to,
    voidedAt: null,
    period,
    lines: [
      {
        ...line,
        id: 'il_1',
        description: 'Pro',
        kind: 'plan',
        plan: 'pro',
        metric: null,
        period: { from: period.to, to: new Date('2027-01-01T00:00:00Z') },
        amount: 1_900n,
      },
      {
        ...line,
        id: 'il_2',
        description: 'Data out',
        kind: 'usage',
        plan: null,
        metric: 'egress',
        period,
        amount: 690n,
      },
      {
        ...line,
        id: 'il_3',
        description: 'Requests',
        kind: 'usage',
        plan: null,
        metric: 'api-requests',
        period,
        amount: 172n,
      },
    ],
    subtotal: 2_762n,
    discount: 0n,
    tax: 525n,
    total: 3_287n,
    fromBalance: 0n,
    amountDue: 3_287n,
    amountPaid: 3_287n,
    credited: 0n,
    attempts: 1,
    nextAttemptAt: null,
    failure: null,
    hostedUrl: null,
  }
}

const run = (statement: SqlFragment): Promise<unknown> => control.db.query(statement)
const plus = (sums: ReadonlyMap<Metric, bigint>): ReadonlyMap<Metric, bigint> =>
  new Map([...sums, ['egress', (sums.get('egress') ?? 0n) + 1n]])

test('where all say the same there is no difference', async () => {
  expect(await (await month()).differences()).toEqual([])
  expect(await (await month(false)).differences()).toEqual([])
})

test('raw events that are not in the rollups', async () => {
  const { outside, differences } = await month()
  outside.raw = plus(outside.raw)
  expect(await differences()).toEqual([
    'egress: period of 2026-11-01T00:00:00.000Z, rollups and raw events differ: 169000000000 and 169000000001.',
  ])
})

test('a provider whose meters count otherwise', async () => {
  const { outside, differences } = await month()
  outside.meters = plus(outside.meters)
  expect(await differences()).toEqual([
    "egress: provider's meters and what they were told differ: 691 and 690.",
  ])
})

test('a report that was never sent', async () => {
  const { id, differences } = await month()
  await run(sql`update meter_export set sent_at = null where organisation_id = ${id} and metric = 'egress'`)
  expect(await differences()).toEqual(['Reports of usage that are not sent yet: 1.'])
})

test('an amount that was told to the provider and is not charged', async () => {
  const { id, outside, differences } = await month()
  await run(
    sql`update meter_export set amount = amount + 1 where organisation_id = ${id} and metric = 'egress'`,
  )
  outside.meters = plus(outside.meters)
  expect(await differences()).toEqual([
    'egress: period of 2026-11-01T00:00:00.000Z, exported and charged differ: 691 and 690.',
  ])
})

test('more that is charged than usage gives, while the period runs', async () => {
  const { outside, differences } = await month(false)
  outside.totals = new Map([...used, ['egress', 168n * GB]])
  outside.raw = outside.totals
  expect(await differences()).toEqual([
    'egress: period of 2026-11-01T00:00:00.000Z, charged and rated again from raw events differ: 690 and 680.',
  ])
  outside.totals = new Map([...used, ['egress', 170n * GB]])
  outside.raw = outside.totals
  expect(await differences()).toEqual([])
})

test('an invoice line that is not what was charged, nor what the ledger has', async () => {
  const { id, differences } = await month()
  await run(sql`
    update invoice_line set amount = amount + 1
     where metric = 'egress' and invoice_id = (select id from invoice where organisation_id = ${id})`)
  expect(await differences()).toEqual([
    'egress: period of 2026-11-01T00:00:00.000Z, invoice and charges differ: 691 and 690.',
    expect.stringMatching(/^NB-2026-\d+: its lines are 2763, the ledger has 2762\.$/),
  ])
})

test('an invoice of the provider that we do not have, and one over another sum', async () => {
  const { outside, differences } = await month()
  const [known] = outside.invoices
  if (known === undefined) throw new Error('There is one.')
  outside.invoices = [
    { ...known, total: 3_288n },
    { ...known, id: 'in_other' },
  ]
  expect(await differences()).toEqual([
    expect.stringMatching(/is over 3287, the provider's over 3288\.$/),
    "The provider's invoice in_other over 3287 is none of ours.",
  ])
})

test('an invoice that is void and not taken back in the ledger', async () => {
  const { id, outside, differences } = await month()
  outside.invoices = outside.invoices.map((invoice) => ({ ...invoice, status: 'void' as const }))
  await run(sql`update invoice set status = 'void' where organisation_id = ${id}`)
  expect(await differences()).toEqual([
    expect.stringMatching(/it is void, in the ledger it is not taken back\.$/),
  ])
})
