// Every call of the gateway through the real client against the fake: customers, prices, pages, payment methods.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startStripeFake, type StripeFake } from '#testing/stripe/fake.ts'
import type { CustomerDetails, PaymentGateway } from './gateway.ts'
import { loadPriceBooks } from './price-book.ts'
import { createStripeClient } from './stripe-client.ts'
import { createStripeGateway } from './stripe.ts'

const ORGANISATION = '0194d1f0-0000-7000-8000-0000000000a1'
const DETAILS: CustomerDetails = {
  name: 'Films GmbH',
  email: 'billing@example.com',
  address: {
    line1: 'Hauptstraße 1',
    line2: '',
    city: 'Berlin',
    postalCode: '10115',
    region: '',
    country: 'DE',
  },
  taxId: null,
}
const PAGES = {
  successUrl: 'https://example.com/done?s={CHECKOUT_SESSION_ID}',
  cancelUrl: 'https://example.com/back',
}

let fake: StripeFake
let gateway: PaymentGateway

const [book] = loadPriceBooks().all
if (book === undefined) throw new Error('There is no price book.')
const sold = { plan: 'pro', priceVersion: book.version } as const

beforeEach(async () => {
  fake = await startStripeFake()
  gateway = createStripeGateway({ ...fake.config, maxRetries: 0 })
})
afterEach(() => fake.close())

describe('prices', () => {
  test('are said before they are made, made once, and a second run finds nothing to do', async () => {
    const planned = await gateway.syncPrices(book, { apply: false })
    expect(planned.length).toBeGreaterThan(20)
    expect(fake.state.products.size).toBe(0)
    expect(await gateway.syncPrices(book, { apply: true })).toEqual(planned)
    expect(await gateway.syncPrices(book, { apply: true })).toEqual([])
  })
})

test('what somebody switched off at Stripe is switched on again, and renamed products get their names', async () => {
  await gateway.syncPrices(book, { apply: true })
  const client = createStripeClient(fake.config)
  await client.products.update('nebuladb_plan_pro', { name: 'Something else', active: false })
  const [meter] = (await client.billing.meters.list({ limit: 100 })).data.filter(
    ({ event_name }) => event_name === 'nebuladb_egress',
  )
  await client.billing.meters.deactivate(meter?.id ?? '')
  expect(await gateway.syncPrices(book, { apply: true })).toEqual([
    { action: 'update', object: 'product', name: 'nebuladb_plan_pro', detail: 'NebulaDB Pro' },
    { action: 'update', object: 'meter', name: 'nebuladb_egress', detail: 'active again' },
  ])
  expect(fake.state.products.get('nebuladb_plan_pro')).toMatchObject({ name: 'NebulaDB Pro', active: true })
  expect(await gateway.syncPrices(book, { apply: true })).toEqual([])
})

test('a report that Stripe has, also under no key, counts as reported; a sum without meters says what to do', async () => {
  const customerId = await gateway.ensureCustomer({ ...DETAILS, organisationId: ORGANISATION })
  const period = { from: new Date(0), to: new Date(60_000) }
  await expect(gateway.meterSummaries(customerId, period)).rejects.toThrow('billing:prices')
  await gateway.syncPrices(book, { apply: true })
  await createStripeClient(fake.config).billing.meterEvents.create({
    event_name: 'nebuladb_egress',
    identifier: 'e1',
    payload: { stripe_customer_id: customerId, value: '5' },
  })
  await gateway.reportUsage([{ identifier: 'e1', customerId, metric: 'egress', amount: 5n, at: new Date() }])
  expect(fake.state.meterEvents.map((event) => event.value)).toEqual([5n])
  await expect(
    gateway.reportUsage([{ identifier: 'e2', customerId, metric: 'egress', amount: 5n, at: new Date(0) }]),
  ).rejects.toMatchObject({ reason: 'refused', code: 'timestamp_too_far_in_past' })
})

describe('customers', () => {
  test('an organisation has one, however often it is asked for', async () => {
    const first = await gateway.ensureCustomer({ ...DETAILS, organisationId: ORGANISATION })
    expect(await gateway.ensureCustomer({ ...DETAILS, name: 'Other', organisationId: ORGANISATION })).toBe(
      first,
    )
    expect(await gateway.customer(first)).toEqual({
      id: first,
      organisationId: ORGANISATION,
      name: 'Films GmbH',
      email: 'billing@example.com',
      balance: 0n,
      defaultPaymentMethodId: null,
      isDeleted: false,
    })
  })

  test('details replace each other, tax ids too', async () => {
    const id = await gateway.ensureCustomer({ ...DETAILS, organisationId: ORGANISATION })
    await gateway.updateCustomer(id, {
      ...DETAILS,
      email: null,
      taxId: { type: 'eu_vat', value: 'DE123456789' },
    })
    await gateway.updateCustomer(id, {
      ...DETAILS,
      email: null,
      taxId: { type: 'eu_vat', value: 'FR12345678901' },
    })
    expect([...fake.state.taxIds.values()].map((taxId) => taxId.value)).toEqual(['FR12345678901'])
    expect((await gateway.customer(id)).email).toBeNull()
    await gateway.updateCustomer(id, { ...DETAILS, taxId: null })
    expect(fake.state.taxIds.size).toBe(0)
  })

  test('credit that is granted twice under one key is granted once', async () => {
    const id = await gateway.ensureCustomer({ ...DETAILS, organisationId: ORGANISATION })
    const credit = { customerId: id, amount: 500n, currency: 'eur', description: 'Sorry', key: 'c1' } as const
    await gateway.grantCredit(credit)
    await gateway.grantCredit(credit)
    expect((await gateway.customer(id)).balance).toBe(-500n)
    await expect(gateway.grantCredit({ ...credit, amount: 600n })).rejects.toMatchObject({
      reason: 'key-reused',
    })
  })

  test('one that was deleted is said to be', async () => {
    const id = await gateway.ensureCustomer({ ...DETAILS, organisationId: ORGANISATION })
    fake.state.customers.set(id, { id, object: 'customer', deleted: true })
    expect((await gateway.customer(id)).isDeleted).toBe(true)
    await expect(gateway.customer('cus_none')).rejects.toMatchObject({ reason: 'not-found' })
  })

  test('a coupon is found by its code, and not when it has ended or never was', async () => {
    const client = createStripeClient(fake.config)
    await client.coupons.create({
      id: 'WELCOME',
      percent_off: 20,
      duration: 'repeating',
      duration_in_months: 3,
    })
    expect(await gateway.coupon('WELCOME')).toEqual({
      id: 'WELCOME',
      name: 'WELCOME',
      percentOff: 20,
      amountOff: null,
      duration: 'repeating',
      months: 3,
    })
    await client.coupons.del('WELCOME')
    expect(await gateway.coupon('WELCOME')).toBeNull()
    expect(await gateway.coupon('NEVER')).toBeNull()
  })
})

describe('hosted pages', () => {
  beforeEach(async () => {
    await gateway.syncPrices(book, { apply: true })
  })

  async function openCheckout(trialDays = 0): Promise<{ customerId: string; session: string; url: string }> {
    const customerId = await gateway.ensureCustomer({ ...DETAILS, organisationId: ORGANISATION })
    const page = await gateway.createCheckout({
      ...sold,
      ...PAGES,
      customerId,
      organisationId: ORGANISATION,
      currency: 'eur',
      trialDays,
      coupon: null,
      key: 'checkout-1',
    })
    return { customerId, ...page }
  }

  const submit = (url: string, fields: Record<string, string>): Promise<Response> =>
    fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
  const CARD = { number: '4242 4242 4242 4242', expiry: '08/28', name: 'Films GmbH', country: 'FR' }

  test('a checkout that is paid makes the subscription and sends the browser back', async () => {
    const { customerId, session, url } = await openCheckout()
    expect((await gateway.hostedPage(session)).state).toBe('open')
    const html = await (await fetch(url)).text()
    expect(html).toContain('NebulaDB Pro')
    const done = await submit(url, CARD)
    expect([done.status, done.headers.get('location')]).toEqual([
      303,
      `https://example.com/done?s=${session}`,
    ])
    const page = await gateway.hostedPage(session)
    expect(page).toMatchObject({ state: 'complete', purpose: 'checkout', customerId })
    const [subscription] = await gateway.subscriptions(customerId)
    expect(subscription).toMatchObject({
      id: page.subscriptionId,
      organisationId: ORGANISATION,
      status: 'active',
      sold,
      trialEndsAt: null,
      cancelsAt: null,
      scheduled: null,
    })
    const invoice = await gateway.invoice(subscription?.latestInvoiceId ?? '')
    expect(invoice).toMatchObject({
      status: 'paid',
      reason: 'first',
      subtotal: 1900n,
      tax: 380n,
      total: 2280n,
      amountPaid: 2280n,
    })
    expect(invoice.lines.map((line) => [line.kind, line.plan, line.amount, line.tax])).toEqual([
      ['plan', 'pro', 1900n, 380n],
    ])
    expect((await submit(url, CARD)).status).toBe(410)
  })

  test('a card that is refused leaves the page open and makes nothing', async () => {
    const { customerId, session, url } = await openCheckout()
    const refused = await submit(url, { ...CARD, number: '4000 0000 0000 0002' })
    expect([refused.status, (await refused.text()).includes('role="alert"')]).toEqual([402, true])
    expect((await gateway.hostedPage(session)).state).toBe('open')
    expect(await gateway.subscriptions(customerId)).toEqual([])
  })

  test('the page leads back where the person cancels, and one that is ended cannot be completed', async () => {
    const { session, url } = await openCheckout()
    expect(await (await fetch(url)).text()).toContain('href="https://example.com/back"')
    await gateway.expireHostedPage(session)
    expect((await gateway.hostedPage(session)).state).toBe('expired')
    expect((await submit(url, CARD)).status).toBe(410)
  })

  test('a trial charges nothing and says when it ends', async () => {
    const { customerId, session } = await openCheckout(14)
    fake.complete(session)
    const [subscription] = await gateway.subscriptions(customerId)
    const days = (Number(subscription?.trialEndsAt) - Number(subscription?.startedAt)) / 86_400_000
    expect([subscription?.status, days]).toEqual(['trialing', 14])
    expect((await gateway.invoice(subscription?.latestInvoiceId ?? '')).total).toBe(0n)
  })

  test('cards are added on a page, listed with the default first chosen by the checkout, changed and removed', async () => {
    const { customerId, session } = await openCheckout()
    fake.complete(session)
    const setup = await gateway.createSetup({ ...PAGES, customerId, currency: 'eur', key: 'setup-1' })
    await submit(setup.url, { number: '5555555555554444', expiry: '01/31' })
    const added = (await gateway.hostedPage(setup.session)).paymentMethodId ?? ''
    expect(await gateway.paymentMethods(customerId)).toMatchObject([
      { id: added, kind: 'card', brand: 'mastercard', last4: '4444', expires: '2031-01', isDefault: false },
      { brand: 'visa', last4: '4242', isDefault: true },
    ])
    await gateway.setDefaultPaymentMethod(customerId, added)
    const [first, second] = await gateway.paymentMethods(customerId)
    expect([first?.isDefault, second?.isDefault]).toEqual([true, false])
    await gateway.detachPaymentMethod(second?.id ?? '')
    expect((await gateway.paymentMethods(customerId)).map((method) => method.id)).toEqual([added])
  })

  test('the portal shows cards and invoices and leads back', async () => {
    const { customerId, session } = await openCheckout()
    fake.complete(session)
    const portal = await gateway.createPortal({ customerId, returnUrl: 'https://example.com/settings' })
    const html = await (await fetch(portal.url)).text()
    expect(html).toContain('4242')
    expect(html).toContain('22.61 EUR')
    expect(html).toContain('https://example.com/settings')
  })

  test('without prices nothing can be sold, and the error says what to do', async () => {
    const empty = await startStripeFake()
    const poor = createStripeGateway({ ...empty.config, maxRetries: 0 })
    const customerId = await poor.ensureCustomer({ ...DETAILS, organisationId: ORGANISATION })
    const options = {
      ...sold,
      ...PAGES,
      customerId,
      organisationId: ORGANISATION,
      currency: 'eur',
      trialDays: 0,
    } as const
    await expect(poor.createCheckout({ ...options, coupon: null, key: 'k' })).rejects.toThrow(
      'billing:prices',
    )
    await expect(poor.createPortal({ customerId, returnUrl: 'https://example.com' })).rejects.toThrow(
      'billing:prices',
    )
    await empty.close()
  })
})
