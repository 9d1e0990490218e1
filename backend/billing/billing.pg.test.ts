// What people do with billing, and who may.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { createBillingBench, type BillingBench } from '#testing/billing-bench.ts'
import type { Actor } from '../actor.ts'
import { DEFAULT_RULES } from './store.ts'

const START = new Date('2026-11-23T13:04:41Z')
const DAY_MS = 24 * 60 * 60 * 1000
const DETAILS = {
  company: 'Reelhouse GmbH',
  line1: 'Hafenstraße 7',
  line2: '',
  city: 'Hamburg',
  postalCode: '20359',
  region: '',
  country: 'DE',
  taxId: null,
  contacts: ['billing@reelhouse.example'],
}

let bench: BillingBench
let owner: Actor
let viewer: Actor
let stranger: Actor
let organisationId: OrganisationId

beforeAll(async () => {
  bench = await createBillingBench(START)
  owner = await bench.tenants.person()
  viewer = await bench.tenants.person()
  stranger = await bench.tenants.person()
  organisationId = await bench.tenants.organisation([
    [owner, 'owner'],
    [viewer, 'admin'],
  ])
})
afterAll(() => bench[Symbol.asyncDispose]())

const code = (expected: string) => expect.objectContaining({ code: expected })
const service = () => bench.billing.service

describe('who may', () => {
  test('members who do not manage billing see notices only; others see nothing at all', async () => {
    const one = { organisationId, id: '6d5c0f4e-6f4b-4ef4-8b6f-0f6a4a3f2b10' }
    const calls = (actor: Actor) => [
      service().overview(actor, { organisationId }),
      service().setSpendCap(actor, { organisationId, projectId: null, amount: '1' }),
      service().plans.preview(actor, { organisationId, plan: 'pro', coupon: null }),
      service().plans.change(actor, { organisationId, plan: 'pro', coupon: null }),
      service().plans.cancel(actor, organisationId),
      service().plans.resume(actor, organisationId),
      service().payment.details({ actor, organisationId }),
      service().payment.setDetails({ actor, organisationId }, DETAILS),
      service().payment.setRules({ actor, organisationId }, DEFAULT_RULES),
      service().payment.methods({ actor, organisationId }),
      service().payment.add({ actor, organisationId }),
      service().payment.portal({ actor, organisationId }),
      service().payment.checkReturn({ actor, organisationId }, 'cs_1'),
      service().payment.checkReturn({ actor, organisationId }, `invoice:${one.id}`),
      service().payment.payInvoice({ actor, organisationId }, one.id),
      service().invoices.list(actor, { organisationId, before: null, limit: 1 }),
      service().invoices.get(actor, one),
      service().invoices.pdf(actor, one),
      service().invoices.mail(actor, one),
    ]
    for (const [actor, expected] of [
      [viewer, 'FORBIDDEN'],
      [stranger, 'NOT_FOUND'],
    ] as const) {
      const settled = await Promise.allSettled(calls(actor))
      expect(settled.map((one) => (one.status === 'rejected' ? one.reason : one))).toEqual(
        settled.map(() => code(expected)),
      )
    }
    expect(await service().notices(viewer, { organisationId })).toEqual([])
    await expect(service().notices(stranger, { organisationId })).rejects.toEqual(code('NOT_FOUND'))
    expect(bench.fake.state.customers.size).toBe(0)
  })
})

describe('plans', () => {
  test('before the first payment there is the free plan, and projects are counted against it', async () => {
    const overview = await service().overview(owner, { organisationId })
    expect(overview).toMatchObject({
      mode: 'stripe',
      status: 'none',
      plan: { id: 'free' },
      spendCap: { amount: null },
    })
    await bench.billing.entitlements.ensure(organisationId)
    const most = overview.plan.limits.projects ?? 0
    const ask = (count: number) => () =>
      bench.billing.entitlements.assert(organisationId, { limit: 'projects', count })
    expect(ask(most)).not.toThrow()
    expect(ask(most + 1)).toThrow(code('LIMIT_REACHED'))
  })

  test('a second page of the first payment ends the one before, so nobody subscribes twice', async () => {
    const open = async () => {
      const page = await service().plans.change(owner, { organisationId, plan: 'pro', coupon: null })
      return page.type === 'hosted-page' ? page.session : ''
    }
    const [first, second] = [await open(), await open()]
    expect(await service().payment.checkReturn({ actor: owner, organisationId }, first)).toEqual({
      state: 'expired',
    })
    expect(await service().payment.checkReturn({ actor: owner, organisationId }, second)).toEqual({
      state: 'open',
    })
  })

  test('after the page is paid the plan holds; what does not fit the free plan keeps it from going down', async () => {
    await bench.subscribe(owner, organisationId, 'pro')
    expect(await service().overview(owner, { organisationId })).toMatchObject({
      status: 'trialing',
      plan: { id: 'pro' },
      spendCap: { amount: '4000' },
    })
    for (const name of ['one', 'two', 'three'])
      await bench.projects.create(owner, { organisationId, name, environment: 'development' })
    const down = await service().plans.preview(owner, { organisationId, plan: 'free', coupon: null })
    expect(down).toMatchObject({ takesEffect: 'period-end', obstacles: ['3 projects, Free has 2.'] })
    await expect(
      service().plans.change(owner, { organisationId, plan: 'free', coupon: null }),
    ).rejects.toEqual(code('CONFLICT'))
    await expect(
      service().plans.change(owner, { organisationId, plan: 'pro', coupon: null }),
    ).rejects.toEqual(code('CONFLICT'))
  })

  test('a cancellation can be taken back', async () => {
    await service().plans.cancel(owner, organisationId)
    const cancelled = await service().overview(owner, { organisationId })
    expect(cancelled.cancelsAt).toBe(new Date(START.getTime() + 14 * DAY_MS).toISOString())
    expect(cancelled.notices.map(({ kind }) => kind)).toContain('cancelled')
    await service().plans.resume(owner, organisationId)
    expect(await service().overview(owner, { organisationId })).toMatchObject({ cancelsAt: null })
  })

  test('a card that is refused changes nothing and says so', async () => {
    bench.goTo(new Date(START.getTime() + 15 * DAY_MS))
    await bench.settle()
    const customers = [...bench.fake.state.customers.keys()]
    bench.fake.setCards(customers[0] ?? '', 'insufficient_funds')
    await expect(
      service().plans.change(owner, { organisationId, plan: 'team', coupon: null }),
    ).rejects.toEqual(code('PAYMENT_REQUIRED'))
    bench.fake.setCards(customers[0] ?? '', null)
    expect(await service().overview(owner, { organisationId })).toMatchObject({
      status: 'active',
      plan: { id: 'pro' },
      spendCap: { amount: '4000', spent: '1900' },
      nextInvoice: { soFar: '1900' },
    })
  })
})

describe('payment', () => {
  test('details go to the provider; the only method of a plan that goes on stays', async () => {
    const by = { actor: owner, organisationId }
    expect(await service().payment.setDetails(by, DETAILS)).toEqual(DETAILS)
    expect(await service().payment.details(by)).toEqual(DETAILS)
    expect([...bench.fake.state.customers.values()][0]).toMatchObject({ name: 'Reelhouse GmbH' })
    const [method] = await service().payment.methods(by)
    expect(method).toMatchObject({ last4: '4242', isDefault: true })
    await expect(service().payment.remove(by, method?.id ?? '')).rejects.toEqual(code('CONFLICT'))
    await expect(service().payment.remove(by, 'pm_of_others')).rejects.toEqual(code('NOT_FOUND'))
    const page = await service().payment.add(by)
    if (page.type !== 'hosted-page') throw new Error('A method is added on a page.')
    bench.fake.complete(page.session, { number: '5555555555554444' })
    await service().payment.checkReturn(by, page.session)
    const methods = await service().payment.methods(by)
    expect(methods.map(({ last4, isDefault }) => [last4, isDefault]).toSorted()).toEqual([
      ['4242', false],
      ['4444', true],
    ])
    await service().payment.remove(by, method?.id ?? '')
  })

  test('an invoice is read, kept as one PDF, and mailed to the contacts', async () => {
    const [invoice] = await service().invoices.list(owner, { organisationId, before: null, limit: 5 })
    expect(invoice).toMatchObject({ number: 'NB-2026-0001', status: 'paid', total: '1900' })
    const one = { organisationId, id: invoice?.id ?? '' }
    expect((await service().invoices.get(owner, one)).lines).toMatchObject([{ kind: 'plan', amount: '1900' }])
    const [first, second] = [
      await service().invoices.pdf(owner, one),
      await service().invoices.pdf(owner, one),
    ]
    expect(first).toEqual(second)
    expect(first.fileName).toBe('NB-2026-0001.pdf')
    const [kept] = await bench.control.db.query<{ hash: string }>(
      sql`select encode(pdf_sha256, 'hex') as hash from invoice where id = ${one.id}`,
    )
    expect(createHash('sha256').update(Buffer.from(first.base64, 'base64')).digest('hex')).toBe(kept?.hash)
    bench.mails.length = 0
    await service().invoices.mail(owner, one)
    await bench.runJobs()
    expect(bench.mails).toMatchObject([
      {
        to: 'billing@reelhouse.example',
        subject: 'Invoice NB-2026-0001',
        attachments: [{ filename: 'NB-2026-0001.pdf' }],
      },
    ])
    expect(await service().invoices.list(owner, { organisationId, before: one.id, limit: 5 })).toEqual([])
  })

  test('a provider that does not answer is told, and changes nothing', async () => {
    bench.fake.faults.add({ kind: 'error', match: '', times: 20 })
    await expect(service().plans.cancel(owner, organisationId)).rejects.toEqual(code('TIMEOUT'))
    bench.fake.faults.clear()
    expect(await service().overview(owner, { organisationId })).toMatchObject({ cancelsAt: null })
  })
})
