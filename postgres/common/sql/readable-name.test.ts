import { expect, test } from 'vitest'
import { readableName, readableQualifiedName } from './readable-name.ts'

test('a plain lower-case name stays bare', () => {
  expect(readableName('late_fee')).toBe('late_fee')
})

test('capitals, spaces, reserved words and quotes are quoted', () => {
  expect(readableName('Film')).toBe('"Film"')
  expect(readableName('odd name')).toBe('"odd name"')
  expect(readableName('order')).toBe('"order"')
  expect(readableName('a"b')).toBe('"a""b"')
})

test('the public schema is left out', () => {
  expect(readableQualifiedName('public', 'film')).toBe('film')
  expect(readableQualifiedName('audit', 'Event')).toBe('audit."Event"')
})
