// Limits on guessing: counted in Postgres, so that they hold across restarts and processes, with a block in memory that keeps a flood away from
// it. When the database does not answer nobody gets through. docs/decisions/0031 has the numbers' reasons.
import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import { AppError } from '#contract/errors.ts'
import type { Database } from '../db/database.ts'
import type { Observe } from '../monitoring/index.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE

interface Limit {
  readonly points: number
  readonly seconds: number
}

/** Attempts per client address, per address and account together, and per account from anywhere. */
interface EndpointLimits {
  readonly address: Limit
  readonly pair: Limit
  readonly account?: Limit
}

export const RATE_LIMITS = {
  signUp: { address: { points: 40, seconds: HOUR }, pair: { points: 10, seconds: HOUR } },
  logIn: {
    address: { points: 100, seconds: 15 * MINUTE },
    pair: { points: 10, seconds: 15 * MINUTE },
    account: { points: 100, seconds: HOUR },
  },
  refresh: {
    address: { points: 600, seconds: 15 * MINUTE },
    pair: { points: 20, seconds: MINUTE },
  },
  /** Changing the password, deleting the account: the password is asked for again. */
  confirm: {
    address: { points: 60, seconds: 15 * MINUTE },
    pair: { points: 10, seconds: 15 * MINUTE },
    account: { points: 20, seconds: HOUR },
  },
  requestReset: {
    address: { points: 20, seconds: HOUR },
    pair: { points: 5, seconds: HOUR },
    account: { points: 10, seconds: HOUR },
  },
  reset: { address: { points: 30, seconds: HOUR }, pair: { points: 10, seconds: HOUR } },
  invite: { address: { points: 200, seconds: HOUR }, pair: { points: 50, seconds: HOUR } },
  /** Each signs a token; a run of requests needs one every few minutes. */
  testSession: {
    address: { points: 1_200, seconds: 15 * MINUTE },
    pair: { points: 300, seconds: 15 * MINUTE },
  },
  /** Each runs SQL of the caller with locks and audits it: a release applies a few dozen, one after another. */
  migrate: {
    address: { points: 1_200, seconds: 15 * MINUTE },
    pair: { points: 300, seconds: 15 * MINUTE },
    account: { points: 600, seconds: 15 * MINUTE },
  },
  acceptInvitation: { address: { points: 60, seconds: HOUR }, pair: { points: 20, seconds: HOUR } },
} as const satisfies Record<string, EndpointLimits>
export type RateLimitedEndpoint = keyof typeof RATE_LIMITS

export interface Attempt {
  /** Where the call came from. */
  readonly address: string
  /** Whom it is about: an e-mail address, an account id, the hash of a token. */
  readonly account: string
}

export interface RateLimits {
  /** Counts an attempt. Throws RATE_LIMITED with `details.retryAfterMs` when there were too many, and when they cannot be counted throws the database's error. */
  consume(endpoint: RateLimitedEndpoint, attempt: Attempt): Promise<void>
  /** Forgets the attempts of an address and account together, after one that was right. */
  reset(endpoint: RateLimitedEndpoint, attempt: Attempt): Promise<void>
}

/** Makes the limits. `scale` multiplies all of them (tests of other things raise it). */
export function createRateLimits(deps: { db: Database; observe: Observe; scale?: number }): RateLimits {
  const { db, observe, scale = 1 } = deps
  const client = {
    async query(statement: { text: string; values: readonly unknown[] }) {
      const rows = await db.query<object>(statement)
      return { rows, rowCount: rows.length }
    },
  }
  const limiters = new Map<string, RateLimiterPostgres>()
  for (const [endpoint, limits] of Object.entries<EndpointLimits>(RATE_LIMITS))
    for (const [dimension, limit] of Object.entries<Limit>({ ...limits }))
      limiters.set(
        `${endpoint}:${dimension}`,
        new RateLimiterPostgres({
          storeClient: client,
          storeType: 'client',
          tableName: 'rate_limit',
          tableCreated: true,
          clearExpiredByTimeout: false,
          keyPrefix: `${endpoint}:${dimension}`,
          points: limit.points * scale,
          duration: limit.seconds,
          inMemoryBlockOnConsumed: limit.points * scale + 1,
        }),
      )

  return {
    async consume(endpoint, attempt) {
      for (const [dimension, key] of keysOf(attempt)) {
        const limiter = limiters.get(`${endpoint}:${dimension}`)
        if (limiter === undefined) continue
        try {
          await limiter.consume(key)
        } catch (error) {
          if (!(error instanceof RateLimiterRes)) throw error
          observe({ type: 'auth.rate-limited', endpoint })
          throw rateLimited(error.msBeforeNext)
        }
      }
    },
    async reset(endpoint, attempt) {
      await limiters.get(`${endpoint}:pair`)?.delete(keysOf(attempt)[1][1])
    },
  }
}

function rateLimited(retryAfterMs: number): AppError {
  const minutes = Math.max(1, Math.ceil(retryAfterMs / 60_000))
  return new AppError(
    'RATE_LIMITED',
    `Too many attempts. Try again in ${minutes} minute${minutes === 1 ? '' : 's'}.`,
    {
      details: { retryAfterMs },
    },
  )
}

/** The keys are hashed: the table then holds neither addresses nor e-mail addresses, and any length fits. */
function keysOf(attempt: Attempt): readonly [[string, string], [string, string], [string, string]] {
  const network = networkOf(attempt.address)
  return [
    ['address', digest(network)],
    ['pair', digest(`${network} ${attempt.account}`)],
    ['account', digest(attempt.account)],
  ]
}

function digest(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('base64url')
}

/** An IPv4 address itself; of an IPv6 address the /64 network, because one customer has all of it. */
export function networkOf(address: string): string {
  const plain = address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
  if (!isIPv6(plain)) return plain
  const [head = '', tail] = plain.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups =
    tail === undefined
      ? left
      : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
