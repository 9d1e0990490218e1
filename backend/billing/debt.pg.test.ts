// What is unpaid, and how it is paid after all: from the app, by a new card, on the provider's page, or when it had been given up.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { createBillingBench, type BillingBench } from '#testing/billing-bench.ts'
import type { Actor } from '../actor.ts'
import { createLedger } from './ledger.ts'
import { findSubscription } from './store.ts'

const START = new Date('2026-11-23T13:04:41Z')
const MINUTE_MS = 60_000

let bench: BillingBench
let owner: Actor
let organisationId: OrganisationId
let customerId: string

beforeAll(async () => {
  bench = await createBillingBench(START)
  owner = await bench.tenants.person()
  organisationId = await bench.tenants.organisation([[owner, 'owner']])
  await bench.subscribe(owner, organisationId, 'pro')
  customerId = (await findSubscription(bench.control.db, organisationId))?.customerId ?? ''
})
afterAll(() => bench[Symbol.asyncDispose]())

const code = (expected: string) => expect.objectContaining({ code: expected })
const by = () => ({ actor: owner, organisationId })
const payment = () => bench.billing.service.payment
const status = async () => (await bench.billing.service.overview(owner, { organisationId })).status
const newest = async () => {
  const [invoice] = await bench.billing.service.invoices.list(owner, {
    organisationId,
    before: null,
    limit: 1,
  })
  if (invoice === undefined) throw new Error('There is no invoice.')
  return invoice
}
const balance = () => createLedger(bench.control.db).balance(organisationId, 'eur')
const account = async (name: 'write-offs' | 'receivable' | 'payments') =>
  (await createLedger(bench.control.db).accounts(organisationId, 'eur')).get(name) ?? 0n
/** What the audit says of payments, oldest first. */
const audited = () =>
  bench.control.db.query(
    sql`select account_id as account, details from audit_entry
         where organisation_id = ${organisationId} and action = 'invoice.pay' order by at, id`,
  )

/** Ends the period with a card that fails; the invoice that is unpaid then. */
async function failNext(decline: string) {
  bench.fake.setCards(customerId, decline)
  const period = (await findSubscription(bench.control.db, organisationId))?.period
  for (const minutes of [1, 62]) {
    bench.goTo(new Date((period?.to.getTime() ?? 0) + minutes * MINUTE_MS))
    await bench.settle()
  }
  expect(await status()).toBe('past-due')
  return newest()
}

describe('an invoice that failed', () => {
  test('is paid from the app once the card works; again does no harm', async () => {
    const { id, status: state } = await failNext('insufficient_funds')
    expect(state).toBe('failed')
    bench.fake.setCards(customerId, null)
    expect(await payment().payInvoice(by(), id)).toEqual({ type: 'done' })
    expect([await status(), (await newest()).status, await balance()]).toEqual(['active', 'paid', 0n])
    const calls = bench.fake.calls.length
    expect(await payment().payInvoice(by(), id)).toEqual({ type: 'done' })
    expect(bench.fake.calls.slice(calls).filter((call) => call.endsWith('/pay'))).toEqual([])
    expect(await audited()).toMatchObject([{ account: owner.accountId, details: { result: 'paid' } }])
  })

  test('is tried again when another card is added', async () => {
    await failNext('insufficient_funds')
    const page = await payment().add(by())
    if (page.type !== 'hosted-page') throw new Error('A method is added on a page.')
    bench.fake.complete(page.session, { number: '5555555555554444' })
    expect(await payment().checkReturn(by(), page.session)).toEqual({ state: 'complete' })
    expect([await status(), (await newest()).status, await balance()]).toEqual(['active', 'paid', 0n])
  })

  test.each(['insufficient_funds', 'authentication_required'])(
    'has a page of the provider where the card alone does not do (%s)',
    async (decline) => {
      const { id } = await failNext(decline)
      const page = await payment().payInvoice(by(), id)
      if (page.type !== 'hosted-page') throw new Error('The card does not pay.')
      expect(page).toMatchObject({ session: `invoice:${id}`, url: expect.stringContaining('/invoice/') })
      expect(await payment().checkReturn(by(), page.session)).toEqual({ state: 'open' })
      bench.fake.setCards(customerId, null)
      const answer = await fetch(page.url, { method: 'POST', redirect: 'manual' })
      expect(answer.status).toBe(303)
      expect(await payment().checkReturn(by(), page.session)).toEqual({ state: 'complete' })
      expect([await status(), (await newest()).status, await balance()]).toEqual(['active', 'paid', 0n])
      expect((await audited()).at(-1)).toMatchObject({ details: { result: 'page' } })
    },
  )

  test('and is lowered by a credit note leaves the rest to pay, and nothing is refunded', async () => {
    const { id } = await failNext('insufficient_funds')
    const [row] = await bench.control.db.query<{ providerId: string }>(
      sql`select provider_id as "providerId" from invoice where id = ${id}`,
    )
    const paid = await account('payments')
    await bench.gateway.refund({
      invoiceId: row?.providerId ?? '',
      amount: 400n,
      reason: 'Goodwill',
      key: 'lowered',
    })
    await bench.settle()
    expect([await account('receivable'), (await account('payments')) - paid]).toEqual([1500n, 0n])
    bench.fake.setCards(customerId, null)
    expect(await payment().payInvoice(by(), id)).toEqual({ type: 'done' })
    expect([await account('receivable'), (await account('payments')) - paid]).toEqual([0n, 1500n])
  })

  test('that is not there is not paid', async () => {
    const other = '6d5c0f4e-6f4b-4ef4-8b6f-0f6a4a3f2b10'
    await expect(payment().payInvoice(by(), other)).rejects.toEqual(code('NOT_FOUND'))
    for (const session of [`invoice:${other}`, 'invoice:something'])
      await expect(payment().checkReturn(by(), session)).rejects.toEqual(code('NOT_FOUND'))
  })
})

describe('an invoice that was given up', () => {
  /** The operator gives it up at the provider. */
  async function giveUp(): Promise<{ id: string; providerId: string }> {
    const { id } = await failNext('insufficient_funds')
    const [row] = await bench.control.db.query<{ providerId: string }>(
      sql`select provider_id as "providerId" from invoice where id = ${id}`,
    )
    const providerId = row?.providerId ?? ''
    await callStripe(`invoices/${providerId}/mark_uncollectible`)
    await bench.settle()
    expect([await account('write-offs'), await account('receivable')]).toEqual([1900n, 0n])
    return { id, providerId }
  }
  const callStripe = async (path: string) => {
    const { apiKey } = bench.fake.config
    const answer = await fetch(`${bench.fake.url}/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(answer.status).toBe(200)
  }

  test('and is paid after all is no debt given up, and no debt of ours', async () => {
    const { id } = await giveUp()
    bench.fake.setCards(customerId, null)
    expect(await payment().payInvoice(by(), id)).toEqual({ type: 'done' })
    expect([await account('write-offs'), await account('receivable')]).toEqual([0n, 0n])
    expect([await status(), (await newest()).status]).toEqual(['active', 'paid'])
    await bench.settle()
    expect(await createLedger(bench.control.db).unbalanced()).toEqual([])
  })

  test('and is made void is neither', async () => {
    const { providerId } = await giveUp()
    await callStripe(`invoices/${providerId}/void`)
    bench.fake.setCards(customerId, null)
    await bench.settle()
    expect([await account('write-offs'), await account('receivable')]).toEqual([0n, 0n])
    expect((await newest()).status).toBe('void')
    await expect(payment().payInvoice(by(), (await newest()).id)).rejects.toEqual(code('CONFLICT'))
  })
})
