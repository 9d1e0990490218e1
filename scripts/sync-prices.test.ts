// The command says what it would do, does it when it is told to, and then has nothing more to do.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startStripeFake, type StripeFake } from '#testing/stripe/fake.ts'
import { loadPriceBooks } from '../backend/billing/price-book.ts'
import { createStripeGateway } from '../backend/billing/stripe.ts'
import { syncPrices } from './sync-prices.ts'

const book = loadPriceBooks().all[0]
if (book === undefined) throw new Error('There is no price book.')
let fake: StripeFake
beforeEach(async () => {
  fake = await startStripeFake()
})
afterEach(() => fake.close())

/** A fresh one each time, as each run of the command has. */
const run = (apply: boolean, of = book) => syncPrices(createStripeGateway(fake.config), of, apply)

test('a run without --apply changes nothing', async () => {
  const said = await run(false)
  expect(said).toContain(`create price plan_pro_${book.version}_eur: 1900 minor units (eur)`)
  expect(said.at(-1)).toContain('--apply')
  expect([fake.state.products.size, fake.state.prices.size, fake.state.meters.size]).toEqual([0, 0, 0])
})

test('a run with --apply makes it, and the next one has nothing to do', async () => {
  expect((await run(true)).at(-1)).toMatch(/^Made \d+ changes\.$/)
  const calls = fake.calls.length
  expect(await run(true)).toEqual([`Everything is as price book ${book.version} says. Nothing to do.`])
  expect(fake.calls.slice(calls).filter((call) => call.startsWith('POST'))).toEqual([])
})

test('a run that was interrupted is finished by the next', async () => {
  fake.faults.add({ kind: 'error', match: 'POST /v1/billing/meters', times: 100 })
  await expect(run(true)).rejects.toMatchObject({ reason: 'unavailable' })
  fake.faults.clear()
  await run(true)
  expect((await run(false)).length).toBe(1)
})

test('a new version adds prices, and the old ones stay for who has them', async () => {
  await run(true)
  const dearer = {
    ...book,
    version: '2027-01-01',
    plans: { ...book.plans, pro: { ...book.plans.pro, monthlyPrice: '2100' } },
  }
  const said = await run(true, dearer)
  expect(said[0]).toBe('create price plan_pro_2027-01-01_eur: 2100 minor units (eur)')
  expect(await run(false)).toEqual([`Everything is as price book ${book.version} says. Nothing to do.`])
})

test('an amount that does not hold any more is replaced under its name', async () => {
  await run(true)
  const wrong = { ...book, plans: { ...book.plans, pro: { ...book.plans.pro, monthlyPrice: '2000' } } }
  expect((await run(true, wrong)).slice(0, 2)).toEqual([
    `create price plan_pro_${book.version}_eur: 2000 minor units (eur)`,
    `archive price plan_pro_${book.version}_eur: 1900 minor units no longer hold`,
  ])
  expect((await run(false, wrong)).length).toBe(1)
})
