import { expect, test } from 'vitest'
import { callerOf } from './caller.ts'

const identity = (role: string, claims: object, isAnonymous = false): Parameters<typeof callerOf>[0] => ({
  role,
  claims: JSON.stringify(claims),
  isAnonymous,
})

test('a user is one caller wherever they are, and with each token', () => {
  const one = callerOf(identity('web', { sub: 'ann', exp: 1 }), '1.1.1.1')
  expect(callerOf(identity('web', { sub: 'ann', exp: 2 }), '2.2.2.2')).toBe(one)
  expect(callerOf(identity('web', { sub: 'bob' }), '1.1.1.1')).not.toBe(one)
  expect(callerOf(identity('editor', { sub: 'ann' }), '1.1.1.1')).not.toBe(one)
})

test('without a subject the address counts', () => {
  const one = callerOf(identity('anon', {}, true), '1.1.1.1')
  expect(callerOf(identity('anon', {}, true), '1.1.1.1')).toBe(one)
  expect(callerOf(identity('anon', {}, true), '2.2.2.2')).not.toBe(one)
  expect(callerOf(identity('anon', { sub: 7 }), '1.1.1.1')).toBe(one)
  expect(callerOf(identity('anon', { sub: '1.1.1.1' }), '1.1.1.1')).not.toBe(one)
})
