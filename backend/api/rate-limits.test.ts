import { createServer } from 'node:net'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { createMemoryLimits, createRedisLimits } from './rate-limits.ts'

test('in memory each dimension counts for itself', async () => {
  const limits = createMemoryLimits(() => 0)
  expect(limits.take('key', 'a', 1)).toMatchObject({ isAllowed: true })
  expect(limits.take('key', 'a', 1)).toMatchObject({ isAllowed: false })
  expect(limits.take('address', 'a', 1)).toMatchObject({ isAllowed: true })
  await limits.close()
})

test('while Redis is away the process counts for itself, and says so', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  taken.close()
  await once(taken, 'close')

  const errors: unknown[] = []
  const limits = createRedisLimits({
    url: `redis://127.0.0.1:${address.port}`,
    onError: (error) => errors.push(error),
  })
  try {
    const verdicts = [
      await limits.take('key', 'a', 2),
      await limits.take('key', 'a', 2),
      await limits.take('key', 'a', 2),
    ]
    expect(verdicts.map(({ isAllowed }) => isAllowed)).toEqual([true, true, false])
    expect(verdicts[2]).toMatchObject({ limit: 2, remaining: 0 })
    await expect.poll(() => errors.length).toBeGreaterThan(0)
  } finally {
    await limits.close()
  }
})
