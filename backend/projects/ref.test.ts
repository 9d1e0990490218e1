import { expect, test } from 'vitest'
import { createRef } from './ref.ts'

test('a ref is 12 characters of lower-case base32, each from its own byte', () => {
  expect(createRef((count) => Uint8Array.from({ length: count }, (_, i) => i * 3))).toBe('adgjmpsvy36b')
  expect(createRef((count) => new Uint8Array(count).fill(255))).toBe('777777777777')
})
