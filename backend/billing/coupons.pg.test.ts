// Coupons: what the preview says is what is charged, at the first payment and at a change; and the last invoice of an organisation that is deleted.
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
  await makeCoupon({ id: 'FIFTEEN', name: 'Fifteen', percent_off: '15', duration: 'once' })
  await makeCoupon({ id: 'FIVE', name: 'Five', amount_off: '500', currency: 'eur', duration: 'once' })
})
afterAll(() => bench[Symbol.asyncDispose]())

async function makeCoupon(fields: Readonly<Record<string, string>>): Promise<void> {
  const answer = await fetch(`${bench.fake.url}/v1/coupons`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bench.fake.config.apiKey}` },
    body: new URLSearchParams(fields),
  })
  expect(answer.status).toBe(200)
}

const plans = () => bench.billing.service.plans
const invoices = async () =>
  (await listIssuedSince(bench.control.db, START)).filter((one) => one.organisationId === organisationId)
const kinds = async (id: string) => (await listLines(bench.control.db, id)).map(({ kind }) => kind)
const sumOf = (lines: readonly { amount: string }[]) =>
  lines.reduce((sum, { amount }) => sum + BigInt(amount), 0n)
async function endPeriod(): Promise<void> {
  const to = (await findSubscription(bench.control.db, organisationId))?.period?.to
  for (const minutes of [1, 62]) {
    bench.goTo(new Date((to?.getTime() ?? 0) + minutes * MINUTE_MS))
    await bench.settle()
  }
}

test('a coupon that is not there, or has ended, is said before anything is bought', async () => {
  await expect(plans().preview(owner, { organisationId, plan: 'pro', coupon: 'NONE' })).rejects.toMatchObject(
    {
      code: 'NOT_FOUND',
    },
  )
})

test('the first payment: a coupon takes off what the preview says, when the trial ends', async () => {
  const wanted = { organisationId, plan: 'pro', coupon: 'FIFTEEN' } as const
  const preview = await plans().preview(owner, wanted)
  // 15 % of 19.00 are 2.85.
  expect(preview).toMatchObject({ dueNow: '0', nextInvoice: '1615' })
  const page = await plans().change(owner, wanted)
  if (page.type !== 'hosted-page') throw new Error('The first payment has a page.')
  bench.fake.complete(page.session, { country: 'US' })
  await bench.billing.service.payment.checkReturn({ actor: owner, organisationId }, page.session)
  await bench.settle()
  await endPeriod()
  const [first] = await invoices()
  expect(first).toMatchObject({ total: BigInt(preview.nextInvoice), status: 'paid' })
  expect(await kinds(first?.id ?? '')).toEqual(['plan', 'discount'])
})

test.each(['FIVE', null])(
  'a change in the middle of the period charges what the preview says (%s)',
  async (coupon) => {
    expect((await findSubscription(bench.control.db, organisationId))?.plan).toBe('pro')
    bench.goTo(new Date(bench.now().getTime() + 10 * DAY_MS))
    const wanted = { organisationId, plan: 'team' as const, coupon }
    const preview = await plans().preview(owner, wanted)
    expect(sumOf(preview.lines)).toBe(BigInt(preview.dueNow))
    const before = await invoices()
    expect(await plans().change(owner, wanted)).toEqual({ type: 'done' })
    await bench.settle()
    const made = (await invoices()).slice(before.length)
    expect(made.map(({ total }) => String(total))).toEqual([preview.dueNow])
    // 5.00 off, less the 15 % that the unused time was cheaper by: 1.93 of 12.84.
    expect(preview.lines.filter(({ kind }) => kind === 'discount').map(({ amount }) => amount)).toEqual(
      coupon === null ? [] : ['-307'],
    )
    expect((await kinds(made[0]?.id ?? '')).includes('discount')).toBe(coupon !== null)
    expect(await createLedger(bench.control.db).balance(organisationId, 'eur')).toBe(0n)
    await plans().change(owner, { organisationId, plan: 'pro', coupon: null })
    await endPeriod()
  },
)

test('an organisation that is deleted gets a last invoice of what it used, and no more', async () => {
  bench.goTo(new Date(bench.now().getTime() + 5 * DAY_MS))
  bench.use(organisationId, projectId, { egress: 130n * GB })
  const before = await invoices()
  await bench.control.db.transaction(async (tx) => {
    await bench.billing.endWith(tx, organisationId)
    await tx.query(sql`update organisation set deleted_at = now() where id = ${organisationId}`)
  })
  await bench.runJobs()
  const subscription = await findSubscription(bench.control.db, organisationId)
  expect(subscription?.cancelsAt).toEqual(subscription?.period?.to)
  // Told twice, it ends once.
  await bench.control.db.transaction((tx) => bench.billing.endWith(tx, organisationId))
  await bench.runJobs()
  await bench.billing.exporter?.organisation(organisationId)
  await endPeriod()
  expect(await findSubscription(bench.control.db, organisationId)).toMatchObject({
    plan: 'free',
    providerId: null,
  })
  const made = (await invoices()).slice(before.length)
  expect(made).toMatchObject([{ total: 300n, status: 'paid' }])
  expect(await kinds(made[0]?.id ?? '')).toEqual(['usage'])
  bench.goTo(new Date(bench.now().getTime() + 60 * DAY_MS))
  await bench.settle()
  expect(await invoices()).toHaveLength(before.length + 1)
  expect(await createLedger(bench.control.db).balance(organisationId, 'eur')).toBe(0n)
})
