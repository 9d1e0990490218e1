// Runs the steps of long work in slices: the event loop has its turn every few milliseconds, so a long body keeps no other request waiting.
import { setImmediate } from 'node:timers/promises'
import type { Steps } from './parse/steps.ts'

/** How long one slice may take, in milliseconds. */
const SLICE_MS = 5

/** Runs `steps` to their end. Rejects with what they throw, or with the reason of `signal` when it aborts in between. */
export async function inSlices<T>(steps: Steps<T>, signal?: AbortSignal): Promise<T> {
  let end = performance.now() + SLICE_MS
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    if (performance.now() < end) continue
    await setImmediate()
    signal?.throwIfAborted()
    end = performance.now() + SLICE_MS
  }
}
