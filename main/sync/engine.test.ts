// The device’s rules of cycles, pulling and the outbox, one by one; converge.test.ts runs them all at once.
import { describe, expect, test } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { connection, savedQuery } from '#testing/conformance/sync-store.ts'
import { createMemorySyncService } from '#testing/memory-sync-service.ts'
import type { MemorySyncStore } from '#testing/memory-sync-store.ts'
import { lost, texts, useSyncDevices } from '#testing/sync-devices.ts'
import type { SyncClient, SyncKind } from './index.ts'

const devices = useSyncDevices()
const { engineOf, failing, remove, save, sync } = devices
const states = (store: MemorySyncStore) => store.outbox().map(({ mutation, state }) => [mutation.type, state])

describe('pulling', () => {
  // SYNC-8
  test('stores each page with its cursor, so that a lost page is asked for again and nothing twice', async () => {
    for (let n = 1; n <= 5; n++) save(devices.there, savedQuery(n, 'x'))
    await sync(devices.there)
    let pages = 0
    const client: SyncClient = {
      push: devices.service.push,
      async pull(input) {
        pages += 1
        if (pages === 3) throw lost
        return devices.service.pull(input)
      },
    }
    await expect(sync(devices.here, { client, pageLimit: 2 })).rejects.toBe(lost)
    expect(devices.here.records()).toHaveLength(4)
    const { pulled } = await sync(devices.here, { client, pageLimit: 2 })
    expect(pulled).toBe(1)
    expect(devices.here.records()).toHaveLength(5)
  })

  // SYNC-8
  test('a page that another cycle has stored already is left alone', async () => {
    save(devices.there, savedQuery(1, 'a'))
    await sync(devices.there)
    let isFirst = true
    const client: SyncClient = {
      push: devices.service.push,
      async pull(input) {
        const page = await devices.service.pull(input)
        if (isFirst) {
          isFirst = false
          await sync(devices.here)
          save(devices.there, savedQuery(1, 'b'))
          await sync(devices.there)
        }
        return page
      },
    }
    await sync(devices.here, { client })
    expect(texts(devices.here.records())).toEqual(['query 1: b'])
  })

  // SYNC-9
  test('leaves out what the person is changing', async () => {
    save(devices.here, savedQuery(1, 'a'))
    await sync(devices.here)
    await sync(devices.there)
    save(devices.there, savedQuery(1, 'b'))
    await sync(devices.there)
    const client: SyncClient = {
      push: devices.service.push,
      async pull(input) {
        save(devices.here, savedQuery(1, 'typed meanwhile'))
        return devices.service.pull(input)
      },
    }
    await sync(devices.here, { client })
    expect(texts(devices.here.records())).toEqual(['query 1: typed meanwhile'])
    await sync(devices.here)
    expect(texts(devices.here.records())).toEqual([
      'query 1 (conflict, 2026-11-23): typed meanwhile',
      'query 1: b',
    ])
  })

  // SYNC-10
  test('a reset takes away what is no longer devices.there, at its end and not before', async () => {
    for (let n = 1; n <= 4; n++) save(devices.here, savedQuery(n, 'x'))
    await sync(devices.here)
    await sync(devices.there)
    remove(devices.there, savedQuery(1, ''))
    await sync(devices.there)
    devices.service.forgetTombstones()
    save(devices.there, savedQuery(5, 'y'))
    await sync(devices.there)

    let pages = 0
    const client: SyncClient = {
      push: devices.service.push,
      async pull(input) {
        pages += 1
        if (pages === 2) throw lost
        return devices.service.pull(input)
      },
    }
    await expect(sync(devices.here, { client, pageLimit: 2 })).rejects.toBe(lost)
    expect(devices.here.records()).toHaveLength(4)
    await sync(devices.here, { pageLimit: 2 })
    expect(texts(devices.here.records())).toEqual(texts(devices.there.records()))
  })

  // SYNC-10
  test('a reset keeps what was changed here and not pushed', async () => {
    save(devices.here, savedQuery(1, 'x'))
    await sync(devices.here)
    await sync(devices.there)
    remove(devices.there, savedQuery(1, ''))
    await sync(devices.there)
    devices.service.forgetTombstones()
    save(devices.here, savedQuery(1, 'mine'))
    const client = failing('push', 'before', lost)
    await expect(sync(devices.here, { client })).rejects.toBe(lost)
    const { conflicts } = await sync(devices.here)
    expect(conflicts).toMatchObject([{ resolution: 'kept-local' }])
    await sync(devices.there)
    expect(texts(devices.there.records())).toEqual(['query 1: mine'])
  })

  // SYNC-23
  test('an answer for another account is thrown away', async () => {
    const client = createMemorySyncService({ accountId: '10000000-0000-4000-8000-000000000001' })
    await expect(sync(devices.here, { client })).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(devices.here.transaction((tx) => tx.readState().cursor)).toBeNull()
  })

  // SYNC-23
  test('the stores of one account are not synced with another', async () => {
    await sync(devices.here)
    save(devices.here, savedQuery(1, 'a'))
    const accountId = '10000000-0000-4000-8000-000000000001'
    await expect(sync(devices.here, { accountId })).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(devices.service.records()).toEqual([])
  })
})

describe('the outbox', () => {
  // SYNC-12
  test('holds one entry for what was changed several times, and none for what came and went', async () => {
    save(devices.here, savedQuery(1, 'a'))
    save(devices.here, savedQuery(1, 'b'))
    save(devices.here, savedQuery(2, 'x'))
    remove(devices.here, savedQuery(2, ''))
    expect(states(devices.here)).toEqual([['upsert', 'waiting']])
    expect(await sync(devices.here)).toMatchObject({ pushed: 1, conflicts: [] })
    expect(texts(devices.service.records())).toEqual(['query 1: b'])
    save(devices.here, savedQuery(1, 'c'))
    remove(devices.here, savedQuery(1, ''))
    expect(states(devices.here)).toEqual([['delete', 'waiting']])
    await sync(devices.here)
    expect(devices.service.records()).toEqual([])
  })

  // SYNC-12, SYNC-14, SYNC-15
  test('an entry whose answer was lost is sent again as it was, and a later change follows it', async () => {
    save(devices.here, savedQuery(1, 'a'))
    await expect(sync(devices.here, { client: failing('push', 'after', lost) })).rejects.toBe(lost)
    expect(states(devices.here)).toEqual([['upsert', 'attempted']])
    save(devices.here, savedQuery(1, 'b'))
    expect(states(devices.here)).toEqual([
      ['upsert', 'attempted'],
      ['upsert', 'waiting'],
    ])
    save(devices.here, savedQuery(1, 'c'))
    expect(devices.here.outbox()).toHaveLength(2)
    expect(await sync(devices.here)).toMatchObject({ pushed: 2, conflicts: [] })
    expect(texts(devices.service.records())).toEqual(['query 1: c'])
    expect(devices.here.outbox()).toEqual([])
  })

  // SYNC-12
  test('what was sent and is deleted before the answer came is deleted at the service too', async () => {
    save(devices.here, savedQuery(1, 'a'))
    await expect(sync(devices.here, { client: failing('push', 'after', lost) })).rejects.toBe(lost)
    remove(devices.here, savedQuery(1, ''))
    await sync(devices.here)
    expect(devices.service.records()).toEqual([])
    expect(devices.here.records()).toEqual([])
  })

  // SYNC-13
  test('is sent in pushes of at most 50 entries and about 4 MB, in order', async () => {
    const sizes: number[][] = []
    const client: SyncClient = {
      pull: devices.service.pull,
      push(input) {
        sizes.push(input.mutations.map((mutation) => JSON.stringify(mutation).length))
        return devices.service.push(input)
      },
    }
    for (let n = 1; n <= 60; n++) save(devices.here, savedQuery(n, 'x'))
    await sync(devices.here, { client })
    expect(sizes.map((push) => push.length)).toEqual([50, 10])
    for (const [index, size] of [4_500_000, 3_000_000, 2_000_000, 10].entries())
      save(devices.there, savedQuery(100 + index, 'y'.repeat(size)))
    sizes.length = 0
    await sync(devices.there, { client })
    expect(sizes.map((push) => push.length)).toEqual([1, 1, 2])
  })

  // SYNC-21
  test('a rejected entry stays with its reason, keeps the text and is replaced by the next change', async () => {
    save(devices.here, savedQuery(1, 'a\0'))
    save(devices.here, savedQuery(2, 'b'))
    const { rejected, pushed } = await sync(devices.here)
    expect(pushed).toBe(1)
    expect(rejected).toMatchObject([{ key: { kind: 'savedQuery' }, reason: expect.stringContaining('NUL') }])
    expect(states(devices.here)).toEqual([['upsert', 'rejected']])
    expect(await sync(devices.here)).toMatchObject({ pushed: 0, rejected: [] })
    expect(texts(devices.here.records())).toContain('query 1: a\0')
    save(devices.here, savedQuery(1, 'mended'))
    expect(await sync(devices.here)).toMatchObject({ pushed: 1 })
    expect(texts(devices.service.records())).toEqual(['query 1: mended', 'query 2: b'])
  })

  // SYNC-21
  test('a change that follows one that is then rejected goes on its own', async () => {
    save(devices.here, savedQuery(1, 'a\0'))
    save(devices.here, savedQuery(2, 'b\0'))
    const client = failing('push', 'before', lost)
    await expect(sync(devices.here, { client })).rejects.toBe(lost)
    save(devices.here, savedQuery(1, 'good'))
    remove(devices.here, savedQuery(2, ''))
    await sync(devices.here)
    expect(texts(devices.service.records())).toEqual(['query 1: good'])
    expect(devices.here.outbox()).toEqual([])
  })

  // SYNC-21
  test.each(['INVALID_INPUT', 'TOO_LARGE'] as const)(
    'a push refused as a whole (%s) is sent one by one, and only the culprit is rejected',
    async (code) => {
      const client: SyncClient = {
        pull: devices.service.pull,
        async push(input) {
          if (JSON.stringify(input).includes('culprit')) throw new AppError(code, 'It is not acceptable.')
          return devices.service.push(input)
        },
      }
      for (const [n, text] of ['a', 'culprit', 'c', 'd'].entries()) save(devices.here, savedQuery(n, text))
      const { pushed, rejected } = await sync(devices.here, { client })
      expect(pushed).toBe(3)
      expect(rejected).toMatchObject([{ reason: 'It is not acceptable.' }])
      expect(texts(devices.service.records())).toEqual(['query 0: a', 'query 2: c', 'query 3: d'])
    },
  )

  test('a service that answers nothing ends the cycle and loses nothing', async () => {
    save(devices.here, savedQuery(1, 'a'))
    const client: SyncClient = { pull: devices.service.pull, push: async () => ({ outcomes: [] }) }
    await expect(sync(devices.here, { client })).rejects.toMatchObject({ code: 'INTERNAL' })
    await sync(devices.here)
    expect(texts(devices.service.records())).toEqual(['query 1: a'])
  })
})

describe('a cycle', () => {
  test('tells which kinds changed', async () => {
    const told: SyncKind[][] = []
    const onChange = (kinds: ReadonlySet<SyncKind>): void => void told.push([...kinds])
    await sync(devices.here)
    save(devices.there, connection(2, 'h'))
    await sync(devices.there)
    save(devices.here, savedQuery(1, 'a'))
    await sync(devices.here, { onChange })
    expect(told).toEqual([['savedQuery'], ['connection']])
    await sync(devices.here, { onChange })
    expect(told).toHaveLength(2)
  })

  test('that is asked for while one runs comes after it, once for all who asked', async () => {
    const gate = Promise.withResolvers<void>()
    let pulls = 0
    const client: SyncClient = {
      push: devices.service.push,
      async pull(input) {
        pulls += 1
        if (pulls === 1) await gate.promise
        return devices.service.pull(input)
      },
    }
    const engine = engineOf(devices.here, { client })
    const first = engine.sync()
    save(devices.here, savedQuery(1, 'typed during the first'))
    const [second, third] = [engine.sync(), engine.sync()]
    gate.resolve()
    expect(await first).toMatchObject({ pushed: 0 })
    expect(await second).toMatchObject({ pushed: 1 })
    expect(await third).toBe(await second)
    expect(pulls).toBe(2)
  })

  test('a cancelled one stops and loses nothing', async () => {
    save(devices.here, savedQuery(1, 'a'))
    await expect(engineOf(devices.here).sync(AbortSignal.abort())).rejects.toMatchObject({
      code: 'CANCELLED',
    })
    await sync(devices.here)
    expect(devices.service.records()).toHaveLength(1)
  })
})
