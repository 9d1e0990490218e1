// Time as a value that is passed in, so that rules about time can be tested.

export interface Clock {
  now(): Date
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() }
