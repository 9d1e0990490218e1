import { expect, test } from 'vitest'
import { batchMark } from './batch-mark.ts'

test('a comment that is nearly a mark takes no time', () => {
  const text = `-- nebula:batch by a${' '.repeat(200_000)}x\nupdate a set b = 1`
  const begun = performance.now()
  expect(batchMark(text, 0, text.length)).toBeUndefined()
  expect(performance.now() - begun).toBeLessThan(1_000)
})
