import { expect, test } from 'vitest'
import { createSecrets } from './secrets.ts'

const key = Buffer.alloc(32, 1)

test('what was sealed opens with the same key and the same associated data', () => {
  const secrets = createSecrets(key)
  expect(secrets.open(secrets.seal('Grüße 🔑', 'a:1'), 'a:1')).toBe('Grüße 🔑')
  expect(secrets.open(secrets.seal('', 'a:1'), 'a:1')).toBe('')
})

test('two seals of one text differ and do not contain it', () => {
  const secrets = createSecrets(key)
  const [first, second] = [secrets.seal('hunter2', 'a'), secrets.seal('hunter2', 'a')]
  expect(Buffer.from(first).equals(second)).toBe(false)
  expect(Buffer.from(first).includes('hunter2')).toBe(false)
})

test('other associated data, another key or a changed byte do not open', () => {
  const secrets = createSecrets(key)
  const sealed = secrets.seal('hunter2', 'instance:1')
  const expected = expect.objectContaining({ code: 'SECRET_STORE_UNAVAILABLE' })
  expect(() => secrets.open(sealed, 'instance:2')).toThrow(expected)
  expect(() => createSecrets(Buffer.alloc(32, 2)).open(sealed, 'instance:1')).toThrow(expected)
  for (let index = 0; index < sealed.byteLength; index += 1) {
    const changed = Uint8Array.from(sealed)
    changed[index] = (changed[index] ?? 0) ^ 1
    expect(() => secrets.open(changed, 'instance:1')).toThrow(expected)
  }
  expect(() => secrets.open(sealed.subarray(0, 20), 'instance:1')).toThrow(expected)
})

test('a key of another length is refused', () => {
  expect(() => createSecrets(Buffer.alloc(16))).toThrow('32 bytes')
})
