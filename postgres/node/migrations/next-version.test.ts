import { expect, test } from 'vitest'
import { nextVersion } from './next-version.ts'

const NOW = new Date('2026-11-23T03:04:05.678Z')

test.each([
  ['now, where there is none yet', undefined, '20261123030405'],
  ['now, where the last one is earlier', '20261123030404', '20261123030405'],
  ['a second later, where the last one is of this second', '20261123030405', '20261123030406'],
  ['a second later, across the end of a year', '29991231235959', '30000101000000'],
  ['later, where the last one is no time', '20269999999999', '20340611044040'],
  ['later even where the digits mean an earlier time', '99991399999999', '99991400000000'],
])('is %s', (_what, last, expected) => {
  const version = nextVersion(NOW, last)
  expect(version > (last ?? '')).toBe(true)
  expect(version).toBe(expected)
})
