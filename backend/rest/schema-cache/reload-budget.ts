// Bounds how much of the time goes into reloads that others ask for: whoever may connect may send notifications, as many as they like.

/** Reloads may take so long together before they have to wait. */
const BURST_MS = 1_000
/** For each millisecond of a reload so many without one. */
const REST_PER_LOAD = 2

export interface ReloadBudget {
  /** How long the next reload has to wait, at `now`; 0 after a while of quiet. */
  waitMs(now: number): number
  /** A reload went from `start` to `end`. */
  spend(start: number, end: number): void
}

/** Full. Times are in milliseconds of one clock, and grow. */
export function createReloadBudget(): ReloadBudget {
  let leftMs = BURST_MS
  let since = Number.NEGATIVE_INFINITY
  const left = (now: number): number => Math.min(BURST_MS, leftMs + (now - since) / REST_PER_LOAD)
  return {
    waitMs: (now) => Math.max(0, -left(now) * REST_PER_LOAD),
    spend(start, end) {
      leftMs = left(start) - (end - start)
      since = end
    },
  }
}
