// States and scopes in words.
import { describe, expect, test } from 'vitest'
import { ApiKeyId } from '#contract/capabilities/api-keys.ts'
import { formatUntil, scopeWord, stateOf } from './key-state.ts'

const NOW = new Date('2026-11-22T12:00:00Z')
const OTHER = ApiKeyId.parse('018f0000-0000-7000-8000-000000000003')

describe('the state of a key', () => {
  test.each([
    [{}, 'Active', true],
    [{ expiresAt: '2026-11-22T12:00:01Z' }, 'Active', true],
    [{ expiresAt: '2026-11-22T12:00:00Z' }, 'Expired', false],
    [{ replacedBy: OTHER, expiresAt: '2026-11-23T12:00:00Z' }, 'Being replaced', true],
    [{ replacedBy: OTHER, expiresAt: '2026-11-22T11:00:00Z' }, 'Replaced', false],
    [{ revokedAt: '2026-11-22T11:00:00Z', expiresAt: '2027-11-22T11:00:00Z' }, 'Revoked', false],
  ])('of %j is %s', (fields, word, isValid) => {
    const key = { revokedAt: null, expiresAt: null, replacedBy: null, ...fields }
    expect(stateOf(key, NOW)).toMatchObject({ word, isValid })
  })
})

test('a scope is said in words', () => {
  expect(scopeWord({ access: 'read', schemas: ['public', 'shop'] })).toBe('Read only in public, shop')
  expect(scopeWord({ access: 'read-write', schemas: null })).toBe('Read and write')
})

test.each([
  ['2026-11-22T12:00:30Z', 'in 1 min'],
  ['2026-11-22T15:00:00Z', 'in 3 h'],
  ['2026-12-22T12:00:00Z', 'in 30 days'],
  ['2026-11-01T12:00:00Z', 'in 0 min'],
])('%s is %s', (moment, text) => {
  expect(formatUntil(moment, NOW)).toBe(text)
})
