// A fake with a journal comes back as it was.
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startStripeFake, type StripeFake } from './fake.ts'
import { clientOf } from './fixtures.ts'

let directory: string
let now = new Date('2026-05-01T00:00:00Z')
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stripe-journal-'))
  now = new Date('2026-05-01T00:00:00Z')
})
afterEach(() => rmSync(directory, { recursive: true }))

const start = () => startStripeFake({ now: () => now, journal: join(directory, 'journal') })
/** Everything but where its pages are. */
const snapshot = ({ state }: StripeFake): string =>
  JSON.stringify([
    [...state.customers],
    [...state.subscriptions],
    [...state.invoices],
    [...state.paymentMethods],
    [...state.cards],
    state.events,
  ]).replaceAll(state.origin, '')

test('with every object, id and moment, also of what fell due between requests', async () => {
  const first = await start()
  const stripe = clientOf(first)
  const product = await stripe.products.create({ name: 'Pro' })
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'eur',
    unit_amount: 1900,
    recurring: { interval: 'month' },
  })
  const customer = await stripe.customers.create({ name: 'Films' }, { idempotencyKey: 'c1' })
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    customer: customer.id,
    line_items: [{ price: price.id, quantity: 1 }],
    success_url: 'https://example.com/done',
  })
  await fetch(session.url ?? '', {
    method: 'POST',
    body: new URLSearchParams({ number: '4242424242424242', expiry: '12/30', country: 'DE' }),
    redirect: 'manual',
  })
  now = new Date('2026-06-03T00:00:00Z')
  await stripe.invoices.list({ customer: customer.id })
  await fetch(`${first.url}/_fake/cards`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ customer: customer.id, decline: 'insufficient_funds' }),
  })
  await fetch(`${first.url}/_fake/advance`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ days: 30 }),
  })
  const before = snapshot(first)
  await first.close()

  const second = await start()
  second.tick()
  expect(snapshot(second)).toBe(before)
  expect(second.webhooks.waiting()).toEqual([])
  const again = clientOf(second)
  expect((await again.customers.create({ name: 'Films' }, { idempotencyKey: 'c1' })).id).toBe(customer.id)
  expect([...second.state.invoices.values()].map((invoice) => invoice.status)).toEqual([
    'paid',
    'paid',
    'open',
  ])
  await second.close()
})

test('without the line that a crash cut off', async () => {
  const first = await start()
  await clientOf(first).customers.create({ name: 'Films' })
  await first.close()
  appendFileSync(join(directory, 'journal'), '{"at":17')
  const second = await start()
  await clientOf(second).customers.create({ name: 'Books' })
  await second.close()
  const third = await start()
  expect(third.state.customers.size).toBe(2)
  await third.close()
})
