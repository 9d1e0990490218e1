// Gives money back for a paid invoice (`npm run billing:refund`). Says what it would do; does it with --apply. Asks NEBULADB_DATABASE_URL,
// NEBULADB_STRIPE_KEY, and NEBULADB_STRIPE_URL where it is not Stripe itself: the same as the service's.
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { refundInvoice, type RefundDependencies } from '../backend/billing/refunds.ts'
import { stripeAddress } from '../backend/billing/stripe-address.ts'
import { createStripeGateway } from '../backend/billing/stripe.ts'
import { createDatabase } from '../backend/db/pool-database.ts'
import { parseDatabaseUrl } from '../backend/db/target.ts'
import { createPool } from '../postgres/node/pool.ts'

const USAGE =
  'Usage: npm run billing:refund -- <invoice number> [amount, such as 12.50] --reason "why" [--apply]'

/** What a person typed, or a sentence of what is wrong. */
function read(args: readonly string[]): Parameters<typeof refundInvoice>[1] | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { reason: { type: 'string' }, apply: { type: 'boolean', default: false } },
    })
    const [number, typed, ...others] = positionals
    const { reason = '', apply } = values
    if (number === undefined || others.length > 0) return 'Give one invoice.'
    if (reason.trim() === '') return 'Say why, with --reason: it stands on the credit note.'
    if (typed !== undefined && !/^\d{1,12}(\.\d{2})?$/.test(typed)) return `${typed} is no amount.`
    const [whole = '', cents = '00'] = (typed ?? '').split('.')
    return { number, amount: typed === undefined ? null : BigInt(`${whole}${cents}`), reason, apply }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** @returns the exit code */
export async function runRefund(
  args: readonly string[],
  connect: () => RefundDependencies | string,
  say: { readonly out: (line: string) => void; readonly error: (line: string) => void },
): Promise<number> {
  const request = read(args)
  const deps = typeof request === 'string' ? request : connect()
  if (typeof request === 'string' || typeof deps === 'string') {
    say.error(typeof request === 'string' ? `${request} ${USAGE}` : String(deps))
    return 2
  }
  try {
    for (const line of await refundInvoice(deps, request)) say.out(line)
    return 0
  } catch (error) {
    say.error(error instanceof Error ? error.message : String(error))
    say.error('Where the provider did not answer, run the same command again: the money is given back once.')
    return 1
  }
}

async function main(): Promise<number> {
  const {
    NEBULADB_STRIPE_KEY: apiKey = '',
    NEBULADB_STRIPE_URL: url,
    NEBULADB_DATABASE_URL = '',
  } = process.env
  if (apiKey === '' || NEBULADB_DATABASE_URL === '') {
    console.error('NEBULADB_STRIPE_KEY and NEBULADB_DATABASE_URL are needed, as the service has them.')
    return 2
  }
  const db = createDatabase(createPool(parseDatabaseUrl(NEBULADB_DATABASE_URL), { max: 1 }))
  const gateway = createStripeGateway({ apiKey, webhookSecrets: [], ...stripeAddress(url) })
  try {
    return await runRefund(process.argv.slice(2), () => ({ db, gateway }), {
      out: (line) => console.log(line),
      error: (line) => console.error(line),
    })
  } finally {
    await db.close()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error))
    return 1
  })
