// Two texts side by side: applying what differs to the older gives the newer.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffLines } from './diff-lines.ts'

const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 })

test('without what was added it is the older text, without what was removed the newer', () => {
  fc.assert(
    fc.property(lines, lines, (older, newer) => {
      const diff = diffLines(older, newer)
      expect(diff.filter(({ type }) => type !== 'added').map(({ text }) => text)).toEqual(older)
      expect(diff.filter(({ type }) => type !== 'removed').map(({ text }) => text)).toEqual(newer)
    }),
    { seed: 5, numRuns: 300 },
  )
})

test('what both have is not marked', () => {
  expect(diffLines(['a', 'b', 'c'], ['a', 'x', 'c']).map(({ type }) => type)).toEqual([
    'same',
    'removed',
    'added',
    'same',
  ])
})
