// Webhooks, the list of events, and what failures mean, through the real client against the fake.
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startStripeFake, type StripeFake } from '#testing/stripe/fake.ts'
import { signWebhook } from '#testing/stripe/webhooks.ts'
import { PaymentError, type GatewayEvent, type PaymentGateway } from './gateway.ts'
import { createStripeClient } from './stripe-client.ts'
import { createStripeGateway } from './stripe.ts'

const ORGANISATION = '0194d1f0-0000-7000-8000-0000000000a1'
const CUSTOMER = { organisationId: ORGANISATION, name: 'Films', email: null, address: null, taxId: null }
const SECRETS = ['whsec_new', 'whsec_old']

let now = new Date('2026-03-01T12:00:00Z')
let fake: StripeFake
let gateway: PaymentGateway

beforeEach(async () => {
  now = new Date('2026-03-01T12:00:00Z')
  fake = await startStripeFake({ now: () => now, webhookRetryMs: 1, webhookAttempts: 3 })
  gateway = createStripeGateway(
    { ...fake.config, webhookSecrets: SECRETS, maxRetries: 0, timeoutMs: 300 },
    { now: () => now },
  )
})
afterEach(() => fake.close())

const seconds = () => Math.floor(now.getTime() / 1000)
const body = (event: unknown) => new TextEncoder().encode(JSON.stringify(event))
const event = (type: string, object: Record<string, unknown>) => ({
  id: 'evt_1',
  object: 'event',
  type,
  created: seconds(),
  data: { object },
})

describe('a webhook', () => {
  const plain = body(event('invoice.paid', { object: 'invoice', id: 'in_1', customer: 'cus_1' }))
  const sign = (payload: Uint8Array, secrets: readonly string[], at = seconds()) =>
    signWebhook(new TextDecoder().decode(payload), secrets, at)

  test('is taken with either secret while one is being rotated', () => {
    for (const secret of SECRETS)
      expect(gateway.verifyWebhook(plain, sign(plain, [secret]))).toEqual({
        id: 'evt_1',
        type: 'invoice.paid',
        createdAt: now,
        reference: { kind: 'invoice', id: 'in_1' },
        customerId: 'cus_1',
      })
  })

  test.each([
    ['another secret', () => gateway.verifyWebhook(plain, sign(plain, ['whsec_other']))],
    ['no signature', () => gateway.verifyWebhook(plain, '')],
    [
      'one changed byte',
      () =>
        gateway.verifyWebhook(
          plain.map((byte, at) => (at === 9 ? byte ^ 1 : byte)),
          sign(plain, SECRETS),
        ),
    ],
    [
      'a signature of six minutes ago',
      () => gateway.verifyWebhook(plain, sign(plain, SECRETS, seconds() - 360)),
    ],
    [
      'no configured secret',
      () =>
        createStripeGateway({ ...fake.config, webhookSecrets: [] }).verifyWebhook(
          plain,
          sign(plain, SECRETS),
        ),
    ],
  ])('is refused with %s', (_, verify) => {
    expect(verify).toThrow(expect.objectContaining({ reason: 'bad-signature' }))
  })

  test('that is signed but no event is refused', () => {
    for (const text of ['[]', 'no json', '{"id":1}']) {
      const payload = new TextEncoder().encode(text)
      expect(() => gateway.verifyWebhook(payload, sign(payload, SECRETS))).toThrow(
        expect.objectContaining({ reason: 'refused' }),
      )
    }
  })

  test.each([
    ['customer.updated', { object: 'customer', id: 'cus_1' }, { kind: 'customer', id: 'cus_1' }],
    [
      'customer.subscription.updated',
      { object: 'subscription', id: 'sub_1' },
      { kind: 'subscription', id: 'sub_1' },
    ],
    [
      'subscription_schedule.updated',
      { object: 'subscription_schedule', id: 's', subscription: 'sub_1' },
      { kind: 'subscription', id: 'sub_1' },
    ],
    [
      'subscription_schedule.released',
      { object: 'subscription_schedule', id: 's', subscription: null, released_subscription: 'sub_1' },
      { kind: 'subscription', id: 'sub_1' },
    ],
    [
      'credit_note.created',
      { object: 'credit_note', id: 'cn', invoice: { id: 'in_1' } },
      { kind: 'invoice', id: 'in_1' },
    ],
    [
      'checkout.session.completed',
      { object: 'checkout.session', id: 'cs' },
      { kind: 'hosted-page', id: 'cs' },
    ],
    [
      'payment_method.attached',
      { object: 'payment_method', id: 'pm', customer: 'cus_1' },
      { kind: 'customer', id: 'cus_1' },
    ],
    ['payment_method.detached', { object: 'payment_method', id: 'pm', customer: null }, { kind: 'none' }],
    ['price.created', { object: 'price', id: 'price_1' }, { kind: 'none' }],
  ])('of %s says what to fetch again', (type, object, reference) => {
    const payload = body(event(type, object))
    expect(gateway.verifyWebhook(payload, sign(payload, SECRETS)).reference).toEqual(reference)
  })
})

describe('events that are delivered', () => {
  let receiver: Server
  let received: GatewayEvent[] = []
  let refuse = 0

  beforeEach(async () => {
    received = []
    refuse = 0
    receiver = createServer((request, response) => {
      const chunks: Uint8Array[] = []
      request.on('data', (chunk: Uint8Array) => chunks.push(chunk))
      request.on('end', () => {
        const status = refuse-- > 0 ? 500 : 200
        if (status === 200)
          received.push(
            gateway.verifyWebhook(Buffer.concat(chunks), String(request.headers['stripe-signature'] ?? '')),
          )
        response.writeHead(status).end()
      })
    })
    receiver.listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    const address = receiver.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    fake.webhooks.endpoint({ url: `http://127.0.0.1:${port}/`, secrets: SECRETS })
  })
  afterEach(() => receiver.close())

  test('carry real signatures and come again until they are taken', async () => {
    refuse = 2
    const id = await gateway.ensureCustomer(CUSTOMER)
    await fake.webhooks.settled()
    expect(received.map((entry) => entry.type)).toEqual(['customer.created', 'customer.updated'])
    expect(received[0]?.reference).toEqual({ kind: 'customer', id })
    expect(fake.webhooks.failed).toEqual([])
  })

  test('come twice and backwards where a test wants it', async () => {
    fake.webhooks.hold()
    await gateway.ensureCustomer(CUSTOMER)
    fake.webhooks.duplicate(1)
    fake.webhooks.reorder((events) => events.reverse())
    fake.webhooks.release()
    await fake.webhooks.settled()
    expect(received.map((entry) => entry.type)).toEqual([
      'customer.updated',
      'customer.updated',
      'customer.created',
      'customer.created',
    ])
  })

  test('are given up after some attempts and are then found in the list, oldest first', async () => {
    refuse = Infinity
    const before = now
    await gateway.ensureCustomer(CUSTOMER)
    await fake.webhooks.settled()
    expect([received, fake.webhooks.failed.length]).toEqual([[], 2])
    // More than one page, and never sent.
    fake.webhooks.hold()
    now = new Date(now.getTime() + 60_000)
    for (let count = 0; count < 120; count++)
      fake.state.emit('product.updated', { object: 'product', id: `prod_${count}` }, null)
    const found: GatewayEvent[] = []
    for await (const entry of gateway.eventsSince(before)) found.push(entry)
    expect(found.length).toBe(122)
    expect(found.map((entry) => entry.id)).toEqual(fake.state.events.map((entry) => entry.id))
    const later: GatewayEvent[] = []
    for await (const entry of gateway.eventsSince(now)) later.push(entry)
    expect(later.length).toBe(120)
  })

  test('usage of a customer that is not there is told of afterwards', async () => {
    await createStripeClient(fake.config).billing.meters.create({
      display_name: 'Egress',
      event_name: 'nebuladb_egress',
      default_aggregation: { formula: 'sum' },
    })
    await gateway.reportUsage([
      { identifier: 'x', customerId: 'cus_none', metric: 'egress', amount: 1n, at: now },
    ])
    await fake.webhooks.settled()
    const last = received.at(-1)
    expect(last).toMatchObject({
      type: 'v1.billing.meter.error_report_triggered',
      reference: { kind: 'meter-errors', id: last?.id },
    })
  })
})

describe('a failure', () => {
  test.each([
    ['rate-limit', 'unavailable'],
    ['error', 'unavailable'],
    ['error-after-commit', 'unavailable'],
    ['hang-after-commit', 'unavailable'],
  ] as const)('%s is said to be %s, and the same call goes on from there', async (kind, reason) => {
    fake.faults.add({ kind, match: 'POST /v1/customers' })
    await expect(gateway.ensureCustomer(CUSTOMER)).rejects.toMatchObject({ reason })
    const id = await gateway.ensureCustomer(CUSTOMER)
    expect([...fake.state.customers.keys()]).toEqual([id])
  })

  test('a connection that ends after it was done is tried again under the same key', async () => {
    fake.faults.add({ kind: 'drop-after-commit', match: 'POST /v1/customers' })
    const id = await gateway.ensureCustomer(CUSTOMER)
    expect([...fake.state.customers.keys()]).toEqual([id])
    expect(fake.calls.filter((call) => call === 'POST /v1/customers').length).toBe(2)
  })

  test('a wrong key is said, without the key', async () => {
    const wrong = createStripeGateway({ ...fake.config, apiKey: 'sk_test_secret_value' })
    const failure = await wrong.customer('cus_1').catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(PaymentError)
    expect(failure).toMatchObject({ reason: 'unauthorised' })
    expect(String(failure)).not.toContain('secret_value')
  })

  test('a server that is not there is unavailable', async () => {
    const nowhere = createStripeGateway({ ...fake.config, port: 1, maxRetries: 0 })
    await expect(nowhere.customer('cus_1')).rejects.toMatchObject({ reason: 'unavailable' })
  })
})
