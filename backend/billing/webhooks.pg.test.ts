// Whatever happens to webhooks on their way, what we know in the end is the same: what the provider knows.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { createBillingBench, type BillingBench } from '#testing/billing-bench.ts'
import { signWebhook } from '#testing/stripe/webhooks.ts'
import type { GatewayEvent } from './gateway.ts'
import { createLedger } from './ledger.ts'
import { insertEvent } from './store-events.ts'
import { listIssuedSince, listLines } from './store-invoices.ts'
import { ensureSubscription, findSubscription, listSpans, setCustomer } from './store.ts'

const START = new Date('2026-11-23T13:04:41Z')
const DAY_MS = 24 * 60 * 60 * 1000
const YEAR = { from: START, to: new Date(START.getTime() + 365 * DAY_MS) }
const NUM_RUNS = Number(process.env['NEBULADB_FUZZ_RUNS'] ?? 6)

/** Everything that we know of an organisation. */
async function stateOf({ control }: BillingBench, organisationId: OrganisationId): Promise<unknown> {
  const { db } = control
  const ledger = createLedger(db)
  const invoices = await listIssuedSince(db, new Date(0))
  const own = invoices.filter((invoice) => invoice.organisationId === organisationId)
  const lines = await Promise.all(own.map(({ id }) => listLines(db, id)))
  const { organisationId: _, ...subscription } = (await findSubscription(db, organisationId)) ?? {}
  return {
    subscription,
    spans: await listSpans(db, organisationId, YEAR),
    invoices: own.map(({ kind, status, providerId, net, tax, total, period }, at) => ({
      kind,
      status,
      providerId,
      net,
      tax,
      total,
      period,
      // Numbers are of all organisations together.
      lines: lines[at]?.map((line) => ({ ...line, description: line.description.replace(/NB-\S+/, 'NB') })),
    })),
    accounts: [...(await ledger.accounts(organisationId, 'eur'))].toSorted(),
  }
}

test('any order, duplicates and losses with a sweep at the end give the same state', async () => {
  await using bench = await createBillingBench(START)
  const { control, billing, gateway, tenants } = bench
  const owner = await tenants.person()
  const first = await tenants.organisation([[owner, 'owner']])
  // A life with much in it, as it happened.
  await bench.subscribe(owner, first, 'pro')
  for (const days of [15, 20]) {
    bench.goTo(new Date(bench.now().getTime() + days * DAY_MS))
    await bench.settle()
  }
  await billing.service.plans.change(owner, { organisationId: first, plan: 'team', coupon: null })
  const customerId = (await findSubscription(control.db, first))?.customerId ?? ''
  const [newest] = await gateway.invoices(customerId)
  await gateway.refund({ invoiceId: newest?.id ?? '', amount: 500n, reason: 'goodwill', key: 'refund' })
  bench.fake.setCards(customerId, 'insufficient_funds')
  bench.goTo(new Date(bench.now().getTime() + 31 * DAY_MS))
  await bench.settle()
  const expected = await stateOf(bench, first)
  const events: GatewayEvent[] = []
  for await (const event of gateway.eventsSince(new Date(0))) events.push(event)
  expect(events.length).toBeGreaterThan(20)

  /** The same customer as another organisation's, which knows nothing of it yet. */
  async function anew(): Promise<OrganisationId> {
    const organisationId = await tenants.organisation([[owner, 'owner']])
    await control.db.transaction(async (tx) => {
      await tx.query(
        sql`update subscription set customer_id = null, provider_id = null where customer_id = ${customerId}`,
      )
      await tx.query(sql`update invoice set provider_id = id::text where provider_id not like '%-%'`)
      await tx.query(sql`delete from webhook_event`)
      await ensureSubscription(tx, organisationId, { priceVersion: '2026-11-01', at: bench.now() })
      await setCustomer(tx, organisationId, customerId)
    })
    return organisationId
  }

  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(events.map((_, at) => at)),
      fc.array(fc.nat(events.length - 1), { maxLength: 5 }),
      fc.boolean(),
      async (order, again, isOneByOne) => {
        const organisationId = await anew()
        for (const at of [...order, ...again]) {
          const event = events[at]
          if (event === undefined) continue
          await control.db.transaction((tx) => insertEvent(tx, event, bench.now()))
          // One that was answered and whose job runs at once, or after the others.
          if (isOneByOne) await billing.webhooks?.apply(event.id)
        }
        for (const at of [...order, ...again]) await billing.webhooks?.apply(events[at]?.id ?? '')
        // What was lost is found.
        await bench.settle()
        expect(await stateOf(bench, organisationId)).toEqual({
          ...Object(expected),
          subscription: { ...Object(expected).subscription, hadTrial: expect.any(Boolean) },
        })
        const open = await control.db.query(sql`select from webhook_event where applied_at is null`)
        expect(open).toHaveLength(0)
      },
    ),
    { seed: 63, numRuns: NUM_RUNS },
  )
}, 120_000)

test('a webhook is stored once, and refused when it is changed, old or signed by others', async () => {
  await using bench = await createBillingBench(START)
  const { control, billing } = bench
  const body = JSON.stringify({
    id: 'evt_1',
    object: 'event',
    type: 'invoice.paid',
    created: Math.floor(START.getTime() / 1000),
    data: { object: { id: 'in_1', object: 'invoice', customer: 'cus_1' } },
  })
  const bytes = Buffer.from(body)
  const signed = (by: string, at = START): string => signWebhook(body, [by], Math.floor(at.getTime() / 1000))
  const [secret = ''] = bench.fake.config.webhookSecrets
  const receive = (signature: string, raw: Buffer = bytes) => billing.webhooks?.receive(raw, signature)
  expect(await receive(signed('whsec_other'))).toBe(false)
  expect(await receive(signed(secret), Buffer.from(`${body} `))).toBe(false)
  expect(await receive(signed(secret, new Date(START.getTime() - 600_000)))).toBe(false)
  expect(await receive(signed(secret))).toBe(true)
  expect(await receive(signed(secret))).toBe(true)
  const stored = () =>
    control.db.query(sql`select id, customer_id, applied_at is not null as applied from webhook_event`)
  expect(await stored()).toEqual([{ id: 'evt_1', customer_id: 'cus_1', applied: false }])
  // Of a customer that is not ours.
  await bench.runJobs()
  expect(await stored()).toEqual([{ id: 'evt_1', customer_id: 'cus_1', applied: true }])
})
