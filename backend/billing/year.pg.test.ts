// A year of an organisation's life: after every step the ledger, the invoices, the provider and what usage costs say the same, to the last cent.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { createBillingBench, type BillingBench } from '#testing/billing-bench.ts'
import type { Actor } from '../actor.ts'
import { createLedger } from './ledger.ts'
import { listIssuedSince, listLines } from './store-invoices.ts'
import { findSubscription } from './store.ts'

const START = new Date('2026-11-23T13:04:41Z')
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const GB = 1_000_000_000n

let bench: BillingBench
let owner: Actor
let organisationId: OrganisationId
let projectId: ProjectId

beforeAll(async () => {
  bench = await createBillingBench(START)
  owner = await bench.tenants.person()
  organisationId = await bench.tenants.organisation([[owner, 'owner']])
  const project = await bench.projects.create(owner, {
    organisationId,
    name: 'films',
    environment: 'production',
  })
  projectId = project.id
})
afterAll(() => bench[Symbol.asyncDispose]())

const subscription = async () => {
  const found = await findSubscription(bench.control.db, organisationId)
  if (found === undefined) throw new Error('There is no subscription.')
  return found
}
const status = async () => (await bench.billing.service.overview(owner, { organisationId })).status
const change = (plan: 'free' | 'pro' | 'team') =>
  bench.billing.service.plans.change(owner, { organisationId, plan, coupon: null })
const hold = async () => (await bench.projects.holds(bench.control.db, organisationId))[0]?.hold
const after = (days: number): Date => new Date(bench.now().getTime() + days * DAY_MS)

/** To the end of the running period and over it: the draft comes, usage is told, an hour later the invoice is closed and collected. */
async function endPeriod(): Promise<void> {
  const { period } = await subscription()
  if (period === null) throw new Error('There is no period.')
  bench.goTo(new Date(period.to.getTime() + MINUTE_MS))
  await bench.settle()
  bench.goTo(new Date(period.to.getTime() + 62 * MINUTE_MS))
  await bench.settle()
}

async function use(used: Parameters<BillingBench['use']>[2]): Promise<void> {
  bench.use(organisationId, projectId, used)
  await bench.billing.exporter?.organisation(organisationId)
}

/** Ledger = invoices = provider = rated usage. Gives what was invoiced in all. */
async function expectEqualBooks(): Promise<bigint> {
  const current = await subscription()
  const ledger = createLedger(bench.control.db)
  expect(await bench.billing.reconciliation?.organisation(current)).toEqual([])
  expect(await bench.billing.reconciliation?.books()).toEqual([])
  expect(await ledger.unbalanced()).toEqual([])
  const invoices = await listIssuedSince(bench.control.db, START)
  let total = 0n
  for (const invoice of invoices) {
    const lines = await listLines(bench.control.db, invoice.id)
    expect(lines.reduce((sum, { amount }) => sum + amount, 0n)).toBe(invoice.total)
    if (invoice.status !== 'void') total += invoice.total
    if (invoice.kind === 'invoice')
      expect((await bench.gateway.invoice(invoice.providerId)).total).toBe(invoice.total)
  }
  expect(invoices.map(({ number }) => Number(number.slice(-4)))).toEqual(numbersOf(invoices))
  const accounts = await ledger.accounts(organisationId, 'eur')
  const paid = (accounts.get('payments') ?? 0n) + (accounts.get('refunds') ?? 0n)
  expect((accounts.get('receivable') ?? 0n) + paid).toBe(
    total + (accounts.get('refunds') ?? 0n) - (accounts.get('credits') ?? 0n),
  )
  return total
}

/** 1, 2, 3 … in each year. */
function numbersOf(invoices: readonly { readonly number: string }[]): number[] {
  const counts = new Map<string, number>()
  return invoices.map(({ number }) => {
    const year = number.slice(3, 7)
    counts.set(year, (counts.get(year) ?? 0) + 1)
    return counts.get(year) ?? 0
  })
}

test('a year: trial, payments, upgrade, downgrade, failed card, recovery, cap, cancellation', async () => {
  // A trial: nothing is charged, whatever is used.
  await bench.subscribe(owner, organisationId, 'pro')
  expect(await status()).toBe('trialing')
  bench.goTo(after(5))
  await use({ egress: 150n * GB })
  expect(await expectEqualBooks()).toBe(0n)

  // It ends in the first payment.
  await endPeriod()
  expect(await status()).toBe('active')
  expect(await expectEqualBooks()).toBe(1900n)

  // A month with use above the quota.
  bench.goTo(after(10))
  await use({ egress: 130n * GB, 'api-requests': 5_860_000n })
  bench.goTo(after(10))
  await use({ egress: 39n * GB })
  await endPeriod()
  expect(await expectEqualBooks()).toBe(1900n + 690n + 172n + 1900n)

  // Up in the middle of a period: what the preview said is charged at once; what was used before keeps its price.
  bench.goTo(after(9))
  await use({ egress: 120n * GB })
  const preview = await bench.billing.service.plans.preview(owner, {
    organisationId,
    plan: 'team',
    coupon: null,
  })
  expect(String(preview.lines.reduce((sum, { amount }) => sum + BigInt(amount), 0n))).toBe(preview.dueNow)
  const before = await expectEqualBooks()
  expect(await change('team')).toEqual({ type: 'done' })
  await bench.settle()
  expect((await expectEqualBooks()) - before).toBe(BigInt(preview.dueNow))
  bench.goTo(after(3))
  await use({ egress: 300n * GB })
  await endPeriod()
  await expectEqualBooks()
  const [usage] = (await listIssuedSince(bench.control.db, START)).slice(-1)
  const lines = usage === undefined ? [] : await listLines(bench.control.db, usage.id)
  expect(lines.filter(({ kind }) => kind === 'usage').map(({ amount }) => amount)).toEqual([200n])

  // Down at the period's end.
  bench.goTo(after(4))
  expect(await change('pro')).toEqual({ type: 'done' })
  expect(await subscription()).toMatchObject({ plan: 'team', scheduledPlan: 'pro' })
  await endPeriod()
  expect(await subscription()).toMatchObject({ plan: 'pro', scheduledPlan: null })
  await expectEqualBooks()

  // A card that fails, until nothing new can be made; then it pays.
  const { customerId } = await subscription()
  bench.fake.setCards(customerId ?? '', 'insufficient_funds')
  await endPeriod()
  expect(await status()).toBe('past-due')
  await expectEqualBooks()
  bench.goTo(after(8))
  await bench.billing.advanceDebts()
  await bench.settle()
  expect(await status()).toBe('restricted')
  bench.goTo(after(14))
  await bench.billing.advanceDebts()
  await bench.settle()
  expect([await status(), await hold()]).toEqual(['suspended', 'suspended'])
  bench.fake.setCards(customerId ?? '', null)
  const [method] = await bench.billing.service.payment.methods({ actor: owner, organisationId })
  await bench.billing.service.payment.setDefault({ actor: owner, organisationId }, method?.id ?? '')
  await bench.settle()
  expect([await status(), await hold()]).toEqual(['active', null])
  await expectEqualBooks()
  expect(bench.mails.map(({ subject }) => subject).join('\n')).toMatch(
    /a payment failed[^]*nothing new can be made[^]*compute is off[^]*the payment arrived/,
  )

  // The spend cap: projects sleep before it is passed, and wake when it is raised.
  await endPeriod()
  bench.goTo(after(2))
  await use({ egress: 309n * GB })
  await bench.billing.limits.decide(organisationId)
  expect(await hold()).toBe('cap')
  await bench.billing.service.setSpendCap(owner, { organisationId, projectId: null, amount: '10000' })
  expect(await hold()).toBeNull()
  await endPeriod()
  await expectEqualBooks()

  // Months go by, then it is cancelled, and ends with an invoice of what was used.
  for (let month = 0; month < 4; month += 1) {
    bench.goTo(after(6))
    await use({ egress: 101n * GB })
    await endPeriod()
    await expectEqualBooks()
  }
  await bench.billing.service.plans.cancel(owner, organisationId)
  bench.goTo(after(6))
  await use({ egress: 110n * GB })
  const last = await expectEqualBooks()
  await endPeriod()
  expect(await status()).toBe('cancelled')
  expect(await subscription()).toMatchObject({ plan: 'free', providerId: null })
  expect((await expectEqualBooks()) - last).toBe(100n)
  expect(bench.now().getTime() - START.getTime()).toBeGreaterThan(330 * DAY_MS)
  const audited = await bench.control.db.query<{ action: string }>(
    sql`select distinct action from audit_entry where organisation_id = ${organisationId}`,
  )
  expect(audited.map(({ action }) => action)).toEqual(
    expect.arrayContaining([
      'subscription.change-plan',
      'subscription.cancel',
      'invoice.issue',
      'project.hold',
    ]),
  )
}, 60_000)
