import { expect, test } from 'vitest'
import { readSnapshot, splitSetting, toIsolation } from './read-extras.ts'

test.each([
  ['no transaction runs', '800:800:', 800n, 800n],
  ['some run: the oldest of them counts', '790:800:790,795', 790n, 800n],
  ['IDs have wrapped around', '4294967396:4294967396:', 4_294_967_396n, 4_294_967_396n],
])('rows are new from the first unseen transaction on: %s', (_, text, firstUnseen, end) => {
  expect(readSnapshot(text)).toEqual({ text, firstUnseen, end })
})

test('a setting is split at its first equals sign, the name in lower case', () => {
  expect(splitSetting('DateStyle=ISO, DMY=x')).toEqual(['datestyle', 'ISO, DMY=x'])
})

test.each([
  ['serializable', 'serializable'],
  ['REPEATABLE READ', 'repeatable read'],
  ['read uncommitted', 'read committed'],
])('isolation %s is %s', (value, isolation) => {
  expect(toIsolation(value)).toBe(isolation)
})
