// Long work in slices: the event loop gets a turn every few milliseconds, so that requests are served while a large schema is put together.
import { setImmediate } from 'node:timers/promises'

/** How long one slice may take, in milliseconds. */
const SLICE_MS = 8

export interface Pause {
  /** Whether the slice is over. Cheap: ask often. */
  isDue(): boolean
  /** Waits for the event loop, and starts the next slice. */
  rest(): Promise<void>
}

/** Starts the first slice. */
export function startSlices(sliceMs = SLICE_MS): Pause {
  let end = performance.now() + sliceMs
  return {
    isDue: () => performance.now() > end,
    async rest() {
      await setImmediate()
      end = performance.now() + sliceMs
    },
  }
}
