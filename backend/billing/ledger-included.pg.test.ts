import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Metric } from '#contract/billing/metrics.ts'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import { createControlDatabase, type ControlDatabase } from '#testing/control-database.ts'
import { createTenants } from '#testing/tenants.ts'
import { postIncluded } from './ledger-included.ts'
import { createLedger } from './ledger.ts'
import { loadPriceBooks } from './price-book.ts'
import { closePeriod, openPeriod } from './store-usage.ts'
import { ensureSubscription, saveSpans } from './store.ts'

const period = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') }
const priceVersion = '2026-11-01'
const GB = 1_000_000_000n
let control: ControlDatabase

beforeAll(async () => {
  control = await createControlDatabase()
})
afterAll(() => control.drop())

async function organisation(isClosed = true): Promise<OrganisationId> {
  const id = await createTenants(control.db).organisation([])
  await control.db.transaction(async (tx) => {
    await ensureSubscription(tx, id, { priceVersion, at: period.from })
    await saveSpans(tx, id, [
      { startsAt: period.from, plan: 'free', priceVersion },
      { startsAt: new Date('2026-11-10T00:00:00Z'), plan: 'pro', priceVersion },
    ])
    await openPeriod(tx, id, period)
    if (isClosed) await closePeriod(tx, id, { from: period.from, at: period.to })
  })
  return id
}

async function post(now: string, used: ReadonlyMap<Metric, bigint>): Promise<void> {
  await postIncluded({
    db: control.db,
    clock: { now: () => new Date(now) },
    ledger: createLedger(control.db),
    usage: { totals: () => Promise.resolve({ asOf: new Date(now), byMetric: used, byProject: new Map() }) },
    books: loadPriceBooks(),
  })
}

const accounts = (id: OrganisationId) => createLedger(control.db).accounts(id, 'eur')
const used = new Map([
  ['egress', 169n * GB],
  ['api-requests', 2_500_000n],
  ['api-rows', 7n],
] as const)

test('what quotas were worth is revenue that was given away, once, when usage is final', async () => {
  const id = await organisation()
  await post('2026-12-03T23:59:00Z', used)
  expect(await accounts(id)).toEqual(new Map())
  await post('2026-12-04T00:00:00Z', used)
  // 100 of 169 GB at €0.10, and two and a half of five million requests at €2.00.
  const expected = new Map([
    ['included', 1_500n],
    ['revenue:usage:egress', -1_000n],
    ['revenue:usage:api-requests', -500n],
  ])
  expect(await accounts(id)).toEqual(expected)
  await post('2026-12-05T00:00:00Z', new Map([...used, ['egress', 1n]]))
  expect(await accounts(id)).toEqual(expected)
  expect(await createLedger(control.db).balance(id, 'eur')).toBe(0n)
})

test.each([
  ['open', false, '2026-12-04T00:00:00Z', used],
  ['unused', true, '2026-12-04T00:00:00Z', new Map<Metric, bigint>()],
  ['long gone', true, '2027-03-04T00:00:00Z', used],
])('a period that is %s posts nothing', async (_, isClosed, now, totals) => {
  const id = await organisation(isClosed)
  await post(now, totals)
  expect(await accounts(id)).toEqual(new Map())
})
