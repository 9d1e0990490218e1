// Long work in slices: the event loop gets a turn every few milliseconds, so that requests are served while a large schema is put together.
import { setImmediate } from 'node:timers/promises'

/** How long one slice may take, in milliseconds. */
const SLICE_MS = 8

/** Call it often; it waits for the event loop when the slice is over. */
export type Pause = () => Promise<void> | undefined

/** Starts the first slice. */
export function startSlices(sliceMs = SLICE_MS): Pause {
  let start = performance.now()
  return () => {
    if (performance.now() - start < sliceMs) return undefined
    return setImmediate().then(() => {
      start = performance.now()
    })
  }
}
