import { expect, test } from 'vitest'
import { formatKey, hashKey, isWellFormedKey, looksLikeKey, prefixOf } from './key-format.ts'

const bytes = Uint8Array.from({ length: 32 }, (_, index) => index)
const key = formatKey('publishable', bytes)

test('a key names its kind, and the same bytes give the same key', () => {
  expect(key).toMatch(/^nbl_publishable_[0-9A-Za-z]{49}$/)
  expect(formatKey('secret', bytes)).toMatch(/^nbl_secret_[0-9A-Za-z]{49}$/)
  expect(formatKey('publishable', bytes)).toBe(key)
})

test.each([
  ['the smallest', new Uint8Array(32)],
  ['the largest', new Uint8Array(32).fill(255)],
])('%s number has the same length', (_, extreme) => {
  const made = formatKey('secret', extreme)
  expect(isWellFormedKey(made)).toBe(true)
  expect(made).toHaveLength('nbl_secret_'.length + 49)
})

test('one wrong letter anywhere is noticed', () => {
  expect(isWellFormedKey(key)).toBe(true)
  for (let index = 'nbl_publishable_'.length; index < key.length; index += 1) {
    const letter = key[index] === 'x' ? 'y' : 'x'
    expect(isWellFormedKey(key.slice(0, index) + letter + key.slice(index + 1))).toBe(false)
  }
})

test.each([
  ['cut short', key.slice(0, -1)],
  ['with a letter more', `${key}0`],
  ['of another kind', key.replace('publishable', 'secret')],
  ['a token', 'eyJhbGciOiJIUzI1NiJ9.e30.x'],
  ['nothing', ''],
])('%s is no key', (_, text) => expect(isWellFormedKey(text)).toBe(false))

test('a typing error still looks like a key; a token does not', () => {
  expect(looksLikeKey(key.slice(0, 20))).toBe(true)
  expect(looksLikeKey('eyJhbGciOiJIUzI1NiJ9.e30.x')).toBe(false)
})

test('the prefix shows the kind and four letters', () => {
  expect(prefixOf(key)).toBe(key.slice(0, 'nbl_publishable_'.length + 4))
})

test('the hash is 32 bytes and of the whole key', () => {
  expect(hashKey(key)).toHaveLength(32)
  expect(hashKey(key).equals(hashKey(`${key.slice(0, -1)}_`))).toBe(false)
})
