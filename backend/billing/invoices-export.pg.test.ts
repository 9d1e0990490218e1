// What the meters are told, when usage comes late and when sending fails.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OrganisationId, ProjectId } from '#contract/capabilities/ids.ts'
import { createBillingBench, type BillingBench } from '#testing/billing-bench.ts'
import { listCharges, listUnsent } from './store-usage.ts'
import { findSubscription } from './store.ts'
import { ratingPeriod } from './subscriptions.ts'

const START = new Date('2026-11-23T13:04:41Z')
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const GB = 1_000_000_000n

let bench: BillingBench
let organisationId: OrganisationId
let projectId: ProjectId

beforeAll(async () => {
  bench = await createBillingBench(START)
  const owner = await bench.tenants.person()
  organisationId = await bench.tenants.organisation([[owner, 'owner']])
  await bench.subscribe(owner, organisationId, 'pro')
  const project = await bench.projects.create(owner, {
    organisationId,
    name: 'films',
    environment: 'production',
  })
  projectId = project.id
  bench.goTo(new Date(START.getTime() + 15 * DAY_MS))
  await bench.settle()
})
afterAll(() => bench[Symbol.asyncDispose]())

const exportNow = () => bench.billing.exporter?.organisation(organisationId)
const subscription = async () => {
  const found = await findSubscription(bench.control.db, organisationId)
  if (found?.period === undefined || found.period === null || found.customerId === null)
    throw new Error('There is no period.')
  return { customerId: found.customerId, period: found.period }
}
const charged = async () =>
  (await listCharges(bench.control.db, organisationId, ratingPeriod((await subscription()).period).from)).map(
    ({ lines }) => lines.map(({ amount, isLate }) => [amount, isLate]),
  )

test('a report that the provider took without answering is counted once', async () => {
  bench.use(organisationId, projectId, { egress: 120n * GB })
  bench.fake.faults.add({ kind: 'error-after-commit', match: 'POST /v1/billing/meter_events', times: 1 })
  await expect(exportNow()).rejects.toMatchObject({ reason: 'unavailable' })
  expect(await listUnsent(bench.control.db, organisationId, 10)).toHaveLength(1)
  await exportNow()
  await exportNow()
  expect(await listUnsent(bench.control.db, organisationId, 10)).toEqual([])
  const { customerId, period } = await subscription()
  const to = new Date(Math.ceil(bench.now().getTime() / MINUTE_MS) * MINUTE_MS + MINUTE_MS)
  const from = new Date(Math.floor(period.from.getTime() / MINUTE_MS) * MINUTE_MS)
  expect((await bench.gateway.meterSummaries(customerId, { from, to })).get('egress')).toBe(200n)
})

test('what is counted after the invoice is on the next one, and stays there beside later use', async () => {
  const { period } = await subscription()
  bench.goTo(new Date(period.to.getTime() + MINUTE_MS))
  await bench.settle()
  bench.goTo(new Date(period.to.getTime() + 62 * MINUTE_MS))
  await bench.settle()
  const invoiced = bench.now()
  // Two hours before the period's end, told by a spool that was away.
  bench.goTo(new Date(period.to.getTime() - 120 * MINUTE_MS))
  bench.use(organisationId, projectId, { egress: 3n * GB })
  bench.goTo(invoiced)
  await exportNow()
  expect(await charged()).toEqual([[[30n, true]]])
  bench.goTo(new Date(invoiced.getTime() + 9 * DAY_MS))
  bench.use(organisationId, projectId, { egress: 101n * GB })
  await exportNow()
  expect(await charged()).toEqual([
    [
      [10n, false],
      [30n, true],
    ],
  ])
})
