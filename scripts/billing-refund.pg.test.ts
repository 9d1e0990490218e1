// The operator's refund: said first, given back once, and told in the books as any other.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OrganisationId } from '#contract/capabilities/ids.ts'
import { sql } from '#postgres/common/sql/sql.ts'
import { createBillingBench, type BillingBench } from '#testing/billing-bench.ts'
import { createLedger } from '../backend/billing/ledger.ts'
import type { Actor } from '../backend/actor.ts'
import { runRefund } from './billing-refund.ts'

const START = new Date('2026-11-23T13:04:41Z')
const DAY_MS = 24 * 60 * 60 * 1000
const NUMBER = 'NB-2026-0001'

let bench: BillingBench
let owner: Actor
let organisationId: OrganisationId
beforeAll(async () => {
  bench = await createBillingBench(START)
  owner = await bench.tenants.person()
  organisationId = await bench.tenants.organisation([[owner, 'owner']])
  await bench.subscribe(owner, organisationId, 'pro')
  bench.goTo(new Date(START.getTime() + 15 * DAY_MS))
  await bench.settle()
  bench.mails.length = 0
})
afterAll(() => bench[Symbol.asyncDispose]())

/** What the command says, its exit code first. */
async function run(...args: string[]): Promise<string[]> {
  const said: string[] = []
  const say = (line: string) => void said.push(line)
  const exitCode = await runRefund(args, () => ({ db: bench.control.db, gateway: bench.gateway }), {
    out: say,
    error: say,
  })
  return [String(exitCode), ...said]
}
const refunds = () => bench.fake.state.refunds.size
const account = async (name: 'payments' | 'refunds') =>
  (await createLedger(bench.control.db).accounts(organisationId, 'eur')).get(name)

test('what was typed wrong, and an invoice that is not there, change nothing', async () => {
  expect(await run()).toEqual(['2', expect.stringContaining('Give one invoice.')])
  expect(await run(NUMBER)).toEqual(['2', expect.stringContaining('--reason')])
  for (const amount of ['5,00', '5.0', 'all'])
    expect(await run(NUMBER, amount, '--reason', 'x')).toEqual(['2', expect.stringContaining('is no amount')])
  expect((await run('NB-2026-9999', '--reason', 'x'))[1]).toBe('There is no invoice NB-2026-9999.')
  expect(refunds()).toBe(0)
})

test('without --apply it says what it would do', async () => {
  const [exitCode, said, would] = await run(NUMBER, '5.00', '--reason', 'An outage')
  expect([exitCode, would]).toEqual(['0', 'Would give back €5.00. Run it with --apply to do it.'])
  expect(said).toMatch(/^NB-2026-0001 of .*: €19\.00 paid, €0\.00 given back so far\.$/)
  expect((await run(NUMBER, '19.01', '--reason', 'x'))[1]).toMatch(/more than what is left/)
  expect(refunds()).toBe(0)
})

test('a provider that did it and did not answer gives the money back once', async () => {
  bench.fake.faults.add({ kind: 'error-after-commit', match: 'POST /v1/credit_notes', times: 1 })
  const args = [NUMBER, '5.00', '--reason', 'An outage', '--apply']
  const [exitCode, , again] = await run(...args)
  expect([exitCode, again]).toEqual(['1', expect.stringContaining('run the same command again')])
  // The news of it may come first.
  await bench.settle()
  expect((await run(...args))[0]).toBe('0')
  expect(refunds()).toBe(1)
})

test('credit note, ledger, mail and audit follow', async () => {
  await bench.settle()
  const [note] = await bench.billing.service.invoices.list(owner, { organisationId, before: null, limit: 5 })
  expect(note).toMatchObject({ kind: 'credit-note', total: '-500' })
  expect([await account('refunds'), await account('payments')]).toEqual([500n, 1400n])
  expect(bench.mails.map(({ subject }) => subject)).toContain(`Credit note ${note?.number ?? ''}`)
  const audited = await bench.control.db.query(
    sql`select account_id, subject_id, details from audit_entry where action = 'invoice.refund'`,
  )
  expect(audited).toMatchObject([
    { account_id: null, subject_id: NUMBER, details: { amount: '500', reason: 'An outage' } },
  ])
})

test('the same amount again is another refund; without an amount it is the rest, and then nothing is left', async () => {
  expect((await run(NUMBER, '5.00', '--reason', 'Another outage', '--apply'))[0]).toBe('0')
  const rest = await run(NUMBER, '--reason', 'They leave', '--apply')
  expect(rest).toEqual(['0', expect.any(String), expect.stringContaining('Gave back €9.00.')])
  expect(refunds()).toBe(3)
  expect(await run(NUMBER, '--reason', 'x', '--apply')).toEqual([
    '1',
    expect.stringContaining('nothing left to give back'),
    expect.any(String),
  ])
  await bench.settle()
  const invoices = await bench.billing.service.invoices.list(owner, {
    organisationId,
    before: null,
    limit: 5,
  })
  expect(invoices.find(({ number }) => number === NUMBER)?.status).toBe('refunded')
  expect([await account('refunds'), (await account('payments')) ?? 0n]).toEqual([1900n, 0n])
})
