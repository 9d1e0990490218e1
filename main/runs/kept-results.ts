// What is kept of a run: results and exchanges, within limits, failures first. A run of any length neither fills the disk nor the history.
import { RunProgress, type RequestResult } from '#contract/requests/run.ts'
import type { CollectionRunId } from '#contract/capabilities/runs.ts'
import type { Exchange } from '#contract/requests/exchange.ts'
import { createTally } from '#api-client/node/run/tally.ts'
import type { RunStore } from '../cache/index.ts'

export interface KeptLimits {
  /** Results of requests that passed or were skipped; as many that failed are kept besides. */
  readonly results: number
  /** Exchanges of those that passed, and of those that failed; bytes of their bodies. */
  readonly passed: { readonly exchanges: number; readonly bytes: number }
  readonly failed: { readonly exchanges: number; readonly bytes: number }
}

const KEPT_LIMITS: KeptLimits = {
  results: 100_000,
  passed: { exchanges: 500, bytes: 250_000_000 },
  failed: { exchanges: 1_000, bytes: 1_000_000_000 },
}

export interface KeptResults {
  /** Whether the exchange, and so its body, is kept. Those that fail have a share of their own, so that those that pass never take their place. */
  addExchange(exchange: Exchange): boolean
  add(results: readonly RequestResult[]): void
  progress(): RunProgress
}

/** Keeps those of one run. */
export function createKeptResults(
  store: Pick<RunStore, 'addExchange' | 'append'>,
  runId: CollectionRunId,
  limits: KeptLimits = KEPT_LIMITS,
): KeptResults {
  const tally = createTally()
  const left = { passed: limits.results, failed: limits.results }
  const exchanges = { passed: { ...limits.passed }, failed: { ...limits.failed } }
  const takes = (result: RequestResult): boolean => {
    const kind = result.outcome === 'failed' || result.outcome === 'error' ? 'failed' : 'passed'
    if (left[kind] === 0) return false
    left[kind]--
    return true
  }
  return {
    addExchange(exchange) {
      const share = exchanges[isWell(exchange) ? 'passed' : 'failed']
      const bytes = exchange.response?.decodedBytes ?? 0
      if (share.exchanges === 0 || share.bytes < bytes) return false
      share.exchanges--
      share.bytes -= bytes
      store.addExchange(runId, exchange)
      return true
    },
    add(results) {
      for (const result of results) tally.add(result)
      const taken = results.filter(takes)
      if (taken.length > 0) store.append(runId, taken)
    },
    // A copy: the tally goes on counting in its own.
    progress: () => RunProgress.parse(tally.summary()),
  }
}

function isWell({ failure, response, tests }: Exchange): boolean {
  return (
    failure === null &&
    (response?.incomplete ?? null) === null &&
    tests.every((test) => test.outcome !== 'failed')
  )
}
