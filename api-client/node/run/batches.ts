// Results in batches, so that a page that shows them keeps up.
import type { RequestResult, RunEvent } from '#contract/requests/run.ts'

const EVERY_MS = 50
const MOST = 1_000

export interface Batches {
  readonly add: (result: RequestResult) => void
  readonly flush: () => void
}

/** At most 20 events a second while results come one by one, and no event of more than 1,000. */
export function createBatches(onEvent: (event: RunEvent) => void): Batches {
  let waiting: RequestResult[] = []
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (waiting.length === 0) return
    const results = waiting
    waiting = []
    onEvent({ type: 'results', results })
  }
  return {
    add(result) {
      waiting.push(result)
      if (waiting.length >= MOST) flush()
      else timer ??= setTimeout(flush, EVERY_MS)
    },
    flush,
  }
}
