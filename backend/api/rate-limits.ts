// Limits on how often a project's data API is called: per address, per key and per project. In this process' memory, or counted in Redis when several
// processes serve the same projects. docs/decisions/0122 has the reasons.
import { createClient } from '@redis/client'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { createTokenBuckets, type Verdict } from './token-buckets.ts'

export type { Verdict } from './token-buckets.ts'

export type Dimension = 'address' | 'key' | 'project' | 'unknown-project'

export interface ApiRateLimits {
  /** Counts requests, one if left out, that pass together or not at all. In memory the answer is there at once. Never throws. */
  take(dimension: Dimension, id: string, perSecond: number, requests?: number): Verdict | Promise<Verdict>
  close(): Promise<void>
}

/** Limits in memory. `now` gives milliseconds that never go back. */
export function createMemoryLimits(now: () => number = () => performance.now()): ApiRateLimits {
  const buckets = createTokenBuckets(now)
  return {
    take: (dimension, id, perSecond, requests) => buckets.take(`${dimension} ${id}`, perSecond, requests),
    close: async () => undefined,
  }
}

export interface RedisLimitsOptions {
  readonly url: string
  /** Told when Redis cannot be reached. */
  readonly onError: (error: unknown) => void
}

/**
 * Limits counted in Redis, in windows of a second. While Redis is away each process counts for itself: a data API that answers matters more than a
 * limit that is exact.
 */
export function createRedisLimits({ url, onError }: RedisLimitsOptions): ApiRateLimits {
  const client = createClient({ url, disableOfflineQueue: true })
  client.on('error', onError)
  // It goes on trying by itself; the first failure is told like all others.
  void client.connect().catch(() => undefined)
  const limiters = new Map<number, RateLimiterRedis>()

  const limiterOf = (perSecond: number): RateLimiterRedis => {
    const known = limiters.get(perSecond)
    if (known !== undefined) return known
    const made = new RateLimiterRedis({
      storeClient: client,
      useRedisPackage: true,
      rejectIfRedisNotReady: true,
      keyPrefix: 'nebuladb-api',
      points: perSecond,
      duration: 1,
      // What is over its limit need not ask Redis again within the second.
      inMemoryBlockOnConsumed: perSecond + 1,
      insuranceLimiter: new RateLimiterMemory({ points: perSecond, duration: 1 }),
    })
    limiters.set(perSecond, made)
    return made
  }

  return {
    async take(dimension, id, perSecond, requests = 1) {
      try {
        const consumed = await limiterOf(perSecond).consume(`${dimension}:${id}`, requests)
        return toVerdict(consumed, perSecond, true)
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return toVerdict(refusal, perSecond, false)
        onError(refusal)
        return { isAllowed: true, limit: perSecond, remaining: perSecond, resetSeconds: 0, retrySeconds: 0 }
      }
    },
    async close() {
      if (client.isOpen) client.destroy()
    },
  }
}

function toVerdict(result: RateLimiterRes, perSecond: number, isAllowed: boolean): Verdict {
  const seconds = Math.max(0, result.msBeforeNext) / 1000
  return {
    isAllowed,
    limit: perSecond,
    remaining: Math.max(0, result.remainingPoints),
    resetSeconds: Math.ceil(seconds),
    retrySeconds: isAllowed ? 0 : seconds,
  }
}
