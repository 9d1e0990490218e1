// How many bytes of request bodies may be in memory at once: many slow, large requests must not fill a process that others share.

export interface BodyBudget {
  /** Whether so many more may be kept; they are counted if so. */
  take(bytes: number): boolean
  give(bytes: number): void
}

/** A budget of its own within `parent`'s, which many share. */
export function createBodyBudget(maxBytes: number, parent?: BodyBudget): BodyBudget {
  let taken = 0
  return {
    take(bytes) {
      if (taken + bytes > maxBytes || parent?.take(bytes) === false) return false
      taken += bytes
      return true
    },
    give(bytes) {
      taken -= bytes
      parent?.give(bytes)
    },
  }
}

/** What one request has taken, to be given back at its end. */
export interface BodyShare {
  take(bytes: number): boolean
  /** Once. */
  giveBack(): void
}

/** Follows what one request takes; without a budget there is no limit. */
export function shareOf(budget: BodyBudget | undefined): BodyShare {
  let taken = 0
  return {
    take(bytes) {
      if (budget === undefined) return true
      if (!budget.take(bytes)) return false
      taken += bytes
      return true
    },
    giveBack() {
      if (taken > 0) budget?.give(taken)
      taken = 0
    },
  }
}
