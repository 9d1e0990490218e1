import { afterAll, beforeAll, expect, test } from 'vitest'
import { Metric } from '#contract/billing/metrics.ts'
import { UsageSummary } from '#contract/capabilities/usage.ts'
import { createControlDatabase, type ControlDatabase } from '#testing/control-database.ts'
import { addMeteredProject, createMetered, type Metered } from '#testing/metered.ts'
import { createTenants, type Tenants } from '#testing/tenants.ts'
import type { Actor } from '../actor.ts'
import { createUsageService, type UsagePricing, type UsageService } from './index.ts'

const NOON = new Date('2026-11-23T12:00:00Z')
const NOVEMBER = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') }

let control: ControlDatabase
let tenants: Tenants
beforeAll(async () => {
  control = await createControlDatabase()
  tenants = createTenants(control.db)
})
afterAll(() => control.drop())

/** Hundred bytes out are included; each one more costs one. Only `rich` sees money. */
function pricingFor(rich: Actor): UsagePricing {
  return {
    termsAt: async () => ({
      period: NOVEMBER,
      included: (metric) => (metric === 'egress' ? 100n : null),
      forecast: ({ used, recent, reachedAt }) => ({ quantity: used + recent.quantity, overAt: reachedAt }),
      reachedAt: (_, hours, included) => (included === 100n ? (hours.at(-1)?.at ?? null) : null),
      costs: async (atEnd) =>
        new Map([['egress', { cost: 30n, forecast: (atEnd.get('egress') ?? 0n) - 100n }]]),
      projectCosts: (costs, byProject) =>
        new Map([...byProject.keys()].map((projectId) => [projectId, costs.get('egress') ?? 0n])),
    }),
    seesMoney: async (actor) => actor.accountId === rich.accountId,
  }
}

interface Fixture extends Metered {
  readonly service: UsageService
  readonly owner: Actor
  readonly viewer: Actor
  readonly stranger: Actor
}

async function createFixture(): Promise<Fixture> {
  const metered = await createMetered(control, NOON)
  const [owner, viewer, stranger] = [await tenants.person(), await tenants.person(), await tenants.person()]
  await tenants.join(metered.organisationId, owner, 'owner')
  await tenants.join(metered.organisationId, viewer, 'viewer')
  const { metering, now } = metered
  const service = createUsageService({
    db: control.db,
    clock: { now },
    metering,
    pricing: pricingFor(owner),
  })
  return { ...metered, service, owner, viewer, stranger }
}

test('the summary holds usage against the plan; every member sees usage, money only who may', async () => {
  const { metering, service, owner, viewer, organisationId, projectId, setNow } = await createFixture()
  const second = await addMeteredProject(control, organisationId, 'Blog')
  metering.egress({ organisationId, projectId, bytes: 30 })
  metering.egress({ organisationId, projectId: second, bytes: 100 })
  setNow(new Date('2026-11-23T12:30:00Z'))
  await metering.flush()
  const seen = await service.summary(owner, { organisationId, at: null })
  expect(UsageSummary.parse(seen)).toEqual(seen)
  expect(seen.metrics.map(({ metric }) => metric)).toEqual(Metric.options)
  expect(seen.metrics.find(({ metric }) => metric === 'egress')).toEqual({
    metric: 'egress',
    used: '130',
    included: '100',
    forecast: '260',
    overAt: NOON.toISOString(),
    cost: '30',
    costForecast: '160',
    peakAt: null,
  })
  expect(seen.projects).toEqual([
    { projectId: second, name: 'Blog', isDeleted: false, used: { egress: '100' }, cost: '30' },
    { projectId, name: 'Shop', isDeleted: false, used: { egress: '30' }, cost: '30' },
  ])
  const unpriced = await service.summary(viewer, { organisationId, at: null })
  expect(unpriced).toEqual({
    ...seen,
    metrics: seen.metrics.map((one) => ({ ...one, cost: null, costForecast: null })),
    projects: seen.projects.map((one) => ({ ...one, cost: null })),
  })
})

test('to who is no member there is no such organisation', async () => {
  const { service, stranger, organisationId } = await createFixture()
  const range = { organisationId, from: NOVEMBER.from.toISOString(), to: NOON.toISOString() }
  const asked: (() => Promise<unknown>)[] = [
    () => service.summary(stranger, { organisationId, at: null }),
    () => service.series(stranger, { ...range, metric: 'egress', interval: 'day', projectId: null }),
    () => service.export(stranger, { ...range, format: 'csv' }),
  ]
  for (const ask of asked) await expect(ask()).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('series and export give what was used; a project of another organisation is none', async () => {
  const { metering, service, viewer, organisationId, projectId } = await createFixture()
  const other = await createFixture()
  metering.egress({ organisationId, projectId, bytes: 5 })
  await metering.flush()
  const range = { from: NOVEMBER.from.toISOString(), to: NOVEMBER.to.toISOString() }
  const series = { ...range, organisationId, metric: 'egress', interval: 'hour', projectId: null } as const
  expect(await service.series(viewer, series)).toEqual([{ at: NOON.toISOString(), quantity: '5' }])
  const foreign = { ...series, organisationId: other.organisationId, projectId }
  await expect(other.service.series(other.viewer, foreign)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  const { text } = await service.export(viewer, { ...range, organisationId, format: 'csv' })
  expect(text.split('\r\n')[1]).toBe(`2026-11-23,${projectId},Shop,egress,5,byte`)
})

test.each([
  ['hour', '2026-12-03T00:00:00Z', 'longer than 31 days'],
  ['day', '2029-11-01T00:00:00Z', 'longer than 732 days'],
  ['day', '2026-11-01T00:00:00Z', 'ends before it begins'],
] as const)('a series by the %s until %s is refused', async (interval, to, why) => {
  const { service, viewer, organisationId } = await createFixture()
  const from = NOVEMBER.from.toISOString()
  const asked = service.series(viewer, {
    organisationId,
    metric: 'egress',
    projectId: null,
    interval,
    from,
    to,
  })
  await expect(asked).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining(why) })
})
