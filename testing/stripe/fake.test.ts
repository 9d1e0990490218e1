// What the fake does as Stripe does, beyond what the gateway's tests ask of it: encoding, keys, lists, expansion, clocks, control.
import Stripe from 'stripe'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startStripeFake, type StripeFake } from './fake.ts'
import { at, clientOf, customerWithCard, meteredPrice } from './fixtures.ts'
import { parseForm } from './form.ts'
import { addMonths, share } from './state.ts'

let fake: StripeFake
let stripe: Stripe

beforeEach(async () => {
  fake = await startStripeFake()
  stripe = clientOf(fake)
})
afterEach(() => fake.close())

describe('the encoding', () => {
  test.each([
    ['a=1&b=x%20y', { a: '1', b: 'x y' }],
    ['a[0][b]=1&a[1][b]=2', { a: [{ b: '1' }, { b: '2' }] }],
    ['a[]=1&a[]=2', { a: ['1', '2'] }],
    ['m[k]=v&m[1]=w', { m: { k: 'v', '1': 'w' } }],
    ['created[gte]=5', { created: { gte: '5' } }],
    ['', {}],
  ])('of %s', (text, expected) => {
    expect(parseForm(text)).toEqual(expected)
  })
})

describe('amounts and months', () => {
  test.each([
    [100, 1, 3, 33],
    [100, 2, 3, 67],
    [-100, 2, 3, -67],
    [1, 1, 2, 1],
    [-1, 1, 2, -1],
    [9_007_199_254_740_991, 1, 1, 9_007_199_254_740_991],
    [5, 1, 0, 0],
  ])('%i × %i/%i is %i', (amount, part, whole, expected) => {
    expect(share(amount, part, whole)).toBe(expected)
  })

  test.each([
    ['2026-01-31T10:00:00Z', 1, '2026-02-28T10:00:00Z'],
    ['2028-01-31T10:00:00Z', 1, '2028-02-29T10:00:00Z'],
    ['2026-01-31T10:00:00Z', 2, '2026-03-31T10:00:00Z'],
    ['2026-11-15T00:00:00Z', 3, '2027-02-15T00:00:00Z'],
  ])('%s and %i months is %s', (from, months, to) => {
    expect(addMonths(at(from), months)).toBe(at(to))
  })
})

describe('requests', () => {
  test('parameters that Stripe does not know are refused by name', async () => {
    const response = await fetch(`${fake.url}/v1/customers`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fake.config.apiKey}` },
      body: new URLSearchParams({ name: 'Films', colour: 'red' }),
    })
    expect(await response.json()).toMatchObject({ error: { code: 'parameter_unknown', param: 'colour' } })
  })

  test('calls that are missing here say so', async () => {
    await expect(stripe.quotes.create({})).rejects.toThrow('docs/specs/stripe.md')
    await expect(
      stripe.prices.create({
        product: (await stripe.products.create({ name: 'P' })).id,
        currency: 'eur',
        unit_amount: 1,
      }),
    ).rejects.toThrow('does not do that')
  })

  test('another version of the API is refused', async () => {
    const headers = { authorization: `Bearer ${fake.config.apiKey}`, 'stripe-version': '2020-08-27' }
    expect((await fetch(`${fake.url}/v1/customers`, { headers })).status).toBe(400)
  })

  test('a key gives the first answer again, whatever happened since, and only to the same request', async () => {
    const key = { idempotencyKey: 'k1' }
    const first = await stripe.customers.create({ name: 'A' }, key)
    await stripe.customers.update(first.id, { name: 'B' })
    expect((await stripe.customers.create({ name: 'A' }, key)).name).toBe('A')
    await expect(stripe.customers.create({ name: 'C' }, key)).rejects.toBeInstanceOf(
      Stripe.errors.StripeIdempotencyError,
    )
    await expect(stripe.products.create({ name: 'A' }, key)).rejects.toBeInstanceOf(
      Stripe.errors.StripeIdempotencyError,
    )
    expect(fake.state.customers.size).toBe(1)
  })

  test('a refused card is remembered under its key, a mistake is not', async () => {
    const { base } = await meteredPrice(stripe)
    const customer = await customerWithCard(stripe, {}, '4000000000000341')
    const params: Stripe.SubscriptionCreateParams = {
      customer,
      items: [{ price: base }],
      billing_mode: { type: 'flexible' },
      payment_behavior: 'error_if_incomplete',
    }
    await expect(stripe.subscriptions.create(params, { idempotencyKey: 'k' })).rejects.toMatchObject({
      code: 'card_declined',
    })
    fake.setCards(customer, null)
    await expect(stripe.subscriptions.create(params, { idempotencyKey: 'k' })).rejects.toMatchObject({
      code: 'card_declined',
    })
    expect((await stripe.subscriptions.create(params, { idempotencyKey: 'k2' })).status).toBe('active')
    await expect(
      stripe.customers.update('cus_none', { name: 'A' }, { idempotencyKey: 'm' }),
    ).rejects.toMatchObject({ statusCode: 404 })
    await expect(
      stripe.customers.update('cus_none', { name: 'B' }, { idempotencyKey: 'm' }),
    ).rejects.toMatchObject({ statusCode: 404 })
  })

  test('a fault can be asked for by one request', async () => {
    const options = { headers: { 'x-fake-stripe-fault': 'rate-limit' } }
    await expect(stripe.customers.create({}, options)).rejects.toBeInstanceOf(
      Stripe.errors.StripeRateLimitError,
    )
    expect(fake.state.customers.size).toBe(0)
  })
})

describe('lists', () => {
  beforeEach(async () => {
    for (let count = 0; count < 25; count++) await stripe.customers.create({ name: String(count) })
  })

  test('come newest first in pages, forward and back', async () => {
    const names = async (params: Stripe.CustomerListParams) => {
      const page = await stripe.customers.list(params)
      return [page.data.map((customer) => customer.name).join(), page.has_more]
    }
    const [, second] = (await stripe.customers.list({ limit: 2 })).data
    expect(await names({ limit: 3 })).toEqual(['24,23,22', true])
    expect(await names({ limit: 3, starting_after: second?.id ?? '' })).toEqual(['22,21,20', true])
    expect(await names({ limit: 3, ending_before: second?.id ?? '' })).toEqual(['24', false])
    expect((await stripe.customers.list()).data.length).toBe(10)
    await expect(stripe.customers.list({ limit: 101 })).rejects.toMatchObject({ param: 'limit' })
    await expect(stripe.customers.list({ starting_after: 'cus_none' })).rejects.toMatchObject({
      statusCode: 400,
    })
  })

  test('are read to their end by the client', async () => {
    const seen: string[] = []
    for await (const customer of stripe.customers.list({ limit: 7 })) seen.push(customer.id)
    expect(new Set(seen).size).toBe(25)
  })

  test('customers are searched by metadata, mail and name', async () => {
    await stripe.customers.create({ name: 'X', email: 'x@example.com', metadata: { organisation_id: 'o1' } })
    const found = await stripe.customers.search({ query: "metadata['organisation_id']:'o1' AND name:'X'" })
    expect(found.data.map((customer) => customer.email)).toEqual(['x@example.com'])
    await expect(stripe.customers.search({ query: 'nonsense' })).rejects.toThrow('unable to parse')
  })
})

describe('expansion', () => {
  test('puts objects where ids are, in lists and deep inside', async () => {
    const { base } = await meteredPrice(stripe)
    const customer = await customerWithCard(stripe, { email: 'x@example.com' })
    const made = await stripe.subscriptions.create({
      customer,
      items: [{ price: base }],
      billing_mode: { type: 'flexible' },
      payment_behavior: 'error_if_incomplete',
      expand: ['latest_invoice.payments.data.payment.payment_intent'],
    })
    expect(made.latest_invoice).toMatchObject({
      status: 'paid',
      payments: {
        data: [
          { status: 'paid', payment: { payment_intent: { status: 'succeeded', amount_received: 1900 } } },
        ],
      },
    })
    const [listed] = (await stripe.subscriptions.list({ customer, expand: ['data.customer'] })).data
    expect(listed?.customer).toMatchObject({ email: 'x@example.com' })
    const intents = await stripe.paymentIntents.list({ customer })
    expect(intents.data.map((intent) => intent.status)).toEqual(['succeeded'])
    const withIds = await stripe.customers.retrieve(customer, { expand: ['subscriptions', 'tax_ids'] })
    expect(withIds).toMatchObject({ subscriptions: { data: [{ id: made.id }] }, tax_ids: { data: [] } })
  })
})

describe('a test clock', () => {
  test('does in order what falls due on the way, and only to its own customers', async () => {
    const { base, usage } = await meteredPrice(stripe)
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: at('2026-01-10T00:00:00Z') })
    const customer = await customerWithCard(stripe, { test_clock: clock.id })
    const other = await customerWithCard(stripe)
    const create = (id: string) =>
      stripe.subscriptions.create({
        customer: id,
        items: [{ price: base }, { price: usage }],
        trial_period_days: 7,
        billing_mode: { type: 'flexible' },
        payment_behavior: 'error_if_incomplete',
      })
    const subscription = await create(customer)
    await create(other)
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: at('2026-03-20T00:00:00Z') })
    const types = fake.state.events.flatMap((event) =>
      event.object === 'event' &&
      event.created > at('2026-01-10T00:00:00Z') &&
      event.created < at('2026-01-17T02:00:00Z')
        ? [event.type]
        : [],
    )
    expect(types).toEqual([
      'customer.subscription.trial_will_end',
      'invoice.created',
      'customer.subscription.updated',
      'invoice.finalized',
      'payment_intent.created',
      'payment_intent.succeeded',
      'invoice_payment.paid',
      'invoice.paid',
      'invoice.payment_succeeded',
    ])
    const invoices = await stripe.invoices.list({ customer, subscription: subscription.id })
    expect(invoices.data.map((invoice) => [invoice.billing_reason, invoice.status, invoice.total])).toEqual([
      ['subscription_cycle', 'paid', 1900],
      ['subscription_cycle', 'paid', 1900],
      ['subscription_cycle', 'paid', 1900],
      ['subscription_create', 'paid', 0],
    ])
    expect((await stripe.invoices.list({ customer: other })).data.length).toBe(1)
    const back = stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: at('2026-01-01T00:00:00Z') })
    await expect(back).rejects.toMatchObject({ param: 'frozen_time' })
  })

  test('takes its customers with it when it is deleted', async () => {
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: at('2026-01-10T00:00:00Z') })
    const { id } = await stripe.customers.create({ test_clock: clock.id })
    expect((await stripe.testHelpers.testClocks.list()).data.map((entry) => entry.id)).toEqual([clock.id])
    await stripe.testHelpers.testClocks.del(clock.id)
    expect(await stripe.customers.retrieve(id)).toMatchObject({ deleted: true })
  })
})

describe('the control of another process', () => {
  const tell = (command: string, body: unknown): Promise<Response> =>
    fetch(`${fake.url}/_fake/${command}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  test('plants faults, breaks cards and lets time pass', async () => {
    const { base } = await meteredPrice(stripe)
    const customer = await customerWithCard(stripe)
    await stripe.subscriptions.create({
      customer,
      items: [{ price: base }],
      billing_mode: { type: 'flexible' },
      payment_behavior: 'error_if_incomplete',
    })
    await tell('cards', { customer, decline: 'insufficient_funds' })
    await tell('advance', { days: 32 })
    const [invoice] = (await stripe.invoices.list({ customer })).data
    expect([invoice?.status, invoice?.attempt_count]).toEqual(['open', 1])
    await tell('fault', { kind: 'error', match: 'GET /v1/invoices' })
    await expect(stripe.invoices.list({ customer })).rejects.toMatchObject({ statusCode: 500 })
    await tell('cards', { customer, decline: null })
    // The page on which a person pays an invoice.
    await fetch(`${fake.url}/invoice/${invoice?.id ?? ''}`, { method: 'POST', redirect: 'manual' })
    expect((await stripe.invoices.retrieve(invoice?.id ?? '')).status).toBe('paid')
  })

  test('refuses what it does not know', async () => {
    expect((await tell('nothing', {})).status).toBe(404)
    expect((await tell('fault', { kind: 'earthquake' })).status).toBe(400)
    expect((await fetch(`${fake.url}/_fake/fault`)).status).toBe(405)
  })

  test('holds and releases webhooks', async () => {
    await tell('webhooks', { hold: true })
    await stripe.customers.create({})
    expect(await (await tell('webhooks', {})).json()).toEqual({ waiting: 1, failed: [] })
  })
})
