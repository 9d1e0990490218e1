// The stand-in for Stripe as a process, for `npm start -- --demo-billing`: prices of our price books, pages to pay on, webhooks to the service. No money moves.
// NEBULADB_STRIPE_FAKE_PORT (default 7430), NEBULADB_STRIPE_FAKE_FILE (keeps its state), NEBULADB_STRIPE_FAKE_WEBHOOK (where events go).
import { loadPriceBooks } from '../backend/billing/price-book.ts'
import { createStripeGateway } from '../backend/billing/stripe.ts'
import { startStripeFake } from '../testing/stripe/fake.ts'
import { FAKE_WEBHOOK_SECRET } from '../testing/stripe/keys.ts'

/** Time passes by itself too: periods end without a request. */
const TICK_MS = 1_000

async function main(): Promise<void> {
  const file = process.env['NEBULADB_STRIPE_FAKE_FILE'] ?? ''
  const webhook = process.env['NEBULADB_STRIPE_FAKE_WEBHOOK'] ?? ''
  const fake = await startStripeFake({
    port: Number(process.env['NEBULADB_STRIPE_FAKE_PORT'] ?? 7430),
    // The service may still be starting when the first events happen.
    webhookAttempts: 12,
    webhookRetryMs: 250,
    ...(file === '' ? {} : { journal: file }),
    ...(webhook === '' ? {} : { webhook: { url: webhook, secrets: [FAKE_WEBHOOK_SECRET] } }),
  })
  const gateway = createStripeGateway(fake.config)
  for (const book of loadPriceBooks().all) await gateway.syncPrices(book, { apply: true })
  const timer = setInterval(fake.tick, TICK_MS)
  const stop = (): void => {
    clearInterval(timer)
    fake.close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  // A parent that went away can no longer end us.
  process.once('disconnect', stop)
  process.send?.({ type: 'ready', url: fake.url })
  if (process.send === undefined) console.log(`Stripe's stand-in is at ${fake.url}`)
}

await main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`${message}\n`)
  process.send?.({ type: 'failed', message })
  process.exitCode = 1
})
