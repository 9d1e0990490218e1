// What the settings page shows in a trial, and what is set there for the time after it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import { createBillingBench, type BillingBench } from '#testing/billing-bench.ts'
import type { Actor } from '../actor.ts'

const START = new Date('2026-11-23T13:04:41Z')
const DAY_MS = 24 * 60 * 60 * 1000
const TRIAL_END = new Date(START.getTime() + 14 * DAY_MS)
const GB = 1_000_000_000n

let bench: BillingBench
let owner: Actor
let organisationId: OrganisationId
let projectId: ProjectId

beforeAll(async () => {
  bench = await createBillingBench(START)
  owner = await bench.tenants.person()
  organisationId = await bench.tenants.organisation([[owner, 'owner']])
  await bench.subscribe(owner, organisationId, 'pro')
  const project = await bench.projects.create(owner, {
    organisationId,
    name: 'films',
    environment: 'production',
  })
  projectId = project.id
})
afterAll(() => bench[Symbol.asyncDispose]())

const overview = () => bench.billing.service.overview(owner, { organisationId })
const setCap = (amount: string | null) =>
  bench.billing.service.setSpendCap(owner, { organisationId, projectId: null, amount })
const hold = async () => (await bench.projects.holds(bench.control.db, organisationId))[0]?.hold

test('in a trial the next invoice is the first one: nothing so far, the plan by the forecast, due when the trial ends', async () => {
  expect(await overview()).toMatchObject({
    status: 'trialing',
    nextInvoice: {
      soFar: '0',
      forecast: '1900',
      dueAt: TRIAL_END.toISOString(),
      lines: [{ kind: 'plan', amount: '0', forecast: '1900' }],
    },
  })
})

test('a trial that is cancelled has no next invoice', async () => {
  await bench.billing.service.plans.cancel(owner, organisationId)
  expect((await overview()).nextInvoice).toMatchObject({ soFar: '0', forecast: '0', lines: [] })
  await bench.billing.service.plans.resume(owner, organisationId)
})

test('in a trial the cap is shown that will hold, one that is set is shown at once, and off is off', async () => {
  expect((await overview()).spendCap).toEqual({
    amount: '4000',
    spent: '0',
    forecast: '0',
    reachedAt: null,
  })
  await setCap(null)
  expect((await overview()).spendCap.amount).toBeNull()
  await setCap('2500')
  expect((await overview()).spendCap.amount).toBe('2500')
})

test('what is used in a trial stops at the quota and counts to no cap', async () => {
  bench.goTo(new Date(START.getTime() + DAY_MS))
  bench.use(organisationId, projectId, { egress: 90n * GB })
  await bench.billing.limits.decide(organisationId)
  expect(await hold()).toBeNull()
  bench.use(organisationId, projectId, { egress: 90n * GB })
  await bench.billing.limits.decide(organisationId)
  expect(await hold()).toBe('quota')
  expect(await overview()).toMatchObject({
    nextInvoice: { soFar: '0', forecast: '1900' },
    spendCap: { amount: '2500', spent: '0', reachedAt: null },
  })
})

test('the cap that was set in the trial holds when it has ended', async () => {
  bench.goTo(new Date(TRIAL_END.getTime() + 2 * DAY_MS))
  await bench.settle()
  await bench.billing.limits.decide(organisationId)
  expect(await hold()).toBeNull()
  expect(await overview()).toMatchObject({
    status: 'active',
    nextInvoice: { soFar: '1900' },
    spendCap: { amount: '2500', spent: '1900' },
  })
  // 19.00 of the plan and 6.00 of data out.
  bench.use(organisationId, projectId, { egress: 160n * GB })
  await bench.billing.limits.decide(organisationId)
  expect(await hold()).toBe('cap')
})
