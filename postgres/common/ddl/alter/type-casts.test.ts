import { expect, test } from 'vitest'
import { areComparable, conversion, isLossy } from './type-casts.ts'

test.each([
  ['integer', 'bigint', 'none'],
  ['character varying(20)', 'text', 'none'],
  ['public.mood', 'text', 'none'],
  ['integer[]', 'text', 'none'],
  ['timestamp with time zone', 'date', 'none'],
  ['text', 'integer', 'cast'],
  ['text', 'integer[]', 'cast'],
  ['text', 'public.mood', 'cast'],
  ['integer', 'boolean', 'cast'],
  ['boolean', 'uuid', 'through text'],
  ['public.mood', 'public.feeling', 'through text'],
  ['integer', 'integer[]', 'through text'],
] as const)('from %s to %s: %s', (from, to, expected) => {
  expect(conversion(from, to)).toBe(expected)
})

test.each([
  ['numeric(10,2)', 'integer', true],
  ['numeric(10,2)', 'numeric(10,4)', false],
  ['timestamp without time zone', 'date', true],
  ['integer', 'bigint', false],
])('from %s to %s something may be lost: %s', (from, to, expected) => {
  expect(isLossy(from, to)).toBe(expected)
})

test('a foreign key lives through one side becoming bigint, and not through text', () => {
  expect(areComparable('integer', 'bigint')).toBe(true)
  expect(areComparable('integer', 'text')).toBe(false)
})
