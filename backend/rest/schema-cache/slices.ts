// Long work in slices: the event loop gets a turn every few milliseconds, so that requests are served while a large schema is put together.
import { setImmediate } from 'node:timers/promises'

/** How long one slice may take, in milliseconds. */
const SLICE_MS = 8
/** Looking at the clock costs more than most of what is done in between. */
const ASKED_PER_LOOK = 16

export interface Pause {
  /** Whether the slice is over. Cheap: ask often. */
  isDue(): boolean
  /** Waits for the event loop, and starts the next slice. */
  rest(): Promise<void>
}

/** Starts the first slice. */
export function startSlices(sliceMs = SLICE_MS): Pause {
  let end = performance.now() + sliceMs
  let asked = 0
  return {
    isDue() {
      asked += 1
      return asked % ASKED_PER_LOOK === 0 && performance.now() > end
    },
    async rest() {
      await setImmediate()
      end = performance.now() + sliceMs
    },
  }
}
