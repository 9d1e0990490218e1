import { expect, test } from 'vitest'
import { formatSettings, settingArguments } from './settings.ts'

test('values are quoted, so that none ends its own line', () => {
  expect(formatSettings({ a: "it's", b: 3, c: false, d: 'x\\y' })).toBe(
    "a = 'it''s'\nb = '3'\nc = 'off'\nd = 'x\\\\y'\n",
  )
})

test('a value with a line break is refused', () => {
  expect(() => formatSettings({ a: "x'\nfsync = off" })).toThrow('line break')
})

test('settings become arguments', () => {
  expect(settingArguments({ fsync: true, port: 1 })).toEqual(['-c', 'fsync=on', '-c', 'port=1'])
})
