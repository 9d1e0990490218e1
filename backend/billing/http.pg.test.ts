// The whole service against the fake Stripe: a plan is bought, and a webhook brings the news.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startTestService, type TestService } from '#testing/service.ts'
import { startStripeFake, type StripeFake } from '#testing/stripe/fake.ts'
import { createStripeGateway } from './stripe.ts'
import { loadPriceBooks } from './price-book.ts'

const SECRET = 'whsec_of_this_test'
let fake: StripeFake
let service: TestService

beforeAll(async () => {
  fake = await startStripeFake()
  for (const book of loadPriceBooks().all)
    await createStripeGateway(fake.config).syncPrices(book, { apply: true })
  service = await startTestService({
    config: {
      billing: {
        stripe: {
          apiKey: fake.config.apiKey,
          webhookSecrets: ['whsec_new', SECRET],
          url: fake.url,
          automaticTax: false,
        },
        limits: { limits: {}, quotas: {} },
      },
    },
  })
  fake.webhooks.endpoint({ url: `${service.url}/billing/webhook`, secrets: [SECRET] })
})
afterAll(async () => {
  await service.close()
  await fake.close()
})

test('a plan that is paid on the hosted page holds once the webhooks came, without anybody asking', async () => {
  const { api } = await service.signUp('mara@example.com')
  const { id: organisationId } = await api.organisations.create({ name: 'Reelhouse' })
  expect((await api.billing.plans({})).plans.map(({ id }) => id)).toEqual([
    'free',
    'pro',
    'team',
    'enterprise',
  ])
  const page = await api.billing.changePlan({ organisationId, plan: 'pro' })
  if (page.type !== 'hosted-page') throw new Error('The first payment has a page.')
  fake.complete(page.session)
  await vi.waitFor(
    async () =>
      expect(await api.billing.overview({ organisationId })).toMatchObject({
        status: 'trialing',
        plan: { id: 'pro' },
      }),
    { timeout: 15_000, interval: 100 },
  )
  expect(await api.usage.summary({ organisationId })).toMatchObject({
    period: (await api.billing.overview({ organisationId })).period,
  })
})

test('what the provider did not sign is refused, and told to the operator', async () => {
  const body = { id: 'evt_forged', type: 'invoice.paid' }
  const forged = await service.http('POST', '/billing/webhook', body, { 'stripe-signature': 't=1,v1=00' })
  expect(forged.status).toBe(400)
  expect((await service.http('POST', '/billing/webhook', body)).status).toBe(400)
  expect(service.observations.filter(({ type }) => type === 'billing.webhook-refused')).toHaveLength(2)
})

test('the page after a hosted page says to go back', async () => {
  const done = await service.http('GET', '/billing/return?state=done')
  expect([done.status, done.text]).toEqual([200, expect.stringContaining('Go back to NebulaDB')])
  expect((await service.http('GET', '/billing/return?state=cancelled')).text).toContain('Nothing was changed')
})
