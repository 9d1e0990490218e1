// What a run amounts to, counted while it goes.
import type { RequestResult, RunSummary } from '#contract/requests/run.ts'
import { createLatency } from './latency.ts'

export interface Tally {
  readonly add: (result: RequestResult) => void
  readonly summary: () => Pick<RunSummary, 'requests' | 'tests' | 'bytesReceived' | 'latency'>
}

/** A count of nothing yet. */
export function createTally(): Tally {
  const latency = createLatency()
  const requests = { total: 0, failed: 0, skipped: 0 }
  const tests = { total: 0, failed: 0 }
  let bytesReceived = 0
  return {
    add(result) {
      requests.total++
      if (result.outcome === 'failed' || result.outcome === 'error') requests.failed++
      if (result.outcome === 'skipped') requests.skipped++
      tests.total += result.tests.length
      tests.failed += result.tests.filter((test) => test.outcome === 'failed').length
      bytesReceived += result.bodyBytes
      if (result.status !== null) latency.add(result.durationMs)
    },
    summary: () => ({ requests, tests, bytesReceived, latency: latency.summary() }),
  }
}
