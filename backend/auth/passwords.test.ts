import { expect, test } from 'vitest'
import { createPasswords } from './passwords.ts'

test('hashes are Argon2id with at least 19 MiB, two passes and one lane, and salted', async () => {
  const passwords = await createPasswords()
  const [first, second] = [await passwords.hash('correct horse'), await passwords.hash('correct horse')]
  expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(first).not.toBe(second)
})

test('only the right password of a known account verifies', async () => {
  const passwords = await createPasswords()
  const phc = await passwords.hash('correct horse')
  expect(await passwords.verify('correct horse', phc)).toBe(true)
  expect(await passwords.verify('wrong horse', phc)).toBe(false)
  expect(await passwords.verify('correct horse', undefined)).toBe(false)
})

test('an unknown account costs as much work as a wrong password', async () => {
  const passwords = await createPasswords()
  const phc = await passwords.hash('correct horse')
  const timesOf = async (hash: string | undefined) => {
    const times: number[] = []
    for (let round = 0; round < 9; round += 1) {
      const startedAt = performance.now()
      await passwords.verify('wrong horse', hash)
      times.push(performance.now() - startedAt)
    }
    return times.sort((a, b) => a - b)[4] ?? 0
  }
  const [known, unknown] = [await timesOf(phc), await timesOf(undefined)]
  // The work is the same to the instruction; what differs is the machine's mood. Without the stand-in the ratio is a thousand.
  expect(Math.max(known, unknown) / Math.min(known, unknown)).toBeLessThan(5)
})
