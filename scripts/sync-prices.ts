// Brings the payment provider in line with the newest price book (`npm run billing:prices`). Says what it would do; does it with --apply.
// Asks NEBULADB_STRIPE_KEY, and NEBULADB_STRIPE_URL where it is not Stripe itself.
import { fileURLToPath } from 'node:url'
import type { PaymentGateway, PriceChange } from '../backend/billing/gateway.ts'
import { loadPriceBooks } from '../backend/billing/price-book.ts'
import { stripeAddress } from '../backend/billing/stripe-address.ts'
import { createStripeGateway } from '../backend/billing/stripe.ts'
import type { PriceBook } from '../contract/billing/price-book.ts'

const USAGE = 'Usage: npm run billing:prices [-- --apply] [-- --version=2026-11-01]'

/** A line for people: `create price plan_pro_2026-11-01_eur: 1900 minor units (eur)`. */
const describe = (change: PriceChange): string =>
  `${change.action} ${change.object} ${change.name}: ${change.detail}`

/** @returns what is printed */
export async function syncPrices(
  gateway: Pick<PaymentGateway, 'syncPrices'>,
  book: PriceBook,
  apply: boolean,
): Promise<string[]> {
  const changes = await gateway.syncPrices(book, { apply })
  if (changes.length === 0) return [`Everything is as price book ${book.version} says. Nothing to do.`]
  const count = changes.length === 1 ? '1 change' : `${changes.length} changes`
  return [
    ...changes.map(describe),
    apply ? `Made ${count}.` : `Would make ${count}. Run it with --apply to make them.`,
  ]
}

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== '--apply' && !arg.startsWith('--version='))
  if (unknown !== undefined) {
    console.error(`${unknown} is not known. ${USAGE}`)
    return 2
  }
  const apiKey = process.env['NEBULADB_STRIPE_KEY'] ?? ''
  if (apiKey === '') {
    console.error('NEBULADB_STRIPE_KEY is not set: there is no payment provider to bring in line.')
    return 2
  }
  const books = loadPriceBooks()
  const version = args.find((arg) => arg.startsWith('--version='))?.slice('--version='.length)
  const book = version === undefined ? books.all.at(-1) : books.version(version)
  if (book === undefined) throw new Error('There is no price book.')
  const gateway = createStripeGateway({
    apiKey,
    webhookSecrets: [],
    ...stripeAddress(process.env['NEBULADB_STRIPE_URL']),
  })
  for (const line of await syncPrices(gateway, book, args.includes('--apply'))) console.log(line)
  return 0
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error))
    return 1
  })
