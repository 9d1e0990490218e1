// Token buckets in memory: one per key, project and address. A bucket holds as many tokens as its rate gives in a second, so a burst of one second
// is allowed; and one that nobody touched for a second is full again and can be forgotten.

/** What became of one request. */
export interface Verdict {
  readonly isAllowed: boolean
  /** Requests per second. */
  readonly limit: number
  /** Whole requests that may follow at once. */
  readonly remaining: number
  /** Seconds until all of the limit is there again. */
  readonly resetSeconds: number
  /** Seconds until as many more are allowed; 0 when they are. */
  readonly retrySeconds: number
}

export interface TokenBuckets {
  /** Takes tokens of the bucket, one if left out, all of them or none. The rate may change between calls. */
  take(id: string, perSecond: number, tokens?: number): Verdict
  /** Buckets that are remembered. */
  size(): number
}

interface Bucket {
  tokens: number
  /** When it held that many. */
  at: number
}

const FULL_AFTER_MS = 1000

/** Makes them. `now` gives milliseconds that never go back. */
export function createTokenBuckets(now: () => number): TokenBuckets {
  const buckets = new Map<string, Bucket>()
  let sweptAt = now()

  const sweep = (at: number): void => {
    sweptAt = at
    for (const [id, bucket] of buckets) if (at - bucket.at >= FULL_AFTER_MS) buckets.delete(id)
  }

  return {
    take(id, perSecond, wanted = 1) {
      const at = now()
      if (at - sweptAt >= FULL_AFTER_MS) sweep(at)
      let bucket = buckets.get(id)
      if (bucket === undefined) {
        bucket = { tokens: perSecond, at }
        buckets.set(id, bucket)
      } else {
        bucket.tokens = Math.min(perSecond, bucket.tokens + ((at - bucket.at) / 1000) * perSecond)
        bucket.at = at
      }
      const isAllowed = bucket.tokens >= wanted
      if (isAllowed) bucket.tokens -= wanted
      return {
        isAllowed,
        limit: perSecond,
        remaining: Math.floor(bucket.tokens),
        resetSeconds: Math.ceil((perSecond - bucket.tokens) / perSecond),
        retrySeconds: Math.max(0, wanted - bucket.tokens) / perSecond,
      }
    },
    size: () => buckets.size,
  }
}
