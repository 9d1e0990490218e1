// The stand-in for Stripe as `npm start -- --demo-billing` runs it: prices are there, and what happened is still there after it was killed.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { loadPriceBooks } from '../backend/billing/price-book.ts'
import { createStripeGateway } from '../backend/billing/stripe.ts'
import { FAKE_API_KEY } from '../testing/stripe/keys.ts'
import { ROOT } from './run.ts'

const Ready = z.object({ type: z.literal('ready'), url: z.url() })
let directory: string
const children: ChildProcess[] = []
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stripe-fake-'))
})
afterEach(async () => {
  for (const child of children.splice(0)) await end(child, 'SIGTERM')
  rmSync(directory, { recursive: true })
})

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

async function start() {
  const child = spawn(process.execPath, ['scripts/stripe-fake.ts'], {
    cwd: ROOT,
    env: {
      ...process.env,
      NEBULADB_STRIPE_FAKE_PORT: '0',
      NEBULADB_STRIPE_FAKE_FILE: join(directory, 'payments.jsonl'),
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  children.push(child)
  const [message]: unknown[] = await once(child, 'message')
  const { url } = Ready.parse(message)
  const { hostname, port } = new URL(url)
  const gateway = createStripeGateway({
    apiKey: FAKE_API_KEY,
    webhookSecrets: [],
    host: hostname,
    port: Number(port),
    protocol: 'http',
  })
  return { child, gateway, url }
}

test('it sells by our price books, and remembers after it was killed', async () => {
  const first = await start()
  for (const book of loadPriceBooks().all)
    expect(await first.gateway.syncPrices(book, { apply: false })).toEqual([])
  const customer = { organisationId: 'o1', name: 'Films', email: null, address: null, taxId: null }
  const id = await first.gateway.ensureCustomer(customer)
  await end(first.child, 'SIGKILL')

  const second = await start()
  expect(await second.gateway.customer(id)).toMatchObject({ organisationId: 'o1', name: 'Films' })
  await end(second.child, 'SIGTERM')
  expect(second.child.exitCode).toBe(0)
})

test('the command that syncs prices runs against it, and says what it misses', async () => {
  const { url } = await start()
  const run = (args: readonly string[], key: string) =>
    spawnSync(process.execPath, ['scripts/sync-prices.ts', ...args], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, NEBULADB_STRIPE_KEY: key, NEBULADB_STRIPE_URL: url },
    })
  expect(run([], FAKE_API_KEY)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('Nothing to do.'),
  })
  expect(run([], '')).toMatchObject({ status: 2, stderr: expect.stringContaining('NEBULADB_STRIPE_KEY') })
  expect(run(['--version=1999-01-01'], FAKE_API_KEY)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('1999-01-01'),
  })
})
