// Pairs are edited as text and come back the same.
import { expect, test } from 'vitest'
import { pairsToText, textToPairs } from './pair-text.ts'

const pair = (name: string, value: string, isEnabled = true) => ({
  name,
  value,
  isEnabled,
  description: 'kept',
})

test.each([
  [[pair('Accept', 'application/json')]],
  [[pair('a:b', 'c: d'), pair('off', 'x', false)]],
  [[pair('long', 'one\ntwo\\n')]],
  [[pair('', 'only a value')]],
])('%j', (pairs) => {
  expect(textToPairs(pairsToText(pairs), pairs)).toEqual(pairs)
})

test('a line without a colon is a name, empty lines are nothing', () => {
  expect(textToPairs('\nname\n\n', [])).toEqual([
    { name: 'name', value: '', isEnabled: true, description: '' },
  ])
})
