import { expect, test } from 'vitest'
import { ConfigFileError, parseConfigFile } from './config-file.ts'

const surroundings = {
  readImport: (path: string) => {
    if (path === 'other.conf') return 'db-pool = 3'
    throw new Error('no such file')
  },
  variable: (name: string) => ({ HOME_NAME: 'earth' })[name],
}
const parse = (text: string) => Object.fromEntries(parseConfigFile(text, surroundings))

test.each([
  ['a = "b"', { a: 'b' }],
  ['a="b" # a remark\n# another\n\nc = 1', { a: 'b', c: 1 }],
  ['a = true\nb = off\nc = on', { a: true, b: false, c: true }],
  ['a = -1.5e2', { a: -150 }],
  ['a = ["x", 1, [true]]', { a: ['x', 1, [true]] }],
  ['a = []', { a: [] }],
  ['app.settings.jwt_lifetime = "60"', { 'app.settings.jwt_lifetime': '60' }],
  ['app { settings { host = "x" } }', { 'app.settings.host': 'x' }],
  ['a = "1"\na = "2"', { a: '2' }],
  [String.raw`a = "q\"uote \\ \n \t \u00e9"`, { a: 'q"uote \\ \n \t é' }],
  ['a = "$(HOME_NAME)!"', { a: 'earth!' }],
  ['port = 5\na = "p$(port)"', { port: 5, a: 'p5' }],
  ['a = "cost: $$5 #1"', { a: 'cost: $5 #1' }],
  ['import "other.conf"\na = 1', { 'db-pool': 3, a: 1 }],
  ['', {}],
  ['a = "two\nlines"', { a: 'two\nlines' }],
])('%s is read', (text, expected) => {
  expect(parse(text)).toEqual(expected)
})

test.each([
  ['a = b', 'line 1, column 5: A value was expected'],
  ['\n a "b"', 'line 2, column 4: "=" was expected'],
  ['a = "b', 'does not end'],
  ['a = "$5"', 'written as "$$"'],
  ['a = "$(NOT_THERE)"', 'no variable named NOT_THERE'],
  [String.raw`a = "\x"`, 'escape is unknown'],
  ['= 1', 'name of a setting was expected'],
  ['a { b = 1', '"}" was expected'],
])('%s is refused with its place', (text, message) => {
  expect(() => parse(text)).toThrow(ConfigFileError)
  expect(() => parse(text)).toThrow(message)
})

test('files that import each other without end are refused', () => {
  const endless = { ...surroundings, readImport: () => 'import "again"' }
  expect(() => parseConfigFile('import "again"', endless)).toThrow('without end')
})
