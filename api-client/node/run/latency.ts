// Percentiles of durations in constant memory: a run may have hundreds of millions of requests.
const STEP = Math.log(1.01)
/** Milliseconds. All below count as this. */
const LEAST = 0.01

export interface Latency {
  /** Takes a duration in milliseconds. */
  readonly add: (ms: number) => void
  /** Milliseconds; percentiles are right to 1 %, the largest exactly. Zeros when nothing was added. */
  readonly summary: () => { p50: number; p95: number; p99: number; max: number }
}

/** An empty histogram whose buckets are 1 % wide. */
export function createLatency(): Latency {
  const buckets: number[] = []
  let count = 0
  let max = 0
  const percentile = (share: number): number => {
    let left = Math.max(1, Math.ceil(count * share))
    for (const [index, size = 0] of buckets.entries()) {
      left -= size
      if (left <= 0) return Math.min(max, LEAST * Math.exp((index + 0.5) * STEP))
    }
    return max
  }
  return {
    add(ms) {
      const bucket = Math.floor(Math.log(Math.max(ms, LEAST) / LEAST) / STEP)
      while (buckets.length <= bucket) buckets.push(0)
      buckets[bucket] = (buckets[bucket] ?? 0) + 1
      count++
      max = Math.max(max, ms)
    },
    summary: () =>
      count === 0
        ? { p50: 0, p95: 0, p99: 0, max: 0 }
        : { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99), max },
  }
}
