import { expect, test } from 'vitest'
import { createPastedPasswords, PASTED_PASSWORD_LIFE_MS } from './pasted-passwords.ts'

const address = { host: 'h', port: 5432, database: 'd', user: 'u' }

test('gives a pasted password to the same address only', () => {
  const pasted = createPastedPasswords(() => 0)
  pasted.keep(address, 'pw')
  expect(pasted.find({ ...address })).toBe('pw')
  for (const other of [{ host: 'evil' }, { port: 1 }, { database: 'x' }, { user: 'x' }])
    expect(pasted.find({ ...address, ...other })).toBeUndefined()
})

test('forgets after its life, when told, and the oldest beyond its bound', () => {
  let now = 0
  const pasted = createPastedPasswords(() => now)
  pasted.keep(address, 'pw')
  now = PASTED_PASSWORD_LIFE_MS
  expect(pasted.find(address)).toBeUndefined()
  pasted.keep(address, 'pw')
  pasted.forget(address)
  expect(pasted.find(address)).toBeUndefined()
  for (let port = 1; port <= 21; port++) pasted.keep({ ...address, port }, 'pw')
  expect(pasted.find({ ...address, port: 1 })).toBeUndefined()
  expect(pasted.find({ ...address, port: 21 })).toBe('pw')
})
