// Usage and billing through the host: the service's answers as they are, the last ones while it is away, and nothing kept that is no longer this person's.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { auth } from '#contract/capabilities/auth.ts'
import { billing } from '#contract/capabilities/billing.ts'
import { AccountId } from '#contract/capabilities/ids.ts'
import { usage } from '#contract/capabilities/usage.ts'
import { AppError } from '#contract/errors.ts'
import { capability, type Handlers } from '#contract/rpc/definition.ts'
import { makeInvoice, makeOverview, makeUsage, REELHOUSE } from '#testing/billing-answers.ts'
import { CONTEXT, openTestCloud } from '#testing/host-cloud.ts'
import { startServiceDouble } from '#testing/service-double.ts'
import { createServiceAnswerStore } from '../cache/index.ts'
import { createAnswerKeeper } from '../cloud/index.ts'
import { createUsageCapability } from '../usage/index.ts'
import { createBillingCapability } from './index.ts'

const HOSTED = 'https://pay.example/session/that-nobody-keeps'
const PDF = Buffer.from('%PDF-1.7 nobody keeps this').toString('base64')
const AT = '2026-11-22T12:00:00.000Z'
const of = { organisationId: REELHOUSE }
const INVOICE = makeInvoice()

const contract = {
  auth: capability('auth', {
    logIn: auth.members.logIn,
    refresh: auth.members.refresh,
    logOut: auth.members.logOut,
  }),
  billing: capability('billing', {
    overview: billing.members.overview,
    invoices: billing.members.invoices,
    invoicePdf: billing.members.invoicePdf,
    changePlan: billing.members.changePlan,
    setSpendCap: billing.members.setSpendCap,
  }),
  usage: capability('usage', { summary: usage.members.summary, export: usage.members.export }),
}

async function setUp() {
  const state: { overview: ReturnType<typeof makeOverview> | AppError } = { overview: makeOverview() }
  const calls: { readonly name: string; readonly input: unknown }[] = []
  const tokens = {
    accessToken: 'good',
    refreshToken: 'refresh',
    accessTokenExpiresAt: new Date(Date.now() + 300_000).toISOString(),
  }
  const account = {
    id: AccountId.parse('018f0000-0000-7000-8000-000000000009'),
    email: 'mara@example.com',
    name: 'Mara',
    createdAt: AT,
  }
  const handlers: Handlers<typeof contract> = {
    auth: {
      logIn: async () => ({ account, tokens }),
      refresh: async () => ({ account, tokens }),
      logOut: async () => undefined,
    },
    billing: {
      overview: async () => {
        if (state.overview instanceof AppError) throw state.overview
        return state.overview
      },
      invoices: async ({ before }) => (before === null ? [INVOICE] : []),
      invoicePdf: async () => ({ fileName: 'NB-2026-1107.pdf', base64: PDF }),
      changePlan: async (input) => {
        calls.push({ name: 'changePlan', input })
        return { type: 'hosted-page', url: HOSTED, session: 'cs_1' }
      },
      setSpendCap: async (input) => void calls.push({ name: 'setSpendCap', input }),
    },
    usage: { summary: async () => makeUsage(), export: async () => ({ text: 'metric,quantity' }) },
  }
  const service = await startServiceDouble(contract, handlers)
  onTestFinished(() => service.close())
  const host = openTestCloud(service.url)
  const answers = createAnswerKeeper({
    cloud: host.cloud,
    store: createServiceAnswerStore(host.cache),
    now: () => new Date(),
  })
  await host.logIn()
  await vi.waitFor(() => expect(host.cloud.isOnline()).toBe(true))
  const parts = { cloud: host.cloud, answers }
  return {
    ...host,
    service,
    state,
    calls,
    billing: createBillingCapability(parts),
    usage: createUsageCapability(parts),
    async loseService() {
      await service.crash()
      await vi.waitFor(() => expect(host.cloud.isOnline()).toBe(false))
    },
  }
}

test('what was read last is shown while the service is away, and says when it was', async () => {
  const host = await setUp()
  await host.billing.overview(of, CONTEXT)
  await host.usage.summary({ ...of, at: null }, CONTEXT)
  await host.billing.invoices({ ...of, before: null, limit: 24 }, CONTEXT)
  await host.loseService()
  expect(await host.billing.overview(of, CONTEXT)).toEqual(makeOverview())
  expect((await host.usage.summary({ ...of, at: null }, CONTEXT)).asOf).toBe(makeUsage().asOf)
  expect(await host.billing.invoices({ ...of, before: null, limit: 24 }, CONTEXT)).toEqual([INVOICE])
})

test('what was never read cannot be shown without the service, and nothing can be changed', async () => {
  const host = await setUp()
  await host.loseService()
  const away = { code: 'SERVICE_UNREACHABLE' }
  await expect(host.billing.overview(of, CONTEXT)).rejects.toMatchObject({
    ...away,
    message: 'Reading the plan needs the NebulaDB service, which cannot be reached now.',
  })
  await expect(host.usage.summary({ ...of, at: AT }, CONTEXT)).rejects.toMatchObject(away)
  await expect(
    host.billing.setSpendCap({ ...of, projectId: null, amount: '5000' }, CONTEXT),
  ).rejects.toMatchObject({
    ...away,
    hint: 'Nothing was changed. Try again when the service is back.',
  })
  expect(host.calls).toEqual([])
})

test('each answer replaces the one before', async () => {
  const host = await setUp()
  await host.billing.overview(of, CONTEXT)
  host.state.overview = makeOverview({ status: 'past-due' })
  await host.billing.overview(of, CONTEXT)
  await host.loseService()
  expect((await host.billing.overview(of, CONTEXT)).status).toBe('past-due')
})

test('who may no longer see money no longer sees what was kept of it', async () => {
  const host = await setUp()
  await host.billing.overview(of, CONTEXT)
  host.state.overview = new AppError('FORBIDDEN', 'Only owners see this.')
  await expect(host.billing.overview(of, CONTEXT)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await host.loseService()
  await expect(host.billing.overview(of, CONTEXT)).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' })
})

test('logging out forgets the answers', async () => {
  const host = await setUp()
  await host.billing.overview(of, CONTEXT)
  const store = createServiceAnswerStore(host.cache)
  expect(store.get(REELHOUSE, 'billing.overview')).toEqual(makeOverview())
  await host.account.logOut({}, CONTEXT)
  expect(store.get(REELHOUSE, 'billing.overview')).toBeUndefined()
})

test('addresses of hosted pages and invoices pass through and are in no file of the host', async () => {
  const host = await setUp()
  const change = { ...of, plan: 'team' as const, coupon: null }
  expect(await host.billing.changePlan(change, CONTEXT)).toEqual({
    type: 'hosted-page',
    url: HOSTED,
    session: 'cs_1',
  })
  expect(host.calls).toEqual([{ name: 'changePlan', input: change }])
  expect((await host.billing.invoicePdf({ ...of, id: INVOICE.id }, CONTEXT)).base64).toBe(PDF)
  const files = readdirSync(host.directory, { recursive: true, withFileTypes: true }).filter((one) =>
    one.isFile(),
  )
  expect(files.length).toBeGreaterThan(0)
  for (const file of files) {
    const content = readFileSync(join(file.parentPath, file.name))
    expect(content.includes(HOSTED) || content.includes(PDF)).toBe(false)
  }
})

test('the newest answers of an organisation are kept, not all that there ever were', async () => {
  const { cache } = await setUp()
  const store = createServiceAnswerStore(cache)
  for (let day = 0; day < 80; day += 1)
    store.save(REELHOUSE, `usage.series ${day}`, day, new Date(Date.UTC(2026, 0, 1 + day)).toISOString())
  expect(store.get(REELHOUSE, 'usage.series 79')).toBe(79)
  expect(store.get(REELHOUSE, 'usage.series 0')).toBeUndefined()
  store.forget(REELHOUSE, 'usage.')
  expect(store.get(REELHOUSE, 'usage.series 79')).toBeUndefined()
})
