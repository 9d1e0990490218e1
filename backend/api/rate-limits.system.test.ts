// Rate limits counted in a real Redis. Runs where one is installed (Debian: redis-server or valkey-server); elsewhere vitest reports it as skipped.
import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRedisLimits } from './rate-limits.ts'

const program = ['redis-server', 'valkey-server']
  .flatMap((name) => (process.env['PATH'] ?? '').split(':').map((directory) => join(directory, name)))
  .find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })

describe.skipIf(program === undefined)('with Redis', () => {
  let redis: ChildProcess
  let directory: string
  let url: string
  const errors: unknown[] = []
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nebuladb-redis-'))
    const port = await freePort()
    url = `redis://127.0.0.1:${port}`
    redis = spawn(program ?? '', [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      directory,
      '--save',
      '',
    ])
    await once(redis, 'spawn')
  })
  afterAll(async () => {
    redis?.kill()
    await rm(directory, { recursive: true, force: true })
  })

  const limits = () => createRedisLimits({ url, onError: (error) => errors.push(error) })

  test('several processes share one limit, and it is whole again after a second', async () => {
    const [one, two] = [limits(), limits()]
    try {
      const take = async (from: typeof one) => (await from.take('key', 'shared', 3)).isAllowed
      // Until Redis answers each counts for itself; then what one took the other misses.
      await expect
        .poll(
          async () =>
            [await take(one), await take(two), await take(one), await take(two)].filter(Boolean).length,
          {
            timeout: 10_000,
            interval: 1_100,
          },
        )
        .toBe(3)
      await expect.poll(() => take(two), { timeout: 3000 }).toBe(true)
      expect(await one.take('key', 'other', 3)).toMatchObject({ isAllowed: true, limit: 3, remaining: 2 })
      expect(await one.take('key', 'several', 9, 7)).toMatchObject({ isAllowed: true, remaining: 2 })
      expect(await two.take('key', 'several', 9, 7)).toMatchObject({ isAllowed: false })
    } finally {
      await one.close()
      await two.close()
    }
  })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  server.close()
  await once(server, 'close')
  return address.port
}
