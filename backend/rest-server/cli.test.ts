import { expect, test } from 'vitest'
import { EXAMPLE, parseArguments } from './cli.ts'
import { parseConfigFile } from './config-file.ts'
import { readSettings } from './settings.ts'

test.each([
  [[], { kind: 'run', path: undefined }],
  [['a.conf'], { kind: 'run', path: 'a.conf' }],
  [['--dump-config', 'a.conf'], { kind: 'dump-config', path: 'a.conf' }],
  [['a.conf', '--dump-schema'], { kind: 'dump-schema', path: 'a.conf' }],
  [['--ready'], { kind: 'ready', path: undefined }],
  [['-h'], { kind: 'help' }],
  [['--version', 'x'], { kind: 'version' }],
  [['-e'], { kind: 'example' }],
  [['--nope'], { kind: 'mistake', message: "Invalid option `--nope'" }],
  [['a', 'b'], { kind: 'mistake', message: "Invalid argument `b'" }],
  [['--ready', '--dump-config'], { kind: 'mistake', message: "Invalid option `--dump-config'" }],
])('%j is understood', (args, expected) => {
  expect(parseArguments(args)).toEqual(expected)
})

test('the example file holds the defaults', () => {
  const file = parseConfigFile(EXAMPLE, { readImport: () => '', variable: () => undefined })
  const none = readSettings({ file: new Map(), environment: {}, database: new Map() })
  expect(readSettings({ file, environment: {}, database: new Map() })).toEqual(none)
})

test('the example file with every line switched on is valid', () => {
  const text = EXAMPLE.replace(/^# (?=[a-z])/gm, '')
  const file = parseConfigFile(text, { readImport: () => '', variable: () => undefined })
  expect(readSettings({ file, environment: {}, database: new Map() }).admin.port).toBe(3001)
})
