import { expect, test } from 'vitest'
import type { Steps } from './parse/steps.ts'
import { inSlices } from './slices.ts'

test('long work lets others run before it has ended', async () => {
  let hasRun = false
  setImmediate(() => (hasRun = true))
  function* untilSomebodyElseRan(): Steps<boolean> {
    while (!hasRun) yield
    return hasRun
  }
  expect(await inSlices(untilSomebodyElseRan())).toBe(true)
})

test('work that nobody waits for any more ends', async () => {
  const controller = new AbortController()
  const reason = new Error('The client has left.')
  setImmediate(() => controller.abort(reason))
  function* endless(): Steps<never> {
    for (;;) yield
  }
  await expect(inSlices(endless(), controller.signal)).rejects.toBe(reason)
})
