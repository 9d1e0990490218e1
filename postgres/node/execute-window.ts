// How many rows to ask of a portal at once. Many rows per ask cost few round trips; but what was asked for must be drained when the person
// closes the result, so an ask should not be worth more than some 50 ms of the connection.

export interface ExecuteWindow {
  /** Rows for the next Execute; remembers when it was asked. */
  next(): number
  /** All rows of the last ask came. */
  filled(): void
}

const FAST_MS = 25
const SLOW_MS = 100
const MAX_ROWS = 50_000
const MIN_ROWS = 50

/** Starts with `firstRows`, doubles while an ask comes in under 25 ms, halves above 100 ms. `now` in milliseconds. */
export function createExecuteWindow(
  firstRows: number,
  now: () => number = () => performance.now(),
): ExecuteWindow {
  let rows = Math.max(1, Math.floor(firstRows))
  let askedAt = 0
  return {
    next() {
      askedAt = now()
      return rows
    },
    filled() {
      const took = now() - askedAt
      if (took < FAST_MS) rows = Math.min(rows * 2, Math.max(MAX_ROWS, firstRows))
      else if (took > SLOW_MS) rows = Math.max(Math.floor(rows / 2), Math.min(MIN_ROWS, firstRows))
    },
  }
}
